"""Tables as staff write them."""

import pytest

from core.domain.venue_tables import read_numbers, written


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [("1-4, 7", [1, 2, 3, 4, 7]), ("7 3;3", [3, 7]), ("1 – 3", [1, 2, 3]), ("5 to 6", [5, 6]), ("0012", [12])],
)
def test_numbers_and_ranges_are_read_however_they_are_written(typed: str, numbers: list[int]) -> None:
    assert read_numbers(typed) == numbers
    assert read_numbers(written(numbers)) == numbers


@pytest.mark.parametrize("typed", ["", " , ", "x", "0", "0-3", "9-3", "1-", "-1", "12345", "1.5", "١", "1-501"])
def test_what_is_no_table_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):
        read_numbers(typed)
