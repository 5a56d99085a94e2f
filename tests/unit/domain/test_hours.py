"""When the bar takes orders: midnights, month ends, leap days, holidays, and clocks that change."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.hours import (
    AROUND_THE_CLOCK,
    DAY,
    Hours,
    Schedule,
    Shut,
    Spans,
    is_open,
    next_opening,
    orders_until,
    takes_orders,
)
from core.domain.timetables import DAYS, read_hours, written_hours

NAIROBI, BERLIN = "Africa/Nairobi", "Europe/Berlin"


def daily(*spans: list[str]) -> dict[str, list[list[str]]]:
    return {day: list(spans) for day in DAYS}


EVERY_DAY = daily(["16:00", "03:00"])


def schedule(zone: str = NAIROBI, **data: Any) -> Schedule:
    return read_hours({"house": data}, zone).house


def at(text: str, zone: str = NAIROBI, fold: int = 0) -> datetime:
    """What the clock on the wall says."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def test_a_venue_that_says_nothing_never_closes() -> None:
    always = schedule()
    assert always.always and takes_orders(always, at("2026-02-28T23:59:59"))
    assert next_opening(always, at("2026-12-31T23:59")) == at("2026-12-31T23:59")


@pytest.mark.parametrize(
    ("clock", "wanted"),
    [
        ("2026-11-20T15:59:59", False),
        ("2026-11-20T16:00", True),
        ("2026-11-20T23:59:59", True),
        ("2026-11-21T00:00", True),
        ("2026-11-21T02:59:59.999999", True),
        ("2026-11-21T03:00", False),
        ("2026-03-01T01:00", True),  # from the last day of February
        ("2026-01-01T00:00", True),  # from last year
        ("2028-02-29T16:30", True),
        ("2028-03-01T02:30", True),  # from the leap day
        ("2027-03-01T02:30", True),  # there is none in 2027
    ],
)
def test_a_night_ends_after_midnight_whatever_the_date(clock: str, wanted: bool) -> None:
    assert is_open(schedule(week=EVERY_DAY), at(clock)) is wanted


def test_a_night_belongs_to_the_day_it_began_on() -> None:
    only_friday = schedule(week={"fri": [["18:00", "04:00"]]})
    assert is_open(only_friday, at("2026-11-21T03:59"))
    assert not is_open(only_friday, at("2026-11-20T03:59"))
    assert next_opening(only_friday, at("2026-11-21T04:00")) == at("2026-11-27T18:00")


def test_several_spans_a_day_leave_the_afternoon_off() -> None:
    kitchen = schedule(week=daily(["12:00", "15:00"], ["18:00", "22:00"]))
    assert [h for h in range(24) if is_open(kitchen, at(f"2026-11-20T{h:02}:00"))] == [12, 13, 14, 18, 19, 20, 21]
    assert next_opening(kitchen, at("2026-11-20T15:00")) == at("2026-11-20T18:00")
    assert next_opening(kitchen, at("2026-11-30T22:00")) == at("2026-12-01T12:00")


def test_last_orders_come_before_the_end() -> None:
    bar = schedule(week=EVERY_DAY, last_orders=30)
    late = at("2026-11-21T02:30")
    assert takes_orders(bar, late - timedelta(seconds=1)) and not takes_orders(bar, late)
    assert is_open(bar, late)
    assert next_opening(bar, late) == at("2026-11-21T16:00")


def test_the_guest_can_be_told_until_when() -> None:
    bar = schedule(week=EVERY_DAY, last_orders=30)
    assert orders_until(bar, at("2026-11-20T20:00")) == at("2026-11-21T02:30")
    assert orders_until(bar, at("2026-11-21T02:30")) is None
    assert orders_until(schedule(), at("2026-11-20T20:00")) is None
    assert orders_until(schedule(dates={"2026-12-25": []}), at("2026-11-20T20:00")) is None


def test_no_last_orders_where_one_day_runs_into_the_next() -> None:
    weekend = schedule(
        week={"fri": [["18:00", "24:00"]], "sat": [["00:00", "24:00"]], "sun": [["00:00", "02:00"]]}, last_orders=60
    )
    assert all(takes_orders(weekend, at(f"2026-11-{day}T23:30")) for day in (20, 21))
    assert takes_orders(weekend, at("2026-11-22T00:59")) and not takes_orders(weekend, at("2026-11-22T01:00"))


