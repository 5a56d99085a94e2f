"""Money that really arrived: one row per provider's reference, whoever tells us first."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import Label, Select, exists, func, literal_column, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from core import clock
from core.domain.receipts import Notice, Outcome, Source
from core.domain.statuses import Provider, ReceiptState
from core.store.sql.tables import Payment, Receipt

LATEST_PIN = timedelta(minutes=10)  # nobody enters a PIN later than this after the prompt
CLOCKS_APART = timedelta(minutes=1)


def take_in(db: Session, notice: Notice, workspace_id: UUID) -> tuple[Receipt, bool]:
    """The locked row of this money, and whether it is new. Waits for whoever is taking the same money in."""
    row = insert(Receipt).values(
        workspace_id=workspace_id,
        provider=Provider(notice.provider),
        reference=notice.receipt,
        amount=notice.amount,
        currency=notice.currency,
        till=notice.till or None,
        payer_hash=notice.payer_hash or None,
        received_at=notice.at or clock.now(),
        state=ReceiptState.UNMATCHED,
    )
    # Touched where it is known already: whoever is quicker, both wait for each other here.
    kept = row.on_conflict_do_update(
        index_elements=["workspace_id", "provider", "reference"], set_={"updated_at": func.now()}
    )
    is_new: Label[bool] = literal_column("xmax = 0").label("is_new")
    found = kept.returning(Receipt, is_new)
    receipt, new = db.execute(found, execution_options={"populate_existing": True}).one()
    return receipt, new


def known(db: Session, notice: Notice, workspaces: tuple[UUID, ...]) -> Receipt | None:
    """This money, if we have heard of it."""
    return db.scalar(_same(notice, workspaces).limit(1)) if notice.receipt else None


def notice_of(receipt: Receipt, source: Source, payment_id: UUID | None = None) -> Notice:
    """Money that we know of, told once more: now for this attempt."""
    return Notice(
        receipt.provider, source, Outcome.PAID, str(payment_id or ""),
        receipt=receipt.reference, amount=receipt.amount, currency=receipt.currency, till=receipt.till or "",
        payer_hash=receipt.payer_hash or "", at=receipt.received_at,
    )  # fmt: skip


def find_for(db: Session, payment: Payment, payer_hash: str) -> Receipt | None:
    """Unclaimed money from the very phone that an attempt without a handle asked, at that time; the amount must agree.

    None unless exactly one receipt fits and no other attempt on that phone could be meant: money is never guessed.
    """
    asked = payment.posted_at or payment.created_at
    other = aliased(Payment)
    another = exists().where(
        other.workspace_id == payment.workspace_id,
        other.phone_index == payment.phone_index,
        other.id != payment.id,
        other.posted_at.between(asked - LATEST_PIN, Receipt.received_at + CLOCKS_APART),
    )
    unclaimed = (Receipt.state == ReceiptState.UNMATCHED, Receipt.payment_id.is_(None), Receipt.decided_by.is_(None))
    fits = (
        Receipt.workspace_id == payment.workspace_id,
        Receipt.provider == payment.provider,
        Receipt.payer_hash == payer_hash,
        Receipt.amount == payment.amount,
        Receipt.currency == payment.currency,
        Receipt.received_at.between(asked - CLOCKS_APART, asked + LATEST_PIN),
    )
    found = db.scalars(select(Receipt).where(*unclaimed, *fits, ~another).limit(2)).all()
    return found[0] if len(found) == 1 else None


def _same(notice: Notice, workspaces: tuple[UUID, ...]) -> Select[Receipt]:
    return select(Receipt).where(
        Receipt.workspace_id.in_(workspaces),
        Receipt.provider == Provider(notice.provider),
        Receipt.reference == notice.receipt,
    )
