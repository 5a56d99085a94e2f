"""A house says things in its own words: what fits, what does not, and that the chat follows."""

import json

import pytest

from core.conversation import texts
from core.conversation.catalogues import ENGLISH, LOCALES, SWAHILI, msgid
from core.conversation.own_words import UNTOUCHED, Entry, entries, forms, ours, problem, sample, twin
from core.domain.menu import Menu
from tests.demo_menu import demo_menu
from tests.unit.conversation.chat import Chat, Guest


def entry(text: object) -> Entry:
    return next(one for one in entries().values() if one.text == text)


def guest_of(language: str, **own: object) -> Guest:
    menu = demo_menu()
    words = {msgid(getattr(texts, name)): said for name, said in own.items()}
    told = menu.to_dict() | {"wordings": {language: words}}
    return Guest(Chat(Menu.from_dict(json.loads(json.dumps(told)))))


def test_every_text_of_ours_would_pass_as_a_houses_own_in_every_language() -> None:
    assert len(entries()) > 250 and not any(one.text in UNTOUCHED for one in entries().values())
    for one in entries().values():
        for language in LOCALES:
            said = forms(ours(language, one.text))
            assert [problem(one, form, text) for form, text in enumerate(said)] == [""] * len(said), one.names
            assert all("{" not in text for text in sample(language, one.text)), one.names


@pytest.mark.parametrize(
    ("text", "typed", "said"),
    [
        (texts.WELCOME, "Welcome!", "It must hold {name}, {venue}"),
        (texts.WELCOME, "{venue}{name} {price}", "It must hold {name}, {venue}"),
        (texts.WELCOME, "{venue.__class__}{name}", "Curly braces"),
        (texts.WELCOME, "{venue!r}{name}", "Curly braces"),
        (texts.WELCOME, "{venue:>999999}{name}", "Curly braces"),
        (texts.WELCOME, "{{venue}}{name}", "Curly braces"),
        (texts.WELCOME, "{venue}{name", "Curly braces"),
        (texts.WELCOME, "{venue}{name}" + "x" * 401, "401 letters, and 400 fit"),
        (texts.B_CHECKOUT, "🍹" * 11, "22 letters, and 20 fit"),
        (texts.B_CHECKOUT, "Pay\nnow", "one line"),
        (texts.B_CHECKOUT, "  ", "This is needed."),
        (texts.B_CHECKOUT, "To the till", ""),
        (texts.WELCOME, "Hey{name}, this is {venue}.\nOrder away!", ""),
    ],
)
def test_what_fits_and_what_does_not(text: str, typed: str, said: str) -> None:
    found = problem(entry(text), 0, typed)
    assert said in found if said else not found


def test_samples_read_as_guests_would_read_them() -> None:
    assert sample(ENGLISH, texts.CART_SO_FAR) == (
        "In your cart: 1 item, KES 1,400.",
        "In your cart: 3 items, KES 1,400.",
    )
    assert sample(ENGLISH, texts.WELCOME_BACK) == ("Hello again, Amina!",)


def test_no_two_buttons_say_the_same() -> None:
    assert twin(entry(texts.B_STAFF), "checkout ", ENGLISH, {}) == texts.B_CHECKOUT
    assert twin(entry(texts.B_STAFF), "To the till", ENGLISH, {texts.B_CHECKOUT: "to the till"}) == texts.B_CHECKOUT
    assert twin(entry(texts.B_STAFF), "Checkout", ENGLISH, {texts.B_CHECKOUT: "To the till"}) == ""
    assert twin(entry(texts.WELCOME), "Checkout", ENGLISH, {}) == ""


def test_the_chat_speaks_the_houses_own_words_and_ours_where_it_has_none() -> None:
    guest = guest_of(ENGLISH, WELCOME="Hey{name}! You are at {venue}.", B_CHECKOUT="To the till")
    guest.says("hi").reads("Hey, Jane! You are at Destination Cocktails.", texts.CATEGORIES)
    guest.says("2 coke").reads("*Total KES 300*").taps("To the till").reads("Which table")
    guest_of(SWAHILI, WELCOME="Mambo{name}! {venue}.").says("hi").reads("Karibu")


def test_singular_and_plural_are_told_apart_in_own_words() -> None:
    own = ["{count} thing, {total}", "{count} things, {total}"]
    guest = guest_of(ENGLISH, CART_SO_FAR=own)
    guest.says("coke").says("1").says("menu").reads("1 thing, KES 150")
    guest.says("1 sprite").says("menu").reads("2 things, KES 300")


def test_a_menu_without_own_words_is_written_as_it_was_before() -> None:
    assert "wordings" not in demo_menu().to_dict()
