"""What a turn asks for happens once, whatever dies or comes twice."""

from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core.cipher import installed
from core.domain.statuses import FailedBy, OrderStatus, PaymentStatus
from core.services.effects import abandon, perform
from core.store.sql.tables import Activity, Customer, Order, OrderItem, Payment, Product, TurnEffects, Workspace
from tests.integration.sql.bar import Bar


def test_rule_02_the_same_turn_twice_answers_the_first_outcome(bar: Bar) -> None:
    guest, effects = bar.guest(), [bar.place(Dawa=1)]
    effects.append(bar.pay(guest))
    first = bar.perform(guest, *effects, event="event-1")
    assert bar.perform(guest, *effects, event="event-1") == first
    assert bar.count(Order) == 1 and bar.count(Payment) == 1


def test_rule_02_a_refusal_is_stored_too(bar: Bar) -> None:
    guest, effects = bar.guest(), [bar.place(Dawa=99), bar.place(Dawa=99)]
    refused = bar.perform(guest, *effects, event="event-1")
    assert refused[1] == {
        "result": "sold_out",
        "short": [{"product_id": str(bar.products["Dawa"]), "name": "Dawa", "left": 1}],
    }
    bar.settle(refused[0]["order_id"])
    assert bar.perform(guest, *effects, event="event-1") == refused


def test_rule_02_a_second_worker_waits_for_the_first_and_answers_the_same(bar: Bar) -> None:
    guest, effects, answers, began = bar.guest(), [bar.place(Dawa=1)], [], Event()

    def second() -> None:
        began.set()
        answers.append(bar.perform(guest, *effects, event="event-1"))

    with bar.sessions.begin() as db:
        first = perform(db, guest, "event-1", effects)[0]
        zombie = Thread(target=second)
        zombie.start()
        began.wait()
    zombie.join()
    assert answers == [first] and bar.count(Order) == 1


def test_rule_02_a_crash_in_the_middle_leaves_nothing(bar: Bar) -> None:
    guest = bar.guest()
    with pytest.raises(KeyError), bar.sessions.begin() as db:
        perform(db, guest, "event-1", [bar.place(Dawa=1), {"kind": "no such effect"}])
    assert bar.count(Order) == 0 and bar.count(TurnEffects) == 0 and bar.stock("Dawa") == (100, 0)


def test_rule_04_after_a_dead_letter_the_effect_cannot_happen(bar: Bar) -> None:
    guest = bar.guest()
    with bar.sessions.begin() as db:
        assert abandon(db, "event-1", bar.workspace_id) is None
    assert bar.perform(guest, bar.place(Dawa=1), event="event-1") == [{"result": "abandoned"}]
    assert bar.count(Order) == 0
    with bar.sessions.begin() as db:
        assert abandon(db, "event-1", bar.workspace_id) is None


def test_rule_04_a_dead_letter_whose_effect_happened_answers_its_outcome(bar: Bar) -> None:
    outcomes = bar.perform(bar.guest(), bar.place(Dawa=1), event="event-1")
    with bar.sessions.begin() as db:
        assert abandon(db, "event-1", bar.workspace_id) == outcomes


def test_an_order_keeps_prices_names_table_vat_and_number(bar: Bar) -> None:
    placed = bar.order(bar.guest(), pay=False, Dawa=2, Wings=1)[0]
    assert placed | {"order_id": ""} == {
        "result": "placed", "order_id": "", "number": 1, "total": "2300", "currency": "KES",
    }  # fmt: skip
    with bar.sessions.begin() as db:
        order = db.get_one(Order, UUID(placed["order_id"]))
        items = db.scalars(select(OrderItem).order_by(OrderItem.position)).all()
        assert (order.table_number, order.customer_name, str(order.vat)) == (7, "Achieng", "317.24")
        assert [(item.name, item.quantity, int(item.price_at_time), item.station) for item in items] == [
            ("Dawa", 2, 700, "BAR"), ("Wings", 1, 900, "KITCHEN"),
        ]  # fmt: skip


def test_the_same_product_on_two_lines_is_held_together(bar: Bar) -> None:
    place = bar.place(Dawa=60)
    place["lines"] *= 2
    assert bar.perform(bar.guest(), place)[0]["result"] == "sold_out"
    place["lines"][0] = place["lines"][0] | {"quantity": 40}
    assert bar.perform(bar.guest(), place)[0]["result"] == "placed"
    assert bar.stock("Dawa") == (100, 100)


