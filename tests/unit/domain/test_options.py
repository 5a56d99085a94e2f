"""What is chosen of a product, and what it costs at which hour."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.hours import Schedule, served, served_from
from core.domain.menu import Menu
from core.domain.options import (
    Option,
    OptionGroup,
    choices,
    exchanged,
    fitting,
    open_group,
    read_choices,
    written_choices,
)
from core.domain.pricing import PriceList, price_at, with_choices
from core.domain.timetables import read_schedule, written_schedule
from tests.demo_menu import demo_menu, groups_of

ZONE = "Africa/Nairobi"
FRIDAY = read_schedule("hours", {"week": {"fri": [["17:00", "19:00"]]}}, ZONE)
AT_SIX, AT_EIGHT = datetime(2026, 11, 20, 15, tzinfo=UTC), datetime(2026, 11, 20, 17, tzinfo=UTC)
BURGER = groups_of("Beef Burger")
IDS = [option.id for group in BURGER for option in group.options]
SOME = st.lists(st.sampled_from([*IDS, "gone"]), max_size=8)


@given(SOME)
def test_no_more_of_a_question_is_kept_than_it_takes(ids: list[str]) -> None:
    kept = fitting(BURGER, ids)
    assert set(kept) <= set(ids) & set(IDS) and fitting(BURGER, kept) == kept
    assert all(len(group.among(kept)) <= group.most for group in BURGER)


@given(SOME, SOME)
def test_what_is_said_last_counts(before: list[str], now: list[str]) -> None:
    made = exchanged(BURGER, fitting(BURGER, before), now)
    assert fitting(BURGER, made) == made
    for group in BURGER:
        fresh = [one.id for one in group.among(now)][: group.most]
        assert set(fresh) <= set(made)


@given(SOME)
def test_choices_survive_the_plan(ids: list[str]) -> None:
    chosen = choices(BURGER, ids)
    assert read_choices(written_choices(chosen)) == chosen
    assert with_choices(Decimal(950), chosen) == 950 + sum(one.price for one in chosen)


def test_what_needs_no_answer_is_never_open() -> None:
    assert open_group(BURGER, ()) is None
    mixer = open_group(groups_of("Highball"), ())
    assert mixer is not None and mixer.name == "Mixer" and mixer.required
    assert not OptionGroup("g", "Mixer", (), 1).answerable


def test_nothing_is_given_away() -> None:
    less = choices([OptionGroup("g", "Size", (Option("s", "Small", Decimal(-900)),))], ["s"])
    assert with_choices(Decimal(350), less) == 1


@pytest.mark.parametrize(("moment", "price"), [(AT_SIX, 500), (AT_EIGHT, 650)])
def test_the_lowest_price_of_the_hour_counts(moment: datetime, price: int) -> None:
    lists = [
        PriceList("Happy hour", FRIDAY, {"dawa": Decimal(500)}),
        PriceList("All night", Schedule(), {"dawa": Decimal(650), "tusker": Decimal(300)}),
    ]
    assert price_at("dawa", Decimal(700), lists, moment) == price
    assert price_at("mojito", Decimal(800), lists, moment) == 800


def test_hours_of_product_and_heading_are_both_kept() -> None:
    late = read_schedule("hours", {"week": {"fri": [["18:30", "23:00"]]}}, ZONE)
    assert not served((FRIDAY, late), AT_SIX)
    assert served_from((FRIDAY, late), AT_SIX) == datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
    assert served_from((FRIDAY, late), AT_EIGHT) == datetime(2026, 11, 27, 15, 30, tzinfo=UTC)
    morning = read_schedule("hours", {"week": {"fri": [["07:00", "11:00"]]}}, ZONE)
    assert served_from((FRIDAY, morning), AT_SIX) is None
    assert served((), AT_SIX) and served_from((), AT_SIX) == AT_SIX


def test_the_snapshot_keeps_all_of_it_and_says_nothing_of_what_is_not_there() -> None:
    happy = PriceList("Happy hour", FRIDAY, {"dawa": Decimal(500)})
    menu = demo_menu(lists=(happy,), served={"Dawa": (FRIDAY,)})
    assert Menu.from_dict(menu.to_dict()) == menu
    plain = demo_menu(gone=("Highball", "Beef Burger")).to_dict()
    assert "price_lists" not in plain
    assert not any({"groups", "hours"} & product.keys() for product in plain["products"])
    assert read_schedule("hours", written_schedule(FRIDAY), ZONE) == FRIDAY
