"""A list as people read it: cells in the venue's own time and money, and files of exactly what was asked."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any
from uuid import UUID

from core import clock
from core.conversation.catalogues import ENGLISH, money
from core.documents.layout import Heading, Paper, Table, Words
from core.documents.pdf import draw
from core.documents.sheets import Line, Value, safe, written_csv, written_excel
from core.domain.listing.columns import Column, Kind
from core.services.listing.declared import Listing
from core.services.listing.pages import Cells

MOMENT, EXACT = "%d %b %Y %H:%M", "%Y-%m-%d %H:%M:%S"
WIDE_MM = 273.0
WEIGHTS = {Kind.NUMBER: 0.5, Kind.MONEY: 0.9, Kind.MOMENT: 1.3, Kind.PHONE: 0.6}


@dataclass(frozen=True)
class House:
    """Whose list it is: how its clock goes, and its money."""

    name: str
    zone: tzinfo
    currency: str


def shown(house: House, column: Column, value: Any) -> Any:
    """A cell as a page has it: text, a number, or the word of a status, which the page says in its own way."""
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.astimezone(house.zone).strftime(MOMENT)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {one}" for name, one in value.items())
    if column.kind is Kind.MONEY:
        return money(ENGLISH, Decimal(value), house.currency)
    return str(value) if isinstance(value, Decimal) else value


def file(house: House, listing: Listing, form: str, columns: list[Column], rows: Iterable[Cells]) -> bytes:
    """These columns of these rows as `csv`, `xlsx` or `pdf`."""
    return _WRITE[form](house, listing, columns, rows)


def _csv(house: House, listing: Listing, columns: list[Column], rows: Iterable[Cells]) -> bytes:
    lines: Iterator[Line] = (tuple(_plain(house, column, row[column.name]) for column in columns) for row in rows)
    exact = (tuple(cell.strftime(EXACT) if isinstance(cell, datetime) else cell for cell in line) for line in lines)
    return written_csv([tuple(safe(column.label) for column in columns), *exact])


def _excel(house: House, listing: Listing, columns: list[Column], rows: Iterable[Cells]) -> bytes:
    lines = (tuple(_plain(house, column, row[column.name]) for column in columns) for row in rows)
    return written_excel(listing.title, [column.label for column in columns], lines)


def _pdf(house: House, listing: Listing, columns: list[Column], rows: Iterable[Cells]) -> bytes:
    now = clock.now()
    made = now.astimezone(house.zone).strftime(MOMENT)
    table = Table(
        tuple(column.label for column in columns),
        _widths(columns),
        tuple(tuple(_said(house, column, row[column.name]) for column in columns) for row in rows),
        left=True,
    )
    head = (Heading(listing.title, large=True), Words(f"{house.name}, {made}", soft=True))
    return draw(Paper(listing.title, now, f"{house.name} · {listing.title} · {made}", (*head, table), wide=True))


_WRITE: Mapping[str, Callable[[House, Listing, list[Column], Iterable[Cells]], bytes]] = {
    "csv": _csv,
    "xlsx": _excel,
    "pdf": _pdf,
}


def _plain(house: House, column: Column, value: Any) -> Value:
    """For a sheet: figures stay figures, moments are the venue's, no text becomes a formula."""
    if isinstance(value, datetime):
        return value.astimezone(house.zone).replace(tzinfo=None, microsecond=0)
    if value is None or (isinstance(value, int | Decimal) and not isinstance(value, bool)):
        return value
    return safe(_word(column, shown(house, column, value)))


def _said(house: House, column: Column, value: Any) -> str:
    said = shown(house, column, value)
    return "" if said is None else _word(column, said)


def _word(column: Column, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if column.kind is Kind.CODE:
        return str(value).replace("_", " ").capitalize()
    return column.words.get(str(value), str(value))


def _widths(columns: list[Column]) -> tuple[float, ...]:
    """Of all but the first column, which takes what is left."""
    weights = [WEIGHTS.get(column.kind, 1.2) for column in columns]
    return tuple(WIDE_MM * weight / sum(weights) for weight in weights[1:])
