"""Orders taken at the counter for somebody nobody knows: no chat to tell anything, and the money just as safe."""

import json
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from core.domain.documents import DocumentKind
from core.domain.statuses import OrderStatus, PaymentStatus, ReceiptState
from core.errors import Rejected
from core.services.activity import Actor
from core.services.audit import audit
from core.services.by_hand import NotPlaced, ask_phone, cart_of, pay_cash, send_to_chat, take_order
from core.services.documents_wanted import want_document
from core.services.holds import expire_holds
from core.services.orders import advance_order, open_orders
from core.services.refund_desk import Decision, refund_order
from core.services.relay import follow_up, sweep_outbox
from core.store.sql.engine import transaction
from core.store.sql.tables import CashEntry, Customer, Invoice, Order, OrderEvent, Payment, Product, User
from tests.integration.money.house import House
from tests.integration.sql.bar import all_at_once

PHONE = "254711222333"


@pytest.fixture
def by(house: House) -> Actor:
    """Wanjiru, behind the bar."""
    with house.bar.sessions.begin() as db:
        user = User(email=f"{uuid4().hex}@bar.example", name="Wanjiru", password_hash="x")
        db.add(user)
        db.flush()
        return Actor(house.bar.workspace_id, user.id, "Wanjiru")


def take(house: House, by: Actor, entry: UUID | None = None, phone: str = "", **quantities: int) -> UUID:
    """An order over the counter."""
    effect = house.bar.place(cart_of(entry or uuid4()), **(quantities or {"Dawa": 1})) | {"customer_name": ""}
    with transaction(house.bar.sessions) as db:
        return take_order(house.program, db, by, phone, effect)[0]


def cash(house: House, by: Actor, order_id: UUID, received: int, entry: UUID | None = None) -> None:
    assert by.user_id
    with transaction(house.bar.sessions) as db:
        given = (order_id, entry or uuid4(), Decimal(received))
        _, followup = pay_cash(db, by.workspace_id, by.user_id, *given)
    follow_up(house.program, followup)


def prompt(house: House, by: Actor, order_id: UUID, phone: str = PHONE) -> dict[str, Any]:
    """The prompt as the provider has it."""
    with transaction(house.bar.sessions) as db:
        outcome, followup = ask_phone(db, by, order_id, phone)
    assert outcome["result"] == "requested" and followup.jobs
    follow_up(house.program, house.request(outcome["payment_id"]))
    return house.kopokopo.prompts[-1]


def found(house: House, table: Any) -> list[Any]:
    with house.bar.sessions.begin() as db:
        return list(db.scalars(select(table)))


def whole(house: House) -> None:
    """Nobody is owed a word, and the books are in order."""
    sweep_outbox(house.program)
    assert house.owed() == []
    with house.bar.sessions.begin() as db:
        assert [breach for verdict in audit(db, {}).values() for breach in verdict["breaches"]] == []


def test_a_stranger_pays_by_prompt_is_served_and_gets_money_back(house: House, by: Actor) -> None:
    order_id = take(house, by, Dawa=2)
    asked = prompt(house, by, order_id)
    assert asked["subscriber"]["phone_number"] == f"+{PHONE}" and asked["amount"]["value"] == 1400
    for followup in house.told(house.kopokopo.pay(asked)):
        follow_up(house.program, followup)
    assert house.order_status(str(order_id)) is OrderStatus.PAID
    for status in (OrderStatus.PREPARING, OrderStatus.READY, OrderStatus.SERVED):
        with transaction(house.bar.sessions) as db:
            assert [order["id"] for order in json.loads(open_orders(db, by.workspace_id))] == [str(order_id)]
            follow_up(house.program, advance_order(db, by.workspace_id, order_id, status, by.user_id))
    with transaction(house.bar.sessions) as db:
        [invoice] = db.scalars(select(Invoice)).all()
        assert want_document(db, by.workspace_id, DocumentKind.RECEIPT, invoice.id)
        assert by.user_id
        refund_order(db, by.workspace_id, order_id, None, Decision(by.user_id, "spilled", uuid4().hex))
    assert [receipt.state for receipt in house.receipts()] != [ReceiptState.UNMATCHED]
    whole(house)


def test_a_stranger_who_does_not_pay_leaves_nothing_behind(house: House, by: Actor) -> None:
    before = house.bar.stock("Dawa")
    order_id = take(house, by)
    house.told(house.kopokopo.refuse(prompt(house, by, order_id)))
    [payment] = found(house, Payment)
    assert payment.status is PaymentStatus.FAILED and payment.customer_id is None
    house.let_lapse(str(order_id))
    follow_up(house.program, expire_holds(house.bar.sessions))
    assert house.order_status(str(order_id)) is OrderStatus.FAILED and house.bar.stock("Dawa") == before
    whole(house)


def test_money_that_comes_after_cash_was_taken_goes_back(house: House, by: Actor) -> None:
    order_id = take(house, by)
    asked = prompt(house, by, order_id)
    cash(house, by, order_id, 1000)
    house.told(house.kopokopo.pay(asked))
    assert [refund.amount for refund in house.refunds()] == [700]
    whole(house)


def test_one_form_from_eight_threads_is_one_order_paid_once(house: House, by: Actor) -> None:
    entry = uuid4()

    def send(_: int) -> None:
        assert by.user_id
        effect = house.bar.place(cart_of(entry), Dawa=1)
        with transaction(house.bar.sessions) as db:
            order_id, _followup = take_order(house.program, db, by, "", effect)
            pay_cash(db, by.workspace_id, by.user_id, order_id, entry, Decimal(1000))

    all_at_once(8, send)
    assert len(found(house, Order)) == len(found(house, CashEntry)) == 1
    assert [(e.cause, e.user_id) for e in found(house, OrderEvent) if e.from_status is None] == [
        ("taken_by_hand", by.user_id)
    ]
    whole(house)


def test_a_guest_known_by_number_is_told_as_if_they_had_ordered_themselves(house: House, by: Actor) -> None:
    order_id = take(house, by, phone=PHONE)
    cash(house, by, order_id, 700)
    [guest] = found(house, Customer)
    assert guest.phone == PHONE
    assert [news["kind"] for news in house.owed()] == ["payment_settled"]
    assert take(house, by, phone=PHONE) != order_id and len(found(house, Customer)) == 1


def test_what_cannot_be_placed_notes_nobody(house: House, by: Actor) -> None:
    house.bar.change(Product, house.bar.products["Dawa"], sold_out=True)
    with pytest.raises(NotPlaced) as refused:
        take(house, by, phone=PHONE)
    assert refused.value.outcome["result"] == "sold_out"
    assert not found(house, Customer) and not found(house, Order)


def test_a_stranger_has_no_chat_to_pay_in_and_guests_orders_are_not_taken_over(house: House, by: Actor) -> None:
    order_id, theirs = take(house, by), UUID(house.order()[0])
    with pytest.raises(Rejected, match="no_chat"), transaction(house.bar.sessions) as db:
        send_to_chat(db, by, order_id, uuid4())
    with pytest.raises(Rejected, match="not_found"):
        cash(house, by, theirs, 700)
    with pytest.raises(Rejected, match="not_found"):
        cash(house, Actor(uuid4(), by.user_id), order_id, 700)


def test_one_phone_is_not_asked_by_two_prompts_at_once(house: House, by: Actor) -> None:
    first, second = take(house, by), take(house, by)
    prompt(house, by, first)
    with transaction(house.bar.sessions) as db:
        outcome, followup = ask_phone(db, by, second, PHONE)
    assert (outcome["result"], outcome["order_id"], followup.jobs) == ("live_attempt", str(first), ())
