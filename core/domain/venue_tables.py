"""The tables of a venue as staff write them: `1-20, 25`."""

import re
from collections.abc import Iterable
from itertools import groupby

LAST = 9999  # what fits into the code on a table (`core.domain.table_codes`)
MOST = 500


def read_numbers(typed: str) -> list[int]:
    """Numbers and ranges, in order and each once. Raises ValueError with a sentence."""
    found: set[int] = set()
    for part in filter(None, re.split(r"[,;\s]+", re.sub(r"\s*(?:-|–|to)\s*", "-", typed.strip().lower()))):
        if not re.fullmatch(r"[0-9]{1,4}(-[0-9]{1,4})?", part, re.ASCII):
            raise ValueError(f"“{part[:20]}” is no table. Write numbers and ranges, like 1-20, 25.")
        first, _, last = part.partition("-")
        found.update(_range(int(first), int(last or first)))
    if not found:
        raise ValueError("Write numbers and ranges, like 1-20, 25.")
    if len(found) > MOST:
        raise ValueError(f"At most {MOST} tables at once.")
    return sorted(found)


def written(numbers: Iterable[int]) -> str:
    """Inverse of `read_numbers`: `1-20, 25`."""
    runs = groupby(enumerate(sorted(numbers)), lambda pair: pair[1] - pair[0])
    lists = [[number for _, number in run] for _, run in runs]
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in lists)


def _range(first: int, last: int) -> range:
    if not 1 <= first <= last:
        raise ValueError(f"{first}-{last} is no range: begin with the smaller number, from 1.")
    return range(first, last + 1)
