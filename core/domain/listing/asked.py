"""What somebody wants to see of a list, and the query string that says so: read with every bound, written back alike.

`where=total.from.1000` counts always, as often as it stands there; of the groups `or1`, `or2` … at least one must hold,
each with all its conditions. `q` looks through every searched column, `sort=-total,number` sorts by several.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from core.domain.listing.columns import Column, Kind, Operator
from core.domain.phone import normalise

SIZES = (10, 25, 50, 100)
# As far as pages lead: what is further down is found by narrowing the list.
DEEPEST = 10_000
LONGEST_TEXT, SHORTEST_TEXT = 100, 3
MOST_CONDITIONS, MOST_GROUPS, MOST_SORTS, MOST_WORDS = 20, 5, 4, 30
FIRST_YEAR, LAST_YEAR = 2000, 2100

Value = str | int | Decimal | date | tuple[str, ...]
Pairs = Iterable[tuple[str, str]]

_GROUP = re.compile(rf"or([1-{MOST_GROUPS}])")
_NUMBER, _MONEY = re.compile(r"-?[0-9]{1,9}"), re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,2})?")


class Unreadable(ValueError):
    """The address asks for something the list cannot mean; the text is a sentence for whoever asked."""


@dataclass(frozen=True)
class Condition:
    """One column compared with a value: of a text's letters, a number, a day, or one of several words."""

    column: str
    operator: Operator
    value: Value


@dataclass(frozen=True)
class Sort:
    """One column to sort by."""

    column: str
    descending: bool = False


@dataclass(frozen=True)
class Asked:
    """All `conditions` hold, and one of the `groups`, if there are any."""

    conditions: tuple[Condition, ...] = ()
    groups: tuple[tuple[Condition, ...], ...] = ()
    search: str = ""
    sorts: tuple[Sort, ...] = ()
    page: int = 1
    size: int = 25


def read(columns: Mapping[str, Column], pairs: Pairs) -> Asked:
    """What a query string asks for. Raises Unreadable. Names that mean nothing here are left alone."""
    given: dict[str, list[str]] = defaultdict(list)
    for name, value in pairs:
        if value:
            given[name].append(value)
    grouped = sorted(name for name in given if _GROUP.fullmatch(name))
    if sum(len(given[name]) for name in ("where", *grouped)) > MOST_CONDITIONS:
        raise Unreadable(f"These are too many filters at once: at most {MOST_CONDITIONS} fit.")
    asked = Asked(
        conditions=_conditions(columns, given["where"]),
        groups=tuple(_conditions(columns, given[name]) for name in grouped),
        search=_search(given["q"]),
        sorts=_sorts(columns, given["sort"]),
        size=_size(given["size"]),
    )
    return replace(asked, page=_page(given["page"], asked.size))


def written(asked: Asked) -> list[tuple[str, str]]:
    """The pairs `read` makes the same of; what goes without saying is left out."""
    pairs = [("where", condition_text(one)) for one in asked.conditions]
    for number, group in enumerate(asked.groups, start=1):
        pairs += [(f"or{number}", condition_text(one)) for one in group]
    said = (
        ("q", asked.search),
        ("sort", ",".join("-" * one.descending + one.column for one in asked.sorts)),
        ("page", str(asked.page) if asked.page > 1 else ""),
        ("size", str(asked.size) if asked.size != Asked.size else ""),
    )
    return pairs + [(name, value) for name, value in said if value]


def query_string(asked: Asked) -> str:
    """For an address."""
    return urlencode(written(asked))


def condition_text(one: Condition) -> str:
    """`total.from.1000`: as an address carries it."""
    value = ",".join(one.value) if isinstance(one.value, tuple) else str(one.value)
    return f"{one.column}.{one.operator.value}.{value}"


def _conditions(columns: Mapping[str, Column], texts: list[str]) -> tuple[Condition, ...]:
    return tuple(_condition(columns, text) for text in texts)


