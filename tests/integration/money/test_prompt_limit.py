"""Nobody's phone is rung at will: a number that is not the guest's own is asked only so often."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from core.domain.statuses import PaymentStatus
from core.store.sql.tables import Payment
from tests.integration.money.house import House
from tests.integration.sql.bar import all_at_once

FRIEND = "254722000111"


def ask(house: House, guest: int, phone: str = FRIEND) -> str:
    """This guest orders, and has that number asked; the attempt fails long ago, so that it blocks no other."""
    ref = house.bar.guest(guest)
    placed = house.bar.order(ref, False, Wings=1)[0]
    outcome = house.bar.perform(ref, house.bar.pay(ref, placed["order_id"], phone))[0]
    if "payment_id" in outcome:
        over = {"status": PaymentStatus.FAILED, "next_check_at": None, "failed_by": "callback"}
        house.bar.change(Payment, outcome["payment_id"], **over)
    return str(outcome["result"])


def test_a_friends_number_is_asked_three_times_an_hour_by_all_guests_together(house: House) -> None:
    assert [ask(house, guest) for guest in (1, 2, 3)] == ["requested"] * 3
    assert [ask(house, guest) for guest in (1, 4)] == ["too_many"] * 2
    assert ask(house, 4, "254722000222") == "requested"


def test_an_hour_later_it_may_be_asked_again(house: House) -> None:
    for _ in range(3):
        ask(house, 1)
    with house.bar.sessions.begin() as db:
        db.execute(update(Payment).values(created_at=datetime.now(UTC) - timedelta(minutes=61)))
    assert ask(house, 1) == "requested"


def test_ones_own_number_is_never_limited(house: House) -> None:
    assert {ask(house, 1, house.bar.guest(1).phone) for _ in range(5)} == {"requested"}


def test_a_number_that_paid_for_the_guest_before_is_as_good_as_their_own(house: House) -> None:
    ask(house, 1)
    with house.bar.sessions.begin() as db:
        db.execute(update(Payment).values(status=PaymentStatus.SUCCEEDED, succeeded_at=datetime.now(UTC)))
    assert {ask(house, 1) for _ in range(4)} == {"requested"}
    with house.bar.sessions.begin() as db:
        db.execute(update(Payment).values(status=PaymentStatus.FAILED, succeeded_at=None))


def test_ten_guests_at_once_ring_a_stranger_three_times(house: House) -> None:
    placed = [(house.bar.guest(n), house.bar.order(house.bar.guest(n), False, Wings=1)[0]) for n in range(1, 7)]

    def rings(number: int) -> str:
        ref, order = placed[number]
        outcome = house.bar.perform(ref, house.bar.pay(ref, order["order_id"], FRIEND))[0]
        return str(outcome["result"])

    results = all_at_once(6, rings)
    assert results.count("requested") <= 3 and set(results) <= {"requested", "live_attempt", "too_many"}
