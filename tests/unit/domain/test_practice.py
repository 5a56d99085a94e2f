"""Dev mode: what leaves the house and what stays."""

import pytest

from core.domain.practice import leaves, practice_code


@pytest.mark.parametrize(
    ("mark", "house", "goes"),
    [
        (None, False, True),
        (None, True, False),
        (False, True, True),  # money that comes late, for an order of before
        (True, False, False),  # news of practice, after its end
        (True, True, False),
        (False, False, True),
    ],
)
def test_what_is_about_an_order_follows_its_order_and_the_rest_the_house(
    mark: bool | None, house: bool, goes: bool
) -> None:
    assert leaves(mark, house) is goes


def test_what_stands_for_a_receipt_says_what_it_is() -> None:
    assert practice_code(17) == "PRACTICE-17"
