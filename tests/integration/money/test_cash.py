"""Cash over the bar: a code, a hand, a drawer that adds up."""

from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from core.domain.statuses import OrderStatus, PaymentStatus, ReceiptState
from core.errors import Rejected
from core.services.audit import audit
from core.services.cash import Taken, drawer, take_cash, waiting_for_cash
from core.services.holds import expire_holds
from core.store.sql.engine import transaction
from core.store.sql.tables import CashEntry, Order, User
from tests.integration.money.house import House
from tests.integration.sql.bar import all_at_once


@pytest.fixture
def waiter(house: House) -> UUID:
    """Wanjiru, behind the bar."""
    with house.bar.sessions.begin() as db:
        user = User(email=f"{uuid4().hex}@bar.example", name="Wanjiru", password_hash="x")
        db.add(user)
        db.flush()
        return user.id


def promise(house: House, guest: int = 1, **quantities: int) -> tuple[str, str]:
    """A guest orders and pays at the bar: order and code."""
    effects = [house.bar.place("", **(quantities or {"Dawa": 1})), {"kind": "pay_cash", "order_id": None}]
    outcome = house.bar.perform(house.bar.guest(guest), *effects)[1]
    assert outcome["result"] == "cash_code", outcome
    return outcome["order_id"], outcome["code"]


def take(house: House, waiter: UUID, code: str, received: int, entry: UUID | None = None) -> Taken:
    with transaction(house.bar.sessions) as db:
        return take_cash(db, house.bar.workspace_id, waiter, entry or uuid4(), code, Decimal(received))[0]


def entries(house: House) -> list[CashEntry]:
    with house.bar.sessions.begin() as db:
        return list(db.scalars(select(CashEntry).order_by(CashEntry.created_at)))


def test_a_guest_who_pays_at_the_bar_gets_one_code_however_often_they_ask(house: House) -> None:
    order_id, code = promise(house)
    again = house.bar.perform(house.bar.guest(), {"kind": "pay_cash", "order_id": order_id})[0]
    assert again["code"] == code and len(code) == 4
    assert house.order_status(order_id) is OrderStatus.PENDING


def test_the_order_waits_for_its_cash_as_long_as_the_house_says(house: House) -> None:
    order_id, _ = promise(house)
    with house.bar.sessions.begin() as db:
        order = db.get_one(Order, UUID(order_id))
        assert (order.expires_at - order.created_at).total_seconds() > 29 * 60


def test_the_money_makes_the_order_and_the_change_is_told(house: House, waiter: UUID) -> None:
    order_id, code = promise(house)
    taken = take(house, waiter, code.lower(), 1000)
    assert (taken.amount, taken.change, taken.due) == (700, 300, 0)
    assert house.order_status(order_id) is OrderStatus.PAID
    (receipt,) = house.receipts()
    assert receipt.reference == f"CASH-{taken.number}-1" and receipt.state is ReceiptState.MATCHED
    (told,) = house.owed("payment_settled")
    assert told["provider"] == "cash" and told["amount"] == "700"
    (entry,) = entries(house)
    assert entry.user_id == waiter and entry.reference == receipt.reference
    assert house.status(str(receipt.payment_id)) is PaymentStatus.SUCCEEDED


def test_the_same_tap_twice_takes_the_money_once(house: House, waiter: UUID) -> None:
    _, code = promise(house)
    entry = uuid4()
    first = take(house, waiter, code, 300, entry)
    assert take(house, waiter, code, 300, entry) == first
    assert first.due == 400 and len(entries(house)) == 1


def test_two_at_the_bar_take_the_same_code_once(house: House, waiter: UUID) -> None:
    _, code = promise(house)

    def one(_: int) -> str:
        try:
            return str(take(house, waiter, code, 700).amount)
        except Rejected as error:
            return error.reason

    assert sorted(all_at_once(2, one)) == ["700", "cash_paid"]
    assert len(entries(house)) == 1


