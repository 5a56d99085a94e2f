"""A number that is not the guest's own is asked for money only so often: nobody's phone is rung at will."""

from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from core.cipher import installed
from core.domain.statuses import PaymentStatus
from core.services.customers import Buyer
from core.store.sql.tables import Customer, Payment

MOST = 3
WITHIN = timedelta(hours=1)


def asked_too_often(db: Session, buyer: Buyer, phone: str, now: datetime) -> bool:
    """Whether strangers to this number have asked it too often lately, whoever they were.

    Staff ask for the guest who stands before them, and answer for it by name.
    """
    customer = buyer.customer
    if not phone or buyer.user_id or customer is None or phone == customer.phone or _has_paid(db, customer, phone):
        return False
    # Several guests may ask at once: they are counted one after the other.
    db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"prompts:{installed().index(phone)}", 0))))
    indexes = installed().indexes(phone)
    foreign = or_(Customer.phone_index.is_(None), Customer.phone_index.not_in(indexes))
    mine = (Payment.workspace_id == buyer.workspace_id, Payment.phone_index.in_(indexes))
    query = select(func.count()).select_from(Payment).join(Customer, Customer.id == Payment.customer_id)
    return (db.scalar(query.where(*mine, foreign, Payment.created_at > now - WITHIN)) or 0) >= MOST


def _has_paid(db: Session, customer: Customer, phone: str) -> bool:
    """Money came from this number for this guest before: its owner agrees."""
    paid = (Payment.customer_id == customer.id, Payment.status == PaymentStatus.SUCCEEDED)
    query = select(Payment.id).where(*paid, Payment.phone_index.in_(installed().indexes(phone))).limit(1)
    return db.scalar(query) is not None
