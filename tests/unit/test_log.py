"""What reaches a line of the log, and what does not."""

import pytest

from core.log import mask


def masked(value: object, name: str = "event") -> object:
    return mask(None, "info", {name: value})[name]


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("to 254712345678 now", "to ***678 now"),
        ("+254712345678", "+***678"),
        ("call.254712345678", "call.***678"),
        ("12345678901234567890", "***890"),
        ("succeeded in 0.1234567891908s: None", "succeeded in 0.1234567891908s: None"),
        ("order 101", "order 101"),
    ],
)
def test_numbers_as_long_as_a_phone_are_masked_and_durations_are_not(said: str, written: str) -> None:
    assert masked(said) == written


@pytest.mark.parametrize("name", ["phone", "name", "text", "token", "password"])
def test_telling_fields_say_nothing(name: str) -> None:
    assert masked("Achieng", name) == "***"
