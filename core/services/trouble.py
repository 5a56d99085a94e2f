"""What went wrong and waits for a person: of one venue, the newest first, without what guests wrote or who they are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core import clock
from core.domain.money import plain
from core.domain.statuses import DeadLetterState, MessageStatus, PaymentStatus, ReceiptState, RefundStatus
from core.services.journal import KEPT, NOTHING
from core.store.sql.tables import Conversation, DeadLetter, JournalEntry, Message, Order, Payment, Receipt, Refund

Query = Select[*tuple[Any, ...]]

SHOWN = 20
DAY = timedelta(days=1)
UNDELIVERED = (MessageStatus.FAILED, MessageStatus.UNKNOWN)


@dataclass(frozen=True)
class Listing:
    """How many there are, and the newest of them as plain values by name."""

    count: int
    newest: list[dict[str, Any]]


def trouble(db: Session, workspace_id: UUID) -> dict[str, Listing]:
    """Every kind of trouble by its name, also those of which there is none."""
    return {name: _listing(db, query(workspace_id)) for name, query in _QUERIES.items()}


def odd_notices(db: Session, workspace_id: UUID) -> int:
    """Signed notices of the last day that were nobody's here or could not be read."""
    ours = JournalEntry.workspaces.contains([workspace_id])
    odd = JournalEntry.outcome.not_in((KEPT, NOTHING))
    recent = JournalEntry.arrived_at > clock.now() - DAY
    return db.scalar(select(func.count()).select_from(JournalEntry).where(ours, odd, recent)) or 0


def _listing(db: Session, query: Query) -> Listing:
    rows = db.execute(query.add_columns(func.count().over().label("count")).limit(SHOWN)).mappings().all()
    return Listing(rows[0]["count"] if rows else 0, [_plain(dict(row)) for row in rows])


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: plain(value) if isinstance(value, Decimal) else value for name, value in row.items()}


def _dead_letters(workspace_id: UUID) -> Query:
    mine = (DeadLetter.workspace_id == workspace_id, DeadLetter.state == DeadLetterState.DEAD)
    return select(DeadLetter.at, DeadLetter.lane, DeadLetter.attempts).where(*mine).order_by(DeadLetter.at.desc())


def _messages(workspace_id: UUID) -> Query:
    """Of the last day only: whom an older one failed to reach has long gone home."""
    mine = (Message.workspace_id == workspace_id, Message.status.in_(UNDELIVERED))
    number = (
        select(Order.number)
        .join(Conversation, Conversation.id == Order.conversation_id)
        .where(Conversation.workspace_id == workspace_id, Conversation.mailbox == Message.mailbox)
        .where(Order.created_at > clock.now() - DAY)
        .order_by(Order.created_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = select(Message.at, Message.status, Message.error_code.label("code"), number.label("number"))
    return query.where(*mine, Message.at > clock.now() - DAY).order_by(Message.at.desc())


def _receipts(workspace_id: UUID) -> Query:
    mine = (Receipt.workspace_id == workspace_id, Receipt.state == ReceiptState.UNMATCHED)
    query = select(Receipt.received_at.label("at"), Receipt.provider, Receipt.amount, Receipt.currency)
    return query.where(*mine).order_by(Receipt.received_at.desc())


def _payments(workspace_id: UUID) -> Query:
    mine = (Payment.workspace_id == workspace_id, Payment.status == PaymentStatus.NEEDS_REVIEW)
    columns = (Payment.updated_at.label("at"), Order.number, Payment.amount, Payment.currency, Payment.reason)
    query = select(*columns).join(Order, Order.id == Payment.order_id)
    return query.where(*mine).order_by(Payment.updated_at.desc())


def _refunds(workspace_id: UUID) -> Query:
    mine = (Refund.workspace_id == workspace_id, Refund.status.in_((RefundStatus.PROPOSED, RefundStatus.FAILED)))
    columns = (Refund.created_at.label("at"), Order.number, Refund.amount, Refund.currency, Refund.reason)
    query = select(*columns).outerjoin(Order, Order.id == Refund.order_id)
    return query.where(*mine).order_by(Refund.created_at.desc())


_QUERIES: dict[str, Callable[[UUID], Query]] = {
    "dead_letters": _dead_letters,
    "messages": _messages,
    "receipts": _receipts,
    "payments": _payments,
    "refunds": _refunds,
}
