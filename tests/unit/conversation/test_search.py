"""Guests look for something: pages of what there is, prices, what is in a glass, and few choices as buttons."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.conversation.session import State
from core.conversation.understanding.catalogue import catalogue
from core.conversation.understanding.search import Search, find
from core.domain.menu import Category, Menu, Product, Venue
from tests.demo_menu import demo_menu
from tests.unit.conversation.chat import Chat, Guest
from tests.unit.conversation.test_ordering import cart

MENU = demo_menu()


def test_something_with_gin_is_found_by_what_is_in_it(guest: Guest) -> None:
    guest.says("something with gin")
    assert guest.titles == ["Long Island Iced Tea", "Negroni", "Gin and Tonic", "All categories"]


def test_what_was_found_is_ordered_by_number_name_or_tap(chat: Chat, guest: Guest) -> None:
    guest.says("something with gin").says("2").reads("Negroni", "How many?")
    guest.says("something with gin").says("negroni").reads("Negroni", "How many?")
    guest.says("something with gin").taps("Negroni").taps("2").taps("I am 18")
    assert cart(chat) == {"Negroni": 2}


def test_a_number_said_beforehand_is_kept_for_the_tap(chat: Chat, guest: Guest) -> None:
    guest.says("2 beers").taps("Guinness").taps("I am 18")
    assert cart(chat) == {"Guinness": 2}


def test_long_results_are_paged_by_tap_and_by_word(guest: Guest) -> None:
    first = guest.says("under 700").titles
    assert len(first) == 10 and first[-1] == "More"
    second = guest.taps("More").titles
    assert not set(first[:-1]) & set(second[:-1])
    assert guest.says("under 700").says("more").titles == second


def test_the_last_page_leads_back_to_the_first(guest: Guest) -> None:
    first = guest.says("under 400").titles
    guest.taps("More")
    assert guest.taps("More").titles == first


def test_prices_are_kept_to(guest: Guest) -> None:
    guest.says("between 300 and 400")
    prices = [row.description for row in guest.chat.last.replies[0].rows if row.id.startswith("prod:")]
    assert prices and all("KES 350" in price or "KES 400" in price for price in prices)


def test_the_cheapest_comes_first(guest: Guest) -> None:
    assert guest.says("cheapest beer").titles[0] == "Tusker Lager"
    assert guest.says("most expensive whisky").titles[0] == "Glenfiddich 12"


def test_what_sells_most_comes_first() -> None:
    menu = demo_menu("sells", popularity={"Negroni": 1, "Dawa": 2})
    chat = Chat(menu)
    assert chat.guest.says("what is popular").titles[:2] == ["Negroni", "Dawa"]


def test_nothing_found_shows_what_there_is(guest: Guest, chat: Chat) -> None:
    guest.says("something with absinthe").reads("nothing like that", "Cocktail", "Food")
    assert chat.state == State.BROWSING_CATEGORIES


def test_what_is_sold_out_is_not_found() -> None:
    chat = Chat(demo_menu(sold_out=["Negroni"]))
    chat.guest.says("something with gin")
    assert "Negroni" not in chat.guest.titles


def test_a_venue_without_alcohol_finds_none() -> None:
    chat = Chat(demo_menu("dry", serves_alcohol=False))
    chat.guest.says("something with gin").reads("nothing like that")


def test_a_page_of_a_menu_that_changed_is_still_answered(guest: Guest, chat: Chat) -> None:
    guest.says("something with gin")
    chat.menu_becomes(gone=["Negroni", "Gin and Tonic", "Long Island Iced Tea"])
    guest.taps_id("find:0:gin").reads("nothing like that")
    guest.taps_id("find:9:#nowhere <1").reads("nothing like that")


@pytest.mark.parametrize(
    "code", ["x" * 300, ":::", "<", ">x", "#", "!", "1 2 3", "<99999999999", "\x00", "a b c d e f"]
)
def test_an_invented_search_is_answered(guest: Guest, code: str) -> None:
    guest.taps_id(f"find:0:{code}").taps_id(f"find:x:{code}")


def test_two_that_may_be_meant_are_buttons_and_many_are_rows(guest: Guest, chat: Chat) -> None:
    guest.says("2 martini").reads("Which one", "*Espresso Martini* KES 900", "*Passion Martini* KES 850")
    assert [b.title for b in chat.last.replies[0].buttons] == ["Espresso Martini", "Passion Martini"]
    guest.says("2").taps("I am 18")
    assert cart(chat) == {"Passion Martini": 2}


def test_four_that_may_be_meant_are_a_list() -> None:
    products = [Product(f"p{n}", f"Martini {n}", Decimal(500), "c") for n in range(4)]
    chat = Chat(Menu("m", Venue("v", "V"), (Category("c", "C"),), tuple(products)))
    chat.guest.says("2 martini")
    assert len(chat.last.replies[0].rows) == 4


@given(
    st.builds(
        Search,
        quantity=st.integers(0, 99),
        category=st.sampled_from(["", "beer", "3f2b1c9e-1111-4222-8333-444455556666"]),
        words=st.lists(st.text("abcdefgh", min_size=1, max_size=20), max_size=4).map(tuple),
        most=st.integers(0, 999_999),
        least=st.integers(0, 999_999),
        dry=st.booleans(),
        order=st.sampled_from(["", "cheap", "dear", "popular"]),
    )
)
def test_a_search_survives_the_id_of_a_tap(search: Search) -> None:
    assert Search.of(search.code) == search
    assert len(f"find:999:{search.code}") <= 200
    assert {p.id for p in find(search, catalogue(MENU), lambda p: p.price)} <= {p.id for p in MENU.products}
