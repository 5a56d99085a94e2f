"""What everything that touches a payment shares: the locks in their order, legal moves, and telling the guest."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from core import metrics
from core.conversation.events import PAYMENT_FAILED
from core.domain.payments import DIALOG_WINDOW, Attempt, Reason, check_move, next_check
from core.domain.statuses import LIVE_PAYMENTS, FailedBy, OrderStatus, PaymentStatus, Start
from core.services.followup import Followup
from core.services.orders import in_news, lock_order
from core.store.sql.outbox import owe
from core.store.sql.tables import Order, Payment


def lock_payment(db: Session, payment_id: UUID) -> tuple[Order, Payment] | None:
    """The order first, then the payment (rule 14); both as they are now."""
    named = db.execute(select(Payment.workspace_id, Payment.order_id).where(Payment.id == payment_id)).one_or_none()
    order = lock_order(db, named.workspace_id, named.order_id) if named else None
    if order is None:
        return None
    return order, lock_attempt(db, payment_id)


def lock_attempt(db: Session, payment_id: UUID) -> Payment:
    """The payment alone, for who holds its order."""
    query = select(Payment).where(Payment.id == payment_id).with_for_update(key_share=True)
    return db.scalars(query.execution_options(populate_existing=True)).one()


def move(payment: Payment, to: PaymentStatus) -> None:
    """Change the status of a locked payment. Raises IllegalTransition where the table has no such move."""
    check_move(payment.status, to)
    payment.status = to
    metrics.payments.labels(payment.provider.value, to.value).inc()


def attempt_of(payment: Payment) -> Attempt:
    """What time needs to know of it."""
    has_handle = payment.handle is not None
    times = (payment.requested_at, payment.posted_at)
    return Attempt(payment.status, has_handle, *times, payment.start, payment.expires_at)


def next_look(payment: Payment, now: datetime) -> datetime | None:
    """When to ask about it next."""
    asked_at = attempt_of(payment).asked_at
    return next_check(asked_at, now, payment.expires_at) if asked_at else None


def keep_handle(db: Session, payment: Payment, handle: str, handle_id: str) -> bool:
    """Remember how the provider calls a locked payment. False where it called another payment so already."""
    if payment.handle_id is not None or not handle_id:
        return payment.handle_id == handle_id
    taken = exists().where(Payment.provider == payment.provider, Payment.handle_id == handle_id)
    if db.scalar(select(taken)):
        return False
    payment.handle, payment.handle_id = handle, handle_id
    return True


def fail(db: Session, order: Order, payment: Payment, reason: str, by: FailedBy, now: datetime) -> None:
    """A locked payment did not come off. Within the dialog's life it is looked at once more: PINs are entered late."""
    if payment.status is not PaymentStatus.FAILED:
        move(payment, PaymentStatus.FAILED)
    payment.reason, payment.failed_by, payment.next_check_at = reason or Reason.OTHER.value, by, None
    if by is FailedBy.ANSWER or not payment.handle or not payment.posted_at:
        return
    if payment.start is Start.PROMPT and now - payment.posted_at < DIALOG_WINDOW:
        payment.next_check_at = payment.posted_at + DIALOG_WINDOW
    if payment.start is Start.LINK and payment.closed_at is None:
        payment.next_check_at = next_look(payment, now)  # its page lets the guest try again


def retire(payment: Payment, now: datetime) -> None:
    """A locked link or code that is not wanted any more: not live, soon to be cancelled, and watched all the same."""
    if payment.start is Start.PROMPT or payment.status in (PaymentStatus.SUCCEEDED, PaymentStatus.REVERSED):
        return
    if payment.status is PaymentStatus.CREATED:
        move(payment, PaymentStatus.FAILED)
        payment.next_check_at = None
        return
    if payment.status in LIVE_PAYMENTS:
        move(payment, PaymentStatus.EXPIRED)
    if payment.closed_at is None:
        payment.expires_at = payment.next_check_at = now


def retire_others(db: Session, order: Order, but: UUID | None, now: datetime) -> None:
    """The order, which is locked, is paid or over: no other link or code of it is wanted."""
    others = select(Payment).where(Payment.order_id == order.id, Payment.start != Start.PROMPT, Payment.id != but)
    open_ones = Payment.status.in_((*LIVE_PAYMENTS, PaymentStatus.FAILED))
    locked = others.where(open_ones, Payment.closed_at.is_(None)).order_by(Payment.id).with_for_update(key_share=True)
    for payment in db.scalars(locked.execution_options(populate_existing=True)):
        retire(payment, now)


def tell_failed(db: Session, order: Order, payment: Payment) -> Followup:
    """The guest hears why, as long as there is an order to pay; else the news only ends the quiet of the PIN dialog."""
    unsaid = {} if order.status is OrderStatus.PENDING else {"unsaid": True}
    return tell_guest(db, order, payment, PAYMENT_FAILED, reason=payment.reason, **unsaid)


def tell_guest(db: Session, order: Order, payment: Payment, kind: str, **data: Any) -> Followup:
    """The conversation that asked for this payment will hear of it."""
    conversation_id = payment.conversation_id or order.conversation_id
    attempt = {"payment_id": str(payment.id), "provider": payment.provider.value}
    owed = owe(db, conversation_id, kind, {**in_news(order), **attempt, **data}, order.workspace_id)
    return Followup(conversations=frozenset({conversation_id} if owed and conversation_id else ()))