def test_last_orders_longer_than_a_span_leave_nothing_of_it() -> None:
    brief = schedule(week={"mon": [["10:00", "10:30"]], "tue": [["10:00", "12:00"]]}, last_orders=45)
    assert next_opening(brief, at("2026-11-23T09:00")) == at("2026-11-24T10:00")


def test_a_holiday_replaces_its_day_and_keeps_the_night_before() -> None:
    bar = schedule(week=EVERY_DAY, dates={"2026-12-25": [], "2026-12-31": [["12:00", "06:00"]]})
    assert is_open(bar, at("2026-12-25T02:00"))
    assert not is_open(bar, at("2026-12-25T18:00")) and not is_open(bar, at("2026-12-26T01:00"))
    assert next_opening(bar, at("2026-12-25T03:00")) == at("2026-12-26T16:00")
    assert is_open(bar, at("2027-01-01T05:59")) and not is_open(bar, at("2027-01-01T06:00"))


def test_a_venue_that_opens_on_one_date_only_says_when() -> None:
    festival = schedule(week={}, dates={"2028-02-29": [["20:00", "02:00"]]})
    assert next_opening(festival, at("2026-11-20T12:00")) == at("2028-02-29T20:00")
    assert next_opening(festival, at("2028-03-01T02:00")) is None
    assert not is_open(schedule(week={}), at("2026-11-20T12:00"))


def test_a_long_holiday_ends_with_the_first_usual_day() -> None:
    closed = [f"2026-12-{day}" for day in range(10, 32)] + [f"2027-01-0{day}" for day in range(1, 9)]
    away: dict[str, list[list[str]]] = {day: [] for day in closed}
    assert next_opening(schedule(week={"fri": [["16:00", "20:00"]]}, dates=away), at("2026-12-09T12:00")) == at(
        "2027-01-15T16:00"
    )


def test_where_the_clock_springs_forward_the_skipped_hour_is_nobodys() -> None:
    night = schedule(BERLIN, week={"sun": [["01:00", "02:30"], ["02:45", "04:00"]]})
    assert is_open(night, datetime(2026, 3, 29, 0, 59, tzinfo=UTC))
    assert is_open(night, at("2026-03-29T03:59", BERLIN)) and not is_open(night, at("2026-03-29T04:00", BERLIN))


def test_where_the_clock_falls_back_closing_time_comes_once() -> None:
    night = schedule(BERLIN, week={"sat": [["20:00", "02:30"]]})
    assert is_open(night, at("2026-10-25T02:29", BERLIN))
    assert not is_open(night, at("2026-10-25T02:29", BERLIN, fold=1))


