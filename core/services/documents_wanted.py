"""Somebody wants a document: it will be made once, however often it is asked for, and brought to whoever waits."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import clock
from core.conversation.catalogues import ENGLISH, money
from core.conversation.events import DOCUMENT_READY, REPORT_READY
from core.domain.documents import DocumentKind
from core.domain.practice import leaves
from core.domain.reporting import days_in
from core.services.document_links import file_name, link_to, url
from core.services.followup import Followup
from core.services.mails import owe_mail
from core.services.program import Program
from core.store.sql.tables import Document, DocumentDelivery, Invoice, Order, User, Workspace

MAIL = "{venue}, {days}\n\n{orders}: {amount}\n\nThe whole report, for thirty days:\n{link}\n"


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


def want_report(db: Session, workspace_id: UUID, request: dict[str, Any], whom: dict[str, UUID | None]) -> None:
    """A report on these days, for a conversation or a person of the house. `request`: {first, last, orders, amount,
    currency, name}: what is said of it, and what its file is called."""
    kind = DocumentKind.REPORT_PDF
    document = Document(workspace_id=workspace_id, kind=kind, request=request, next_try_at=clock.now())
    db.add(document)
    db.flush()
    db.add(DocumentDelivery(workspace_id=workspace_id, document_id=document.id, **whom))


def news_of(db: Session, document: Document) -> tuple[str, dict[str, Any]]:
    """What a conversation needs to know of a locked receipt or report to bring it: the kind of event and its data. Ids
    only: the link is made where it is sent."""
    link = {"link": str(link_to(db, document).id), "file": file_name(db, document)}
    if document.kind is DocumentKind.REPORT_PDF:
        said = ("first", "last", "orders", "amount", "currency")
        return REPORT_READY, {name: document.request[name] for name in said} | link
    invoice = db.get_one(Invoice, document.invoice_id)
    order = db.get_one(Order, invoice.order_id)
    named = {"order_id": str(order.id), "number": order.number, "practice": order.practice}
    return DOCUMENT_READY, named | link


def mail_it(program: Program, db: Session, document: Document, user_id: UUID) -> Followup:
    """A locked report goes to somebody of the house, by mail, as a link to it; unless the house practises."""
    house, said = db.get_one(Workspace, document.workspace_id), document.request
    if not leaves(None, house.dev_mode):
        return Followup()
    days, orders = days_in(said).said, int(said["orders"])
    words = MAIL.format(
        venue=house.name,
        days=days,
        orders="1 order" if orders == 1 else f"{orders:,} orders",
        amount=money(ENGLISH, Decimal(said["amount"]), said["currency"]),
        link=url(program.settings, link_to(db, document).id),
    )
    return owe_mail(db, db.get_one(User, user_id).email, f"{house.name}: {days}", words)
