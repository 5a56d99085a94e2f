"""What sells most at a venue, for guests who ask what is good."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.store.sql.tables import Order, OrderItem

LOOKED_BACK = timedelta(days=30)
RANKED = 50


def ranks(db: Session, workspace_id: UUID) -> dict[UUID, int]:
    """The best sold products of the last weeks, from 1."""
    paid = (Order.workspace_id == workspace_id, Order.paid_at > func.now() - LOOKED_BACK)
    best = (
        select(OrderItem.product_id)
        .join(Order, (Order.id == OrderItem.order_id) & (Order.workspace_id == OrderItem.workspace_id))
        .where(*paid)
        .group_by(OrderItem.product_id)
        .order_by(func.sum(OrderItem.quantity).desc(), OrderItem.product_id)
        .limit(RANKED)
    )
    return {product_id: rank for rank, product_id in enumerate(db.scalars(best), 1)}