@pytest.mark.parametrize("broken", ["gone", "foreign", "closed", "none", "hundred"])
def test_what_cannot_be_sold_is_refused_with_nothing_placed(bar: Bar, broken: str) -> None:
    place = bar.place(Dawa=1, Tusker=1)
    match broken:
        case "gone":
            bar.change(Product, bar.products["Tusker"], in_menu=False)
        case "foreign":
            place["lines"][0]["product_id"] = str(uuid4())
        case "closed":
            bar.change(Workspace, bar.workspace_id, accepts_orders=False)
        case "none":
            place["lines"] = []
        case "hundred":
            place["lines"][0]["quantity"] = 100
    assert bar.perform(bar.guest(), place) == [{"result": "closed"}]
    assert bar.count(Order) == 0 and bar.stock("Dawa") == (100, 0)


def test_a_refused_order_costs_no_number(bar: Bar) -> None:
    bar.order(bar.guest(), pay=False, Dawa=1)
    bar.perform(bar.guest(), bar.place(Dawa=99) | {"lines": []})
    bar.order(bar.guest(), pay=False, Dawa=99, Tusker=1)
    bar.order(bar.guest(), pay=False, Dawa=99, Tusker=99)
    assert bar.order(bar.guest(), pay=False, Tusker=1)[0]["number"] == 3


def test_paying_for_a_refused_order_of_the_same_turn_is_not_asked(bar: Bar) -> None:
    guest = bar.guest()
    bar.order(guest, pay=False, Dawa=99)
    assert [outcome["result"] for outcome in bar.order(guest, Dawa=99)] == ["sold_out", "not_placed"]
    assert bar.count(Payment) == 0


def test_rule_12_a_payment_is_born_with_a_date_on_which_the_sweep_finds_it(bar: Bar) -> None:
    soon, before = timedelta(seconds=3), datetime.now(UTC)
    asked = bar.order(bar.guest(), Dawa=1)[1]
    with bar.sessions.begin() as db:
        payment = db.get_one(Payment, UUID(asked["payment_id"]))
        assert payment.status is PaymentStatus.CREATED and payment.next_check_at is not None
        assert before + soon <= payment.next_check_at <= datetime.now(UTC) + soon
        assert (int(payment.amount), payment.currency, payment.phone) == (700, "KES", "254700000001")


A_PROMPT = {"start": "PROMPT", "provider": "kopokopo", "link": ""}


@pytest.mark.parametrize("status", ["CREATED", "REQUESTED", "PENDING", "UNKNOWN"])
def test_rule_13_one_live_attempt_per_order(bar: Bar, status: str) -> None:
    guest = bar.guest()
    placed, asked = bar.order(guest, Dawa=1)
    bar.change(Payment, asked["payment_id"], status=status)
    other_phone = bar.pay(guest, placed["order_id"], phone="254711111111")
    live = {"result": "live_attempt", "payment_id": asked["payment_id"], "order_id": placed["order_id"], "number": 1}
    assert bar.perform(guest, other_phone) == [live | A_PROMPT]


def test_rule_13_one_live_attempt_per_phone_across_orders_and_guests(bar: Bar) -> None:
    first, asked = bar.order(bar.guest(1), Dawa=1)
    friend = bar.guest(2)
    placed = bar.order(friend, pay=False, Tusker=1)[0]
    outcome = bar.perform(friend, bar.pay(friend, placed["order_id"], phone=bar.guest(1).phone))[0]
    live = {"result": "live_attempt", "payment_id": asked["payment_id"], "order_id": first["order_id"], "number": 1}
    assert outcome == live | A_PROMPT


def test_rule_13_the_database_itself_refuses_a_second_live_attempt(bar: Bar) -> None:
    placed, _ = bar.order(bar.guest(), Dawa=1)
    second = _attempt(bar, placed["order_id"], "254722222222")
    with pytest.raises(IntegrityError, match="uq_payments_live_order"), bar.sessions.begin() as db:
        db.add(second)
    other = bar.order(bar.guest(2), pay=False, Dawa=1)[0]
    with pytest.raises(IntegrityError, match="uq_payments_live_phone"), bar.sessions.begin() as db:
        db.add(_attempt(bar, other["order_id"], bar.guest(1).phone))


def _attempt(bar: Bar, order_id: str, phone: str) -> Payment:
    return Payment(
        workspace_id=bar.workspace_id, order_id=UUID(order_id), provider="kopokopo", method="MPESA",
        amount=1, currency="KES", phone=phone, phone_index=installed().index(phone),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("failed_by", "age", "result"),
    [
        (FailedBy.CALLBACK, 5, "requested"),
        (FailedBy.ANSWER, 5, "requested"),
        (FailedBy.POLL, 5, "live_attempt"),
        (FailedBy.POLL, 170, "live_attempt"),
        (FailedBy.POLL, 181, "requested"),
    ],
)
def test_rule_13_a_polled_failure_permits_a_new_prompt_after_the_dialog_window(
    bar: Bar, failed_by: FailedBy, age: int, result: str
) -> None:
    guest = bar.guest()
    placed, asked = bar.order(guest, Dawa=1)
    posted = datetime.now(UTC) - timedelta(seconds=age)
    bar.change(Payment, asked["payment_id"], status="FAILED", failed_by=failed_by, posted_at=posted)
    assert bar.perform(guest, bar.pay(guest, placed["order_id"]))[0]["result"] == result


