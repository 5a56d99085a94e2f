"""Taking fields out of what Meta posts: whatever is missing or of another kind reads as nothing."""

from typing import Any


def mapping(value: Any, name: str) -> dict[str, Any]:
    """An object inside an object."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def text(value: Any, name: str) -> str:
    """A string inside an object."""
    found = value.get(name) if isinstance(value, dict) else None
    return whole(found) if isinstance(found, str) else ""


def whole(found: str) -> str:
    """Without what the stores cannot keep: halves of surrogate pairs, and NUL."""
    if found.isascii() and "\x00" not in found:
        return found
    return found.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\x00", "")


def items(value: Any, name: str) -> list[Any]:
    """A list inside an object."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, list) else []


def when(value: dict[str, Any], now: float) -> float:
    """Meta's timestamp in epoch seconds; a clock ahead of ours would put a message behind every later one."""
    found = str(value.get("timestamp", ""))
    return min(float(found), now) if found.isascii() and found.isdigit() and len(found) < 12 else now
