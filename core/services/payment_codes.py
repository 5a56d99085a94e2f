"""A guest paid the till by hand and types the code: it counts only for money that really came, and only once.

Whoever comes second, the code or the money, finds the first; a lock on the code keeps them from missing each other.
Lock order: code, order, payment, receipt.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import clock
from core.conversation.effects import Outcome
from core.domain.receipts import Notice
from core.domain.receipts import Outcome as Fate
from core.domain.settlement import UNSOLD
from core.domain.statuses import Method, PaymentStatus, Provider, Start
from core.services.customers import Guest
from core.services.orders import lock_order
from core.store.sql.tables import Order, Payment, PaymentClaim

WRONG = 10
WITHIN = timedelta(hours=1)
PAUSE = timedelta(minutes=10)
LATELY = timedelta(hours=12)


def order_meant(db: Session, guest: Guest, order_id: UUID | None) -> UUID | None:
    """The order the chat knows, if it is the guest's own; else their newest that is not paid. No code pays practice."""
    mine = (Order.customer_id == guest.customer.id, Order.created_at > clock.now() - LATELY, ~Order.practice)
    if order_id is not None:
        return db.scalar(select(Order.id).where(Order.id == order_id, *mine))
    unpaid = select(Order.id).where(*mine, Order.status.in_(UNSOLD))
    return db.scalar(unpaid.order_by(Order.created_at.desc()).limit(1))


def open_claim(db: Session, guest: Guest, order_id: UUID, code: str, now: datetime) -> Outcome | PaymentClaim:
    """The guest's word, written down once per code; or the refusal of somebody who guesses."""
    lock_code(db, guest.customer.workspace_id, code)
    if minutes := _wait(db, guest, code, now):
        return {"result": "too_many", "minutes": minutes}
    row = insert(PaymentClaim).values(
        workspace_id=guest.customer.workspace_id,
        customer_id=guest.customer.id,
        conversation_id=guest.conversation.id,
        order_id=order_id,
        code=code,
    )
    db.execute(row.on_conflict_do_nothing())
    mine = (PaymentClaim.customer_id == guest.customer.id, PaymentClaim.code == code)
    return db.scalars(select(PaymentClaim).where(*mine).with_for_update()).one()


def claimed_payment(db: Session, notice: Notice, workspaces: tuple[UUID, ...]) -> Payment | None:
    """Money came and nobody knows what for: the attempt of the guest who had typed its code before, if there is one."""
    if notice.outcome is not Fate.PAID or not notice.receipt or notice.payment_id or notice.handle_id:
        return None
    for workspace_id in workspaces:
        lock_code(db, workspace_id, notice.receipt)
    waiting = (PaymentClaim.code == notice.receipt.upper(), PaymentClaim.payment_id.is_(None))
    query = select(PaymentClaim).where(PaymentClaim.workspace_id.in_(workspaces), *waiting)
    claim = db.scalar(query.order_by(PaymentClaim.created_at).limit(1))
    return by_hand(db, claim, notice) if claim else None


def by_hand(db: Session, claim: PaymentClaim, notice: Notice) -> Payment:
    """The attempt a guest made by themselves, for the order they named; it is settled in the same transaction."""
    order = lock_order(db, claim.workspace_id, claim.order_id)
    assert order is not None
    payment = Payment(
        workspace_id=order.workspace_id, order_id=order.id, customer_id=claim.customer_id,
        conversation_id=claim.conversation_id, provider=Provider(notice.provider), method=Method.MPESA,
        start=Start.HANDOVER, status=PaymentStatus.PENDING, amount=notice.amount, currency=order.currency,
    )  # fmt: skip
    db.add(payment)
    db.flush()
    claim.payment_id, claim.matched_at = payment.id, clock.now()
    db.flush()
    return payment


def lock_code(db: Session, workspace_id: UUID, code: str) -> None:
    """Until the transaction ends, nobody else looks for this code."""
    name = f"code:{workspace_id}:{code.upper()}"
    db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def _wait(db: Session, guest: Guest, code: str, now: datetime) -> int:
    """Minutes until this guest may try another code; 0 where they may."""
    wrong = (PaymentClaim.payment_id.is_(None), PaymentClaim.code != code, PaymentClaim.created_at > now - WITHIN)
    sums = select(func.count(), func.max(PaymentClaim.created_at)).where(PaymentClaim.customer_id == guest.customer.id)
    count, newest = db.execute(sums.where(*wrong)).one()
    if count < WRONG or now - newest >= PAUSE:
        return 0
    return max(1, -int((now - newest - PAUSE).total_seconds() // 60))
