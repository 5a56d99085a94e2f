"""How long it takes just now, going by the last orders that left the counter."""

from datetime import datetime, timedelta
from statistics import median
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.domain.statuses import OrderStatus
from core.store.sql.tables import Order, OrderEvent

RECENT = timedelta(hours=2)
ENOUGH, MOST = 3, 20
MADE = (OrderStatus.READY, OrderStatus.SERVED)
IN_THE_MAKING = (OrderStatus.PAID, OrderStatus.PREPARING)


def minutes_left(db: Session, order: Order, now: datetime) -> int | None:
    """Minutes until this order is ready, at least one; None where too few orders tell."""
    if order.status not in IN_THE_MAKING or order.paid_at is None:
        return None
    times = _lately(db, order.workspace_id, now)
    if len(times) < ENOUGH:
        return None
    left = median(times) - (now - order.paid_at).total_seconds()
    return max(1, round(left / 60))


def _lately(db: Session, workspace_id: UUID, now: datetime) -> list[float]:
    """Seconds from paid to made of the last orders, the newest first."""
    made = func.min(OrderEvent.created_at)
    mine = (Order.workspace_id == workspace_id, Order.paid_at > now - RECENT, OrderEvent.to_status.in_(MADE))
    query = (
        select(func.extract("epoch", made - Order.paid_at))
        .join(OrderEvent, OrderEvent.order_id == Order.id)
        .where(*mine)
    )
    recent = query.group_by(Order.id).order_by(Order.paid_at.desc()).limit(MOST)
    return [float(taken) for taken in db.scalars(recent)]
