"""From the first word to a cart: welcome, lists, names, numbers, whole orders in one line."""

import pytest

from core.conversation.session import State
from tests.demo_menu import demo_menu
from tests.unit.conversation.chat import Bar, Chat, Guest


def cart(chat: Chat) -> dict[str, int]:
    assert chat.session is not None
    return {line.name: line.quantity for line in chat.session.lines}


def test_hi_is_welcomed_by_name_with_the_menu(guest: Guest, chat: Chat) -> None:
    guest.says("hi")
    guest.reads("Karibu", "Destination Cocktails", "Jane", "Beer", "Cocktail", "Whisky", "Wine", "Soft drinks", "Food")
    assert chat.state == State.BROWSING_CATEGORIES


@pytest.mark.parametrize("word", ["hello", "Habari", "mambo!", "Sasa", "Hello there", "good evening", "HI 👋", "jambo"])
def test_greetings_of_all_kinds_are_welcomed(guest: Guest, word: str) -> None:
    guest.says(word).reads("Karibu")


def test_one_line_goes_straight_to_the_review(guest: Guest, chat: Chat) -> None:
    guest.says("2 dawa and 1 tusker to table 7").reads("18 or older", "Dawa", "Tusker Lager")
    guest.taps("I am 18 or over").reads(
        "2 × Dawa", "1 × Tusker Lager", "Table 7", "KES 1,750", "incl. VAT KES 241", "Pay with M-Pesa"
    )
    assert chat.state == State.REVIEWING_ORDER
    assert [e["kind"] for e in chat.world.done] == ["confirm_age"]


def test_a_typed_yes_passes_the_age_gate(guest: Guest, chat: Chat) -> None:
    guest.says("2 dawa to table 7").says("yes").reads("2 × Dawa", "Pay with M-Pesa")


@pytest.mark.parametrize("answer", ["I am 18", "18", "25", "ndio", "YES please", "over 18"])
def test_the_age_can_be_told_in_many_ways(guest: Guest, answer: str) -> None:
    guest.says("2 dawa to table 7").says(answer).reads("2 × Dawa", "Table 7")


@pytest.mark.parametrize("answer", ["no", "hapana", "17", "15"])
def test_the_young_get_no_alcohol_but_the_rest(guest: Guest, chat: Chat, answer: str) -> None:
    guest.says("2 dawa and 1 sprite to table 7").says(answer).reads("leave out the alcohol", "Sprite")
    assert cart(chat) == {"Sprite": 1}
    assert not chat.world.done


@pytest.mark.parametrize("answer", ["I am 16, not 18", "under 18", "I'm not 18"])
def test_a_no_in_a_sentence_is_a_no(guest: Guest, chat: Chat, answer: str) -> None:
    guest.says("2 dawa to table 7").says(answer).reads("leave out the alcohol")
    assert not chat.world.done


def test_an_answer_that_tells_no_age_is_asked_again(guest: Guest) -> None:
    guest.says("2 dawa to table 7").says("2").reads("18 or older").says("why?").reads("18 or older")


def test_two_times_three_in_a_list_is_the_second_row_three_times(guest: Guest, chat: Chat) -> None:
    guest.says("food").says("2x3")
    assert cart(chat) == {"Nyama Choma": 3}


def test_age_is_asked_once(guest: Guest, chat: Chat) -> None:
    guest.says("2 dawa").taps("I am 18").says("3 mojito").reads("Added: 3 × Mojito")
    assert cart(chat) == {"Dawa": 2, "Mojito": 3}


def test_more_ordered_before_the_age_is_told_waits_for_the_one_answer(guest: Guest, chat: Chat) -> None:
    guest.says("2 dawa").says("1 mojito to table 4").taps("I am 18")
    assert cart(chat) == {"Dawa": 2, "Mojito": 1}
    assert chat.state == State.REVIEWING_ORDER


def test_food_needs_no_age(guest: Guest) -> None:
    guest.says("1 nyama choma to table 3").reads("1 × Nyama Choma", "Table 3", "Pay with M-Pesa")


