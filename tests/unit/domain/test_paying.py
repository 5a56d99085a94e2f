"""Which ways of paying are left once limits and providers have had their say."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.paying import Paying, Way, read_paying, read_ways, ways, written_paying

ALL = ("MPESA", "PESAPAL", "PAYSTACK", "CASH")


def left(amount: int, *offered: str, down: tuple[str, ...] = (), **limits: tuple[int, int]) -> list[Way]:
    bounds = {name: (Decimal(least), Decimal(most)) for name, (least, most) in limits.items()}
    return list(ways(offered or ALL, Paying(bounds), Decimal(amount), down))


def test_the_venue_s_order_is_kept() -> None:
    assert left(500, "CASH", "MPESA") == [Way.CASH, Way.MPESA]


def test_limits_count_both_ends() -> None:
    assert Way.CASH in left(500, CASH=(500, 500))
    assert Way.CASH not in left(501, CASH=(500, 500))
    assert Way.CASH not in left(499, CASH=(500, 500))


def test_m_pesa_takes_no_more_than_m_pesa_takes() -> None:
    assert Way.MPESA in left(250_000)
    assert Way.MPESA not in left(250_001, MPESA=(1, 900_000))
    assert Way.PAYSTACK not in left(2)


def test_who_does_not_answer_is_left_out_while_others_do() -> None:
    assert left(500, down=("kopokopo", "pesapal")) == [Way.PAYSTACK, Way.CASH]
    assert left(500, "MPESA", down=("kopokopo",)) == [Way.MPESA]


def test_a_way_of_a_newer_release_is_not_offered() -> None:
    assert left(500, "COWRIES", "MPESA") == [Way.MPESA]


@pytest.mark.parametrize("value", [[], ["COWRIES"], "MPESA", None, [1]])
def test_ways_that_are_none_are_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="payment_methods"):
        read_ways(value)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "limits": st.dictionaries(st.sampled_from(ALL), st.just({"least": "10", "most": "900"})),
            "tips": st.lists(st.sampled_from(["5%", "10%", "100"]), max_size=4),
            "cash_minutes": st.integers(1, 1440),
            "page": st.booleans(),
            "link_minutes": st.none() | st.integers(1, 1440),
        },
    )
)
def test_what_is_written_is_read_back(rules: dict[str, Any]) -> None:
    paying = read_paying(rules)
    assert read_paying(written_paying(paying)) == paying
