"""Money that really arrived: one row per provider's reference, whoever tells us first."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Select, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from core import clock
from core.domain.receipts import Notice
from core.domain.statuses import Provider, ReceiptState, RefundStatus
from core.store.sql.tables import Payment, Receipt, Refund

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
    new = db.scalar(row.on_conflict_do_nothing().returning(Receipt.id)) is not None
    query = _same(notice, (workspace_id,)).with_for_update()
    return db.scalars(query.execution_options(populate_existing=True)).one(), new


def known(db: Session, notice: Notice, workspaces: tuple[UUID, ...]) -> Receipt | None:
    """This money, if we have heard of it."""
    return db.scalar(_same(notice, workspaces).limit(1)) if notice.receipt else None


def propose_refund(db: Session, receipt: Receipt, amount: Decimal, reason: str) -> None:
    """Staff decide whether it goes back; once per receipt."""
    proposal = insert(Refund).values(
        workspace_id=receipt.workspace_id,
        order_id=receipt.order_id,
        payment_id=receipt.payment_id,
        receipt_id=receipt.id,
        amount=amount,
        currency=receipt.currency,
        status=RefundStatus.PROPOSED,
        reason=reason,
    )
    db.execute(proposal.on_conflict_do_nothing(index_elements=["receipt_id"]))


def refund_came_about(db: Session, receipt: Receipt) -> None:
    """The provider took the money back, so nothing is left to be sent."""
    refund = db.scalar(select(Refund).where(Refund.receipt_id == receipt.id).with_for_update())
    if refund is not None and refund.status is not RefundStatus.DONE:
        refund.status, refund.done_at = RefundStatus.DONE, clock.now()


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