def test_tapping_through_the_menu(guest: Guest, chat: Chat) -> None:
    guest.says("hi").taps("Cocktail").reads("Dawa", "KES 700").taps("Dawa").reads("How many?").taps("2")
    guest.taps("I am 18").reads("Added: 2 × Dawa", "Total KES 1,400", "Checkout")
    assert cart(chat) == {"Dawa": 2}


def test_numbers_mean_the_rows_shown(guest: Guest, chat: Chat) -> None:
    guest.says("hi").says("6").reads("Chicken Wings").says("2").reads("Nyama Choma", "How many?").says("2")
    assert cart(chat) == {"Nyama Choma": 2}


def test_a_number_past_the_list_gets_a_kind_answer(guest: Guest, chat: Chat) -> None:
    guest.says("hi").says("77").reads("did not understand", "Beer")
    assert chat.state == State.BROWSING_CATEGORIES


def test_in_the_quantity_question_two_is_the_quantity(guest: Guest, chat: Chat) -> None:
    guest.says("hi").says("5").says("sprite").says("2")
    assert cart(chat) == {"Sprite": 2}


@pytest.mark.parametrize(
    ("text", "quantity"), [("mbili", 2), ("two", 2), ("x3", 3), ("3x", 3), ("٤", 4), ("５", 5), ("kumi na mbili", 12)]
)
def test_quantities_in_words_and_any_script(guest: Guest, chat: Chat, text: str, quantity: int) -> None:
    guest.says("sprite").says(text)
    assert cart(chat) == {"Sprite": quantity}


@pytest.mark.parametrize("quantity", ["0", "100", "-3", "99999999999999999999", "1.5", "9" * 300])
def test_impossible_quantities_get_a_kind_answer(guest: Guest, chat: Chat, quantity: str) -> None:
    guest.says("sprite").says(quantity).reads("1 to 99")
    guest.says(f"{quantity} sprite").reads("1 to 99")
    assert cart(chat) == {}


def test_adding_up_never_passes_ninety_nine(guest: Guest, chat: Chat) -> None:
    guest.says("60 sprite").says("60 sprite").reads("1 to 99")
    assert cart(chat) == {"Sprite": 60}


def test_long_lists_are_paged(guest: Guest, chat: Chat) -> None:
    guest.says("cocktails")
    assert len(guest.titles) == 10
    assert guest.titles[-1] == "More"
    guest.taps("More")
    assert "All categories" in guest.titles
    guest.taps("All categories").reads("Beer", "Food")


def test_the_word_more_turns_the_page(guest: Guest) -> None:
    guest.says("cocktail").says("more").reads("All categories").says("menu").reads("Beer", "Food")


def test_typos_are_forgiven(guest: Guest, chat: Chat) -> None:
    guest.says("2 margerita").reads("Margarita").taps("I am 18")
    guest.says("3 nyama chooma").says("1 chiken wings").says("one jonnie walker black")
    assert cart(chat) == {"Margarita": 2, "Nyama Choma": 3, "Chicken Wings": 1, "Johnnie Walker Black": 1}


def test_swahili_orders(guest: Guest, chat: Chat) -> None:
    guest.says("Naomba tusker mbili na dawa moja meza 7 tafadhali").taps("Nina miaka 18").reads("Meza ya 7")
    assert cart(chat) == {"Tusker Lager": 2, "Dawa": 1}


def test_orders_on_several_lines_with_a_note(guest: Guest, chat: Chat) -> None:
    guest.says("- 2 dawa no ice\n- 3x coke\n- wings\ntable 12").taps("I am 18").reads("(no ice)", "Table 12")
    assert cart(chat) == {"Dawa": 2, "Coca-Cola": 3, "Chicken Wings": 1}


def test_what_is_not_on_the_menu_is_named(guest: Guest, chat: Chat) -> None:
    guest.says("2 sprite and 3 unicorns").reads("Added: 2 × Sprite", "did not find “unicorn”")


def test_an_unknown_product_alone_gets_a_kind_answer(guest: Guest) -> None:
    guest.says("2 unicorns").reads("did not understand", "Beer")


