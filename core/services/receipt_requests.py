"""A guest writes "receipt": the document of their latest paid order, at once or as soon as it is made."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.conversation.effects import Outcome
from core.domain.documents import DocumentKind, DocumentState
from core.jobs import make_documents
from core.services.customers import Guest
from core.services.documents_wanted import deliver_later, news_of, want_document
from core.services.followup import Followup
from core.services.invoices import invoice_of
from core.services.orders import lock_order
from core.store.sql.tables import Order


def send_receipt(db: Session, guest: Guest) -> tuple[Outcome, Followup]:
    """What the turn answers; a document that is not made yet is made now and follows by itself."""
    order = _latest(db, guest)
    invoice = invoice_of(db, order) if order else None
    if order is None or invoice is None:
        return {"result": "no_receipt"}, Followup()
    document = want_document(db, order.workspace_id, DocumentKind.RECEIPT, invoice.id)
    if document.state is DocumentState.MADE:
        return {"result": "receipt", **news_of(db, document)[1]}, Followup()
    named = {"order_id": str(order.id), "number": order.number}
    if document.state is DocumentState.FAILED:
        return {"result": "receipt_failed", **named}, Followup()
    deliver_later(db, document, guest.conversation.id)
    return {"result": "receipt_coming", **named}, Followup(jobs=(make_documents(),))


def _latest(db: Session, guest: Guest) -> Order | None:
    paid = (Order.customer_id == guest.customer.id, Order.paid_at.is_not(None))
    newest = select(Order.id).where(*paid).order_by(Order.created_at.desc(), Order.number.desc()).limit(1)
    order_id = db.scalar(newest)
    return lock_order(db, guest.customer.workspace_id, order_id) if order_id else None