def test_a_new_attempt_prolongs_the_hold(bar: Bar) -> None:
    guest = bar.guest()
    placed = bar.order(guest, pay=False, Dawa=1)[0]
    bar.change(Order, placed["order_id"], expires_at=datetime.now(UTC) + timedelta(seconds=5))
    bar.perform(guest, bar.pay(guest, placed["order_id"]))
    with bar.sessions.begin() as db:
        left = db.get_one(Order, UUID(placed["order_id"])).expires_at - datetime.now(UTC)
    assert timedelta(seconds=590) < left <= timedelta(seconds=600)


def test_paying_a_paid_order_answers_its_receipt(bar: Bar) -> None:
    guest = bar.guest()
    placed = bar.order(guest, Dawa=1)[0]
    bar.settle(placed["order_id"])
    outcome = bar.perform(guest, bar.pay(guest, placed["order_id"]))[0]
    assert outcome["result"] == "already_paid" and len(outcome["receipt"]) == 10


def test_part_paid_asks_for_the_rest(bar: Bar) -> None:
    guest = bar.guest()
    placed = bar.order(guest, pay=False, Dawa=1)[0]
    bar.settle(placed["order_id"], amount=500)
    assert bar.perform(guest, bar.pay(guest, placed["order_id"]))[0]["amount"] == "200"


def test_nobody_pays_for_or_cancels_somebody_elses_order(bar: Bar) -> None:
    placed = bar.order(bar.guest(1), pay=False, Dawa=1)[0]
    stranger = bar.guest(2)
    cancel = {"kind": "cancel_order", "order_id": placed["order_id"]}
    outcomes = bar.perform(stranger, bar.pay(stranger, placed["order_id"]), cancel)
    assert [outcome["result"] for outcome in outcomes] == ["order_closed", "too_late"]
    assert bar.status(placed["order_id"]) is OrderStatus.PENDING


def test_calling_off_gives_stock_back_once(bar: Bar) -> None:
    guest = bar.guest()
    placed = bar.order(guest, Dawa=5)[0]
    cancel = {"kind": "cancel_order", "order_id": placed["order_id"]}
    assert bar.perform(guest, cancel) == bar.perform(guest, cancel)
    assert bar.status(placed["order_id"]) is OrderStatus.CANCELLED
    assert bar.stock("Dawa") == (100, 0) and bar.holds(placed["order_id"]) == ["RELEASED"]
    assert bar.perform(guest, bar.pay(guest, placed["order_id"]))[0]["result"] == "order_closed"


def test_a_paid_order_cannot_be_called_off(bar: Bar) -> None:
    guest = bar.guest()
    placed = bar.order(guest, Dawa=1)[0]
    bar.settle(placed["order_id"])
    outcome = bar.perform(guest, {"kind": "cancel_order", "order_id": placed["order_id"]})[0]
    assert outcome["result"] == "too_late" and outcome["status"] == "PAID"


def test_the_last_five_orders_are_found_newest_first(bar: Bar) -> None:
    guest = bar.guest()
    for _ in range(6):
        placed = bar.order(guest, pay=False, Dawa=1)[0]
    bar.settle(placed["order_id"])
    orders = bar.perform(guest, {"kind": "find_orders"})[0]["orders"]
    assert [order["number"] for order in orders] == [6, 5, 4, 3, 2]
    assert (orders[0]["status"], orders[0]["due"], orders[1]["due"]) == ("PAID", "0", "700")
    assert len(orders[0]["receipt"]) == 10 and orders[1]["receipt"] == ""


def test_of_age_is_written_down_and_a_call_for_staff_is_logged(bar: Bar) -> None:
    guest = bar.guest()
    outcomes = bar.perform(guest, {"kind": "confirm_age"}, {"kind": "call_staff", "reason": "a spilt drink"})
    assert outcomes == [{"result": "confirmed"}, {"result": "called"}]
    with bar.sessions.begin() as db:
        assert db.scalars(select(Customer)).one().age_confirmed_at is not None
        call = db.scalars(select(Activity).where(Activity.action != "stock_received")).one()
        assert (call.action, call.detail) == ("guest_called_staff", {"reason": "a spilt drink"})