def test_ambiguity_is_asked_with_taps(guest: Guest, chat: Chat) -> None:
    guest.says("2 martini").reads("Which one", "Espresso Martini", "Passion Martini").taps("Passion Martini").taps(
        "I am 18"
    )
    assert cart(chat) == {"Passion Martini": 2}


def test_the_clear_part_of_an_order_is_kept_while_the_rest_is_asked(guest: Guest, chat: Chat) -> None:
    guest.says("2 sprite and 1 martini").reads("Added: 2 × Sprite", "Which one")
    guest.says("1").says("yes")
    assert cart(chat) == {"Sprite": 2, "Espresso Martini": 1}


def test_a_heading_by_name_opens_it(guest: Guest) -> None:
    guest.says("whiskies").reads("Jameson")


def test_sold_out_is_shown_and_refused_with_alternatives() -> None:
    chat = Chat(demo_menu(sold_out=["Dawa"]))
    chat.guest.says("cocktail").reads("sold out").taps("Dawa").reads("Sorry, Dawa is sold out", "How about Mojito")
    chat.guest.says("2 dawa").reads("Sorry, Dawa is sold out", "Mojito")
    assert not cart(chat)


def test_a_venue_without_alcohol_neither_shows_nor_sells_it() -> None:
    chat = Chat(demo_menu("dry", serves_alcohol=False))
    chat.guest.says("hi")
    assert chat.guest.titles == ["Soft drinks", "Food"]
    chat.guest.says("2 dawa").reads("do not serve alcohol")
    chat.guest.says("1 sprite and 2 dawa to table 3").reads("do not serve alcohol", "1 × Sprite", "Table 3")


def test_a_story_that_mentions_a_drink_is_no_order(guest: Guest, chat: Chat) -> None:
    guest.says("my cousin Peter once told everybody about that wonderful dawa somewhere near Naivasha").reads(
        "Which one"
    )
    assert not cart(chat)


def test_orders_add_up_in_every_ordering_state(guest: Guest, chat: Chat) -> None:
    guest.says("1 sprite").says("hi").says("2 coke").says("menu").says("1 wings").says("dawa").says("1 fries")
    guest.says("checkout").says("1 sprite").reads("table").says("4").says("2 sprite").reads("Table 4", "4 × Sprite")
    assert cart(chat) == {"Sprite": 4, "Coca-Cola": 2, "Chicken Wings": 1, "Masala Fries": 1}


def test_a_greeting_keeps_the_cart(guest: Guest, chat: Chat) -> None:
    guest.says("2 sprite").says("hello").reads("Hello again", "2 × Sprite", "Checkout")
    assert cart(chat) == {"Sprite": 2}


@pytest.mark.parametrize(
    "order", ["2 dawa and 1 tusker to table 7", "2 dawa", "dawa na tusker", "1 wings, 3 coke table 12"]
)
def test_from_one_line_each_step_offers_the_tap_that_leads_on(guest: Guest, chat: Chat, order: str) -> None:
    words = (
        "Review",
        "Confirm",
        "Checkout",
        "Continue",
        "Pay",
        "M-Pesa",
        "This number",
        "I am 18",
        "Skip",
        "Yes",
        "Try again",
    )
    guest.says(order)
    for _ in range(6):
        if chat.last.replies[0].prompt:
            break
        guest.taps(next(title for title in guest.titles if any(word in title for word in words)))
    guest.reads("Check your phone")
    assert len(chat.world.orders) == 1


def test_three_messages_for_a_known_guest_and_one_line(bar: Bar, chat: Chat) -> None:
    chat.guest.says("1 wings to table 2").taps("Pay with M-Pesa")
    bar.pays()
    assert sum(len(turn.replies) for turn in chat.turns) == 3


def test_seven_messages_from_hi_to_paid_for_two_drinks(guest: Guest, bar: Bar, chat: Chat) -> None:
    guest.says("hi").says("2 dawa and 1 tusker").taps("I am 18").taps("Checkout").says("7").taps("Pay with M-Pesa")
    bar.pays()
    assert sum(len(turn.replies) for turn in chat.turns) == 7
