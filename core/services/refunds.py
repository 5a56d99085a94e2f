"""Money paid for an order that will not be made is proposed to staff for refund; nothing is sent from here."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.domain.statuses import ReceiptState
from core.services.receipts import propose_refund
from core.store.sql.tables import Order, Receipt


def propose_refunds(db: Session, order: Order, reason: str) -> None:
    """All that was paid for a locked order."""
    paid = select(Receipt).where(Receipt.order_id == order.id, Receipt.state == ReceiptState.MATCHED)
    for receipt in db.scalars(paid.order_by(Receipt.id).with_for_update()):
        receipt.state = ReceiptState.REFUND_DUE
        propose_refund(db, receipt, receipt.amount, reason)
