"""What stands on paper, from top to bottom, before anybody draws it."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Heading:
    """One bold line; `large` for the name of the house."""

    text: str
    large: bool = False


@dataclass(frozen=True)
class Words:
    """A paragraph."""

    text: str
    soft: bool = False


@dataclass(frozen=True)
class Pair:
    """A label on the left, its value on the right; `strong` for what counts."""

    label: str
    value: str
    strong: bool = False


@dataclass(frozen=True)
class Table:
    """The first column on the left and as wide as may be, the others on the right, as wide as `widths` (mm) says;
    `left`: all of them on the left."""

    headings: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]
    left: bool = False


@dataclass(frozen=True)
class Rule:
    """A line across."""


@dataclass(frozen=True)
class Codes:
    """QR codes side by side: the text in each, and what it is for."""

    codes: tuple[tuple[str, str], ...]


Block = Heading | Words | Pair | Table | Rule | Codes


@dataclass(frozen=True)
class Paper:
    """A document: `title` names it, `at` is when what it says was so, `foot` stands on every page. `wide` for lists."""

    title: str
    at: datetime
    foot: str
    blocks: tuple[Block, ...] = field(default=())
    wide: bool = False
