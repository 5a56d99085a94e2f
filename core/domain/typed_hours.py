"""A week as staff type it, a line for each day: `17:00-19:00, 22:00-02:00`."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from core.domain.timetables import DAYS, read_schedule

NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEK = dict(zip(DAYS, NAMES, strict=True))


def read_week(typed: Mapping[str, str], before: Mapping[str, Any]) -> dict[str, Any]:
    """A schedule: at any hour where no day says anything, else a day without a line is closed.

    The dates that `before` had stay. Raises ValueError with a sentence naming the day.
    """
    said = {day: read_spans(day, typed.get(day, "")) for day in DAYS}
    week = {"week": {day: spans for day, spans in said.items() if spans}} if any(said.values()) else {}
    kept = {name: before[name] for name in ("dates", "last_orders") if before.get(name)}
    return week | kept


def read_spans(day: str, typed: str) -> list[list[str]]:
    """What is open on a weekday. Raises ValueError with a sentence naming the day."""
    return _checked(WEEK[day], _spans(WEEK[day], typed))


def read_dates(typed: str) -> dict[str, list[list[str]]]:
    """Days unlike others, a line each: `2026-12-25 closed`, `2026-12-31 12:00-06:00`. Raises ValueError naming one."""
    found: dict[str, list[list[str]]] = {}
    for line in filter(None, map(str.strip, typed.splitlines())):
        day, _, hours = line.partition(" ")
        try:
            date.fromisoformat(day)
        except ValueError as error:
            raise ValueError(f"{line[:40]}: begin each line with a date like 2026-12-25.") from error
        if day in found:
            raise ValueError(f"{day} stands there twice.")
        closed = hours.strip().lower() in ("closed", "")
        found[day] = [] if closed else _checked(day, _spans(day, hours))
    return found


def written_dates(dates: Mapping[str, Any]) -> str:
    """Inverse of `read_dates`."""
    return "\n".join(f"{day} {written_spans(spans) or 'closed'}" for day, spans in sorted(dates.items()))


def written_spans(spans: Iterable[Iterable[str]]) -> str:
    """Inverse of `read_spans`."""
    return ", ".join("-".join(span) for span in spans)


def written_week(hours: Mapping[str, Any]) -> dict[str, str]:
    """Inverse of `read_week`: what stands in the form."""
    week = hours.get("week", {})
    return {day: written_spans(week.get(day, ())) for day in DAYS}


def told(hours: Mapping[str, Any]) -> str:
    """In a line: `Mon, Tue 17:00-19:00`."""
    days: dict[str, list[str]] = {}
    for day, line in written_week(hours).items():
        if line:
            days.setdefault(line, []).append(day.capitalize())
    return "; ".join(f"{', '.join(names)} {line}" for line, names in days.items()) or "at any hour"


def _checked(where: str, spans: list[list[str]]) -> list[list[str]]:
    try:
        read_schedule("hours", {"week": {"mon": spans}}, "UTC")
    except ValueError as error:
        raise ValueError(f"{where}: these hours overlap or make no sense.") from error
    return spans


def _spans(where: str, typed: str) -> list[list[str]]:
    return [_span(where, part) for part in re.split(r"[,;]", typed) if part.strip()]


def _span(where: str, part: str) -> list[str]:
    found = re.fullmatch(r"\s*(\d{1,2})(?:[:.](\d{2}))?\s*(?:-|–|to)\s*(\d{1,2})(?:[:.](\d{2}))?\s*", part, re.ASCII)
    if not found:
        raise ValueError(f"{where}: write hours like 17:00-19:00, 22:00-02:00.")
    begins, ends = f"{int(found[1]):02}:{found[2] or '00'}", f"{int(found[3]):02}:{found[4] or '00'}"
    return [begins, ends]
