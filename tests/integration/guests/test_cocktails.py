"""A guest meets a cocktail of which something ran out, and gets it once a bottle has come."""

from uuid import uuid4

import pytest

from core.domain.stock_moves import Kind
from core.services.activity import Actor
from core.services.menu_edit import mark_sold_out
from core.services.program import Program
from core.services.relay import follow_up
from core.services.stock_edit import move
from core.store.sql.tables import Order
from tests.integration.guests.test_in_pieces import Otieno
from tests.integration.sql.bar import Bar


@pytest.fixture
def otieno(bar: Bar, program: Program) -> Otieno:
    """Where a Dawa takes 50 ml of vodka, and 150 ml are there."""
    bar.keeps("Vodka", 150)
    bar.mixes("Dawa", {"Vodka": 50})
    return Otieno(bar, program)


def comes(otieno: Otieno, quantity: int) -> None:
    with otieno.bar.sessions.begin() as db:
        vodka = otieno.bar.products["Vodka"]
        followup = move(db, Actor(otieno.bar.workspace_id), vodka, uuid4(), Kind.RECEIVED, quantity)
    follow_up(otieno.program, followup)


def tapped(otieno: Otieno, name: str, out: bool) -> None:
    with otieno.bar.sessions.begin() as db:
        followup = mark_sold_out(db, Actor(otieno.bar.workspace_id), otieno.bar.products[name], out)
    follow_up(otieno.program, followup)


def test_who_was_a_moment_too_late_is_told_of_the_cocktail_and_gets_what_is_left(otieno: Otieno) -> None:
    assert "2 × Dawa" in otieno.writes("2 dawa and 1 tusker to table 7").served()[-1]
    assert otieno.bar.order(otieno.bar.guest(2), pay=False, Dawa=2)[0]["result"] == "placed"
    answer = otieno.taps("Pay with M-Pesa").served()[-1]
    assert "Dawa" in answer and "1 × Dawa" in answer and "odka" not in answer
    assert "1,050" in otieno.taps("Pay with M-Pesa").served()[-1]
    assert otieno.ordered() == [(1, "Dawa"), (1, "Tusker"), (2, "Dawa")] and otieno.bar.stock("Vodka") == (150, 150)


def test_what_ran_out_is_sold_out_in_the_chat_until_a_bottle_comes(otieno: Otieno) -> None:
    otieno.writes("3 dawa to table 7").served()
    otieno.taps("Pay with M-Pesa").served()
    assert otieno.bar.available() == {"Tusker", "Wings"}
    assert "sold out" in otieno.writes("1 dawa").served()[-1]
    comes(otieno, 49)
    assert "sold out" in otieno.writes("1 dawa").served()[-1]
    comes(otieno, 1)
    assert "1 × Dawa" in otieno.writes("1 dawa to table 7").served()[-1]


def test_a_broken_bottle_takes_all_that_is_made_of_it_off_the_chat_with_one_tap(otieno: Otieno) -> None:
    tapped(otieno, "Vodka", True)
    assert "sold out" in otieno.writes("1 dawa").served()[-1]
    tapped(otieno, "Vodka", False)
    assert "1 × Dawa" in otieno.writes("1 dawa to table 7").served()[-1]
    tapped(otieno, "Vodka", True)
    assert "Dawa" in otieno.taps("Pay with M-Pesa").served()[-1] and otieno.bar.count(Order) == 0
