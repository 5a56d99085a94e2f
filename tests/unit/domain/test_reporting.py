"""The days a report is about, and what it would have been had nothing run out."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from core.domain.periods import begin_of, day_of
from core.domain.reporting import Days, hours_of, last_days, lost_pieces, switched_off, together

NAIROBI, BERLIN = ZoneInfo("Africa/Nairobi"), ZoneInfo("Europe/Berlin")


def at(text: str, zone: ZoneInfo = NAIROBI) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=zone).astimezone(UTC)


def test_the_hours_after_midnight_belong_to_the_evening_before_also_over_the_months_end() -> None:
    assert day_of(at("12-01 02:30"), NAIROBI) == date(2026, 11, 30)
    assert day_of(at("12-01 06:00"), NAIROBI) == date(2026, 12, 1)
    assert Days(date(2026, 11, 30), date(2026, 11, 30)).span(NAIROBI) == (at("11-30 06:00"), at("12-01 06:00"))


def test_thirty_days_end_today() -> None:
    days = last_days(30, at("11-20 03:00"), NAIROBI)
    assert (days.first, days.last, days.count) == (date(2026, 10, 21), date(2026, 11, 19), 30)
    assert len(days.each()) == 30 and days.each()[-1] == days.last


def test_a_day_on_which_the_clock_changes_is_an_hour_longer_and_none_is_lost() -> None:
    autumn = date(2026, 10, 25)
    since, until = Days(date(2026, 10, 24), date(2026, 10, 24)).span(BERLIN)
    assert until - since == timedelta(hours=25) and until == begin_of(autumn, BERLIN)


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2026-11-20", "2026-11-20", "20 Nov 2026"),
        ("2026-11-01", "2026-11-30", "1 – 30 Nov 2026"),
        ("2026-10-30", "2026-11-02", "30 Oct – 2 Nov 2026"),
        ("2026-12-31", "2027-01-01", "31 Dec 2026 – 1 Jan 2027"),
    ],
)
def test_days_are_named_as_people_write_them(first: str, last: str, said: str) -> None:
    assert Days(date.fromisoformat(first), date.fromisoformat(last)).said == said


def test_time_that_is_empty_and_taken_off_counts_once() -> None:
    evening = [(at("11-20 20:00"), at("11-20 22:00")), (at("11-20 21:00"), at("11-20 23:00"))]
    assert together([*evening, (at("11-21 01:00"), at("11-21 01:00"))]) == [(at("11-20 20:00"), at("11-20 23:00"))]
    assert hours_of(together(evening)) == 3


def test_what_staff_took_off_is_off_until_it_is_back() -> None:
    span = (at("11-20 06:00"), at("11-21 06:00"))
    evening, night = at("11-20 20:00"), at("11-20 23:00")
    assert switched_off([], False, span) == []
    assert switched_off([], True, span) == [span]
    assert switched_off([(evening, True), (night, False)], False, span) == [(evening, night)]
    assert switched_off([(evening, False)], False, span) == [(span[0], evening)]
    assert switched_off([(evening, True)], True, span) == [(evening, span[1])]
    assert switched_off([(span[1] + timedelta(hours=1), True)], True, span) == []
    assert switched_off([(evening, True), (night, True)], True, span) == [(evening, span[1])]


def test_what_would_have_sold_goes_by_the_hours_it_was_missing() -> None:
    sold = {20: Decimal(56), 21: Decimal(28)}
    assert lost_pieces([(at("11-20 20:30"), at("11-20 22:30"))], sold, NAIROBI) == 2
    assert lost_pieces([(at("11-20 09:00"), at("11-20 12:00"))], sold, NAIROBI) == 0
    assert lost_pieces([(at("11-18 20:00"), at("11-20 20:00"))], sold, NAIROBI) == 6
