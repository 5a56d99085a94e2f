"""The bar's back office: what is paid gets its invoice, what is wanted gets written."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import select, update

from core.domain.closing import ClosingReport
from core.services.documents import make_documents
from core.services.effects import perform
from core.services.fiscal import sign_invoices
from core.services.program import Program
from core.store.sql.tables import (
    Closing,
    Document,
    DocumentLink,
    FiscalEntry,
    Invoice,
    Outbox,
    Shift,
    User,
    Workspace,
)
from sandbox.simulators.control import Simulators
from tests.integration.sql.bar import Bar


@dataclass
class Office:
    """The bar, the program around it, the simulated tax authority, and the web."""

    bar: Bar
    program: Program
    simulators: Simulators
    app: Flask

    def sold(self, guest: int = 1, **quantities: int) -> str:
        """A guest orders (a Dawa, where nothing is said) and pays: the order's id."""
        order_id: str = self.bar.order(self.bar.guest(guest), True, **(quantities or {"Dawa": 1}))[0]["order_id"]
        assert self.bar.settle(order_id)
        return order_id

    def asks(self, guest: int = 1, event: str = "") -> dict[str, Any]:
        """The guest writes "receipt": what the turn is answered."""
        ref = self.bar.guest(guest)
        with self.bar.sessions.begin() as db:
            return perform(db, ref, event or uuid4().hex, [{"kind": "send_receipt"}])[0][0]

    def invoicing(self, **settings: Any) -> None:
        """The venue's settings."""
        self.bar.change(Workspace, self.bar.workspace_id, invoicing=settings)

    def makes(self) -> None:
        """The doorbell of the documents rings."""
        make_documents(self.program)

    def signs(self) -> None:
        """The doorbell of the tax authority rings, and it is time for whatever waits."""
        past = datetime.now(UTC) - timedelta(seconds=1)
        waiting = FiscalEntry.next_try_at.is_not(None)
        with self.bar.sessions.begin() as db:
            db.execute(update(FiscalEntry).where(waiting).values(next_try_at=past))
        sign_invoices(self.program)

    def a_while_passes(self) -> None:
        """Whoever claimed a document has had the time for it."""
        with self.bar.sessions.begin() as db:
            past = datetime.now(UTC) - timedelta(seconds=1)
            db.execute(update(Document).where(Document.next_try_at.is_not(None)).values(next_try_at=past))

    def owed(self, kind: str = "document_ready") -> list[dict[str, Any]]:
        """What guests will hear, oldest first."""
        with self.bar.sessions.begin() as db:
            return list(db.scalars(select(Outbox.payload).where(Outbox.kind == kind).order_by(Outbox.seq)))

    def invoices(self) -> list[Invoice]:
        return self.rows(select(Invoice).order_by(Invoice.number))

    def documents(self) -> list[Document]:
        return self.rows(select(Document).order_by(Document.created_at))

    def links(self) -> list[DocumentLink]:
        return self.rows(select(DocumentLink).order_by(DocumentLink.created_at))

    def signatures(self) -> list[FiscalEntry]:
        return self.rows(select(FiscalEntry).order_by(FiscalEntry.created_at))

    def content(self, number: int = 0) -> bytes:
        """The bytes of one document."""
        with self.bar.sessions.begin() as db:
            found = db.scalars(select(Document.content).order_by(Document.created_at)).all()[number]
        assert found is not None
        return found

    def rows(self, query: Any) -> list[Any]:
        with self.bar.sessions.begin() as db:
            return list(db.scalars(query).all())

    def close(self, report: ClosingReport | None = None) -> UUID:
        """A day's closing; without a report, one that nobody can read."""
        with self.bar.sessions.begin() as db:
            user = User(email=f"{uuid4().hex}@bar.example", name="Wanjiru", password_hash="-")
            shift = Shift(workspace_id=self.bar.workspace_id, number=900, closed_at=datetime.now(UTC))
            db.add_all([user, shift])
            db.flush()
            written = report.to_dict() if report else {}
            about = {"shift_id": shift.id, "number": 1, "report": written, "closed_by": user.id}
            closing = Closing(workspace_id=self.bar.workspace_id, **about)
            db.add(closing)
            db.flush()
            return closing.id

    def write(self, do: Callable[[Any], Any]) -> Any:
        """Something of ours in a transaction of its own."""
        with self.bar.sessions.begin() as db:
            return do(db)
