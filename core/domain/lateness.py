"""After how many minutes an open order is late: the board turns it amber, then red."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LONGEST = 24 * 60


@dataclass(frozen=True)
class Lateness:
    """In minutes since it was paid."""

    amber: int = 10
    red: int = 20


def read_lateness(data: Mapping[str, Any]) -> Lateness:
    """The limits as the workspace keeps them. Raises ValueError naming what cannot be meant."""
    if strange := [name for name in data if name not in Lateness.__dataclass_fields__]:
        raise ValueError(f"lateness: {strange[0]!r} must be amber or red")
    found = Lateness(**data)
    whole = all(isinstance(value, int) and not isinstance(value, bool) for value in vars(found).values())
    if not whole or not 0 < found.amber < found.red <= LONGEST:
        raise ValueError("lateness: whole minutes, amber before red, within a day")
    return found
