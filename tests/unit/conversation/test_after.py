"""Status, cancel, staff, help, stop, and what staff do to an order."""

import pytest

from core.conversation.session import State
from tests.unit.conversation.chat import Bar, Chat, Guest
from tests.unit.conversation.test_ordering import cart


@pytest.mark.parametrize(
    ("status", "text"),
    [
        ("PREPARING", "being prepared"),
        ("READY", "is ready"),
        ("SERVED", "Enjoy"),
        ("CANCELLED", "cancelled"),
        ("REFUNDED", "back"),
    ],
)
def test_staff_move_the_order_on_and_the_guest_hears(paid: Guest, bar: Bar, chat: Chat, status: str, text: str) -> None:
    bar.order_is(status)
    paid.reads("101", text)
    paid.says("hali").reads(text)
    assert chat.state == State.ORDER_COMPLETE


def test_staff_cancel_an_unpaid_order(asked: Guest, bar: Bar, chat: Chat) -> None:
    bar.order_is("CANCELLED")
    asked.reads("cancelled").says("pay").reads("empty")
    assert chat.state == State.BROWSING_CATEGORIES


def test_news_does_not_disturb_a_guest_who_orders_again(paid: Guest, bar: Bar, chat: Chat) -> None:
    paid.says("1 sprite").says("checkout")
    bar.order_is("READY")
    paid.reads("101", "ready").says("yes").reads("Check your phone", "102")


def test_status_of_an_unpaid_order_offers_to_pay(asked: Guest, bar: Bar) -> None:
    asked.says("status").reads("on its way")
    bar.fails()
    asked.says("my order").reads("waits for its payment", "Try again")


def test_status_after_the_session_expired_asks_the_house(paid: Guest, chat: Chat) -> None:
    chat.sleeps()
    paid.says("where is my order?").reads("101", "with the bar")


def test_status_finds_an_unpaid_order_and_it_can_be_paid(asked: Guest, chat: Chat, bar: Bar) -> None:
    bar.fails()
    chat.sleeps()
    asked.says("status").reads("101", "Try again").taps("Try again").reads("Check your phone", "KES 1,750")


def test_status_without_any_order(guest: Guest) -> None:
    guest.says("status").reads("no order")


def test_cancel_an_unpaid_order(asked: Guest, bar: Bar, chat: Chat) -> None:
    asked.says("cancel").reads("101 is cancelled", "Same again")
    assert chat.world.orders[0]["status"] == "CANCELLED"
    assert cart(chat) == {}
    asked.taps("Same again").reads("2 × Dawa")


def test_cancel_comes_too_late(asked: Guest, chat: Chat) -> None:
    chat.world.orders[0]["status"] = "PAID"
    asked.says("ghairi").reads("can no longer be changed")


def test_a_part_paid_order_cannot_be_called_off_here(asked: Guest, bar: Bar, chat: Chat) -> None:
    bar.pays("1000")
    chat.world.refuses_to_cancel = True
    asked.taps("Cancel order").reads("can no longer be changed", "Pay the rest").taps("Pay the rest").reads("KES 750")


def test_cancel_a_paid_order_points_to_staff(paid: Guest, chat: Chat) -> None:
    paid.says("cancel").reads("can no longer be changed", "Call staff")
    assert not [e for e in chat.world.done if e["kind"] == "cancel_order"]


def test_cancel_with_nothing_begun(guest: Guest) -> None:
    guest.says("cancel").reads("nothing to cancel")


@pytest.mark.parametrize("word", ["staff", "mhudumu", "waiter please", "call a waiter", "agent", "human"])
def test_staff_are_called(guest: Guest, chat: Chat, word: str) -> None:
    guest.says("2 sprite").says(word).reads("called our staff")
    assert chat.world.done == [{"kind": "call_staff", "reason": "guest"}]
    assert chat.state == State.TALKING_TO_STAFF


def test_while_talking_to_staff_the_bot_says_so_once_and_is_silent(guest: Guest, chat: Chat) -> None:
    guest.says("staff").says("my glass is broken").reads("have your message")
    for words in ("hello", "thanks", "2 dawa", "is anybody there"):
        guest.says(words)
        assert not chat.last.replies
    guest.sends("image")
    assert not chat.last.replies
    assert len(chat.world.done) == 1
    guest.says("menyu").reads("Beer")
    assert chat.state == State.BROWSING_CATEGORIES


def test_paid_while_talking_to_staff(asked: Guest, bar: Bar, chat: Chat) -> None:
    asked.says("staff")
    bar.pays()
    asked.reads("Thank you")
    assert chat.state == State.TALKING_TO_STAFF
    assert cart(chat) == {}


@pytest.mark.parametrize("word", ["help", "msaada", "HELP!", "info"])
def test_help_tells_the_words(guest: Guest, chat: Chat, word: str) -> None:
    guest.says("1 wings").says("checkout").says(word).reads("menu", "staff", "View cart")
    assert chat.state == State.COLLECTING_TABLE
    guest.says("7").reads("Table 7")


@pytest.mark.parametrize("word", ["stop", "acha", "STOP."])
def test_stop_is_respected(guest: Guest, chat: Chat, word: str) -> None:
    guest.says("2 sprite").says(word).reads("nothing unasked")
    assert chat.world.done == [{"kind": "stop_messages"}]
    assert chat.state == State.ADDING_TO_CART


@pytest.mark.parametrize(
    ("word", "back", "shown"),
    [("start", "Good to have you", "Cocktail"), ("ANZA", "Karibu tena", "Kokteli"), ("subscribe", "back", "Cocktail")],
)
def test_start_brings_a_guest_back_in_and_shows_the_menu(
    guest: Guest, chat: Chat, word: str, back: str, shown: str
) -> None:
    guest.says("stop").says(word).reads(back, shown)
    assert chat.world.done[1:] == [{"kind": "resume_messages"}]
    assert chat.state == State.BROWSING_CATEGORIES


def test_start_from_a_guest_who_never_stopped_just_begins(guest: Guest) -> None:
    guest.says("start").reads("Cocktail")
    assert "back" not in guest.text


@pytest.mark.parametrize("word", ["thanks", "asante sana", "Thank you!"])
def test_thanks_get_an_answer(paid: Guest, word: str) -> None:
    paid.says(word).reads("Karibu")


@pytest.mark.parametrize(
    ("word", "text"), [("mennu", "Beer"), ("chekout", "empty"), ("carrt", "empty"), ("mssaada", "staff")]
)
def test_keywords_with_a_typo(guest: Guest, word: str, text: str) -> None:
    guest.says(word).reads(text)


@pytest.mark.parametrize(
    "word", ["menu", "menyu", "cart", "kikapu", "help", "msaada", "status", "staff", "stop", "cancel", "again", "lipa"]
)
@pytest.mark.parametrize(
    "before", [[], ["sprite"], ["2 dawa"], ["1 wings", "checkout"], ["1 wings to table 3"], ["staff"]]
)
def test_keywords_work_everywhere(chat: Chat, guest: Guest, word: str, before: list[str]) -> None:
    for text in before:
        guest.says(text)
    assert "did not understand" not in guest.says(word).text


def test_the_next_round_starts_from_the_thank_you(paid: Guest, bar: Bar, chat: Chat) -> None:
    paid.says("2 tusker to table 8").reads("Table 8").taps("Pay with M-Pesa")
    bar.pays()
    paid.reads("Thank you", "102")
