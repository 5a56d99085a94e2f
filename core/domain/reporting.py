"""What a venue did in some days, as plain numbers: what a page shows, a file holds and a manager is sent."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from core.domain.closing import Earned, Figure
from core.domain.periods import begin_of, day_of
from core.errors import Rejected

MOST_DAYS = 366
EARLIEST, LATEST = 2000, 2200
HOUR = timedelta(hours=1)
LOOKED_BACK = timedelta(days=28)
UNREADABLE = "Give the first and the last day as 2026-11-30, the last one not before the first."
TOO_LONG = f"A report holds at most {MOST_DAYS} days. Choose fewer."

Interval = tuple[datetime, datetime]


@dataclass(frozen=True)
class Days:
    """Days of a venue, both included."""

    first: date
    last: date

    @property
    def count(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    @property
    def said(self) -> str:
        """As people write them: `20 Nov 2026`, `1 – 30 Nov 2026`, `30 Oct – 2 Nov 2026`."""
        end = f"{self.last.day} {self.last:%b %Y}"
        if self.first == self.last:
            return end
        if self.first.year != self.last.year:
            return f"{self.first.day} {self.first:%b %Y} – {end}"
        month = "" if self.first.month == self.last.month else f" {self.first:%b}"
        return f"{self.first.day}{month} – {end}"

    @property
    def name(self) -> str:
        """As part of a file's name: `2026-11-01-to-2026-11-30`."""
        return str(self.first) if self.first == self.last else f"{self.first}-to-{self.last}"

    def span(self, zone: tzinfo) -> Interval:
        """From when until when, in UTC; the end is in it no more."""
        return begin_of(self.first, zone), begin_of(self.last + timedelta(days=1), zone)

    def each(self) -> list[date]:
        """One after the other."""
        return [self.first + timedelta(days=place) for place in range(self.count)]


def last_days(count: int, now: datetime, zone: tzinfo) -> Days:
    """So many days, today the last of them."""
    today = day_of(now, zone)
    return Days(today - timedelta(days=count - 1), today)


def read_days(first: str, last: str) -> Days:
    """As a form has them, `2026-11-30`; one of them alone is one day. Raises Rejected with a sentence."""
    try:
        days = Days(date.fromisoformat(first or last), date.fromisoformat(last or first))
    except ValueError:
        raise Rejected(UNREADABLE) from None
    if days.count < 1 or not EARLIEST <= days.first.year <= days.last.year <= LATEST:
        raise Rejected(UNREADABLE)
    if days.count > MOST_DAYS:
        raise Rejected(TOO_LONG)
    return days


def days_in(request: Mapping[str, Any]) -> Days:
    """The days a document is asked to be about: {first, last}."""
    return Days(date.fromisoformat(request["first"]), date.fromisoformat(request["last"]))


@dataclass(frozen=True)
class Vat:
    """What was earned at one rate: without its VAT, and that."""

    name: str
    net: Decimal
    vat: Decimal


@dataclass(frozen=True)
class Out:
    """A product that could not be had: for how many hours, and what it would have sold, by the four weeks before."""

    name: str
    hours: Decimal
    pieces: Decimal
    cost: Decimal


@dataclass(frozen=True)
class Report(Earned):
    """All that some days came to, named as in a closing; times are UTC, `timezone` is the venue's.

    `days`, `hours` (of the venue's clock), `products`, `categories` and `tables` each share out the `sales`, `methods`
    and `people` the money that paid for orders. `movers` are who moved orders, with what these are worth.
    """

    venue: str
    title: str
    currency: str
    timezone: str
    since: datetime
    until: datetime
    orders: int
    sales: Decimal
    discounts: Decimal
    returns: Decimal
    takings: Decimal
    vat: Decimal
    tips: Decimal
    refunds: Decimal
    reversals: Decimal
    cash_taken: Decimal
    cash_refunded: Decimal
    days: tuple[Figure, ...]
    hours: tuple[Figure, ...]
    products: tuple[Figure, ...]
    categories: tuple[Figure, ...]
    methods: tuple[Figure, ...]
    people: tuple[Figure, ...]
    movers: tuple[Figure, ...]
    tables: tuple[Figure, ...]
    rates: tuple[Vat, ...]
    outs: tuple[Out, ...]

    @property
    def lost(self) -> Decimal:
        """What all that could not be had would have brought in."""
        return sum((one.cost for one in self.outs), Decimal(0))


def together(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time, no moment of it twice."""
    joined: list[Interval] = []
    for since, until in sorted(intervals):
        if joined and since <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], until))
        elif since < until:
            joined.append((since, until))
    return joined


def switched_off(switches: Sequence[tuple[datetime, bool]], off_now: bool, span: Interval) -> list[Interval]:
    """When something was off, by every switch since the span began, oldest first: when, and whether it went off."""
    since, until = span
    off, begun = (not switches[0][1] if switches else off_now), since
    found: list[Interval] = []
    for at, goes_off in switches:
        if off and not goes_off:
            found.append((begun, min(at, until)))
        if goes_off and not off:
            begun = at
        off = goes_off
    return together([*found, (begun, until)] if off else found)


def lost_pieces(intervals: Iterable[Interval], sold: Mapping[int, Decimal], zone: tzinfo) -> Decimal:
    """What would have been sold meanwhile. `sold`: pieces by the hour of the venue's clock, in all of four weeks."""
    found = Decimal(0)
    for since, until in intervals:
        while since < until:
            local = since.astimezone(zone)
            end = min(since + HOUR - (local - local.replace(minute=0, second=0, microsecond=0)), until)
            share = Decimal((end - since) / HOUR)
            found += share * sold.get(local.hour, Decimal(0)) / LOOKED_BACK.days
            since = end
    return found


def hours_of(intervals: Iterable[Interval]) -> Decimal:
    """How long that is, to a tenth."""
    length = sum((until - since for since, until in intervals), timedelta())
    return Decimal(length / HOUR).quantize(Decimal("0.1"))
