"""What an order takes, in the order in which everybody takes it."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from core.domain.stock import is_orderable, wanted

LINES = st.lists(st.tuples(st.uuids(), st.integers(1, 99)), max_size=12)


@given(LINES)
def test_the_order_of_the_lines_does_not_matter(lines: list[tuple[UUID, int]]) -> None:
    doubled = lines + lines
    assert wanted(doubled) == wanted(sorted(doubled, reverse=True))


@given(LINES)
def test_every_product_is_taken_once_with_all_of_its_lines(lines: list[tuple[UUID, int]]) -> None:
    wants = wanted(lines + lines)
    assert sum(quantity for _, quantity in wants) == 2 * sum(quantity for _, quantity in lines)
    assert [product for product, _ in wants] == sorted({product for product, _ in lines})


def test_a_line_carries_one_to_ninety_nine() -> None:
    assert [n for n in (-1, 0, 1, 99, 100) if is_orderable(n)] == [1, 99]