def _condition(columns: Mapping[str, Column], text: str) -> Condition:
    name, dot, rest = text.partition(".")
    word, second, value = rest.partition(".")
    column = columns.get(name)
    if column is None or not dot or not second:
        raise Unreadable(f"The filter “{_quoted(text)}” names no column of this list.")
    if word not in column.operators:
        fitting = ", ".join(column.operators) or "nothing"
        raise Unreadable(f"{column.label} cannot be filtered by “{_quoted(word)}”; what fits is {fitting}.")
    return Condition(name, Operator(word), _READ[column.kind](column, value.replace("\0", "").strip()))


def _text(column: Column, value: str) -> str:
    if not 1 <= len(value) <= LONGEST_TEXT:
        raise Unreadable(f"Give {column.label} between 1 and {LONGEST_TEXT} letters to look for.")
    return value


def _number(column: Column, value: str) -> int:
    if not _NUMBER.fullmatch(value):
        raise Unreadable(f"{column.label} is compared with a whole number, not with “{_quoted(value)}”.")
    return int(value)


def _money(column: Column, value: str) -> Decimal:
    if not _MONEY.fullmatch(value):
        raise Unreadable(f"{column.label} is compared with an amount like 1500, not with “{_quoted(value)}”.")
    return Decimal(value)


def _day(column: Column, value: str) -> date:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        day = date.min
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Unreadable(f"{column.label} is compared with a day like 2026-11-20, not with “{_quoted(value)}”.")
    return day


def _status(column: Column, value: str) -> tuple[str, ...]:
    asked = tuple(dict.fromkeys(value.split(",")))
    if len(asked) > MOST_WORDS or (unknown := [one for one in asked if one not in column.words]):
        named = f" “{_quoted(unknown[0])}”" if len(asked) <= MOST_WORDS else " so many"
        raise Unreadable(f"{column.label} is never{named}; choose among {', '.join(column.words)}.")
    return asked


def _phone(column: Column, value: str) -> str:
    digits = normalise(value)
    if digits is None:
        raise Unreadable(f"{column.label} is found by the whole number, like 0712 345 678.")
    return digits


_READ: Mapping[Kind, Callable[[Column, str], Value]] = {
    Kind.TEXT: _text,
    Kind.RELATION: _text,
    Kind.CODE: lambda column, value: _text(column, value).replace(" ", "_"),
    Kind.NUMBER: _number,
    Kind.MONEY: _money,
    Kind.MOMENT: _day,
    Kind.STATUS: _status,
    Kind.PHONE: _phone,
    Kind.TAGS: _text,
    Kind.PROGRESS: _number,
}


def _search(texts: list[str]) -> str:
    wanted = (texts or [""])[0].replace("\0", "").strip()
    if len(wanted) > LONGEST_TEXT:
        raise Unreadable(f"Look for at most {LONGEST_TEXT} letters.")
    if wanted and len(wanted) < SHORTEST_TEXT and not wanted.isdecimal():
        raise Unreadable(f"Type at least {SHORTEST_TEXT} letters, or a number.")
    return wanted


def _sorts(columns: Mapping[str, Column], texts: list[str]) -> tuple[Sort, ...]:
    names = [name for name in ",".join(texts).split(",") if name]
    if len(names) > MOST_SORTS:
        raise Unreadable(f"Sort by at most {MOST_SORTS} columns.")
    sorts = tuple(Sort(name.removeprefix("-"), name.startswith("-")) for name in names)
    for one in sorts:
        if one.column not in columns or not columns[one.column].sortable:
            raise Unreadable(f"The list cannot be sorted by “{_quoted(one.column)}”.")
    if len({one.column for one in sorts}) < len(sorts):
        raise Unreadable("Sort by each column once.")
    return sorts


def _size(texts: list[str]) -> int:
    size = int(texts[0]) if texts and _NUMBER.fullmatch(texts[0]) else (0 if texts else Asked.size)
    if size not in SIZES:
        raise Unreadable(f"A page has {', '.join(map(str, SIZES))} rows.")
    return size


def _page(texts: list[str], size: int) -> int:
    page = int(texts[0]) if texts and _NUMBER.fullmatch(texts[0]) else (0 if texts else 1)
    if page < 1:
        raise Unreadable("Pages are counted from 1.")
    if (page - 1) * size >= DEEPEST:
        raise Unreadable(f"Pages lead through the first {DEEPEST:,} rows. Filter or sort to come to the others.")
    return page


def _quoted(text: str) -> str:
    return text[:40]
