"""An act on many rows of a list: the documents' workers carry it out, and leave a file of what became of each row.

Which rows, was settled when it was asked for: what fits the filter since then, nobody has seen. A worker that dies over
it begins again: to a row that it was done to already, it is not done twice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from core.documents.sheets import Line, safe, written_csv
from core.errors import TryAgain
from core.services.activity import Actor
from core.services.exports import tell, want
from core.services.listing.acts import LATER, Act, carry_out
from core.services.listing.declared import Listing
from core.services.listing.every import ACTS, LISTINGS
from core.services.listing.pages import rows
from core.services.program import Program
from core.services.relay import follow_up
from core.store.sql.tables import Document, User

# A worker does so many in twenty seconds where it shares two processors with others; a task has 45.
MOST_ROWS = 2_000
AT_ONCE = 100


@dataclass(frozen=True)
class WantedAct:
    """An act on these rows of a list."""

    listing: Listing
    act: Act
    value: str
    ids: Sequence[UUID]

    def request(self) -> dict[str, Any]:
        """As the document keeps it."""
        about = {"list": self.listing.name, "form": "csv", "needs": self.act.needs.value}
        named = {"name": f"{self.listing.name}-{self.act.name}", "act": self.act.name, "label": self.act.label}
        return about | named | {"value": self.value, "rows": len(self.ids), "ids": [str(one) for one in self.ids]}


def want_act(db: Session, workspace_id: UUID, user_id: UUID, wanted: WantedAct) -> UUID:
    """Asked for twice meanwhile, it is the same one."""
    return want(db, workspace_id, user_id, "csv", wanted.request())


def acted(program: Program, db: Session, document: Document) -> bytes:
    """Row by row; how far it is, is told on the way."""
    request, listing = document.request, LISTINGS[document.request["list"]]
    found = [UUID(one) for one in request["ids"]]
    first = next(field.column for field in listing.fields if field.column.name in ("name", "number"))
    return written_csv([(first.label, "What became of it"), *_lines(program, db, document, found, first.name)])


def _lines(program: Program, db: Session, document: Document, found: list[UUID], name: str) -> Iterator[Line]:
    request, workspace_id = document.request, document.workspace_id
    act = next(one for one in ACTS[request["list"]] if one.name == request["act"])
    who = db.get(User, document.user_id) if document.user_id else None
    actor = Actor(workspace_id, document.user_id, who.name if who else "")
    for place in range(0, len(found), AT_ONCE):
        some = found[place : place + AT_ONCE]
        tell(program, document.id, place * 100 // len(found))
        outcome = carry_out(program.sessions, actor, act, some, request["value"])
        follow_up(program, outcome.followup)
        why = dict(outcome.left)
        if LATER in why.values():
            raise TryAgain(LATER)
        for cells in rows(db, LISTINGS[request["list"]], workspace_id, some):
            yield safe(str(cells[name])), why.get(cells["id"], act.label)
