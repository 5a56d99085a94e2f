"""What a list is: its columns in SQL, and where it looks for a word."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select

from core.domain.listing.asked import Sort
from core.domain.listing.columns import Column, Kind
from core.store.sql.base import Owned

Looking = Callable[[str], ColumnElement[bool] | None]


@dataclass(frozen=True)
class Field:
    """A column and what it is in SQL. `sought` is what filters and sorts look at where that is not what is shown: for a
    phone its blind index. `within` is a text that has this one inside, and a trigram index."""

    column: Column
    shown: Any
    sought: Any = None
    within: Any = None

    @property
    def compared(self) -> Any:
        """What its value is compared with."""
        return self.shown if self.sought is None else self.sought


@dataclass(frozen=True)
class Listing:
    """A list page: whose rows, what stands in each, and how they come without being asked otherwise.

    `many` is what the rows are called. `looking` says, one after the other, where a searched word is looked for, or
    None where such a word cannot stand there. `sorts` must be quick: an index of its own that ends in it. `keys` come
    with every row for its links, and are no columns.
    """

    name: str
    title: str
    many: str
    table: type[Owned]
    fields: tuple[Field, ...]
    sorts: tuple[Sort, ...]
    looking: tuple[Looking, ...] = ()
    keys: Mapping[str, Any] = field(default_factory=dict)
    joined: Callable[[Select[Any]], Select[Any]] = lambda query: query

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """Its fields."""
        return {one.column.name: one for one in self.fields}

    @cached_property
    def columns(self) -> dict[str, Column]:
        """Its columns, as the question is read with them."""
        return {one.column.name: one.column for one in self.fields}

    @property
    def phones(self) -> frozenset[str]:
        """The columns of which only the last digits are shown."""
        return frozenset(name for name, column in self.columns.items() if column.kind is Kind.PHONE)
