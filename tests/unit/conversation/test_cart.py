"""Changing one's mind: quantities, taking out, clearing, prices and stock that moved meanwhile."""

import pytest

from core.conversation.session import State
from tests.demo_menu import demo_menu
from tests.unit.conversation.chat import Bar, Chat, Guest
from tests.unit.conversation.test_ordering import cart


def test_the_cart_is_shown_with_its_total(guest: Guest) -> None:
    guest.says("2 sprite and 1 wings").says("cart").reads(
        "2 × Sprite", "1 × Chicken Wings", "Total KES 1,200", "Checkout"
    )


def test_an_empty_cart_says_so(guest: Guest) -> None:
    guest.says("cart").reads("empty", "Beer")


def test_paying_an_empty_cart_says_so(guest: Guest, chat: Chat) -> None:
    guest.says("lipa").reads("empty", "Beer")
    assert not chat.world.done


def test_a_quantity_is_changed_by_taps(guest: Guest, chat: Chat) -> None:
    guest.says("2 sprite and 1 wings").taps("Change").reads("Which one").taps("Sprite").reads(
        "How many shall it be"
    ).says("5")
    assert cart(chat) == {"Sprite": 5, "Chicken Wings": 1}


def test_zero_takes_a_line_out(guest: Guest, chat: Chat) -> None:
    guest.says("2 sprite and 1 wings").says("change").says("1").says("0")
    assert cart(chat) == {"Chicken Wings": 1}


def test_a_line_is_taken_out_by_a_tap(guest: Guest, chat: Chat) -> None:
    guest.says("2 sprite and 1 wings").taps("Change").taps("Chicken Wings").taps("Take out")
    assert cart(chat) == {"Sprite": 2}


def test_a_line_may_be_kept_after_all(guest: Guest, chat: Chat) -> None:
    guest.says("2 sprite").taps("Change").taps("Sprite").taps("Keep it").reads("2 × Sprite")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("remove sprite", {"Chicken Wings": 1}),
        ("ondoa 1 sprite", {"Sprite": 1, "Chicken Wings": 1}),
        ("remove the wings please", {"Sprite": 2}),
        ("change sprite to 4", {"Sprite": 4, "Chicken Wings": 1}),
        ("make it 3 sprite", {"Sprite": 3, "Chicken Wings": 1}),
    ],
)
def test_changes_can_be_written(guest: Guest, chat: Chat, text: str, left: dict[str, int]) -> None:
    guest.says("2 sprite and 1 wings").says(text)
    assert cart(chat) == left


def test_removing_what_was_never_ordered(guest: Guest, chat: Chat) -> None:
    guest.says("2 sprite").says("remove wings").reads("not in your order")
    assert cart(chat) == {"Sprite": 2}


def test_the_last_line_taken_out_leaves_the_menu(guest: Guest, chat: Chat) -> None:
    guest.says("2 sprite").says("remove sprite").reads("empty", "Beer")
    assert chat.state == State.BROWSING_CATEGORIES


def test_everything_can_be_removed_at_once(guest: Guest, chat: Chat) -> None:
    guest.says("2 sprite and 1 wings").taps("Change").taps("Remove everything").reads("empty")
    assert cart(chat) == {}


def test_cancel_asks_before_the_cart_is_emptied(guest: Guest, chat: Chat) -> None:
    guest.says("2 sprite").says("ghairi").reads("Shall we empty", "KES 300").says("hapana").reads("keep")
    assert cart(chat) == {"Sprite": 2}
    guest.says("cancel").taps("Yes").reads("empty")
    assert cart(chat) == {}


def test_an_open_question_is_forgotten_when_the_guest_goes_on(guest: Guest, chat: Chat) -> None:
    guest.says("2 sprite").says("cancel").says("1 coke").says("yes").reads("table")
    assert cart(chat) == {"Sprite": 2, "Coca-Cola": 1}


def test_at_most_thirty_lines(guest: Guest, chat: Chat) -> None:
    guest.says("1 sprite")
    for i in range(35):
        guest.says(f"1 dawa with {'x' * (i + 1)}")
        if i == 0:
            guest.taps("I am 18")
    guest.reads("30 different items")
    assert chat.session is not None
    assert len(chat.session.lines) == 30
    guest.says("change").taps("More").taps("More").reads("Dawa")
    guest.says("checkout").says("7").reads("more", "Total")


def test_a_second_tap_on_a_quantity_adds_nothing(guest: Guest, chat: Chat) -> None:
    guest.says("sprite")
    tap = guest.tap_id("2")
    guest.taps_id(tap).taps_id(tap).reads("from earlier", "2 × Sprite")
    assert cart(chat) == {"Sprite": 2}


