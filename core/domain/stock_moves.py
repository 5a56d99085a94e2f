"""What staff do at the shelf, and what it makes of the count."""

from enum import StrEnum

from core.domain.menu_fields import MOST_STOCK
from core.domain.recipes import MOST_MEASURED
from core.domain.statuses import MovementReason, Unit
from core.domain.typed import Reader, line, one_of, whole

LONGEST_NOTE = 200


class Kind(StrEnum):
    """What was done."""

    COUNTED = "counted"
    RECEIVED = "received"
    WASTED = "wasted"
    ADJUSTED = "adjusted"

    @property
    def reason(self) -> MovementReason:
        """Why the count changed, as the history names it."""
        return _REASONS[self]


_REASONS = {
    Kind.COUNTED: MovementReason.CORRECTED,
    Kind.RECEIVED: MovementReason.RECEIVED,
    Kind.WASTED: MovementReason.WASTED,
    Kind.ADJUSTED: MovementReason.ADJUSTED,
}


def moved(kind: Kind, quantity: int, on_hand: int) -> int:
    """By how much the count changes: a count says what is there, the others what came or went."""
    if kind is Kind.COUNTED:
        return quantity - on_hand
    return -quantity if kind is Kind.WASTED else quantity


def readers(kind: Kind, unit: Unit = Unit.PIECE) -> dict[str, Reader]:
    """How a form of this kind is read: what went or was put right needs its reason."""
    most = MOST_STOCK if unit is Unit.PIECE else MOST_MEASURED
    least = {Kind.COUNTED: 0, Kind.ADJUSTED: -most}.get(kind, 1)
    why = kind in (Kind.WASTED, Kind.ADJUSTED)
    return {"quantity": whole(least, most), "note": line(1 if why else 0, LONGEST_NOTE)}


read_kind = one_of({kind.value: kind for kind in Kind})
