"""What reaches us late: nobody orders or pays by it, the guest hears where things stand, and old greetings rest."""

from datetime import timedelta
from typing import Any

import pytest

from core.conversation import events, flow
from core.conversation.session import State
from tests.unit.conversation.chat import Bar, Chat, Guest

LATE = timedelta(minutes=31)
JUST_IN_TIME = timedelta(minutes=29)
HOURS = (LATE, timedelta(hours=2), timedelta(hours=23))
WORDS = ("yes", "ndio", "pay", "lipa", "confirm", "0722 000 111", "this number")


@pytest.mark.parametrize("late", HOURS, ids=str)
@pytest.mark.parametrize("word", WORDS)
def test_a_late_word_orders_and_asks_for_nothing(ordered: Guest, chat: Chat, word: str, late: timedelta) -> None:
    ordered.says(word, late=late).reads("reached us late", "2 × Dawa", "Pay with M-Pesa")
    assert chat.world.orders == chat.world.prompts == []
    ordered.taps("Pay with M-Pesa").reads("Check your phone")


@pytest.mark.parametrize("late", HOURS, ids=str)
def test_a_late_tap_orders_nothing_and_shows_the_review_again(ordered: Guest, chat: Chat, late: timedelta) -> None:
    ordered.taps("Pay with M-Pesa", late=late).reads("reached us late", "2 × Dawa", "KES 1,750")
    assert chat.world.orders == [] and chat.state == State.REVIEWING_ORDER


def test_what_comes_in_time_orders(ordered: Guest, chat: Chat) -> None:
    ordered.taps("Pay with M-Pesa", late=JUST_IN_TIME).reads("Check your phone")
    assert len(chat.world.orders) == 1


@pytest.mark.parametrize("say", ["Try again", "yes", "0722000111"])
def test_a_late_second_try_asks_for_no_money(asked: Guest, chat: Chat, bar: Bar, say: str) -> None:
    bar.fails()
    prompts = len(chat.world.prompts)
    if say == "Try again":
        asked.taps(say, late=LATE)
    else:
        asked.says(say, late=LATE)
    asked.reads("reached us late", "Try again")
    assert len(chat.world.prompts) == prompts


def test_a_late_card_with_a_number_asks_for_no_money(chat: Chat, ordered: Guest) -> None:
    ordered.taps("Other number")
    chat.play(events.CARDS, {"phones": ["0722000111"], "own": True}, LATE)
    ordered.reads("reached us late")
    assert chat.world.prompts == []


def test_a_late_order_is_shown_and_not_placed(guest: Guest, chat: Chat) -> None:
    guest.says("2 sprite to table 7", late=timedelta(hours=3)).reads("2 × Sprite", "Pay with M-Pesa")
    assert chat.world.orders == []


def test_after_the_money_came_a_late_yes_buys_nothing_more(paid: Guest, chat: Chat) -> None:
    paid.says("yes", late=LATE)
    assert len(chat.world.orders) == len(chat.world.prompts) == 1


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (events.TEXT, {"text": "hi"}),
        (events.TEXT, {"text": "2 dawa to table 7"}),
        (events.TEXT, {"text": "yes"}),
        (events.TAP, {"id": "menu", "title": "Menu"}),
        (events.LOCATION, {"latitude": -1.29, "longitude": 36.82}),
        (events.UNREADABLE, {"type": "image"}),
        (events.CARDS, {"phones": ["0722000111"], "own": True}),
        (events.CATALOGUE, {"lines": [{"sku": "sprite", "quantity": 1}], "text": ""}),
        (events.FORM, {"fields": {"table": "7"}}),
    ],
)
@pytest.mark.parametrize("days", [2, 7])
def test_what_is_days_old_is_not_answered_and_changes_nothing(
    ordered: Guest, chat: Chat, kind: str, data: dict[str, Any], days: int
) -> None:
    before = chat.session
    assert chat.play(kind, data, timedelta(days=days)).replies == ()
    assert chat.session == before and chat.world.done[1:] == []


def test_news_of_money_counts_however_late_it_is(asked: Guest, chat: Chat) -> None:
    order, prompt = chat.world.orders[-1], chat.world.prompts[-1]
    data = {name: order[name] for name in ("order_id", "number", "total")} | {"payment_id": prompt["payment_id"]}
    money = {"receipt": "QK1", "amount": order["total"], "currency": "KES", "due": "0", "status": "PAID"}
    chat.play(events.PAYMENT_SETTLED, data | money | {"refund": False}, timedelta(days=3))
    asked.reads("QK1")


def test_the_limit_is_well_within_the_day_after_which_nothing_is_answered() -> None:
    assert flow.TOO_LATE < flow.LONG_AGO
