"""Sums in shillings."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from core.domain.money import order_total, plain, vat_in

SHILLINGS = st.integers(1, 250_000).map(Decimal)


def test_vat_is_the_share_contained_in_a_price() -> None:
    assert vat_in(Decimal(116), Decimal(16)) == Decimal("16.00")
    assert vat_in(Decimal(700), Decimal(16)) == Decimal("96.55")
    assert vat_in(Decimal(700), Decimal(0)) == 0


@given(SHILLINGS, st.integers(0, 100).map(Decimal))
def test_net_and_vat_make_the_total(total: Decimal, percent: Decimal) -> None:
    vat = vat_in(total, percent)
    assert 0 <= vat <= total / 2
    assert abs((total - vat) * percent / 100 - vat) <= Decimal("0.02")


@given(st.lists(st.tuples(st.integers(1, 99), SHILLINGS), max_size=20))
def test_a_total_is_exact(lines: list[tuple[int, Decimal]]) -> None:
    assert int(order_total(lines)) == sum(quantity * int(price) for quantity, price in lines)


def test_whole_shillings_are_written_without_cents() -> None:
    assert [plain(Decimal(text)) for text in ("850.00", "1200", "0", "850.5", "1E+3")] == [
        "850", "1200", "0", "850.50", "1000",
    ]  # fmt: skip
