"""Somebody wants a document: it will be made once, however often it is asked for, and brought to whoever waits."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import clock
from core.domain.documents import DocumentKind
from core.services.document_links import file_name, link_to
from core.store.sql.tables import Document, DocumentDelivery, Invoice, Order


def want_document(
    db: Session, workspace_id: UUID, kind: DocumentKind, invoice_id: UUID | None = None, closing_id: UUID | None = None
) -> Document:
    """The document of this kind about this thing, locked: the one there is, or one that will be made now."""
    about = {"workspace_id": workspace_id, "kind": kind, "invoice_id": invoice_id, "closing_id": closing_id}
    db.execute(insert(Document).values(**about, next_try_at=clock.now()).on_conflict_do_nothing())
    mine = [getattr(Document, name) == value for name, value in about.items() if value is not None]
    query = select(Document).where(*mine).with_for_update().execution_options(populate_existing=True)
    return db.scalars(query).one()


def deliver_later(db: Session, document: Document, conversation_id: UUID) -> None:
    """A conversation waits for a locked document that is not made yet; asked twice, it is brought once."""
    waits = insert(DocumentDelivery).values(
        workspace_id=document.workspace_id, document_id=document.id, conversation_id=conversation_id
    )
    db.execute(waits.on_conflict_do_nothing())


def news_of(db: Session, document: Document) -> dict[str, Any]:
    """What a conversation needs to know of a locked receipt to bring it to its guest. Ids only: the link is made where
    it is sent."""
    invoice = db.get_one(Invoice, document.invoice_id)
    order = db.get_one(Order, invoice.order_id)
    return {
        "order_id": str(order.id),
        "number": order.number,
        "link": str(link_to(db, document).id),
        "file": file_name(db, document),
    }
