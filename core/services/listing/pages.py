"""Reads a list: a page of rows, how many there are, and all of them for a file.

A page is two reads. The first finds the ids alone, so that what skipped rows would show is never worked out; the second
reads what stands in these rows. Counting ends at `COUNTED`: beyond it PostgreSQL's own estimate has to do.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any
from uuid import UUID

from sqlalchemy import Executable, Select, select, text
from sqlalchemy import func as sql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ClauseElement

from core.domain.listing.asked import Asked, Sort
from core.domain.phone import masked
from core.services.listing.conditions import wanted
from core.services.listing.declared import Listing

COUNTED = 10_000
# Nobody waits longer for a list, and the processors are wanted elsewhere.
PATIENCE_MS = 3_000
FETCHED = 500

Cells = dict[str, Any]


@dataclass(frozen=True)
class Found:
    """One page. Each row's cells by the names of its columns, with its `id`; `about`: the count is an estimate."""

    rows: list[Cells]
    count: int
    about: bool


def page(db: Session, listing: Listing, workspace_id: UUID, asked: Asked, zone: tzinfo) -> Found:
    """The rows of one page. Raises an error that `transaction` turns into TryAgain where it would take too long."""
    be_quick(db)
    ordered = _sorted(listing, _ids(listing, workspace_id, asked, zone), asked)
    here = list(db.scalars(ordered.limit(asked.size).offset((asked.page - 1) * asked.size)))
    count, about = counted(db, listing, workspace_id, asked, zone)
    return Found(rows(db, listing, workspace_id, here), count, about)


def ids(db: Session, listing: Listing, workspace_id: UUID, asked: Asked, zone: tzinfo, most: int) -> list[UUID]:
    """The ids of all it finds, in its order, `most` at most."""
    return list(db.scalars(_sorted(listing, _ids(listing, workspace_id, asked, zone), asked).limit(most)))


def counted(db: Session, listing: Listing, workspace_id: UUID, asked: Asked, zone: tzinfo) -> tuple[int, bool]:
    """How many rows it finds, and whether that is an estimate."""
    found = _ids(listing, workspace_id, asked, zone)
    some = db.scalar(select(sql.count()).select_from(found.limit(COUNTED + 1).subquery())) or 0
    if some <= COUNTED:
        return some, False
    plan = db.execute(_Explain(_ids(listing, workspace_id, asked, zone, quickly=False))).scalar_one()
    return max(COUNTED, int(plan[0]["Plan"]["Plan Rows"])), True


def rows(db: Session, listing: Listing, workspace_id: UUID, ids: list[UUID]) -> list[Cells]:
    """What stands in these rows, in this order; those of another workspace are left out."""
    query = _shown(listing, workspace_id).where(listing.table.id.in_(ids))
    found = {cells["id"]: cells for cells in (_cells(listing, row) for row in db.execute(query).mappings())}
    return [found[id] for id in ids if id in found]


def all_rows(
    db: Session, listing: Listing, workspace_id: UUID, asked: Asked, zone: tzinfo, most: int
) -> Iterator[Cells]:
    """Every row it finds, in its order, `most` at most; read from the server piece by piece."""
    query = _shown(listing, workspace_id).where(*wanted(listing, asked, zone))
    found = db.execute(_sorted(listing, query, asked).limit(most).execution_options(yield_per=FETCHED))
    for row in found.mappings():
        yield _cells(listing, row)


def be_quick(db: Session) -> None:
    """The statements of this transaction end after `PATIENCE_MS`."""
    db.execute(text(f"set local statement_timeout = {PATIENCE_MS}"))


def _ids(listing: Listing, workspace_id: UUID, asked: Asked, zone: tzinfo, quickly: bool = True) -> Select[Any]:
    query = listing.joined(select(listing.table.id).select_from(listing.table))
    return query.where(listing.table.workspace_id == workspace_id, *wanted(listing, asked, zone, quickly))


def _shown(listing: Listing, workspace_id: UUID) -> Select[Any]:
    columns = {**{field.column.name: field.shown for field in listing.fields}, "id": listing.table.id, **listing.keys}
    query = select(*(shown.label(name) for name, shown in columns.items())).select_from(listing.table)
    return listing.joined(query).where(listing.table.workspace_id == workspace_id)


def _sorted(listing: Listing, query: Select[Any], asked: Asked) -> Select[Any]:
    """As asked; what is alike there comes in the list's own order, which turns with the last column asked for: so one
    index serves both ways."""
    named = {one.column for one in asked.sorts}
    own = [one for one in listing.sorts if one.column not in named]
    if asked.sorts and own:
        turned = asked.sorts[-1].descending
        own = [Sort(one.column, turned) for one in own]
    order = [*asked.sorts, *own]
    columns = [(listing.by_name[one.column].compared, one.descending) for one in order]
    columns.append((listing.table.id, order[-1].descending))
    return query.order_by(*(column.desc() if descending else column.asc() for column, descending in columns))


def _cells(listing: Listing, row: Any) -> Cells:
    cells = dict(row)
    for name in listing.phones:
        cells[name] = masked(cells[name]) if cells[name] else ""
    return cells


class _Explain(Executable, ClauseElement):
    """What PostgreSQL expects of a query, without running it."""

    inherit_cache = False

    def __init__(self, query: Select[Any]) -> None:
        self.query = query


@compiles(_Explain)
def _explain(element: _Explain, compiler: Any, **options: Any) -> str:
    return "explain (format json) " + str(compiler.process(element.query, **options))
