"""Documents: somebody wants one, it is made once, and whoever waits for it hears of it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from core import clock, metrics
from core.crashpoint import crashpoint
from core.documents.closing import closing
from core.documents.pdf import draw
from core.documents.receipt import Receipt, receipt
from core.documents.report import report_statement
from core.documents.sheets import as_csv, as_excel
from core.documents.statement import on_paper
from core.domain.closing import ClosingReport
from core.domain.documents import LISTS, DocumentKind, DocumentState, FiscalState
from core.domain.reporting import Report, days_in
from core.errors import Rejected
from core.log import bind, get_logger
from core.services.acting import acted
from core.services.document_links import verify_url
from core.services.documents_wanted import mail_it, news_of
from core.services.exports import list_file
from core.services.followup import Followup
from core.services.invoices import facts_of, fiscal_of, paid_for
from core.services.program import Program
from core.services.relay import follow_up
from core.services.reports import report_of_days
from core.store.sql.engine import transaction
from core.store.sql.outbox import owe
from core.store.sql.tables import (
    Closing,
    Document,
    DocumentDelivery,
    FiscalEntry,
    Invoice,
    Order,
    Workspace,
)

SERVE_SECONDS = 20.0
MOST_TRIES = 6
# Longer than a document takes: who claimed it and died is taken over after that. Made twice, it is kept once.
CLAIM = timedelta(seconds=10)

log = get_logger(__name__)


@dataclass(frozen=True)
class Work:
    """A document to make."""

    document_id: UUID
    kind: DocumentKind


def make_documents(program: Program) -> None:
    """Make what is wanted until nothing is, or the doorbell's time is up. One that cannot be made stops no other."""
    end = time.monotonic() + SERVE_SECONDS
    while time.monotonic() < end and (work := claim_document(program)):
        bind(document=str(work.document_id))
        crashpoint("documents.claimed")
        try:
            content = make(program, work)
        except Rejected as refused:
            _give_up(program, work, refused.reason)
            continue
        except Exception:
            metrics.documents.labels(work.kind.value, "failed").inc()
            log.exception("document_not_made", kind=work.kind.value)
            continue
        metrics.documents.labels(work.kind.value, "made").inc()
        crashpoint("documents.drawn")
        follow_up(program, keep_document(program, work.document_id, content))


def claim_document(program: Program) -> Work | None:
    """The next document due, kept from others for a while. Each claim counts: one that kills its maker ends, too."""
    with transaction(program.sessions) as db:
        document = db.scalar(_due())
        while document is not None and document.tries >= MOST_TRIES:
            document.state, document.next_try_at = DocumentState.FAILED, None
            log.error("document_given_up", document=str(document.id))
            db.flush()
            document = db.scalar(_due())
        if document is None:
            return None
        document.tries += 1
        document.next_try_at = clock.now() + CLAIM * document.tries
        return Work(document.id, document.kind)


def _give_up(program: Program, work: Work, reason: str) -> None:
    """Tried again it would be no other."""
    with transaction(program.sessions) as db:
        document = db.get_one(Document, work.document_id, with_for_update=True)
        if document.state is DocumentState.WANTED:
            document.state, document.next_try_at = DocumentState.FAILED, None
    metrics.documents.labels(work.kind.value, "failed").inc()
    log.warning("document_refused", document=str(work.document_id), reason=reason)


def make(program: Program, work: Work) -> bytes:
    """The document's bytes: read in one transaction, drawn in none; but a list is written row by row as it is read."""
    with transaction(program.sessions) as db:
        document = db.get_one(Document, work.document_id)
        if work.kind in LISTS.values():
            return (acted if "act" in document.request else list_file)(program, db, document)
        facts = _FACTS[work.kind](program, db, document)
    return _MAKE[work.kind](facts)


def keep_document(program: Program, document_id: UUID, content: bytes) -> Followup:
    """Made: the first one counts, and whoever waits for it is told in the same transaction."""
    with transaction(program.sessions) as db:
        document = db.get(Document, document_id, with_for_update=True, populate_existing=True)
        if document is None or document.state is DocumentState.MADE:
            return Followup()
        document.state, document.content, document.next_try_at = DocumentState.MADE, content, None
        document.made_at, document.progress = clock.now(), 100
        db.flush()
        followup = _deliver(program, db, document)
        crashpoint("documents.before_commit")
    crashpoint("documents.kept")
    return followup


def _deliver(program: Program, db: Session, document: Document) -> Followup:
    waiting = select(DocumentDelivery).where(
        DocumentDelivery.document_id == document.id, DocumentDelivery.done_at.is_(None)
    )
    followup = Followup()
    for delivery in db.scalars(waiting.order_by(DocumentDelivery.created_at).with_for_update()):
        if delivery.conversation_id is not None:
            owe(db, delivery.conversation_id, *news_of(db, document))
            followup |= Followup(conversations=frozenset({delivery.conversation_id}))
        elif delivery.user_id is not None:
            followup |= mail_it(program, db, document, delivery.user_id)
        delivery.done_at = clock.now()
    return followup


def _due() -> Any:
    """What the tax authority must sign first waits for that."""
    unsigned = exists().where(FiscalEntry.invoice_id == Document.invoice_id, FiscalEntry.state == FiscalState.WAITING)
    due: ColumnElement[bool] = Document.next_try_at <= clock.now()
    query = select(Document).where(due, ~unsigned).order_by(Document.next_try_at).limit(1)
    return query.with_for_update(skip_locked=True)


def _receipt_facts(program: Program, db: Session, document: Document) -> Receipt:
    invoice = db.get_one(Invoice, document.invoice_id)
    order = db.get_one(Order, invoice.order_id)
    return Receipt(
        facts_of(invoice, order.number),
        paid_for(db, order.id),
        fiscal_of(db, invoice.id),
        verify_url(program.settings, invoice.verify_token),
        db.get_one(Workspace, invoice.workspace_id).timezone,
    )


def _closing_facts(program: Program, db: Session, document: Document) -> ClosingReport:
    return ClosingReport.from_dict(db.get_one(Closing, document.closing_id).report)


def _report_facts(program: Program, db: Session, document: Document) -> Report:
    return report_of_days(db, document.workspace_id, days_in(document.request))


_FACTS: dict[DocumentKind, Callable[[Program, Session, Document], Any]] = {
    DocumentKind.RECEIPT: _receipt_facts,
    DocumentKind.CLOSING_PDF: _closing_facts,
    DocumentKind.CLOSING_CSV: _closing_facts,
    DocumentKind.CLOSING_XLSX: _closing_facts,
    DocumentKind.REPORT_PDF: _report_facts,
}
_MAKE: dict[DocumentKind, Callable[[Any], bytes]] = {
    DocumentKind.RECEIPT: lambda facts: draw(receipt(facts)),
    DocumentKind.CLOSING_PDF: lambda report: draw(on_paper(closing(report))),
    DocumentKind.CLOSING_CSV: lambda report: as_csv(closing(report)),
    DocumentKind.CLOSING_XLSX: lambda report: as_excel(closing(report)),
    DocumentKind.REPORT_PDF: lambda report: draw(on_paper(report_statement(report))),
}
