"""What stands on the pages about money is the venue's own."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.domain.statuses import ReceiptState, RefundStatus
from core.errors import Rejected
from core.services.cash import drawer, waiting_for_cash
from core.services.closings import closings
from core.services.diary import diary_of
from core.services.reconcile import open_differences, reconcile_day, reconciliations
from core.services.refund_desk import approve_refund, confirm_refund, refund_order, refunds_waiting
from core.services.unmatched import give_back, take_as_sales, unmatched
from core.store.sql.engine import transaction
from tests.integration.books.desk import Desk, in_till
from tests.integration.books.test_refunds import paid_twice
from tests.integration.money.kopokopo import event, money
from tests.integration.money.test_cash import promise, take

PHONE = "+254711222333"


def shown(db: Session, workspace_id: UUID, payment_id: UUID | None) -> dict[str, Any]:
    """Every list about money that a venue's staff may look at."""
    assert payment_id
    return {
        "unmatched": unmatched(db, workspace_id)[1],
        "refunds": refunds_waiting(db, workspace_id),
        "comparisons": reconciliations(db, workspace_id),
        "differences": open_differences(db, workspace_id),
        "closings": closings(db, workspace_id),
        "cash": waiting_for_cash(db, workspace_id),
        "drawer": drawer(db, workspace_id, datetime.now(UTC) - timedelta(hours=1)),
        "diary": diary_of(db, workspace_id, payment_id),
    }


def test_another_venue_sees_none_of_our_money(desk: Desk) -> None:
    with desk.house.bar.sessions.begin() as db:
        db.execute(text("update workspaces set refund_limit = 0"))
    paid_twice(desk)
    desk.house.told(event(money("WALKIN0001", PHONE, 700)))
    desk.house.kopokopo.till.append(in_till("UNHEARD001", PHONE, 350))
    reconcile_day(desk.house.program, desk.workspace_id, datetime.now(UTC).date())
    desk.close(0)
    promise(desk.house, 2)
    take(desk.house, desk.user_id, promise(desk.house, 3)[1], 700)
    paid = desk.receipt("FIRST00001").payment_id
    with transaction(desk.house.bar.sessions) as db:
        assert all(shown(db, desk.workspace_id, paid).values())
        assert not any(shown(db, uuid4(), paid).values())


def test_another_venue_decides_nothing_about_our_money(desk: Desk) -> None:
    with desk.house.bar.sessions.begin() as db:
        db.execute(text("update workspaces set refund_limit = 0"))
    order_id = paid_twice(desk)
    desk.house.told(event(money("WALKIN0001", PHONE, 700)))
    (refund,) = desk.house.refunds()
    unknown, stranger, by = desk.receipt("WALKIN0001"), uuid4(), desk.by()
    decisions: list[Callable[[Session], object]] = [
        lambda db: approve_refund(db, stranger, refund.id, by),
        lambda db: approve_refund(db, stranger, refund.id, by, cash=True),
        lambda db: confirm_refund(db, stranger, refund.id, by, went=True),
        lambda db: refund_order(db, stranger, UUID(order_id), None, by),
        lambda db: take_as_sales(db, stranger, unknown.id, by),
        lambda db: give_back(db, stranger, unknown.id, by),
    ]
    for decide in decisions:
        with pytest.raises(Rejected, match="not_found"), transaction(desk.house.bar.sessions) as db:
            decide(db)
    assert [one.status for one in desk.house.refunds()] == [RefundStatus.PROPOSED]
    assert desk.receipt("WALKIN0001").state is ReceiptState.UNMATCHED
