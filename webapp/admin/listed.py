"""What a list page is: a listing with its links, what is changed in place, and what is done to rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Response, jsonify, make_response
from sqlalchemy.orm import Session

from core.domain.listing.asked import Unreadable
from core.domain.listing.columns import Column, Kind
from core.domain.permissions import Permission
from core.domain.typed import Reader
from core.services.activity import Actor
from core.services.followup import Followup
from core.services.listing.acts import Act, Options
from core.services.listing.declared import Listing
from core.services.listing.pages import Cells
from core.services.listing.writing import House, shown
from core.store.sql.tables import Workspace
from webapp.admin.login import staff
from webapp.admin.trouble import zone_of
from webapp.admin.typed_forms import SOMEBODY, ago

Write = Callable[[Session, Actor, UUID, int, str], Followup]
MOST_CHOSEN = 500


class Overtaken(Exception):
    """Somebody else has changed the row since; the text says who and when."""

    def __init__(self, who: str, at: datetime | None) -> None:
        self.who, self.at = who, at
        super().__init__(f"{who or SOMEBODY} changed this {ago(at) if at else 'meanwhile'}.")


class Unfitting(Exception):
    """The value cannot stand there; the text says why."""


@dataclass(frozen=True)
class Link:
    """One line in a row's menu, or a button above the list."""

    label: str
    address: str
    needs: Permission | None = None
    icon: str = ""


@dataclass(frozen=True)
class Edit:
    """A column that is changed in place. `write` locks the row, compares the version that the rows carry under the key
    `version`, writes what was typed and the activity, and raises Overtaken or Unfitting. `options` (value and label)
    are chosen among instead of typing. `raw` is the key or column that has the value as it is typed."""

    needs: Permission
    write: Write
    options: Options | None = None
    raw: str = ""


@dataclass(frozen=True)
class ListPage:
    """A listing as a page. `opens` is where a row leads, `inside` what it unfolds to, `cells` where single cells lead,
    or where their pictures are; `opens_needs`: who may not has no way there. `links` stand in a row's menu, `above`
    over the list, beside `views`, which are named filters. `empty` is said while there are no rows at all. `hears`
    names the lists, and `orders`, whose changes make this one look again. `page` marks the menu's entry. `noted`: that
    somebody opened it is written down under this name."""

    listing: Listing
    needs: Permission
    opens: str = ""
    opens_needs: Permission | None = None
    inside: str = ""
    beneath: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)
    links: tuple[Link, ...] = ()
    above: tuple[Link, ...] = ()
    views: tuple[tuple[str, str], ...] = ()
    empty: str = "Nothing is here yet."
    noted: str = ""
    edits: Mapping[str, Edit] = field(default_factory=dict)
    acts: tuple[Act, ...] = ()
    hears: tuple[str, ...] = ()

    @property
    def page(self) -> str:
        """As the menu knows it."""
        return self.listing.name

    @property
    def address(self) -> str:
        """Where it is."""
        return f"/admin/{self.listing.name}"


def fitting(reader: Reader, typed: str) -> Any:
    """What was typed, read. Raises Unfitting with the reader's sentence."""
    try:
        return reader(typed)
    except ValueError as error:
        raise Unfitting(str(error)) from None


def row_of(one: ListPage, house: House, cells: Cells) -> dict[str, Any]:
    """A row as the page's script reads it: its cells and keys, how single cells look, and what is edited as typed."""
    columns = one.listing.columns
    row = {name: _cell(house, column, cells) for name, column in columns.items()}
    row |= {name: value for name, value in cells.items() if name not in columns}
    row["looks"] = {name: tone for name, column in columns.items() if (tone := column.tone(cells))}
    if one.edits:
        row["raw"] = {name: _typed(cells[edit.raw or name]) for name, edit in one.edits.items()}
    return row


def house_of(db: Session) -> House:
    """Whose lists these are."""
    venue = db.get_one(Workspace, staff().workspace_id)
    return House(venue.name, zone_of(venue.timezone), venue.currency)


def ids_in(given: Sequence[str]) -> list[UUID]:
    """The rows somebody chose. Raises Unreadable."""
    try:
        ids = [UUID(one_id) for one_id in given[: MOST_CHOSEN + 1]]
    except ValueError:
        raise Unreadable("Choose rows of this list.") from None
    if not 1 <= len(ids) <= MOST_CHOSEN:
        raise Unreadable(f"Choose between 1 and {MOST_CHOSEN} rows.")
    return ids


def refused(sentence: str, code: int, **more: Any) -> Response:
    """Nothing was done, and why."""
    return make_response(jsonify(error=sentence, **more), code)


def _cell(house: House, column: Column, cells: Cells) -> Any:
    value = shown(house, column, cells[column.name])
    return {"value": value, "full": cells[f"{column.name}_full"]} if column.kind is Kind.PROGRESS else value


def _typed(value: Any) -> str:
    return "" if value is None else f"{value:f}".removesuffix(".00") if isinstance(value, Decimal) else str(value)
