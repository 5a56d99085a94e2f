"""Money to give back: proposed, approved, given from the drawer or sent, in the end done. Receipts are locked first."""

from decimal import Decimal
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import clock
from core.domain.refunds import OPEN, RESEND_AFTER, check_move, goes_by_itself
from core.domain.statuses import Provider, ReceiptState, RefundStatus
from core.jobs import send_refund
from core.services.diary import note_receipt
from core.services.followup import Followup
from core.services.ledger import book
from core.store.sql.tables import Order, Receipt, Refund, Workspace


def propose_refund(
    db: Session,
    receipt: Receipt,
    amount: Decimal,
    reason: str,
    *,
    key: str = "",
    provider: Provider | None = None,
    goods: bool = False,
    note: str = "",
    user_id: UUID | None = None,
) -> Refund | None:
    """Part or all of a locked receipt is to go back, once per `key`. None where it was proposed before.

    PostgreSQL refuses more than was paid. `provider`: the way it goes, else the way it came.
    """
    row = insert(Refund).values(
        id=refund_id_of(receipt, key),
        workspace_id=receipt.workspace_id,
        order_id=receipt.order_id,
        payment_id=receipt.payment_id,
        receipt_id=receipt.id,
        dedupe_key=key or f"auto:{receipt.id}",
        provider=provider or receipt.provider,
        amount=amount,
        currency=receipt.currency,
        status=RefundStatus.PROPOSED,
        reason=reason,
        goods=goods,
        note=note,
        proposed_by=user_id,
    )
    refund = db.scalar(row.on_conflict_do_nothing(index_elements=["workspace_id", "dedupe_key"]).returning(Refund))
    db.refresh(receipt, ["refunding", "refunded", "refunded_cash"])
    return refund


def refund_id_of(receipt: Receipt, key: str) -> UUID:
    """The same in every replay of the night: what a provider says of its refund names it."""
    return uuid5(receipt.workspace_id, f"refund:{receipt.provider}:{receipt.reference}:{key}")


def propose_refunds(db: Session, order: Order, reason: str) -> list[Receipt]:
    """All that was paid for a locked order that will not be made; answers the receipts, to be booked."""
    paid = select(Receipt).where(Receipt.order_id == order.id, Receipt.state == ReceiptState.MATCHED)
    receipts = list(db.scalars(paid.order_by(Receipt.id).with_for_update()))
    for receipt in receipts:
        receipt.state = ReceiptState.REFUND_DUE
        db.flush()
        # A part of it may be on its way back already, or may have been, before staff found another use for it.
        if left := receipt.amount - receipt.refunding:
            propose_refund(db, receipt, left, reason, key=f"{order.id}:{receipt.id}")
    return receipts


def settle_refund(db: Session, receipt: Receipt, amount: Decimal, reason: str) -> Followup:
    """What a settlement gives back: by itself where nobody has to think about it, else staff decide."""
    refund = propose_refund(db, receipt, amount, reason)
    if refund is None:
        return Followup()
    limit = db.get_one(Workspace, receipt.workspace_id).refund_limit
    if not goes_by_itself(reason, refund.provider, amount, limit):
        return Followup()
    return approve(db, refund, None)


def approve(db: Session, refund: Refund, user_id: UUID | None) -> Followup:
    """A locked refund is to be sent. The sweep sends it if the job is lost."""
    move(refund, RefundStatus.APPROVED)
    refund.approved_by, refund.error = user_id, None
    refund.requested_at = refund.posted_at = refund.handle = refund.handle_id = None
    refund.next_check_at = clock.now() + RESEND_AFTER
    db.flush()
    return Followup(jobs=(send_refund(str(refund.id)),))


def done(db: Session, receipt: Receipt, refund: Refund, reference: str = "") -> None:
    """The money of a locked refund of a locked receipt went back. All of it gone, the receipt is over."""
    move(refund, RefundStatus.DONE)
    refund.done_at, refund.next_check_at, refund.error = clock.now(), None, None
    refund.reference = reference or refund.reference
    db.flush()
    db.refresh(receipt, ["refunding", "refunded", "refunded_cash"])
    if receipt.refunded == receipt.amount and receipt.state in (ReceiptState.MATCHED, ReceiptState.REFUND_DUE):
        receipt.state = ReceiptState.REFUNDED
    detail = {"amount": refund.amount, "way": refund.provider, "reference": reference}
    note_receipt(db, receipt, "refund_done", f"refund_done:{refund.id}", detail)


def refund_came_about(db: Session, receipt: Receipt) -> None:
    """The provider took the money of a locked receipt back: what was to be sent is done with, the rest is lost.

    Where nothing is lost, it only told us of our own refund.
    """
    open_ones = select(Refund).where(Refund.receipt_id == receipt.id, Refund.status.in_(OPEN)).order_by(Refund.id)
    went = Decimal(0)
    for refund in db.scalars(open_ones.with_for_update()):
        done(db, receipt, refund)
        book(db, "refunded", receipt)
        went += refund.amount
    receipt.reversed = receipt.amount - went
    receipt.state = ReceiptState.REVERSED if receipt.reversed else ReceiptState.REFUNDED


def move(refund: Refund, to: RefundStatus) -> None:
    """Change the status of a locked refund. Raises IllegalTransition where the table has no such move."""
    check_move(refund.status, to)
    refund.status = to
