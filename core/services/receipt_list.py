"""What staff see of invoices and their documents."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session

from core.domain.documents import DocumentKind, DocumentState, FiscalState
from core.errors import Rejected
from core.services.activity import Actor, record
from core.services.document_links import File, file_of, revoke_links
from core.services.documents_wanted import want_document
from core.services.invoices import invoice_of
from core.services.orders import lock_order
from core.store.sql.tables import Closing, Document, DocumentLink, FiscalEntry, Invoice, Order

SHOWN = 100


@dataclass(frozen=True)
class Listed:
    """One invoice in the list. `state` is empty where nobody has wanted it in writing; `shared`: a link to it works."""

    order_id: UUID
    number: int
    order_number: int
    issued_at: datetime
    total: Decimal
    currency: str
    state: DocumentState | None
    document_id: UUID | None
    shared: bool
    fiscal: FiscalState | None
    fiscal_note: str


def listed(db: Session, workspace_id: UUID) -> list[Listed]:
    """The newest invoices of a venue."""
    mine = _list().where(Invoice.workspace_id == workspace_id).order_by(Invoice.number.desc()).limit(SHOWN)
    return [Listed(*row) for row in db.execute(mine)]


def receipt_of(db: Session, workspace_id: UUID, order_id: UUID) -> File | None:
    """The receipt of an order; where it is not made yet it will be, and the answer is None. Raises Rejected."""
    order = lock_order(db, workspace_id, order_id)
    invoice = invoice_of(db, order) if order else None
    if invoice is None:
        raise Rejected("not_found")
    return _file(db, want_document(db, workspace_id, DocumentKind.RECEIPT, invoice_id=invoice.id))


def closing_of(db: Session, workspace_id: UUID, closing_id: UUID, kind: DocumentKind) -> File | None:
    """A day's closing in one of its forms, as `receipt_of`."""
    mine = (Closing.workspace_id == workspace_id, Closing.id == closing_id)
    if kind is DocumentKind.RECEIPT or not db.scalar(select(exists().where(*mine))):
        raise Rejected("not_found")
    return _file(db, want_document(db, workspace_id, kind, closing_id=closing_id))


def take_back(db: Session, workspace_id: UUID, document_id: UUID, user_id: UUID) -> None:
    """Staff take back every link to a document. Raises Rejected where it is not theirs."""
    if not db.scalar(select(exists().where(Document.workspace_id == workspace_id, Document.id == document_id))):
        raise Rejected("not_found")
    links = revoke_links(db, workspace_id, document_id, user_id)
    record(db, Actor(workspace_id, user_id), "links_taken_back", "document", document_id, detail={"links": links})


def _file(db: Session, document: Document) -> File | None:
    """What cannot be made is tried once more whenever staff ask for it."""
    if document.state is DocumentState.FAILED:
        document.state, document.tries, document.next_try_at = DocumentState.WANTED, 0, func.now()
        db.flush()
    return file_of(db, document.id)


def _list() -> Any:
    live = exists().where(
        DocumentLink.document_id == Document.id,
        DocumentLink.revoked_at.is_(None),
        DocumentLink.expires_at > func.now(),
    )
    return (
        select(
            Invoice.order_id, Invoice.number, Order.number, Invoice.issued_at, Invoice.total, Invoice.currency,
            Document.state, Document.id, live, FiscalEntry.state, FiscalEntry.reason,
        )
        .join(Order, Order.id == Invoice.order_id)
        .outerjoin(Document, and_(Document.invoice_id == Invoice.id, Document.kind == DocumentKind.RECEIPT))
        .outerjoin(FiscalEntry, FiscalEntry.invoice_id == Invoice.id)
    )  # fmt: skip
