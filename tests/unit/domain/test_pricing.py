"""Sums of a bill: whole shillings, a discount off the price, a tip beside it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.pricing import bill, discount_on, read_tip, tip_of

PRICES = st.integers(1, 500_000).map(Decimal)
PERCENTS = st.integers(0, 99).map(Decimal)
TIPS = st.one_of(st.integers(1, 99).map(lambda share: f"{share}%"), st.integers(0, 999_999).map(str), st.just(""))


@pytest.mark.parametrize(
    ("price", "percent", "off"), [(1750, 10, 175), (155, 10, 16), (5, 10, 1), (1, 99, 0), (9, 0, 0)]
)
def test_a_discount_is_whole_shillings(price: int, percent: int, off: int) -> None:
    assert discount_on(Decimal(price), Decimal(percent)) == off


@pytest.mark.parametrize(
    ("said", "tip"),
    [("10%", 175), ("5%", 88), ("100", 100), ("0", 0), ("", 0), ("x", 0), ("100%", 0), ("-5", 0), ("1.5", 0)],
)
def test_a_tip_is_a_share_or_an_amount_and_anything_else_is_none(said: str, tip: int) -> None:
    assert tip_of(said, Decimal(1750)) == tip


@pytest.mark.parametrize("said", ["0", "0%", "", "ten", "10 %", 10, None, "1000000"])
def test_a_venue_offers_no_tip_of_nothing(said: object) -> None:
    with pytest.raises(ValueError, match="tips"):
        read_tip(said)


@given(PRICES, st.integers(0, 5000).map(Decimal), PERCENTS, TIPS)
def test_a_bill_adds_up_and_is_never_nothing(goods: Decimal, fee: Decimal, percent: Decimal, tip: str) -> None:
    found = bill(goods, fee, percent, tip)
    assert found.total == goods + fee - found.discount + found.tip
    assert found.price >= 1 and found.discount >= 0 and found.tip >= 0
    assert found.total == found.total.to_integral_value()
