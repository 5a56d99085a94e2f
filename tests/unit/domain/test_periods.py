"""What the dashboard compares with what."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from core.domain.periods import Length, growth, period

NAIROBI = ZoneInfo("Africa/Nairobi")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NAIROBI).astimezone(UTC)


def test_a_night_belongs_to_its_evening() -> None:
    found = period(Length.DAY, at("2026-11-21 02:30"), NAIROBI)
    assert (found.since, found.until) == (at("2026-11-20 06:00"), at("2026-11-21 02:30"))
    assert (found.before, found.compared_until) == (at("2026-11-19 06:00"), at("2026-11-20 02:30"))


def test_at_six_a_new_day_begins() -> None:
    assert period(Length.DAY, at("2026-11-21 06:00"), NAIROBI).since == at("2026-11-21 06:00")
    assert period(Length.DAY, at("2026-11-21 05:59"), NAIROBI).since == at("2026-11-20 06:00")


@pytest.mark.parametrize(
    ("length", "since", "before"), [(Length.WEEK, "11-14", "11-07"), (Length.MONTH, "10-22", "09-22")]
)
def test_weeks_and_months_hold_today(length: Length, since: str, before: str) -> None:
    found = period(length, at("2026-11-20 20:00"), NAIROBI)
    assert (found.since, found.before) == (at(f"2026-{since} 06:00"), at(f"2026-{before} 06:00"))


def test_a_day_with_an_hour_less_still_begins_at_six() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    found = period(Length.DAY, datetime(2026, 3, 29, 10, tzinfo=UTC), berlin)
    assert found.since.astimezone(berlin).hour == found.before.astimezone(berlin).hour == 6


@pytest.mark.parametrize(
    ("now", "before", "wanted"), [(150, 100, 50), (50, 100, -50), (0, 8, -100), (3, 0, None), (0, 0, None)]
)
def test_growth_is_in_per_cent_and_nothing_is_not_compared_with(now: int, before: int, wanted: int | None) -> None:
    assert growth(now, before) == wanted
