"""Attempts that need a person: what is the matter with each, in plain words, and how staff end it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from core import clock
from core.domain.payments import Reason
from core.domain.statuses import FailedBy, OrderStatus, PaymentStatus, ReceiptState
from core.errors import Rejected
from core.services.activity import Actor, record
from core.services.diary import note_event
from core.services.followup import Followup
from core.services.payment_rows import fail, lock_payment, tell_failed
from core.services.refund_desk import Decision
from core.store.sql.tables import Order, Payment, Receipt

SHOWN = 100
UNSURE_FOR = timedelta(minutes=10)
LOOK_BACK = timedelta(days=2)


@dataclass(frozen=True)
class Waiting:
    """One attempt, or an order that is paid in part. `endable`: staff may say that no money came."""

    payment_id: UUID
    number: int
    status: PaymentStatus
    amount: Decimal
    currency: str
    at: datetime
    why: str
    endable: bool


def payments_waiting(db: Session, workspace_id: UUID) -> list[Waiting]:
    """The newest first: to be reviewed, and of the last days without word for long, or only a part of what is due."""
    now = clock.now()
    unsure = (PaymentStatus.UNKNOWN, PaymentStatus.PENDING, PaymentStatus.REQUESTED)
    part = exists().where(
        Receipt.payment_id == Payment.id, Receipt.state == ReceiptState.MATCHED, Order.status == OrderStatus.PENDING
    )
    odd = or_(Payment.status.in_(unsure) & (Payment.posted_at < now - UNSURE_FOR), part)
    # A review ends by somebody's decision only: it does not fall off the list.
    wanted = (Payment.status == PaymentStatus.NEEDS_REVIEW) | (odd & (Payment.created_at > now - LOOK_BACK))
    mine = (Payment.workspace_id == workspace_id, wanted)
    query = select(Payment, Order.number).join(Order, Order.id == Payment.order_id).where(*mine)
    rows = db.execute(query.order_by(Payment.created_at.desc()).limit(SHOWN))
    return [_waiting(payment, number) for payment, number in rows]


def no_money_came(db: Session, workspace_id: UUID, payment_id: UUID, by: Decision) -> Followup:
    """Somebody looked the attempt up at the provider: the guest did not pay. Money that comes all the same is taken.

    Raises Rejected: not_found, decided_before, money_is_here.
    """
    locked = lock_payment(db, payment_id)
    if locked is None or locked[0].workspace_id != workspace_id:
        raise Rejected("not_found")
    order, payment = locked
    if payment.status is not PaymentStatus.NEEDS_REVIEW:
        raise Rejected("decided_before")
    if db.scalar(select(exists().where(Receipt.payment_id == payment.id))):
        raise Rejected("money_is_here")
    fail(db, order, payment, Reason.OTHER.value, FailedBy.ANSWER, clock.now())
    note_event(db, payment, "no_money_came", f"no_money_came:{by.key}", {"by": by.user_id, "why": by.why})
    change = {"status": PaymentStatus.NEEDS_REVIEW}, {"status": payment.status}
    record(db, Actor(workspace_id, by.user_id), "no_money_came", "payment", payment.id, *change, {"why": by.why})
    return tell_failed(db, order, payment)


def _waiting(payment: Payment, number: int) -> Waiting:
    why = {
        PaymentStatus.NEEDS_REVIEW: "The provider's word is missing, or the money is not what was asked.",
        PaymentStatus.SUCCEEDED: "Only a part of the order is paid.",
    }.get(payment.status, "The provider has not said whether the guest paid.")
    endable = payment.status is PaymentStatus.NEEDS_REVIEW
    return Waiting(
        payment.id, number, payment.status, payment.amount, payment.currency, payment.created_at, why, endable
    )
