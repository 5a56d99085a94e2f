"""Guests press send too early: what is completed by the next text, and what waits is read as one."""

import pytest

from core.conversation.pieces import is_incomplete, joined, read_together
from core.conversation.session import Session
from tests.demo_menu import demo_menu
from tests.unit.conversation.chat import Chat, Guest

UNFINISHED = """2|mbili|٢|dawa na|2 dawa and|to table|2 dawa meza|nataka|I want|can I have|2 cold|add|ongeza|2 dawa, 1
|please give me|2 dawa no|remove the|mbili baridi|badilisha dawa na"""
FINISHED = """2 dawa|dawa|dawa 2|hi|menu|yes|no|table 7|2 dawa table 7|something with gin|under 500|2 beers|asdf|🙂|
|one more|make that 3|0722000111|2 heineken|again|pay|2 martini|asante"""


@pytest.mark.parametrize("text", UNFINISHED.replace("\n", "").split("|"))
def test_a_text_that_needs_another_is_noticed(text: str) -> None:
    assert is_incomplete(text, None, demo_menu())


@pytest.mark.parametrize("text", FINISHED.replace("\n", "").split("|"))
def test_a_text_that_means_something_waits_for_nothing(text: str) -> None:
    assert not is_incomplete(text, None, demo_menu())


@pytest.mark.parametrize(
    "before", [["hi"], ["dawa"], ["2 sprite", "checkout"], ["2 dawa"], ["2 martini"]], ids=lambda lines: lines[-1]
)
def test_a_number_that_answers_a_question_waits_for_nothing(guest: Guest, chat: Chat, before: list[str]) -> None:
    for line in before:
        guest.says(line)
    assert not is_incomplete("2", chat.session, chat.menu)


def test_the_beginning_of_a_phone_number_waits_for_its_end(guest: Guest, chat: Chat) -> None:
    guest.says("2 sprite to table 4").says("other number")
    assert is_incomplete("0722", chat.session, chat.menu)
    assert not is_incomplete(joined("0722", "000 111"), chat.session, chat.menu)


def test_a_half_is_kept_until_the_rest_comes(guest: Guest, chat: Chat) -> None:
    guest.says("2").reads("what would you like").says("sprite").reads("2 × Sprite")
    guest.says("ongeza").says("3 coke").reads("3 × Coca-Cola")
    assert [line.quantity for line in chat.session.lines] == [2, 3] if chat.session else False


def test_a_half_is_forgotten_when_the_guest_goes_on(guest: Guest) -> None:
    guest.says("2").says("menu").says("sprite").reads("How many?")
    guest.says("menu").says("mbili").says("thanks").says("sprite").reads("How many?")


def test_who_says_hello_and_orders_at_once_is_welcomed_and_served(guest: Guest) -> None:
    guest.says("hi\n2 sprite").reads("Karibu *Destination Cocktails*, Jane! 🍹\nAdded: 2 × Sprite")
    guest.says("habari\nna dawa mbili").reads("Jane").reads("18")


def test_who_says_hello_again_keeps_the_cart_and_is_greeted_as_before(guest: Guest) -> None:
    guest.says("2 sprite").says("hi\n1 coke").reads("Hello again, Jane!", "1 × Coca-Cola", "2 × Sprite")
    guest.says("hi").reads("Hello again")
    assert "Karibu" not in guest.text


def test_an_address_and_words_for_staff_wait_for_nothing() -> None:
    chat = Chat(demo_menu("delivers", delivers=True))
    chat.guest.says("1 wings").says("checkout").taps("Deliver")
    assert not is_incomplete("2", chat.session, chat.menu)
    chat.guest.says("staff")
    assert not is_incomplete("I want", chat.session, chat.menu)


@pytest.mark.parametrize(
    ("texts", "count", "whole"),
    [
        (["2", "dawa"], 2, "2 dawa"),
        (["2", "dawa na", "tusker moja"], 3, "2 dawa na tusker moja"),
        (["hi", "2 dawa", "table 7"], 3, "hi\n2 dawa\ntable 7"),
        (["2 dawa", "1 tusker"], 2, "2 dawa\n1 tusker"),
        (["2 dawa", "pay"], 1, "2 dawa"),
        (["menu", "2 dawa"], 1, "menu"),
        (["2 dawa", "yes"], 1, "2 dawa"),
        (["2 dawa", "remove the dawa"], 1, "2 dawa"),
        (["staff", "staff"], 1, "staff"),
        (["hi"], 1, "hi"),
    ],
)
def test_what_waits_already_is_read_together(texts: list[str], count: int, whole: str) -> None:
    assert read_together(texts, Session(age_confirmed=True), demo_menu()) == (count, whole)
