"""Staff move orders on; guest and board hear of it."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from core.domain.money import plain
from core.domain.statuses import OrderStatus, ReceiptState, RefundStatus
from core.errors import IllegalTransition, Rejected
from core.services.followup import Followup
from core.services.holds import expire_holds
from core.services.orders import advance_order, board_order, open_orders
from core.store.sql.tables import Order, OrderEvent, Outbox, Receipt, Refund, Ticket
from tests.integration.sql.bar import Bar, all_at_once


def paid_order(bar: Bar, number: int = 1) -> UUID:
    order_id = UUID(bar.order(bar.guest(number), Dawa=2, Wings=1)[0]["order_id"])
    assert bar.settle(order_id)
    return order_id


def advance(bar: Bar, order_id: UUID, to: OrderStatus, version: int | None = None) -> Followup:
    with bar.sessions.begin() as db:
        return advance_order(db, bar.workspace_id, order_id, to, None, version)


def owed(bar: Bar, kind: str) -> list[dict[str, object]]:
    with bar.sessions.begin() as db:
        return [row.payload for row in db.scalars(select(Outbox).where(Outbox.kind == kind).order_by(Outbox.seq))]


def tickets(bar: Bar) -> dict[str, str]:
    with bar.sessions.begin() as db:
        return {row.station.value: row.status.value for row in db.scalars(select(Ticket))}


def test_an_order_moves_on_and_the_guest_hears_each_step_once(bar: Bar) -> None:
    order_id = paid_order(bar)
    for status in (OrderStatus.PREPARING, OrderStatus.READY, OrderStatus.READY, OrderStatus.SERVED):
        advance(bar, order_id, status)
    assert [row["status"] for row in owed(bar, "order_status")] == ["PREPARING", "READY", "SERVED"]
    assert len(owed(bar, "order")) == 3 and set(tickets(bar).values()) == {"DONE"}
    with bar.sessions.begin() as db:
        diary = [(row.from_status, row.to_status) for row in db.scalars(select(OrderEvent).order_by(OrderEvent.seq))]
    assert diary == [(None, "PENDING"), ("PENDING", "PAID"), ("PAID", "PREPARING"), ("PREPARING", "READY"),
                     ("READY", "SERVED")]  # fmt: skip


def test_bar_and_kitchen_get_a_ticket_each(bar: Bar) -> None:
    paid_order(bar)
    assert tickets(bar) == {"BAR": "OPEN", "KITCHEN": "OPEN"}


def test_ready_tapped_twice_at_once_tells_the_guest_once(bar: Bar) -> None:
    order_id = paid_order(bar)
    all_at_once(5, lambda _: advance(bar, order_id, OrderStatus.READY))
    assert len(owed(bar, "order_status")) == 1


def test_an_order_never_moves_backwards(bar: Bar) -> None:
    order_id = paid_order(bar)
    advance(bar, order_id, OrderStatus.READY)
    with pytest.raises(IllegalTransition):
        advance(bar, order_id, OrderStatus.PREPARING)
    assert bar.status(order_id) is OrderStatus.READY


def test_an_unpaid_order_is_not_prepared(bar: Bar) -> None:
    order_id = UUID(bar.order(bar.guest(), Dawa=1)[0]["order_id"])
    with pytest.raises(IllegalTransition):
        advance(bar, order_id, OrderStatus.PREPARING)


def test_two_people_who_looked_at_the_same_card_do_not_overrule_each_other(bar: Bar) -> None:
    order_id = paid_order(bar)
    with bar.sessions.begin() as db:
        seen = json.loads(open_orders(db, bar.workspace_id))[0]["version"]
    advance(bar, order_id, OrderStatus.PREPARING, seen)
    with pytest.raises(Rejected, match="version_conflict"):
        advance(bar, order_id, OrderStatus.SERVED, seen)


def test_another_venues_order_cannot_be_seen_or_moved(bar: Bar) -> None:
    order_id = paid_order(bar)
    with bar.sessions.begin() as db:
        with pytest.raises(Rejected, match="not_found"):
            advance_order(db, uuid4(), order_id, OrderStatus.READY, None)
        assert open_orders(db, uuid4()) == "[]" and board_order(db, uuid4(), order_id) is None


def test_the_board_shows_what_is_paid_and_not_yet_served(bar: Bar) -> None:
    first, second = paid_order(bar, 1), paid_order(bar, 2)
    bar.order(bar.guest(3), Dawa=1)
    advance(bar, first, OrderStatus.SERVED)
    with bar.sessions.begin() as db:
        (card,) = json.loads(open_orders(db, bar.workspace_id))
        assert board_order(db, bar.workspace_id, second) == card
    times = {key: datetime.fromisoformat(card.pop(key)) for key in ("placed_at", "paid_at")}
    assert card == {
        "id": str(second),
        "pickup": False,
        "note": "",
        "delivery_fee": "0",
        "number": 2,
        "status": "PAID",
        "version": 2,
        "practice": False,
        "table": 7,
        "address": "",
        "guest": "Achieng",
        "items": [
            {
                "product_id": str(bar.products["Dawa"]),
                "name": "Dawa",
                "quantity": 2,
                "options": [],
                "note": "",
                "station": "BAR",
            },
            {
                "product_id": str(bar.products["Wings"]),
                "name": "Wings",
                "quantity": 1,
                "options": [],
                "note": "",
                "station": "KITCHEN",
            },
        ],
        "paid_by": ["MPESA"],
        "total": "2300",
        "currency": "KES",
    }
    assert all(abs(datetime.now(UTC) - at) < timedelta(minutes=1) for at in times.values())


@pytest.mark.parametrize("amount", ["850", "850.50", "100", "1000.01"])
def test_the_board_writes_money_as_the_guest_reads_it(bar: Bar, amount: str) -> None:
    order_id = paid_order(bar)
    with bar.sessions() as db:  # taken back at its end: nobody paid that
        db.execute(update(Order).values(total=Decimal(amount), vat=Decimal("0.50"), delivery_fee=Decimal("50.20")))
        card = board_order(db, bar.workspace_id, order_id)
    assert card is not None and (card["total"], card["delivery_fee"]) == (plain(Decimal(amount)), "50.20")


def test_an_order_nobody_paid_ends_and_the_guest_is_told(bar: Bar) -> None:
    order_id = bar.order(bar.guest(), pay=False, Dawa=1)[0]["order_id"]
    assert expire_holds(bar.sessions) == Followup()
    bar.change(Order, order_id, expires_at=datetime.now(UTC) - timedelta(seconds=1))
    followup = expire_holds(bar.sessions)
    assert len(followup.conversations) == 1 and followup.boards == {bar.workspace_id}
    assert owed(bar, "order_failed") == [{"order_id": order_id, "number": 1, "practice": False}]


def test_part_of_the_money_for_an_order_that_ended_is_proposed_for_refund(bar: Bar) -> None:
    order_id = bar.order(bar.guest(), pay=False, Dawa=1)[0]["order_id"]
    bar.settle(order_id, amount=300)
    bar.change(Order, order_id, expires_at=datetime.now(UTC) - timedelta(seconds=1))
    expire_holds(bar.sessions)
    with bar.sessions.begin() as db:
        receipt, refund = db.scalars(select(Receipt)).one(), db.scalars(select(Refund)).one()
        assert (receipt.state, refund.status) == (ReceiptState.REFUND_DUE, RefundStatus.PROPOSED)
        assert refund.amount == 300
