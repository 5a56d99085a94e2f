"""One order from the first word to the last: what was said, every move, every attempt to pay, and the money."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.store.sql.tables import (
    Conversation,
    Message,
    Order,
    OrderEvent,
    OrderItem,
    Payment,
    PaymentEvent,
    Receipt,
    Refund,
    User,
)

# What was said so long before and after belongs to the order.
BEFORE, AFTER, MOST_WORDS = timedelta(hours=2), timedelta(minutes=15), 200


@dataclass(frozen=True)
class Story:
    """All rows about one order, each list in the order it happened. `box` is the guest's mailbox, empty without a chat;
    `names`: who of the staff, by id."""

    order: Order
    box: str
    items: Sequence[OrderItem]
    moves: Sequence[OrderEvent]
    payments: Sequence[Payment]
    diary: Sequence[PaymentEvent]
    receipts: Sequence[Receipt]
    refunds: Sequence[Refund]
    said: Sequence[Message]
    names: dict[str, str]


def story_of(db: Session, workspace_id: UUID, order_id: UUID) -> Story | None:
    """None where this house has no such order."""
    order = db.scalar(select(Order).where(Order.workspace_id == workspace_id, Order.id == order_id))
    if order is None:
        return None
    moves = _about(db, OrderEvent, order, OrderEvent.seq)
    payments = _about(db, Payment, order, Payment.created_at)
    receipts = _about(db, Receipt, order, Receipt.received_at)
    diary = _diary(db, workspace_id, [one.id for one in payments], [one.id for one in receipts])
    box = _box(db, order)
    return Story(
        order=order,
        box=box,
        items=items_of(db, workspace_id, order_id),
        moves=moves,
        payments=payments,
        diary=diary,
        receipts=receipts,
        refunds=_about(db, Refund, order, Refund.created_at),
        said=_said(db, order, box, moves),
        names=_names(db, moves, diary),
    )


def items_of(db: Session, workspace_id: UUID, order_id: UUID) -> Sequence[OrderItem]:
    """What was ordered."""
    mine = (OrderItem.workspace_id == workspace_id, OrderItem.order_id == order_id)
    return db.scalars(select(OrderItem).where(*mine).order_by(OrderItem.position)).all()


def _about(db: Session, table: Any, order: Order, place: Any) -> Sequence[Any]:
    mine = (table.workspace_id == order.workspace_id, table.order_id == order.id)
    return db.scalars(select(table).where(*mine).order_by(place)).all()


def _diary(db: Session, workspace_id: UUID, payments: list[UUID], receipts: list[UUID]) -> Sequence[PaymentEvent]:
    theirs = or_(PaymentEvent.payment_id.in_(payments), PaymentEvent.receipt_id.in_(receipts))
    mine = select(PaymentEvent).where(PaymentEvent.workspace_id == workspace_id, theirs)
    return db.scalars(mine.order_by(PaymentEvent.seq)).all()


def _box(db: Session, order: Order) -> str:
    mine = (Conversation.workspace_id == order.workspace_id, Conversation.id == order.conversation_id)
    return db.scalar(select(Conversation.mailbox).where(*mine)) or ""


def _said(db: Session, order: Order, box: str, moves: Sequence[OrderEvent]) -> Sequence[Message]:
    last = max([order.created_at, *(move.created_at for move in moves)])
    mine = (Message.workspace_id == order.workspace_id, Message.mailbox == box)
    then = (Message.at >= order.created_at - BEFORE, Message.at <= last + AFTER)
    return db.scalars(select(Message).where(*mine, *then).order_by(Message.at, Message.id).limit(MOST_WORDS)).all()


def _names(db: Session, moves: Sequence[OrderEvent], diary: Sequence[PaymentEvent]) -> dict[str, str]:
    ids = {move.user_id for move in moves if move.user_id}
    ids |= {UUID(line.detail["by"]) for line in diary if line.detail.get("by")}
    return {str(id): name for id, name in db.execute(select(User.id, User.name).where(User.id.in_(ids)))}
