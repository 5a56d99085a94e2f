"""Every way Kenyans write a number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.phone import is_kenyan_mobile, masked, normalise


@pytest.mark.parametrize(
    "text",
    ["0712345678", "712345678", "254712345678", "+254712345678", "+254 712 345 678", "0712-345-678", " 0712 345 678 "],
)
def test_all_forms_of_a_number_are_one_number(text: str) -> None:
    assert normalise(text) == "254712345678"


def test_the_new_safaricom_ranges_are_mobile() -> None:
    assert normalise("0110123456") == "254110123456" and is_kenyan_mobile("254110123456")


def test_a_guest_from_abroad_has_a_number_that_gets_no_prompt() -> None:
    assert normalise("+1 650 253 0000") == "16502530000" and not is_kenyan_mobile("16502530000")


@pytest.mark.parametrize("text", ["", "12", "hello", "0712", "+", "0000000000", "9" * 400, "²³"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert normalise(text) is None


@given(st.text())
def test_nothing_a_guest_writes_breaks_it(text: str) -> None:
    number = normalise(text)
    assert number is None or (number.isdigit() and normalise(number) == number)


def test_only_the_last_three_digits_are_shown() -> None:
    assert masked("254712345678") == "…678"
