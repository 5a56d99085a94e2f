"""A provider told us about money on its way back, or about a payer's bank that wants money back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from core.domain.money import plain
from core.domain.statuses import Provider
from core.log import get_logger
from core.providers.contract import DisputeNotice, DisputeOutcome, RefundNotice
from core.services.diary import note_event
from core.services.followup import Followup
from core.services.notices import notice_of_money, save_notices
from core.services.refund_calls import refund_told
from core.store.sql.engine import transaction
from core.store.sql.tables import Order, Payment, Receipt

log = get_logger(__name__)


def hear_of_refund(sessions: sessionmaker[Session], body: Mapping[str, Any]) -> Followup:
    """A line in the diary, and what it means for the refund."""
    notice = RefundNotice.from_dict(body["data"])
    with transaction(sessions) as db:
        payment = _payment(db, notice.provider, notice.payment_id, notice.receipt, _owners(body))
        detail = {"refund": notice.refund_id, "amount": notice.amount, "reference": notice.reference}
        if payment is not None:
            note_event(db, payment, f"refund_{notice.outcome.value}_told", notice.key, detail)
    return refund_told(sessions, notice, _owners(body))


def hear_of_dispute(sessions: sessionmaker[Session], body: Mapping[str, Any]) -> Followup:
    """Staff must answer before the provider does it for them: it stands on the board until somebody has seen to it."""
    notice = DisputeNotice.from_dict(body["data"])
    with transaction(sessions) as db:
        payment = _payment(db, notice.provider, notice.payment_id, "", _owners(body))
        owner = payment.workspace_id if payment else _owners(body)[0]
        if payment:
            note_event(db, payment, f"dispute_{notice.outcome.value}", notice.key, {"amount": notice.amount})
        number = db.get_one(Order, payment.order_id).number if payment else 0
        save_notices(db, [_note(notice, owner, number)])
    return Followup()


def _owners(body: Mapping[str, Any]) -> tuple[UUID, ...]:
    return tuple(UUID(one) for one in body["workspaces"])


def _payment(db: Session, provider: str, payment_id: str, receipt: str, owners: tuple[UUID, ...]) -> Payment | None:
    """By our own id, else by the receipt of what was paid; only of those in whose name it was signed."""
    mine = (Payment.workspace_id.in_(owners), Payment.provider == Provider(provider))
    found = db.scalar(select(Payment).where(*mine, Payment.id == UUID(payment_id))) if payment_id else None
    if found is not None or not receipt:
        return found
    about = (Receipt.workspace_id == Payment.workspace_id, Receipt.payment_id == Payment.id)
    paid = select(Payment).join(Receipt, about[0] & about[1]).where(*mine, Receipt.reference == receipt)
    return db.scalar(paid.limit(1))


def _note(notice: DisputeNotice, owner: UUID, number: int) -> dict[str, Any]:
    order = f"order {number}" if number else "a payment we do not know"
    until = f", answer by {notice.due_at:%d %b %H:%M} UTC" if notice.due_at else ""
    said = f"{notice.currency} {plain(notice.amount)} of {order}{until}"
    loud = notice.outcome is not DisputeOutcome.RESOLVED
    about = ("dispute", notice.key, said)
    return notice_of_money(owner, notice.provider, *about, event=notice.outcome.value, loud=loud)