def test_a_part_in_cash_leaves_the_rest_to_be_paid(house: House, waiter: UUID) -> None:
    order_id, code = promise(house)
    assert take(house, waiter, code, 200).due == 500
    assert house.owed("payment_settled")[0]["due"] == "500"
    assert take(house, waiter, code, 500).due == 0
    assert house.order_status(order_id) is OrderStatus.PAID
    assert [one.reference[-1] for one in house.receipts()] == ["1", "2"]


def test_wrong_used_and_dead_codes_answer_clearly(house: House, waiter: UUID) -> None:
    _, code = promise(house)
    with pytest.raises(Rejected, match="cash_unknown"):
        take(house, waiter, "ZZZZ", 700)
    take(house, waiter, code, 700)
    with pytest.raises(Rejected, match="cash_paid"):
        take(house, waiter, code, 700)
    other, dead = promise(house, guest=2)
    house.bar.perform(house.bar.guest(2), {"kind": "cancel_order", "order_id": other})
    with pytest.raises(Rejected, match="cash_closed"):
        take(house, waiter, dead, 700)
    assert len(entries(house)) == 1


def test_cash_for_an_order_whose_stock_is_gone_is_handed_back(house: House, waiter: UUID) -> None:
    order_id, code = promise(house, Wings=1)
    house.let_lapse(order_id)
    expire_holds(house.bar.sessions)
    house.bar.order(house.bar.guest(2), pay=False, Wings=99)
    house.bar.order(house.bar.guest(3), pay=False, Wings=1)
    with pytest.raises(Rejected, match="cash_gone"):
        take(house, waiter, code, 900)
    assert entries(house) == [] and house.receipts() == []


def test_cash_in_time_after_the_order_lapsed_revives_it(house: House, waiter: UUID) -> None:
    order_id, code = promise(house)
    house.let_lapse(order_id)
    expire_holds(house.bar.sessions)
    assert house.order_status(order_id) is OrderStatus.FAILED
    assert take(house, waiter, code, 700).due == 0
    assert house.order_status(order_id) is OrderStatus.PAID


def test_a_prompt_that_is_paid_after_all_goes_back(house: House, waiter: UUID) -> None:
    order_id, _payment_id, prompt = house.prompt()
    code = house.bar.perform(house.bar.guest(), {"kind": "pay_cash", "order_id": order_id})[0]["code"]
    with house.bar.sessions.begin() as db:
        assert waiting_for_cash(db, house.bar.workspace_id)[0]["prompted"] is True
    take(house, waiter, code, 700)
    house.told(house.kopokopo.pay(prompt))
    assert [one.state for one in house.receipts()] == [ReceiptState.MATCHED, ReceiptState.REFUND_DUE]


def test_the_drawer_knows_who_took_how_much(house: House, waiter: UUID) -> None:
    for guest in (1, 2):
        take(house, waiter, promise(house, guest)[1], 1000)
    with house.bar.sessions.begin() as db:
        since = db.scalars(select(Order.created_at).order_by(Order.created_at)).first()
        assert since is not None
        assert list(drawer(db, house.bar.workspace_id, since)) == [("Wanjiru", 2, Decimal(1400))]
        assert waiting_for_cash(db, house.bar.workspace_id) == []


@pytest.mark.parametrize(
    ("damage", "kind"),
    [
        ("update cash_entries set amount = 600, change = received - 600", "drawer_line_without_its_receipt"),
        ("update orders set status = 'PENDING', version = version + 1", "code_used_and_not_paid"),
    ],
)
def test_the_audit_finds_a_drawer_that_does_not_add_up(house: House, waiter: UUID, damage: str, kind: str) -> None:
    take(house, waiter, promise(house)[1], 700)
    with house.bar.sessions.begin() as db:
        db.execute(text(damage))
        assert kind in {breach["breach"] for breach in audit(db, {})["I5"]["breaches"]}
        db.rollback()


def test_another_venue_s_code_is_no_code(house: House, waiter: UUID) -> None:
    _, code = promise(house)
    with pytest.raises(Rejected, match="cash_unknown"), transaction(house.bar.sessions) as db:
        take_cash(db, uuid4(), waiter, uuid4(), code, Decimal(700))
