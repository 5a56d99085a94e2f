"""Files of long lists: asked for on the list's page, written by the documents' workers, fetched by who asked.

A web process answers others only between two rows it writes, so it leaves to the workers what has many.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NoReturn
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from core import clock
from core.domain.documents import LISTS, DocumentState
from core.domain.listing.asked import Asked, read, written
from core.domain.permissions import Permission
from core.errors import Rejected
from core.services.listing.declared import Listing
from core.services.listing.every import LISTINGS
from core.services.listing.pages import Cells, all_rows
from core.services.listing.writing import House, file
from core.services.program import Program
from core.store.sql.engine import transaction
from core.store.sql.tables import Document, Workspace
from core.store.sql.tables.documents import LARGEST_BYTES

# A worker writes these in ten seconds where it shares two processors with others; a task has 45.
MOST_ROWS = {"csv": 60_000, "xlsx": 20_000, "pdf": 3_000}
NOTED = 1_000  # rows from one note of the progress to the next
# Longer than a task may take: nobody else begins with a file that is being written.
LEASE = timedelta(minutes=1)
KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Wanted:
    """A file of a list: of these columns, and `rows` of them as far as was counted. `needs`: who may see the list."""

    listing: Listing
    form: str
    asked: Asked
    columns: Sequence[str]
    rows: int
    needs: Permission

    def request(self) -> dict[str, Any]:
        """As the document keeps it."""
        pairs = [list(pair) for pair in written(self.asked)]
        about = {"list": self.listing.name, "form": self.form, "name": self.listing.name, "needs": self.needs.value}
        return about | {"pairs": pairs, "columns": list(self.columns), "rows": self.rows}


def want_list(db: Session, workspace_id: UUID, user_id: UUID, wanted: Wanted) -> UUID:
    """The file that this person waits for."""
    return want(db, workspace_id, user_id, wanted.form, wanted.request())


def want(db: Session, workspace_id: UUID, user_id: UUID, form: str, request: dict[str, Any]) -> UUID:
    """Asked for again meanwhile, it is the same one."""
    mine = (Document.workspace_id == workspace_id, Document.user_id == user_id, Document.request == request)
    waiting = db.scalar(select(Document.id).where(*mine, Document.state == DocumentState.WANTED))
    if waiting is not None:
        return waiting
    about = {"workspace_id": workspace_id, "user_id": user_id, "kind": LISTS[form]}
    document = Document(**about, request=request, next_try_at=clock.now())
    db.add(document)
    db.flush()
    return document.id


def export_of(db: Session, workspace_id: UUID, user_id: UUID, document_id: UUID) -> Document | None:
    """A file this person asked for, while it is kept."""
    mine = (Document.workspace_id == workspace_id, Document.user_id == user_id, Document.id == document_id)
    kept = Document.created_at >= clock.now() - KEPT
    return db.scalar(select(Document).where(*mine, kept, Document.kind.in_(LISTS.values())))


def list_file(program: Program, db: Session, document: Document) -> bytes:
    """Written as it is read; how far it is, is told on the way.

    Raises Rejected("too_much"): a list that turns out longer than was estimated is never cut.
    """
    request, listing = document.request, LISTINGS[document.request["list"]]
    venue = db.get_one(Workspace, document.workspace_id)
    house = House(venue.name, ZoneInfo(venue.timezone), venue.currency)
    asked = read(listing.columns, [(name, value) for name, value in request["pairs"]])
    form, columns = request["form"], [listing.columns[name] for name in request["columns"]]
    rows = _within(
        all_rows(db, listing, document.workspace_id, asked, house.zone, MOST_ROWS[form] + 1), MOST_ROWS[form]
    )
    content = file(house, listing, form, columns, _told(program, document.id, rows, max(request["rows"], 1)))
    return content if len(content) <= LARGEST_BYTES else _too_much()


def forget_exports(program: Program) -> None:
    """A file of guests is no archive: after a day it goes."""
    with transaction(program.sessions) as db:
        old = (Document.kind.in_(LISTS.values()), Document.created_at < clock.now() - KEPT)
        db.execute(delete(Document).where(*old))


def _within(rows: Iterable[Cells], most: int) -> Iterator[Cells]:
    letters = 0
    for place, row in enumerate(rows):
        letters += sum(len(cell) for cell in row.values() if isinstance(cell, str))
        if place == most or letters > LARGEST_BYTES:
            _too_much()
        yield row


def _too_much() -> NoReturn:
    raise Rejected("too_much")


def _told(program: Program, document_id: UUID, rows: Iterable[Cells], count: int) -> Iterator[Cells]:
    for place, row in enumerate(rows):
        if place % NOTED == 0:
            tell(program, document_id, min(99, place * 100 // count))
        yield row


def tell(program: Program, document_id: UUID, progress: int) -> None:
    """So far it is, in percent, and nobody else begins with it."""
    ours = (Document.id == document_id, Document.state == DocumentState.WANTED)
    with transaction(program.sessions) as db:
        db.execute(update(Document).where(*ours).values(progress=progress, next_try_at=clock.now() + LEASE))
