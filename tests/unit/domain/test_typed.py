"""What staff type, and what it means."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.menu_fields import allergens, product_readers, sku, slug
from core.domain.statuses import Station
from core.domain.typed import line, paragraph, price, read, several, switch, whole


@pytest.mark.parametrize("typed", ["1250", "1,250", " KES 1 250 ", "ksh1250", "1250.00", "1,250/=", "KSh. 1,250/-"])
def test_a_price_is_read_however_people_write_it(typed: str) -> None:
    assert price(typed) == Decimal(1250)


@pytest.mark.parametrize("typed", ["", "0", "-5", "7.50", "1,25", "1e3", "NaN", "Infinity", "١٠", "a lot", "10000000"])
def test_what_is_no_price_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="whole shillings"):
        price(typed)


def test_names_keep_what_people_write_and_lose_what_no_keyboard_types() -> None:
    name = line(1, 60)
    assert name("  Piña\u200d  Colada 🍹\n") == "Piña\u200d Colada 🍹"
    assert name("Da\x00wa\u202e\x1b") == "Dawa"
    assert name("مشروب") == "مشروب" and paragraph(60)("a\r\nb  c\r\n") == "a\nb c"
    for nothing in ("", " \t", "\x00"):
        with pytest.raises(ValueError, match="needed"):
            name(nothing)


def test_lists_are_separated_by_whatever_is_at_hand() -> None:
    assert several(5, 20)("spicy, Vegan; vegan\nhot ,") == ["spicy", "vegan", "hot"]
    assert allergens("Nuts, milk, nuts") == ["milk", "nuts"]
    with pytest.raises(ValueError, match="moon"):
        allergens("milk, moon")
    with pytest.raises(ValueError, match="At most 2"):
        several(2, 20)("a,b,c")


def test_codes_and_words_in_addresses_are_plain() -> None:
    assert sku(" TL-350 ") == "TL-350" and sku("  ") is None and slug("Soft-Drinks") == "soft-drinks"
    for typed in ("a b", "é", "=1", "x" * 41):
        with pytest.raises(ValueError):
            sku(typed)


def test_yes_and_no_in_two_languages() -> None:
    assert [switch(word) for word in ("Yes", "ndiyo", "1", "no", "hapana", "")] == [True] * 3 + [False] * 3
    with pytest.raises(ValueError, match="yes or no"):
        switch("maybe")


def test_every_field_says_what_is_wrong_with_it_and_the_rest_counts() -> None:
    readers = product_readers(("sw",))
    values, problems = read({"name": "Dawa", "price": "x", "station": "Bar", "unasked": "?"}, readers)
    assert values == {"name": "Dawa", "station": Station.BAR} and set(problems) == {"price"}


@given(st.text(max_size=200), st.sampled_from(sorted(product_readers(("sw",)))))
def test_nothing_that_can_be_typed_breaks_a_reader(typed: str, name: str) -> None:
    values, problems = read({name: typed}, product_readers(("sw",)))
    assert set(values) ^ set(problems) == {name}


@given(st.integers(0, 99_999))
def test_whole_numbers_are_read_with_or_without_commas(number: int) -> None:
    assert whole(0, 99_999)(str(number)) == whole(0, 99_999)(f"{number:,}") == number
