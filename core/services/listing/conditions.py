"""What was asked of a list, as SQL: only bound values, and phones only by their blind index."""

import re
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from core.cipher import installed
from core.domain.listing.asked import Asked, Condition, Value
from core.domain.listing.columns import Kind, Operator
from core.domain.phone import normalise
from core.services.listing.declared import Field, Listing, Looking

PHONE_DIGITS, NUMBER_DIGITS = 9, 9


def wanted(listing: Listing, asked: Asked, zone: tzinfo, quickly: bool = True) -> list[ColumnElement[bool]]:
    """Everything a row must fulfil to stand in the list, but for its workspace.

    `quickly`: with what follows from it and has an index. PostgreSQL takes the two for independent, so it must not
    stand there where it is asked how many rows there may be.
    """

    def holds(one: Condition) -> ColumnElement[bool]:
        return _holds(listing, one, zone, quickly)

    found = [holds(one) for one in asked.conditions]
    if asked.groups:
        found.append(or_(*(and_(*map(holds, group)) for group in asked.groups)))
    if asked.search:
        places = [look(asked.search) for look in listing.looking]
        found.append(or_(*(place for place in places if place is not None)))
    return found


def in_text(column: Any) -> Looking:
    """Look for the word in this text; a trigram index makes it quick."""
    return lambda word: contains(column, word)


def in_code(column: Any) -> Looking:
    """Look for words in a name of ours, as it is read: with spaces."""
    return lambda words: contains(column, words.strip().replace(" ", "_"))


def in_number(column: Any) -> Looking:
    """Look for a number as it is."""
    return lambda word: column == int(word) if word.isdecimal() and len(word) <= NUMBER_DIGITS else None


def in_phone(column: Any) -> Looking:
    """Look for a whole phone number, by its blind index `column`."""

    def look(word: str) -> ColumnElement[bool] | None:
        digits = normalise(word) if sum(letter.isdecimal() for letter in word) >= PHONE_DIGITS else None
        return _is_phone(column, digits) if digits else None

    return look


def contains(column: Any, text: str) -> ColumnElement[bool]:
    """The text somewhere in it, in any case."""
    return _like(column, f"%{_escaped(text)}%")


def _like(column: Any, pattern: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column.ilike(pattern, escape="\\")
    return found


def _escaped(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)


def _holds(listing: Listing, one: Condition, zone: tzinfo, quickly: bool) -> ColumnElement[bool]:
    field = listing.by_name[one.column]
    if field.column.kind is Kind.MOMENT and isinstance(one.value, date):
        return _on_days(field.compared, one.operator, one.value, zone)
    if field.column.kind is Kind.PHONE:
        return _is_phone(field.compared, str(one.value))
    if field.within is not None and quickly:
        return and_(contains(field.within, str(one.value)), _compared(field, one.operator, one.value))
    return _compared(field, one.operator, one.value)


def _compared(field: Field, operator: Operator, value: Value) -> ColumnElement[bool]:
    column = field.compared
    texts = field.column.kind in (Kind.TEXT, Kind.RELATION, Kind.CODE)
    acts: dict[Operator, Any] = {
        Operator.CONTAINS: lambda: contains(column, str(value)),
        Operator.IS: lambda: _like(column, _escaped(str(value))) if texts else column == value,
        Operator.FROM: lambda: column >= value,
        Operator.TO: lambda: column <= value,
        Operator.AMONG: lambda: column.in_(value),
        Operator.NOT_AMONG: lambda: column.not_in(value),
    }
    found: ColumnElement[bool] = acts[operator]()
    return found


def _on_days(column: Any, operator: Operator, day: date, zone: tzinfo) -> ColumnElement[bool]:
    """Whole days as the venue's clock counts them."""
    begins = datetime.combine(day, time(), zone)
    ends = datetime.combine(day + timedelta(days=1), time(), zone)
    if operator is Operator.FROM:
        after: ColumnElement[bool] = column >= begins
        return after
    return column < ends if operator is Operator.TO else and_(column >= begins, column < ends)


def _is_phone(column: Any, digits: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column.in_(installed().indexes(digits))
    return found
