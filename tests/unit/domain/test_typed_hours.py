"""Hours as staff type them."""

import pytest

from core.domain.typed_hours import read_week, told, written_week


def test_hours_are_read_however_people_write_them() -> None:
    hours = read_week({"fri": "17:00-19:00; 22 to 2", "sat": "9.30 – 24"}, {})
    assert hours == {"week": {"fri": [["17:00", "19:00"], ["22:00", "02:00"]], "sat": [["09:30", "24:00"]]}}
    assert read_week(written_week(hours), {}) == hours
    assert told(hours) == "Fri 17:00-19:00, 22:00-02:00; Sat 09:30-24:00" and told({}) == "at any hour"


def test_nothing_typed_is_any_hour_and_the_dates_stay() -> None:
    assert read_week({"fri": " "}, {}) == {}
    assert read_week({}, {"dates": {"2026-12-25": []}, "week": {"fri": []}}) == {"dates": {"2026-12-25": []}}


@pytest.mark.parametrize("typed", ["evening", "17-", "17:00", "25-26", "17:60-18:00", "17-19, 18-20", "17-19 20-21"])
def test_what_are_no_hours_is_refused_with_the_day(typed: str) -> None:
    with pytest.raises(ValueError, match="Friday:"):
        read_week({"fri": typed}, {})
