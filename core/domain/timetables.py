"""Hours as staff write them and the workspace keeps them, read strictly: what makes no sense is named.

    {"house": {"week": {"mon": [["16:00", "03:00"]], "sun": [["12:00", "24:00"]]},
               "dates": {"2026-12-25": []}, "last_orders": 30},
     "kitchen": …, "bar": …, "alcohol": …, "food_only": false}

A part left out is open round the clock; a weekday left out of a week is closed. An end not later than its beginning is
on the next day.
"""

import re
from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from core.domain.hours import AROUND_THE_CLOCK, DAY, LONGEST_NOTICE, Hours, Schedule, Span, Spans

PARTS = ("house", "bar", "kitchen", "alcohol")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_DATES = 400
MOST_SPANS = 12

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00")


def read_hours(data: Mapping[str, Any], zone: str) -> Hours:
    """The venue's hours in its time zone. Raises ValueError naming what cannot be meant."""
    _known(data, (*PARTS, "food_only"), "hours")
    parts = {part: read_schedule(part, data[part], zone) for part in PARTS if part in data}
    food_only = data.get("food_only", False)
    if not isinstance(food_only, bool):
        raise ValueError("food_only: must be true or false")
    return Hours(**{part: Schedule(zone=zone) for part in PARTS} | parts, food_only=food_only)


def read_schedule(part: str, data: Any, zone: str) -> Schedule:
    """One schedule: of a part of the house, a product, a price list. Raises ValueError naming what cannot be meant."""
    _known(data, ("week", "dates", "last_orders"), part)
    last_orders = data.get("last_orders", 0)
    if not isinstance(last_orders, int) or isinstance(last_orders, bool) or not 0 <= last_orders <= LONGEST_NOTICE:
        raise ValueError(f"{part}.last_orders: must be 0 to {LONGEST_NOTICE} minutes")
    week = _week(f"{part}.week", data["week"]) if "week" in data else AROUND_THE_CLOCK
    return Schedule(week, _dates(f"{part}.dates", data.get("dates", {})), last_orders, zone)


def _week(where: str, data: Any) -> tuple[Spans, ...]:
    _known(data, DAYS, where)
    return tuple(_spans(f"{where}.{day}", data.get(day, ())) for day in DAYS)


def _dates(where: str, data: Any) -> tuple[tuple[date, Spans], ...]:
    if not isinstance(data, Mapping) or len(data) > MOST_DATES:
        raise ValueError(f"{where}: must name at most {MOST_DATES} dates")
    return tuple(sorted((_date(where, day), _spans(f"{where}.{day}", spans)) for day, spans in data.items()))


def _date(where: str, text: Any) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{where}: {text!r} is no date like 2026-12-25") from error


def _spans(where: str, data: Any) -> Spans:
    if not isinstance(data, list | tuple) or len(data) > MOST_SPANS:
        raise ValueError(f"{where}: must be a list of at most {MOST_SPANS} spans")
    spans = tuple(sorted(_span(where, span) for span in data))
    if any(before[1] > after[0] for before, after in pairwise(spans)):
        raise ValueError(f"{where}: spans overlap")
    return spans


def _span(where: str, data: Any) -> Span:
    if not isinstance(data, list | tuple) or len(data) != 2:
        raise ValueError(f'{where}: a span is ["16:00", "03:00"]')
    start, end = (_minute(where, clock) for clock in data)
    if start == DAY:
        raise ValueError(f"{where}: nothing begins at 24:00")
    return start, end if end > start else end + DAY


def _minute(where: str, clock: Any) -> int:
    found = _CLOCK.fullmatch(clock) if isinstance(clock, str) else None
    if found is None:
        raise ValueError(f"{where}: {clock!r} is no time like 16:00")
    return int(found[1]) * 60 + int(found[2]) if found[1] else DAY


def _known(data: Any, names: tuple[str, ...], where: str) -> None:
    if not isinstance(data, Mapping):
        raise ValueError(f"{where}: must be an object")
    if strange := [name for name in data if name not in names]:
        raise ValueError(f"{where}: {strange[0]!r} is not one of {', '.join(names)}")


def written_hours(hours: Hours) -> dict[str, Any]:
    """Inverse of `read_hours`, with nothing in it that goes without saying."""
    parts = {part: written_schedule(getattr(hours, part)) for part in PARTS}
    said = {part: data for part, data in parts.items() if data}
    return said | ({"food_only": True} if hours.food_only else {})


def written_schedule(schedule: Schedule) -> dict[str, Any]:
    """Inverse of `read_schedule`; empty where it is always."""
    found: dict[str, Any] = {}
    if schedule.week != AROUND_THE_CLOCK:
        week = zip(DAYS, schedule.week, strict=True)
        found["week"] = {day: _clocks(spans) for day, spans in week if spans}
    if schedule.dates:
        found["dates"] = {day.isoformat(): _clocks(spans) for day, spans in schedule.dates}
    return found | ({"last_orders": schedule.last_orders} if schedule.last_orders else {})


def _clocks(spans: Spans) -> list[list[str]]:
    return [[_clock(start), "24:00" if end == DAY else _clock(end % DAY)] for start, end in spans]


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
