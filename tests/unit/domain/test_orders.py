"""The life of an order, move by move."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.orders import BOUGHT, BY_STAFF, LEGAL, MOVES, OPEN, check_move
from core.domain.statuses import OrderStatus
from core.errors import IllegalTransition

UNPAID = {OrderStatus.PENDING, OrderStatus.FAILED, OrderStatus.CANCELLED}
ENDS = {OrderStatus.SERVED, OrderStatus.DELIVERED, OrderStatus.CANCELLED, OrderStatus.REFUNDED}


def by_staff(status: OrderStatus) -> list[OrderStatus]:
    return [after for before, after in LEGAL if before is status and after in BY_STAFF]


def test_the_usual_evening() -> None:
    path = ["PENDING", "PAID", "PREPARING", "READY", "SERVED"]
    for before, after in itertools.pairwise(path):
        check_move(OrderStatus(before), OrderStatus(after))


def test_every_move_has_a_reason_and_stands_once() -> None:
    assert all(why for _, _, why in MOVES) and len(LEGAL) == len(MOVES)


@given(st.sampled_from(OrderStatus), st.sampled_from(OrderStatus))
def test_a_paid_order_never_becomes_unpaid(before: OrderStatus, after: OrderStatus) -> None:
    if before not in UNPAID and after in UNPAID:
        with pytest.raises(IllegalTransition):
            check_move(before, after)


def test_a_cancelled_order_is_never_made() -> None:
    assert not [move for move in LEGAL if move[0] is OrderStatus.CANCELLED]


def test_no_order_goes_in_circles() -> None:
    def reach(status: OrderStatus, path: tuple[OrderStatus, ...]) -> None:
        assert status not in path
        for before, after in LEGAL:
            # A failed order may be paid late, and a pending one fails: neither leads back.
            if before is status:
                reach(after, (*path, status))

    reach(OrderStatus.PENDING, ())


@given(st.sampled_from(OrderStatus))
def test_staff_can_move_on_what_the_board_shows_and_nothing_else(status: OrderStatus) -> None:
    assert bool(by_staff(status)) == (status in OPEN)


def test_every_status_is_unpaid_bought_or_refunded() -> None:
    assert UNPAID | BOUGHT | {OrderStatus.REFUNDED} == set(OrderStatus)
    assert {status for status in OrderStatus if not by_staff(status)} >= ENDS
