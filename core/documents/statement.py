"""Figures in parts, the same on paper, in a sheet, and as comma-separated values: what closings and reports are."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from core.conversation.catalogues import ENGLISH, money
from core.documents.layout import Block, Heading, Pair, Paper, Rule, Table, Words
from core.domain.closing import Figure
from core.domain.listing.words import PAID_BY

Row = tuple[str, int | None, Decimal]


@dataclass(frozen=True)
class Part:
    """One table of it: what each line is, how many (where they are counted), how much. `sums` are the lines that add
    the others up."""

    heading: str
    rows: tuple[Row, ...]
    sums: tuple[str, ...] = ()

    @property
    def counted(self) -> bool:
        """Whether each line says how many."""
        return all(count is not None for _, count, _ in self.rows)

    @property
    def counts(self) -> bool:
        """Whether any line does."""
        return any(count is not None for _, count, _ in self.rows)


@dataclass(frozen=True)
class Statement:
    """All of it: `at` is when it was so (UTC), `facts` stand above the figures, the venue's name the first of them."""

    title: str
    at: datetime
    currency: str
    facts: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]

    @property
    def venue(self) -> str:
        """Whose figures these are."""
        return self.facts[0][1]


def shared(heading: str, figures: tuple[Figure, ...]) -> Part:
    """What a sum is made of."""
    return Part(heading, tuple((one.name, one.count, one.amount) for one in figures))


def paid_by(heading: str, figures: tuple[Figure, ...]) -> Part:
    """The money that paid, by how, as people call that."""
    return shared(heading, tuple(replace(one, name=PAID_BY.get(one.name, one.name)) for one in figures))


def on_paper(said: Statement) -> Paper:
    """Everything from top to bottom."""
    return Paper(said.title, said.at, f"{said.venue} · {said.title}", tuple(_blocks(said)))


def _blocks(said: Statement) -> Iterator[Block]:
    yield Heading(said.venue, large=True)
    yield Words(said.title)
    yield Rule()
    for label, value in said.facts[1:]:
        yield Pair(label, value)
    for part in said.parts:
        yield Heading(part.heading)
        yield from (_counted if part.counted else _plain)(said.currency, part)


def _counted(currency: str, part: Part) -> Iterator[Block]:
    rows = tuple((name, str(count), money(ENGLISH, amount, currency)) for name, count, amount in part.rows)
    yield Table(("", "Count", "Amount"), (18, 34), rows)


def _plain(currency: str, part: Part) -> Iterator[Block]:
    for name, count, amount in part.rows:
        label = name if count is None else f"{name} ({count} orders)"
        yield Pair(label, money(ENGLISH, amount, currency), strong=name in part.sums)
