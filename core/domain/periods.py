"""Days and periods of a venue. A bar's day begins at six in the morning: a night belongs to its evening."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

DAY_BEGINS = timedelta(hours=6)


class Length(StrEnum):
    """How far back the dashboard looks, today included."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


DAYS = {Length.DAY: 1, Length.WEEK: 7, Length.MONTH: 30}


@dataclass(frozen=True)
class Period:
    """From `since` until `until`; `before` is where as many days earlier began, to be compared as far as the clock is
    now. All in UTC."""

    before: datetime
    since: datetime
    until: datetime

    @property
    def compared_until(self) -> datetime:
        """Where the earlier period is as old as this one is now."""
        return self.before + (self.until - self.since)


def period(length: Length, now: datetime, zone: tzinfo) -> Period:
    """The days up to now, by the venue's own clock."""
    days = timedelta(days=DAYS[length])
    today = (now.astimezone(zone) - DAY_BEGINS).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    begins = today + DAY_BEGINS - days + timedelta(days=1)
    return Period(_utc(begins - days, zone), _utc(begins, zone), now.astimezone(UTC))


def day_of(moment: datetime, zone: tzinfo) -> date:
    """The day of the venue in which this was."""
    return (moment.astimezone(zone).replace(tzinfo=None) - DAY_BEGINS).date()


def begin_of(day: date, zone: tzinfo) -> datetime:
    """When a day of the venue begins, in UTC."""
    return _utc(datetime.combine(day, time()) + DAY_BEGINS, zone)


def growth(now: int, before: int) -> int | None:
    """By how many per cent more than before; None where there was nothing to compare with."""
    return round((now - before) * 100 / before) if before else None


def _utc(local: datetime, zone: tzinfo) -> datetime:
    return local.replace(tzinfo=zone).astimezone(UTC)
