"""Money that is to go back is proposed to staff, one proposal per receipt; nothing is sent from here."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.domain.statuses import ReceiptState, RefundStatus
from core.store.sql.tables import Order, Receipt, Refund


def propose_refunds(db: Session, order: Order, reason: str) -> None:
    """All that was paid for a locked order that will not be made."""
    paid = select(Receipt).where(Receipt.order_id == order.id, Receipt.state == ReceiptState.MATCHED)
    for receipt in db.scalars(paid.order_by(Receipt.id).with_for_update()):
        receipt.state = ReceiptState.REFUND_DUE
        proposal = insert(Refund).values(
            workspace_id=order.workspace_id,
            order_id=order.id,
            payment_id=receipt.payment_id,
            receipt_id=receipt.id,
            amount=receipt.amount,
            currency=receipt.currency,
            status=RefundStatus.PROPOSED,
            reason=reason,
        )
        db.execute(proposal.on_conflict_do_nothing(index_elements=["receipt_id"]))
