"""The diary of money: every call, answer, callback, poll and human act, one line each, never changed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.domain.statuses import Provider
from core.store.sql.tables import Payment, PaymentEvent, Receipt


def note_event(db: Session, payment: Payment, kind: str, key: str, detail: Mapping[str, Any] | None = None) -> bool:
    """One line about an attempt, once per `key`; answers whether it was the first. `detail`: no phones and no names."""
    return _note(db, payment.workspace_id, payment.provider, kind, key, detail, payment_id=payment.id)


def note_receipt(db: Session, receipt: Receipt, kind: str, key: str, detail: Mapping[str, Any] | None = None) -> bool:
    """One line about money that arrived, and so about its attempt, if it has one."""
    about = {"payment_id": receipt.payment_id, "receipt_id": receipt.id}
    return _note(db, receipt.workspace_id, receipt.provider, kind, key, detail, **about)


def diary_of(db: Session, workspace_id: UUID, payment_id: UUID) -> list[PaymentEvent]:
    """The lines about one attempt, oldest first."""
    mine = (PaymentEvent.workspace_id == workspace_id, PaymentEvent.payment_id == payment_id)
    return list(db.scalars(select(PaymentEvent).where(*mine).order_by(PaymentEvent.seq)))


def _note(
    db: Session,
    workspace_id: UUID,
    provider: Provider,
    kind: str,
    key: str,
    detail: Mapping[str, Any] | None,
    **about: UUID | None,
) -> bool:
    line = insert(PaymentEvent).values(
        workspace_id=workspace_id,
        provider=provider,
        kind=kind,
        dedupe_key=key,
        detail={name: str(value) for name, value in (detail or {}).items() if value not in ("", None)},
        **about,
    )
    return db.scalar(line.on_conflict_do_nothing().returning(PaymentEvent.id)) is not None
