"""The clock in the house: what is not sold at this hour is neither ordered nor paid, whatever the chat was shown."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from core.conversation.effects import Outcome
from core.domain.statuses import OrderStatus
from core.services.menu import load_menu
from core.services.orders import lock_order, mark_order
from core.store.sql.tables import Order, OrderEvent, Payment, Product, Workspace
from tests.integration.sql.bar import Bar

NAIROBI = ZoneInfo("Africa/Nairobi")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def daily(*spans: tuple[str, str], **more: Any) -> dict[str, Any]:
    return {"week": {day: [list(span) for span in spans] for day in DAYS}} | more


RULES = {
    "house": daily(("12:00", "03:00"), last_orders=30),
    "kitchen": daily(("12:00", "22:00")),
    "alcohol": daily(("17:00", "02:00")),
}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(wall("2037-11-20T18:00"), tick=False) as traveller:
        yield traveller


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NAIROBI).astimezone(UTC)


@pytest.fixture(autouse=True)
def rules(bar: Bar) -> None:
    bar.change(Workspace, bar.workspace_id, hours=RULES)
    bar.change(Product, bar.products["Dawa"], alcoholic=True)


def reasons(outcome: Outcome) -> dict[str, str]:
    return {product["name"]: product["reason"] for product in outcome.get("products", ())}


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("2037-11-20T16:59", {"Dawa": "alcohol"}),
        ("2037-11-20T17:00", {}),
        ("2037-11-20T22:00", {"Wings": "kitchen"}),
        ("2027-02-28T23:59", {"Wings": "kitchen"}),
        ("2027-03-01T00:00", {"Wings": "kitchen"}),
        ("2028-02-29T01:59", {"Wings": "kitchen"}),
        ("2028-03-01T02:00", {"Dawa": "alcohol", "Wings": "kitchen"}),
        ("2037-12-01T02:29", {"Dawa": "alcohol", "Wings": "kitchen"}),
        ("2037-12-01T02:30", {"Dawa": "house", "Wings": "house"}),
    ],
)
def test_an_order_is_placed_by_the_clock_in_the_house(
    bar: Bar, clock: time_machine.Traveller, text: str, refused: dict[str, str]
) -> None:
    clock.move_to(wall(text))
    placed, asked = bar.order(bar.guest(), Dawa=1, Wings=1)
    assert reasons(placed) == refused
    assert placed["result"] == ("closed" if refused else "placed")
    assert asked["result"] == ("not_placed" if refused else "requested")
    assert bar.count(Order) == bar.count(Payment) == (not refused) and bar.breaches() == []


def test_a_cart_placed_before_closing_is_answered_after_it(bar: Bar, clock: time_machine.Traveller) -> None:
    guest, effect = bar.guest(), bar.place("one-cart", Dawa=1)
    (first,) = bar.perform(guest, effect)
    clock.move_to(wall("2037-11-21T04:00"))
    assert bar.perform(guest, effect) == [first]


def test_another_try_after_closing_is_refused_and_the_order_stays_unpaid(
    bar: Bar, clock: time_machine.Traveller
) -> None:
    guest = bar.guest()
    clock.move_to(wall("2037-11-20T21:59"))
    order_id = bar.perform(guest, bar.place(Wings=1))[0]["order_id"]
    clock.move_to(wall("2037-11-20T22:00"))
    (refused,) = bar.perform(guest, bar.pay(guest, order_id))
    assert refused["result"] == "closed" and reasons(refused) == {"Wings": "kitchen"}
    assert refused["order_id"] == order_id and bar.status(order_id) is OrderStatus.PENDING
    assert bar.count(Payment) == 0


def test_last_orders_do_not_stop_the_payment_of_an_order_placed_before(bar: Bar, clock: time_machine.Traveller) -> None:
    bar.change(Workspace, bar.workspace_id, hours={"house": daily(("12:00", "03:00"), last_orders=30)})
    guest = bar.guest()
    clock.move_to(wall("2037-11-21T02:29"))
    order_id = bar.perform(guest, bar.place(Wings=1))[0]["order_id"]
    clock.move_to(wall("2037-11-21T02:45"))
    assert bar.perform(guest, bar.pay(guest, order_id))[0]["result"] == "requested"


def test_who_paid_a_part_may_pay_the_rest_after_closing(bar: Bar, clock: time_machine.Traveller) -> None:
    guest = bar.guest()
    clock.move_to(wall("2037-11-20T21:59"))
    order_id = bar.perform(guest, bar.place(Wings=1))[0]["order_id"]
    bar.settle(order_id, amount=100)
    clock.move_to(wall("2037-11-20T23:00"))
    assert bar.perform(guest, bar.pay(guest, order_id))[0]["result"] == "requested"


def test_a_venue_without_alcohol_sells_none_whatever_the_chat_says(bar: Bar, clock: time_machine.Traveller) -> None:
    bar.change(Workspace, bar.workspace_id, serves_alcohol=False)
    assert reasons(bar.perform(bar.guest(), bar.place(Dawa=1))[0]) == {"Dawa": "alcohol"}


def test_the_smallest_order_is_looked_at_again_when_ordering(bar: Bar, clock: time_machine.Traveller) -> None:
    bar.change(Workspace, bar.workspace_id, minimum_order=1000, delivery={"minimum": "2000"})
    (refused,) = bar.perform(bar.guest(), bar.place(Wings=1))
    assert refused == {"result": "too_little", "minimum": "1000", "goods": "900", "delivery": False}
    assert bar.perform(bar.guest(), bar.place(Wings=2))[0]["result"] == "placed"
    brought = bar.place(Wings=2) | {"address": "Kilimani", "table": None}
    assert bar.perform(bar.guest(), brought)[0]["minimum"] == "2000"


def test_the_snapshot_carries_the_rules(bar: Bar) -> None:
    delivery = {"fee": "200", "latitude": -1.29, "longitude": 36.82, "radius_km": 5.0}
    bar.change(Workspace, bar.workspace_id, delivery=delivery, features={"tracking": False}, minimum_order=500)
    with bar.sessions.begin() as db:
        menu = load_menu(db, bar.workspace_id)
    assert menu.venue.delivery.fee == 200 and not menu.venue.features.tracking and menu.venue.minimum_order == 500
    assert not menu.venue.hours.alcohol.always and menu.venue.hours.bar.always
    assert {product.name for product in menu.products if product.kitchen} == {"Wings"}
    assert type(menu).from_dict(menu.to_dict()) == menu


def test_a_delivery_is_kept_with_its_fee_and_note(bar: Bar, clock: time_machine.Traveller) -> None:
    more = {"delivery_fee": "200", "note": "gate 4", "address": "Kilimani", "pickup": False, "table": None}
    (placed,) = bar.perform(bar.guest(), bar.place(Wings=1) | more)
    with bar.sessions.begin() as db:
        (order,) = db.query(Order).all()
        assert (order.delivery_fee, order.note, order.address) == (200, "gate 4", "Kilimani")
        assert (order.total, placed["total"]) == (1100, "1100")
    with pytest.raises(IntegrityError):
        bar.change(Order, placed["order_id"], delivery_fee=-1)


# --- how long it takes ---


def test_the_waiting_time_is_that_of_the_last_orders(bar: Bar) -> None:
    now = datetime.now(UTC)
    bar.change(Workspace, bar.workspace_id, hours={})
    for number, minutes in enumerate((8, 10, 30)):
        ready(bar, paid(bar, number, now - timedelta(minutes=40)), now - timedelta(minutes=40 - minutes))
    guest = bar.guest(9)
    order_id = bar.perform(guest, bar.place(Wings=1))[0]["order_id"]
    assert waits(bar, guest) == [None]
    bar.settle(order_id)
    bar.change(Order, order_id, paid_at=now - timedelta(minutes=4))
    assert waits(bar, guest) == [6]
    bar.change(Order, order_id, paid_at=now - timedelta(minutes=25))
    assert waits(bar, guest) == [1]


def test_two_orders_tell_nothing(bar: Bar) -> None:
    now = datetime.now(UTC)
    bar.change(Workspace, bar.workspace_id, hours={})
    for number in range(2):
        ready(bar, paid(bar, number, now - timedelta(minutes=20)), now - timedelta(minutes=10))
    guest = bar.guest(9)
    bar.settle(bar.perform(guest, bar.place(Wings=1))[0]["order_id"])
    assert waits(bar, guest) == [None]


def waits(bar: Bar, guest: Any) -> list[int | None]:
    return [order["wait"] for order in bar.perform(guest, {"kind": "find_orders"})[0]["orders"]]


def paid(bar: Bar, number: int, moment: datetime) -> str:
    order_id = str(bar.perform(bar.guest(number), bar.place(Wings=1))[0]["order_id"])
    bar.settle(order_id)
    bar.change(Order, order_id, paid_at=moment)
    return order_id


def ready(bar: Bar, order_id: str, moment: datetime) -> None:
    with bar.sessions.begin() as db:
        order = lock_order(db, bar.workspace_id, UUID(order_id))
        assert order is not None
        mark_order(db, order, OrderStatus.READY)
        ours = (OrderEvent.order_id == order.id, OrderEvent.to_status == OrderStatus.READY)
        db.execute(update(OrderEvent).where(*ours).values(created_at=moment))
