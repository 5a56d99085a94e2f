"""When a report goes out by itself."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from core.domain.report_times import Every, due_after, last_due, told_at
from core.domain.reporting import Days

NAIROBI, BERLIN = ZoneInfo("Africa/Nairobi"), ZoneInfo("Europe/Berlin")


def at(text: str, zone: ZoneInfo = NAIROBI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def test_a_daily_report_goes_out_at_its_hour_about_the_day_that_ended() -> None:
    due = due_after(Every.DAILY, 8, at("2026-11-30 08:00"), NAIROBI)
    assert due == at("2026-12-01 08:00")
    assert due_after(Every.DAILY, 8, at("2026-11-30 07:59"), NAIROBI) == at("2026-11-30 08:00")
    assert told_at(Every.DAILY, due, NAIROBI) == Days(date(2026, 11, 30), date(2026, 11, 30))


def test_a_weekly_report_goes_out_on_monday_about_the_week_that_ended() -> None:
    due = due_after(Every.WEEKLY, 9, at("2026-11-30 09:00"), NAIROBI)
    assert due == at("2026-12-07 09:00")
    assert due_after(Every.WEEKLY, 9, at("2026-11-26 12:00"), NAIROBI) == at("2026-11-30 09:00")
    assert told_at(Every.WEEKLY, due, NAIROBI) == Days(date(2026, 11, 30), date(2026, 12, 6))


def test_what_was_missed_for_days_is_told_once() -> None:
    missed = last_due(Every.DAILY, 8, at("2026-11-20 08:00"), at("2026-11-24 07:00"), NAIROBI)
    assert missed == at("2026-11-23 08:00")
    late = last_due(Every.WEEKLY, 8, at("2026-11-23 08:00"), at("2026-11-25 10:00"), NAIROBI)
    assert told_at(Every.WEEKLY, late, NAIROBI) == Days(date(2026, 11, 16), date(2026, 11, 22))


def test_the_hour_stays_when_the_clock_changes() -> None:
    due = due_after(Every.DAILY, 8, at("2026-10-24 08:00", BERLIN), BERLIN)
    assert due == at("2026-10-25 08:00", BERLIN) and due.hour == 7
