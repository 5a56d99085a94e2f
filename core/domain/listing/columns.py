"""What a column of a list holds, and which questions fit it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What stands in a column. A phone is found only whole, a relation leads to another page; a code is a name of ours,
    read and written with spaces."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    MOMENT = "moment"
    STATUS = "status"
    PHONE = "phone"
    RELATION = "relation"
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
}


@dataclass(frozen=True)
class Column:
    """One column. `words`: what each value of a status is called. `tones`: what it looks like (good, warn, bad, busy).

    Columns that are not `sortable` or not `filterable` have no index that would make it quick; one that is not `shown`
    stands in the column chooser.
    """

    name: str
    label: str
    kind: Kind = Kind.TEXT
    words: Mapping[str, str] = field(default_factory=dict)
    tones: Mapping[str, str] = field(default_factory=dict)
    sortable: bool = False
    filterable: bool = True
    shown: bool = True

    @property
    def operators(self) -> tuple[Operator, ...]:
        """The questions it answers."""
        return FITTING[self.kind] if self.filterable else ()
