"""When reports go out by themselves, and about which days."""

from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum

from core.domain.periods import day_of
from core.domain.reporting import Days

# Not before the day it is about has ended.
HOURS = range(6, 24)
DAY, WEEK = timedelta(days=1), timedelta(days=7)
MONDAY = 0


class Every(StrEnum):
    """How often; a week ends with its Sunday and is told on Monday."""

    DAILY = "daily"
    WEEKLY = "weekly"


class Way(StrEnum):
    """How it comes."""

    MAIL = "mail"
    WHATSAPP = "whatsapp"


def due_after(every: Every, hour: int, moment: datetime, zone: tzinfo) -> datetime:
    """The next time it goes out, in UTC, at this hour of the venue's clock."""
    local = moment.astimezone(zone).replace(tzinfo=None)
    due = datetime.combine(local.date(), time(hour))
    if every is Every.WEEKLY:
        due += DAY * ((MONDAY - due.weekday()) % 7)
    if due <= local:
        due += WEEK if every is Every.WEEKLY else DAY
    return due.replace(tzinfo=zone).astimezone(UTC)


def last_due(every: Every, hour: int, due_at: datetime, now: datetime, zone: tzinfo) -> datetime:
    """What was missed while nobody looked is told once: the last time it should have gone out by now."""
    while (later := due_after(every, hour, due_at, zone)) <= now:
        due_at = later
    return due_at


def told_at(every: Every, due_at: datetime, zone: tzinfo) -> Days:
    """The day that has ended, or the week."""
    last = day_of(due_at, zone) - DAY
    return Days(last - WEEK + DAY if every is Every.WEEKLY else last, last)
