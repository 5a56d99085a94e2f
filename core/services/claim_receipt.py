"""A guest types the code of money they sent by hand: what it comes to, told the same way however often it is typed."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.conversation.effects import Outcome
from core.domain.receipts import Source
from core.domain.statuses import Provider, ReceiptState
from core.services.customers import Guest
from core.services.followup import Followup
from core.services.payment_codes import by_hand, open_claim, order_meant
from core.services.receipts import notice_of
from core.services.settle import settle_in
from core.store.sql.tables import Order, PaymentClaim, Receipt

Result = tuple[Outcome, Followup]


def claim_receipt(db: Session, guest: Guest, order_id: UUID | None, code: str) -> Result:
    """Count the money with this code for the guest's order, or let the code wait for it."""
    meant = order_meant(db, guest, order_id)
    if meant is None:
        return {"result": "no_order"}, Followup()
    claim = open_claim(db, guest, meant, code, clock.now())
    if not isinstance(claim, PaymentClaim):
        return claim, Followup()
    receipt = _receipt(db, claim)
    if receipt is None:
        return _about(db, "waiting", claim.order_id), Followup()
    if receipt.order_id and db.get_one(Order, receipt.order_id).customer_id == guest.customer.id:
        return _about(db, "counted", receipt.order_id), Followup()
    if receipt.state is not ReceiptState.UNMATCHED or receipt.payment_id or receipt.decided_by or claim.payment_id:
        return {"result": "not_yours"}, Followup()
    return _settle(db, claim, receipt)


def _settle(db: Session, claim: PaymentClaim, receipt: Receipt) -> Result:
    """Somebody may have been faster with the same money: then nothing of this remains."""
    savepoint = db.begin_nested()
    payment = by_hand(db, claim, notice_of(receipt, Source.GUEST))
    followup = settle_in(db, notice_of(receipt, Source.GUEST, payment.id), (claim.workspace_id,))
    db.refresh(receipt)
    if receipt.payment_id != payment.id:
        savepoint.rollback()
        return {"result": "not_yours"}, Followup()
    savepoint.commit()
    return _about(db, "matched", claim.order_id), followup


def _receipt(db: Session, claim: PaymentClaim) -> Receipt | None:
    electronic = (Receipt.workspace_id == claim.workspace_id, Receipt.provider != Provider.CASH)
    return db.scalar(select(Receipt).where(*electronic, Receipt.reference == claim.code).limit(1))


def _about(db: Session, result: str, order_id: UUID) -> Outcome:
    return {"result": result, "order_id": str(order_id), "number": db.get_one(Order, order_id).number}