def test_an_old_line_tap_changes_nothing(guest: Guest, chat: Chat) -> None:
    guest.says("2 sprite and 1 wings").taps("Change")
    tap, everything = guest.tap_id("Sprite"), guest.tap_id("Remove everything")
    guest.says("remove sprite").taps_id(tap).reads("from earlier").taps_id(everything).reads("from earlier")
    assert cart(chat) == {"Chicken Wings": 1}


def test_a_product_gone_from_the_menu_is_noticed_at_the_review(guest: Guest, chat: Chat) -> None:
    guest.says("2 sprite and 1 wings")
    chat.menu_becomes(gone=["Sprite"])
    guest.says("checkout").reads("Sprite is not available any more").says("4").reads(
        "1 × Chicken Wings", "Total KES 900"
    )


def test_a_new_price_is_explained_and_nothing_ordered_unseen(guest: Guest, chat: Chat) -> None:
    guest.says("2 sprite to table 4").reads("KES 300")
    chat.menu_becomes(prices={"Sprite": 170})
    guest.taps("Pay with M-Pesa").reads("Sprite is now KES 170", "Total KES 340")
    assert not chat.world.orders
    guest.taps("Pay with M-Pesa").reads("KES 340")
    assert chat.world.orders[0]["total"] == "340"


def test_all_gone_leaves_the_menu(guest: Guest, chat: Chat) -> None:
    guest.says("2 sprite to table 4")
    chat.menu_becomes(sold_out=["Sprite"])
    guest.taps("Pay with M-Pesa").reads("Sprite is not available", "Beer")
    assert chat.state == State.BROWSING_CATEGORIES


def test_sold_out_between_review_and_order(guest: Guest, chat: Chat) -> None:
    guest.says("3 sprite and 2 wings to table 4")
    chat.world.left = {"sprite": 1, "chicken-wings": 0}
    guest.taps("Pay with M-Pesa").reads("of Sprite only 1", "Chicken Wings is sold out now", "Total KES 150")
    assert not chat.world.orders
    guest.taps("Pay with M-Pesa").reads("Check your phone", "KES 150")


def test_the_last_one_gone_between_review_and_order(guest: Guest, chat: Chat) -> None:
    guest.says("3 sprite to table 4")
    chat.world.left = {"sprite": 0}
    guest.taps("Pay with M-Pesa").reads("Sprite is sold out now", "Beer")
    assert cart(chat) == {}


def test_a_venue_that_closed_meanwhile(guest: Guest, chat: Chat) -> None:
    guest.says("3 sprite to table 4")
    chat.world.closed = True
    guest.taps("Pay with M-Pesa").reads("cannot take this order right now", "3 × Sprite")
    assert cart(chat) == {"Sprite": 3}


def test_same_again_with_one_tap_more(paid: Guest, chat: Chat, bar: Bar) -> None:
    paid.says("same again").reads("2 × Dawa", "1 × Tusker Lager", "Table 7").taps("Pay with M-Pesa")
    bar.pays()
    assert len(chat.world.orders) == 2


def test_same_again_at_todays_prices(paid: Guest, chat: Chat) -> None:
    chat.menu_becomes(prices={"Dawa": 750}, gone=["Tusker Lager"])
    paid.says("tena").reads("Dawa is now KES 750", "Tusker Lager is not available", "Total KES 1,500")


def test_same_again_without_an_earlier_order(guest: Guest) -> None:
    guest.says("same again").reads("earlier order", "Beer")


def test_a_double_tap_on_same_again_adds_once(paid: Guest, chat: Chat) -> None:
    paid.says("status")
    tap = paid.tap_id("Same again")
    paid.taps_id(tap).taps_id(tap).reads("2 × Dawa")
    assert cart(chat) == {"Dawa": 2, "Tusker Lager": 1}


def test_a_dropped_age_confirmation_is_asked_again_at_checkout(guest: Guest, chat: Chat) -> None:
    guest.says("2 dawa").taps("I am 18")
    assert chat.session is not None
    chat.session = chat.session.but(age_confirmed=False)
    guest.says("checkout").reads("18 or older", "Dawa").says("no").reads("leave out the alcohol")
    assert cart(chat) == {}


def test_another_menu_version_of_the_same_venue_is_noticed() -> None:
    chat = Chat(demo_menu())
    chat.guest.says("2 dawa").reads("18 or older")
    chat.menu_becomes(gone=["Dawa"])
    chat.guest.taps("I am 18").reads("no longer on our menu")
