"""A night by the clock: midnight, last orders, the ends of months, from a word on the phone to a row in the books."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from core.domain.timetables import DAYS
from core.services.program import Program
from core.store.sql.tables import Order, Payment, Workspace
from tests.integration.guests.test_in_pieces import Otieno
from tests.integration.sql.bar import Bar

NAIROBI = ZoneInfo("Africa/Nairobi")


def daily(*spans: tuple[str, str], **more: Any) -> dict[str, Any]:
    return {"week": {day: [list(span) for span in spans] for day in DAYS}} | more


HOURS = {
    "house": daily(("12:00", "03:00"), last_orders=30, dates={"2037-12-25": []}),
    "kitchen": daily(("12:00", "24:00")),
}


@pytest.fixture
def otieno(bar: Bar, program: Program) -> Otieno:
    bar.change(Workspace, bar.workspace_id, hours=HOURS, timezone="Africa/Nairobi")
    return Otieno(bar, program)


def at(otieno: Otieno, clock: str, *texts: str, taps: str = "") -> str:
    """What he reads last, of what he writes or taps at this time of the house's clock."""
    moment = datetime.fromisoformat(clock).replace(tzinfo=NAIROBI).astimezone(UTC)
    with time_machine.travel(moment, tick=True):
        otieno.taps(taps) if taps else otieno.writes(*texts)
        return otieno.served()[-1]


def booked(otieno: Otieno) -> tuple[int, int]:
    """Orders and payments in the books."""
    return otieno.bar.count(Order), otieno.bar.count(Payment)


@pytest.mark.parametrize("day", ["2037-11-30", "2037-12-31", "2038-02-28", "2040-02-29"])
def test_the_kitchen_closes_at_midnight_also_where_a_month_ends(otieno: Otieno, day: str) -> None:
    assert "1 × Wings" in at(otieno, f"{day}T23:59", "1 wings and 1 tusker to table 7")
    assert "Wings" in (answer := at(otieno, _next(day, "00:00"), taps="Pay with M-Pesa")) and "kitchen" in answer
    assert booked(otieno) == (0, 0)
    assert "350" in at(otieno, _next(day, "00:01"), taps="Pay with M-Pesa")
    assert otieno.ordered() == [(1, "Tusker")] and booked(otieno) == (1, 1)


@pytest.mark.parametrize("day", ["2037-11-30", "2037-12-31"])
def test_the_night_goes_on_after_midnight_until_last_orders(otieno: Otieno, day: str) -> None:
    assert "1 × Tusker" in at(otieno, f"{day}T23:59", "1 tusker to table 7")
    assert "350" in at(otieno, _next(day, "02:29"), taps="Pay with M-Pesa")
    assert booked(otieno) == (1, 1)


def test_after_last_orders_the_cart_waits_for_the_next_evening(otieno: Otieno) -> None:
    assert "1 × Tusker" in at(otieno, "2037-11-30T02:29", "1 tusker to table 7")
    assert "closed" in at(otieno, "2037-11-30T02:30", taps="Pay with M-Pesa")
    assert booked(otieno) == (0, 0)
    assert "1 × Tusker" in at(otieno, "2037-11-30T12:00", "checkout")
    assert "350" in at(otieno, "2037-11-30T12:01", taps="Pay with M-Pesa")
    assert booked(otieno) == (1, 1)


def test_a_holiday_closes_its_own_evening_and_not_the_night_before(otieno: Otieno) -> None:
    assert "1 × Tusker" in at(otieno, "2037-12-25T01:00", "1 tusker to table 7")
    assert "350" in at(otieno, "2037-12-25T01:01", taps="Pay with M-Pesa")
    assert "tomorrow at 12:00" in at(otieno, "2037-12-25T13:00", "2 tusker")
    assert booked(otieno) == (1, 1)


def test_a_tap_of_yesterday_is_not_an_order_of_today(otieno: Otieno) -> None:
    assert "1 × Tusker" in at(otieno, "2037-11-30T23:40", "1 tusker to table 7")
    written = datetime(2026, 11, 30, 23, 59, tzinfo=NAIROBI).timestamp()
    with time_machine.travel(datetime(2026, 12, 1, 0, 31, tzinfo=NAIROBI), tick=True):
        assert "reached us late" in otieno.writes("yes", at=written).served()[-1]
    assert booked(otieno) == (0, 0)


def _next(day: str, clock: str) -> str:
    """That time on the day after."""
    after = datetime.fromisoformat(day).toordinal() + 1
    return f"{datetime.fromordinal(after).date().isoformat()}T{clock}"
