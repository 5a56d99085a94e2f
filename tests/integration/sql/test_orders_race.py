"""Many guests at once, one stock."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy.orm import Session, sessionmaker

from core.domain.statuses import OrderStatus
from core.services.holds import expire_holds
from core.store.sql.tables import Order, Payment
from tests.integration.sql.bar import Bar, all_at_once, open_bar


def test_two_hundred_guests_for_the_last_ten_items_make_ten_orders(sessions: sessionmaker[Session]) -> None:
    bar = open_bar(sessions, Dawa=10)
    outcomes = all_at_once(200, lambda n: bar.order(bar.guest(n), pay=False, Dawa=1)[0], workers=30)
    results = [outcome["result"] for outcome in outcomes]
    assert results.count("placed") == 10 and results.count("sold_out") == 190
    assert sorted(outcome["number"] for outcome in outcomes if outcome["result"] == "placed") == list(range(1, 11))
    assert bar.stock("Dawa") == (10, 10)
    assert bar.breaches() == []


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_hundred_rounds_of_two_hundred_guests_never_oversell(sessions: sessionmaker[Session]) -> None:
    for _ in range(100):
        bar = open_bar(sessions, Dawa=10)
        outcomes = all_at_once(200, partial(_order_one, bar), workers=40)
        assert outcomes.count("placed") == 10 and bar.stock("Dawa") == (10, 10)
    assert bar.breaches() == []


def _order_one(bar: Bar, number: int) -> str:
    return str(bar.order(bar.guest(number), pay=False, Dawa=1)[0]["result"])


def test_one_cart_confirmed_in_ten_places_at_once_is_one_order(bar: Bar) -> None:
    guest, place = bar.guest(), bar.place("cart-1", Dawa=2, Tusker=1)
    outcomes = all_at_once(10, lambda _: bar.perform(guest, place)[0])
    assert len({outcome["order_id"] for outcome in outcomes}) == 1
    assert bar.count(Order) == 1 and bar.stock("Dawa") == (100, 2)


def test_orders_of_the_same_products_in_any_order_never_deadlock(bar: Bar) -> None:
    def order(number: int) -> str:
        names = ("Dawa", "Tusker", "Wings") if number % 2 else ("Wings", "Tusker", "Dawa")
        placed = bar.order(bar.guest(number), pay=False, **dict.fromkeys(names, 1))[0]
        bar.settle(placed["order_id"])
        return str(placed["result"])

    assert all_at_once(30, order, workers=10) == ["placed"] * 30
    assert bar.stock("Dawa") == (70, 0)


def test_a_guest_who_taps_pay_in_ten_places_gets_one_prompt(bar: Bar) -> None:
    guest = bar.guest()
    placed = bar.order(guest, pay=False, Dawa=1)[0]
    outcomes = all_at_once(10, lambda _: bar.perform(guest, bar.pay(guest, placed["order_id"]))[0])
    results = sorted(outcome["result"] for outcome in outcomes)
    assert results == ["live_attempt"] * 9 + ["requested"]
    assert len({outcome["payment_id"] for outcome in outcomes}) == 1


def test_rule_14_expiry_and_settlement_of_one_order_never_both_win(bar: Bar) -> None:
    placed = [bar.order(bar.guest(n), pay=False, Dawa=1, Wings=1)[0]["order_id"] for n in range(20)]
    for order_id in placed:
        bar.change(Order, order_id, expires_at=datetime.now(UTC) - timedelta(seconds=1))
    with ThreadPoolExecutor(6) as pool:
        sweeps = [pool.submit(expire_holds, bar.sessions) for _ in range(2)]
        settled = list(pool.map(bar.settle, placed))
        for sweep in sweeps:
            sweep.result()
    assert settled == [True] * 20
    # Whoever was expired first was revived by the money: the stock was still there.
    assert {bar.status(order_id) for order_id in placed} == {OrderStatus.PAID}
    assert bar.stock("Dawa") == (80, 0) and bar.movements("Dawa").count(-1) == 20


def test_rule_14_expiry_leaves_alone_what_a_settlement_holds(bar: Bar) -> None:
    order_id = bar.order(bar.guest(), pay=False, Dawa=1)[0]["order_id"]
    bar.change(Order, order_id, expires_at=datetime.now(UTC) - timedelta(seconds=1))
    with bar.sessions.begin() as db:
        db.get(Order, order_id, with_for_update=True)
        expire_holds(bar.sessions)
    assert bar.status(order_id) is OrderStatus.PENDING
    expire_holds(bar.sessions)
    assert bar.status(order_id) is OrderStatus.FAILED


@pytest.mark.parametrize("status", ["CREATED", "REQUESTED", "PENDING", "UNKNOWN"])
def test_rule_14_stock_stays_held_while_a_payment_is_open(bar: Bar, status: str) -> None:
    placed, asked = bar.order(bar.guest(), Dawa=3)
    bar.change(Order, placed["order_id"], expires_at=datetime.now(UTC) - timedelta(seconds=1))
    bar.change(Payment, asked["payment_id"], status=status)
    expire_holds(bar.sessions)
    assert bar.status(placed["order_id"]) is OrderStatus.PENDING and bar.stock("Dawa") == (100, 3)
    bar.change(Payment, asked["payment_id"], status="EXPIRED")
    expire_holds(bar.sessions)
    assert bar.status(placed["order_id"]) is OrderStatus.FAILED and bar.stock("Dawa") == (100, 0)


def test_two_sweeps_at_once_give_stock_back_once(bar: Bar) -> None:
    placed = [bar.order(bar.guest(n), pay=False, Dawa=2)[0]["order_id"] for n in range(10)]
    for order_id in placed:
        bar.change(Order, order_id, expires_at=datetime.now(UTC) - timedelta(seconds=1))
    followups = all_at_once(4, lambda _: expire_holds(bar.sessions))
    assert sum(len(followup.conversations) for followup in followups) == 10
    assert bar.stock("Dawa") == (100, 0)


def test_one_cart_with_the_last_of_a_product_is_one_order_wherever_it_is_confirmed(
    sessions: sessionmaker[Session],
) -> None:
    bar = open_bar(sessions, Dawa=5)
    place = bar.place("cart-1", Dawa=5)
    outcomes = all_at_once(10, lambda _: bar.perform(bar.guest(), place)[0])
    assert {outcome["result"] for outcome in outcomes} == {"placed"}
    assert len({outcome["order_id"] for outcome in outcomes}) == 1 and bar.stock("Dawa") == (5, 5)
