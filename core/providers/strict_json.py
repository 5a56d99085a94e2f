"""JSON without its traps."""

import json
from typing import Any


def strict_json(body: bytes) -> Any:
    """Read JSON; a repeated key, NaN, Infinity and bottomless nesting are errors too. Raises ValueError."""
    try:
        return json.loads(body, object_pairs_hook=_unique, parse_constant=_refuse, parse_float=_number)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise ValueError("a key is repeated")
    return read


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


def _number(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError("a number is too large")
    return number
