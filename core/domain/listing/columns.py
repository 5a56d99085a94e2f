"""What a column of a list holds, and which questions fit it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What stands in a column. A phone is found only whole, a relation leads to another page; a code is a name of ours,
    read and written with spaces. Tags are a list of words. Progress is a number beside what would be full, which rows
    carry as `<name>_full`.
    """

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    MOMENT = "moment"
    STATUS = "status"
    PHONE = "phone"
    RELATION = "relation"
    TAGS = "tags"
    IMAGE = "image"
    PROGRESS = "progress"
    CODE = "code"


class Operator(StrEnum):
    """How a column is compared. Days are the venue's own; `from` and `to` take their own value in."""

    CONTAINS = "contains"
    IS = "is"
    FROM = "from"
    TO = "to"
    AMONG = "in"
    NOT_AMONG = "not"


_WORDS = (Operator.CONTAINS, Operator.IS)
_RANGE = (Operator.IS, Operator.FROM, Operator.TO)
FITTING: Mapping[Kind, tuple[Operator, ...]] = {
    Kind.TEXT: _WORDS,
    Kind.RELATION: _WORDS,
    Kind.CODE: _WORDS,
    Kind.NUMBER: _RANGE,
    Kind.MONEY: _RANGE,
    Kind.MOMENT: _RANGE,
    Kind.STATUS: (Operator.AMONG, Operator.NOT_AMONG),
    Kind.PHONE: (Operator.IS,),
    Kind.TAGS: (Operator.CONTAINS,),
    Kind.IMAGE: (),
    Kind.PROGRESS: _RANGE,
}


@dataclass(frozen=True)
class Mark:
    """How a number looks from `least` to `most`, each a number or what the row has under that name."""

    tone: str
    least: int | str | None = None
    most: int | str | None = None

    def fits(self, value: Any, row: Mapping[str, Any]) -> bool:
        """Whether this number of this row is marked so; where a row has no such end, it is not."""
        if any(isinstance(end, str) and row[end] is None for end in (self.least, self.most)):
            return False
        least, most = (row[end] if isinstance(end, str) else end for end in (self.least, self.most))
        return (least is None or value >= least) and (most is None or value <= most)


@dataclass(frozen=True)
class Column:
    """One column. `words`: what each value of a status is called. `tones`: what it looks like (good, warn, bad, busy).
    `marks`: what a number looks like, the first that fits.

    Columns that are not `sortable` or not `filterable` have no index that would make it quick; one that is not `shown`
    stands in the column chooser.
    """

    name: str
    label: str
    kind: Kind = Kind.TEXT
    words: Mapping[str, str] = field(default_factory=dict)
    tones: Mapping[str, str] = field(default_factory=dict)
    marks: tuple[Mark, ...] = ()
    sortable: bool = False
    filterable: bool = True
    shown: bool = True

    @property
    def operators(self) -> tuple[Operator, ...]:
        """The questions it answers."""
        return FITTING[self.kind] if self.filterable else ()

    def tone(self, row: Mapping[str, Any]) -> str:
        """How its cell looks in this row; empty: like all others."""
        value = row[self.name]
        return "" if value is None else next((one.tone for one in self.marks if one.fits(value, row)), "")
