"""When the venue, its bar and its kitchen take orders, and when alcohol may be sold, on the venue's own clock.

A span belongs to the day it begins on and may run past midnight. What begins where another ends is one opening: there
are no last orders between the two.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

DAY = 24 * 60
WEEK = 7
LONGEST_NOTICE = 12 * 60
MOST_OPENINGS = 50

# Minutes after local midnight, the end behind the beginning and at most a day later.
Span = tuple[int, int]
Spans = tuple[Span, ...]
Opening = tuple[datetime, datetime]

AROUND_THE_CLOCK: tuple[Spans, ...] = (((0, DAY),),) * WEEK


@dataclass(frozen=True)
class Schedule:
    """Spans by weekday, Monday first; a date may have its own, or none. `last_orders`: minutes before the end."""

    week: tuple[Spans, ...] = AROUND_THE_CLOCK
    dates: tuple[tuple[date, Spans], ...] = ()
    last_orders: int = 0
    zone: str = "Africa/Nairobi"

    @cached_property
    def always(self) -> bool:
        """Whether there is nothing to look up."""
        return self.week == AROUND_THE_CLOCK and not self.dates

    def spans(self, day: date) -> Spans:
        """What begins on this day."""
        return next((spans for exception, spans in self.dates if exception == day), self.week[day.weekday()])


class Shut(StrEnum):
    """Why something cannot be ordered now."""

    HOUSE = "house"
    BAR = "bar"
    KITCHEN = "kitchen"
    ALCOHOL = "alcohol"
    FOOD_ONLY = "food_only"
    ITEM = "item"


@dataclass(frozen=True)
class Hours:
    """The hours of a whole venue. `food_only`: the kitchen sells, the bar does not, whatever the clock says."""

    house: Schedule = field(default_factory=Schedule)
    bar: Schedule = field(default_factory=Schedule)
    kitchen: Schedule = field(default_factory=Schedule)
    alcohol: Schedule = field(default_factory=Schedule)
    food_only: bool = False

    @cached_property
    def always(self) -> bool:
        """Whether everything is sold at any hour."""
        parts = (self.house, self.bar, self.kitchen, self.alcohol)
        return not self.food_only and all(part.always for part in parts)

    def shut(self, kitchen: bool, alcoholic: bool, moment: datetime, ordered: bool = False) -> Shut | None:
        """Why this cannot be sold at this moment; what was `ordered` before last orders may be paid until the end."""
        if not _sells(self.house, moment, ordered):
            return Shut.HOUSE
        if self.food_only and not kitchen:
            return Shut.FOOD_ONLY
        if not _sells(self.kitchen if kitchen else self.bar, moment, ordered):
            return Shut.KITCHEN if kitchen else Shut.BAR
        return Shut.ALCOHOL if alcoholic and not _sells(self.alcohol, moment, ordered) else None

    def opens(self, why: Shut, moment: datetime) -> datetime | None:
        """When this reason ends, if the schedule of the house says so."""
        return None if why in (Shut.FOOD_ONLY, Shut.ITEM) else next_opening(getattr(self, why.value), moment)


def is_open(schedule: Schedule, moment: datetime) -> bool:
    """Whether the doors are open: until the very end, last orders or not."""
    return schedule.always or any(start <= moment < end for start, end in _openings(schedule, moment))


def takes_orders(schedule: Schedule, moment: datetime) -> bool:
    """Whether it is open, and last orders are still to come."""
    return schedule.always or any(start <= moment < end for start, end in _ordering(schedule, moment))


def next_opening(schedule: Schedule, moment: datetime) -> datetime | None:
    """When orders are taken (again), the moment itself if they are; nothing where no opening is foreseen."""
    if takes_orders(schedule, moment):
        return moment
    notice = timedelta(minutes=schedule.last_orders)
    ahead = (start for start, end in _openings_of(schedule, _days_ahead(schedule, moment)) if start < end - notice)
    return next((start for start in ahead if start > moment), None)


def served(schedules: Iterable[Schedule], moment: datetime, ordered: bool = False) -> bool:
    """Whether a product is served by all hours that it and its heading keep."""
    return all(_sells(schedule, moment, ordered) for schedule in schedules)


def served_from(schedules: Sequence[Schedule], moment: datetime) -> datetime | None:
    """When all of them take orders (again); nothing where that is not foreseen within some weeks."""
    for _ in range(MOST_OPENINGS):
        openings = [next_opening(schedule, moment) for schedule in schedules]
        latest = max((opening for opening in openings if opening), default=moment)
        if None in openings or latest == moment:
            return None if None in openings else moment
        moment = latest
    return None


def orders_until(schedule: Schedule, moment: datetime) -> datetime | None:
    """When last orders come, if orders are taken now and they come within a day."""
    if schedule.always:
        return None
    end = next((end for start, end in _ordering(schedule, moment) if start <= moment < end), None)
    return end if end is not None and end - moment <= timedelta(days=1) else None


def _sells(schedule: Schedule, moment: datetime, ordered: bool) -> bool:
    return is_open(schedule, moment) if ordered else takes_orders(schedule, moment)


def _ordering(schedule: Schedule, moment: datetime) -> Iterator[Opening]:
    notice = timedelta(minutes=schedule.last_orders)
    return ((start, end - notice) for start, end in _openings(schedule, moment))


def _openings(schedule: Schedule, moment: datetime) -> tuple[Opening, ...]:
    return _openings_around(schedule, moment.astimezone(ZoneInfo(schedule.zone)).date())


@lru_cache(maxsize=4096)
def _openings_around(schedule: Schedule, day: date) -> tuple[Opening, ...]:
    """A span and the notice of last orders reach over two midnights at most."""
    return tuple(_openings_of(schedule, _near(day, -2, 3)))


def _openings_of(schedule: Schedule, days: Iterable[date]) -> list[Opening]:
    """What is open on these days as moments in time, in order, with no seam where one follows another."""
    zone = ZoneInfo(schedule.zone)
    moments = sorted((_moment(d, start, zone), _moment(d, end, zone)) for d in days for start, end in schedule.spans(d))
    joined: list[Opening] = []
    for start, end in moments:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        elif start < end:
            joined.append((start, end))
    return joined


def _moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """A time on the wall clock: the first of one that comes twice in autumn, after the gap of one skipped in spring."""
    midnight = datetime.combine(day, time())
    return (midnight + timedelta(minutes=minute)).replace(tzinfo=zone).astimezone(UTC)


def _days_ahead(schedule: Schedule, moment: datetime) -> list[date]:
    """The days among which the next opening must be: this week, and a week after every exception still to come."""
    today = moment.astimezone(ZoneInfo(schedule.zone)).date()
    days = set(_near(today, -2, WEEK + 2))
    for exception, _ in schedule.dates:
        if exception >= today:
            days.update(_near(exception, -1, WEEK + 2))
    return sorted(days)


def _near(day: date, first: int, behind: int) -> Iterator[date]:
    """Days around this one, as far as the calendar goes."""
    number = day.toordinal()
    return map(date.fromordinal, range(max(number + first, 2), min(number + behind, date.max.toordinal() - 2)))