def test_opening_time_is_the_same_on_the_wall_in_summer_and_winter() -> None:
    bar = schedule(BERLIN, week=EVERY_DAY)
    assert next_opening(bar, at("2026-10-25T10:00", BERLIN)) == datetime(2026, 10, 25, 15, 0, tzinfo=UTC)
    assert next_opening(bar, at("2026-10-24T10:00", BERLIN)) == datetime(2026, 10, 24, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_ends_of_the_calendar_are_no_trap(day: date) -> None:
    edge = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    bar = schedule(week=EVERY_DAY, dates={"9999-12-31": [["10:00", "09:00"]], "0001-01-01": []})
    assert is_open(bar, edge) in (True, False) and next_opening(bar, edge) is not edge


# --- alcohol, bar and kitchen ---

RULES: dict[str, Any] = {
    "house": {"week": daily(["12:00", "03:00"])},
    "kitchen": {"week": daily(["12:00", "22:00"]), "last_orders": 30},
    "bar": {"week": daily(["14:00", "03:00"])},
    "alcohol": {"week": daily(["17:00", "23:00"])},
}


@pytest.mark.parametrize(
    ("clock", "wine", "soda", "wings"),
    [
        ("11:59", Shut.HOUSE, Shut.HOUSE, Shut.HOUSE),
        ("13:00", Shut.BAR, Shut.BAR, None),
        ("16:00", Shut.ALCOHOL, None, None),
        ("18:00", None, None, None),
        ("21:45", None, None, Shut.KITCHEN),
        ("23:00", Shut.ALCOHOL, None, Shut.KITCHEN),
    ],
)
def test_kitchen_bar_and_alcohol_close_apart(
    clock: str, wine: Shut | None, soda: Shut | None, wings: Shut | None
) -> None:
    hours, moment = read_hours(RULES, NAIROBI), at(f"2026-11-20T{clock}")
    found = hours.shut(False, True, moment), hours.shut(False, False, moment), hours.shut(True, False, moment)
    assert found == (wine, soda, wings)


def test_what_was_ordered_before_last_orders_may_be_paid_after_them() -> None:
    hours, late = read_hours(RULES, NAIROBI), at("2026-11-20T21:45")
    assert hours.shut(True, False, late) is Shut.KITCHEN
    assert hours.shut(True, False, late, ordered=True) is None
    assert hours.shut(True, False, at("2026-11-20T22:00"), ordered=True) is Shut.KITCHEN


def test_a_food_only_night_sells_food_only() -> None:
    hours, moment = read_hours({"food_only": True}, NAIROBI), at("2026-11-20T18:00")
    assert hours.shut(False, False, moment) is Shut.FOOD_ONLY
    assert hours.shut(True, False, moment) is None
    assert hours.opens(Shut.FOOD_ONLY, moment) is None


def test_the_guest_can_be_told_when_alcohol_is_served_again() -> None:
    assert read_hours(RULES, NAIROBI).opens(Shut.ALCOHOL, at("2026-11-20T23:10")) == at("2026-11-21T17:00")


# --- as it is written ---


def test_hours_are_read_and_written_back() -> None:
    data = RULES | {"food_only": True}
    data["house"] = RULES["house"] | {"dates": {"2026-12-25": [], "2026-12-31": [["00:00", "24:00"]]}}
    hours = read_hours(data, NAIROBI)
    assert written_hours(hours) == data
    assert read_hours(written_hours(hours), NAIROBI) == hours
    assert written_hours(Hours()) == {} and read_hours({}, NAIROBI).house.week == AROUND_THE_CLOCK


@pytest.mark.parametrize(
    ("data", "named"),
    [
        ({"bars": {}}, "bars"),
        ({"bar": []}, "bar"),
        ({"bar": {"week": {"monday": []}}}, "monday"),
        ({"bar": {"week": {"mon": [["9:00", "10:00"]]}}}, "9:00"),
        ({"bar": {"week": {"mon": [["24:00", "10:00"]]}}}, "24:00"),
        ({"bar": {"week": {"mon": [["09:00"]]}}}, "span"),
        ({"bar": {"week": {"mon": "09:00"}}}, "list"),
        ({"bar": {"week": {"mon": [["09:00", "12:00"], ["11:00", "13:00"]]}}}, "overlap"),
        ({"bar": {"dates": {"25.12.2026": []}}}, "25.12.2026"),
        ({"bar": {"last_orders": -5}}, "last_orders"),
        ({"bar": {"last_orders": True}}, "last_orders"),
        ({"food_only": "yes"}, "food_only"),
    ],
)
def test_hours_that_make_no_sense_are_refused_by_name(data: Any, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        read_hours(data, NAIROBI)


# --- against a minute-by-minute reading ---

CLOCKS = st.integers(0, DAY - 1)
NIGHTS: st.SearchStrategy[Spans] = st.one_of(
    st.just(()),
    st.tuples(st.tuples(CLOCKS, st.integers(1, DAY)).map(lambda s: (s[0], s[0] + s[1]))),
)
FIRST = date(2028, 2, 26)


def covered(plan: Schedule, minute: int) -> bool:
    """The reading of a child: does any span of any day cover this minute?"""
    return any(
        day * DAY + start <= minute < day * DAY + end
        for day in range(-2, 12)
        for start, end in plan.spans(FIRST + timedelta(days=day))
    )


@settings(max_examples=300, deadline=None)
@given(
    st.lists(NIGHTS, min_size=7, max_size=7),
    st.dictionaries(st.integers(-1, 9).map(lambda n: FIRST + timedelta(days=n)), NIGHTS, max_size=3),
    st.integers(0, 7 * DAY),
    st.sampled_from((0, 15, 120)),
)
def test_opening_hours_are_what_they_say(
    week: list[Spans], dates: dict[date, Spans], minute: int, last_orders: int
) -> None:
    plan = Schedule(tuple(week), tuple(sorted(dates.items())), last_orders)
    moment = at(f"{FIRST}T00:00") + timedelta(minutes=minute)
    assert is_open(plan, moment) == covered(plan, minute)
    open_on = all(covered(plan, minute + n) for n in range(last_orders + 1))
    assert takes_orders(plan, moment) == open_on
    opening = next_opening(plan, moment)
    if opening is not None:
        assert takes_orders(plan, opening)
        before = [moment + (opening - moment) * n / 7 for n in range(7)]
        assert opening == moment or not any(takes_orders(plan, earlier) for earlier in before)
