"""A week as staff type it, a line for each day: `17:00-19:00, 22:00-02:00`."""

import re
from collections.abc import Mapping
from typing import Any

from core.domain.timetables import DAYS, read_schedule

NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEK = dict(zip(DAYS, NAMES, strict=True))


def read_week(typed: Mapping[str, str], before: Mapping[str, Any]) -> dict[str, Any]:
    """A schedule: at any hour where no day says anything, else a day without a line is closed.

    The dates that `before` had stay. Raises ValueError with a sentence naming the day.
    """
    said = {day: _spans(day, typed.get(day, "")) for day in DAYS}
    week = {"week": {day: spans for day, spans in said.items() if spans}} if any(said.values()) else {}
    kept = {name: before[name] for name in ("dates", "last_orders") if before.get(name)}
    for day, spans in week.get("week", {}).items():
        try:
            read_schedule("hours", {"week": {day: spans}}, "UTC")
        except ValueError as error:
            raise ValueError(f"{WEEK[day]}: these hours overlap or make no sense.") from error
    return week | kept


def written_week(hours: Mapping[str, Any]) -> dict[str, str]:
    """Inverse of `read_week`: what stands in the form."""
    week = hours.get("week", {})
    return {day: ", ".join("-".join(span) for span in week.get(day, ())) for day in DAYS}


def told(hours: Mapping[str, Any]) -> str:
    """In a line: `Mon, Tue 17:00-19:00`."""
    days: dict[str, list[str]] = {}
    for day, line in written_week(hours).items():
        if line:
            days.setdefault(line, []).append(day.capitalize())
    return "; ".join(f"{', '.join(names)} {line}" for line, names in days.items()) or "at any hour"


def _spans(day: str, typed: str) -> list[list[str]]:
    return [_span(day, part) for part in re.split(r"[,;]", typed) if part.strip()]


def _span(day: str, part: str) -> list[str]:
    found = re.fullmatch(r"\s*(\d{1,2})(?:[:.](\d{2}))?\s*(?:-|–|to)\s*(\d{1,2})(?:[:.](\d{2}))?\s*", part, re.ASCII)
    if not found:
        raise ValueError(f"{WEEK[day]}: write hours like 17:00-19:00, 22:00-02:00.")
    begins, ends = f"{int(found[1]):02}:{found[2] or '00'}", f"{int(found[3]):02}:{found[4] or '00'}"
    return [begins, ends]
