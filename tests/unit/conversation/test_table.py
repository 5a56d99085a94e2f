"""Where the order goes."""

import pytest

from core.conversation.session import State
from tests.demo_menu import demo_menu
from tests.unit.conversation.chat import Chat, Guest


@pytest.mark.parametrize(
    "answer", ["7", "table 7", "meza 7", "T7", "table number seven", "seven", "saba", "no. 7 please"]
)
def test_a_table_is_understood_in_many_ways(guest: Guest, answer: str) -> None:
    guest.says("1 wings").taps("Checkout").reads("Which table").says(answer).reads("Table 7", "Pay with M-Pesa")


@pytest.mark.parametrize("answer", ["21", "table 99", "-4", "9" * 40])
def test_a_foreign_table_gets_a_kind_answer(guest: Guest, chat: Chat, answer: str) -> None:
    guest.says("1 wings").says("checkout").says(answer).reads("no table", "1–20")
    assert chat.state == State.COLLECTING_TABLE


def test_a_foreign_table_in_a_one_line_order(guest: Guest, chat: Chat) -> None:
    guest.says("2 wings to table 55").reads("no table 55", "2 × Chicken Wings")
    assert chat.session is not None
    assert chat.session.table is None


@pytest.mark.parametrize("answer", ["skip", "at the bar", "no table", "kaunta"])
def test_guests_at_the_bar_skip_the_table(guest: Guest, chat: Chat, answer: str) -> None:
    guest.says("1 wings").says("checkout").says(answer).reads("At the bar").taps("Pay with M-Pesa")
    assert chat.world.orders[0]["table"] is None


def test_skip_can_be_tapped(guest: Guest) -> None:
    guest.says("1 wings").taps("Checkout").taps("Skip").reads("At the bar", "Pay with M-Pesa")


def test_an_old_skip_tap_moves_nobody(guest: Guest, chat: Chat) -> None:
    guest.says("1 wings").taps("Checkout")
    tap = guest.tap_id("Skip")
    guest.says("7").taps_id(tap).reads("from earlier", "Table 7")


def test_a_table_named_early_is_remembered(guest: Guest) -> None:
    guest.says("table 9").reads("Table 9, noted").says("1 wings").taps("Checkout").reads("Table 9", "Pay with M-Pesa")


def test_another_table_at_the_review_is_shown_again(guest: Guest, chat: Chat) -> None:
    guest.says("1 wings to table 4")
    tap = guest.tap_id("Pay")
    guest.says("sorry, table 5").reads("Table 5", "Pay with M-Pesa")
    guest.taps_id(tap).reads("from earlier", "Table 5")
    assert not chat.world.orders


def test_words_at_the_table_question_get_a_kind_answer(guest: Guest) -> None:
    guest.says("1 wings").says("checkout").says("the one by the window").reads("did not understand", "Which table")


def test_delivery_where_the_venue_delivers() -> None:
    chat = Chat(demo_menu("delivers", delivers=True))
    chat.guest.says("1 wings").says("checkout").taps("Deliver").reads("Write the address").says("x").reads(
        "Write the address"
    )
    chat.guest.says("Kilimani, Argwings Kodhek Rd 4").reads("To: Kilimani, Argwings Kodhek Rd 4", "Pay with M-Pesa")
    chat.guest.taps("Pay with M-Pesa")
    assert chat.world.done[0]["address"] == "Kilimani, Argwings Kodhek Rd 4"


def test_delivery_to_a_pin_on_the_map() -> None:
    chat = Chat(demo_menu("delivers", delivers=True))
    chat.guest.says("1 wings").says("checkout").taps("Deliver").shares_location(-1.29, 36.78).reads(
        "To: Location -1.29"
    )


def test_a_pin_on_the_map_unasked(guest: Guest) -> None:
    guest.says("1 wings").shares_location(-1.29, 36.78).reads("bring orders to your table", "1 × Chicken Wings")


def test_no_delivery_by_an_invented_tap(guest: Guest, chat: Chat) -> None:
    guest.says("1 wings").taps_id("deliver").reads("1 × Chicken Wings")
    assert chat.state == State.ADDING_TO_CART


def test_a_venue_without_numbered_tables_takes_any() -> None:
    chat = Chat(demo_menu("free", tables=()))
    chat.guest.says("1 wings to table 555").reads("Table 555")
