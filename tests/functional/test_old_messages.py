"""Meta brings after an outage what guests wrote during it."""

import time

from sandbox.simulators.control import Simulators
from sandbox.simulators.guest import Guest
from tests.functional.outside import Outside
from tests.functional.test_main_job import check_paid_once

HOUR, WEEK = 3600.0, 7 * 24 * 3600.0


def test_an_hour_old_tap_orders_nothing_and_says_where_things_stand(
    outside: Outside, simulators: Simulators, guest: Guest
) -> None:
    guest.says("1 coke to table 5")
    guest.reads("Your order")
    guest.taps("M-Pesa", at=time.time() - HOUR)
    answer = guest.reads("reached us late")
    assert "Coca-Cola" in answer.text
    assert outside.order_of(guest.name) is None and simulators.kopokopo.prompts(guest.phone) == []
    guest.taps("M-Pesa", answer)
    check_paid_once(outside, simulators, guest)


def test_an_hour_old_yes_orders_nothing(outside: Outside, guest: Guest) -> None:
    guest.says("1 coke to table 5")
    guest.reads("Your order")
    guest.says("yes", at=time.time() - HOUR)
    guest.reads("reached us late")
    assert outside.order_of(guest.name) is None


def test_a_week_old_greeting_is_left_alone(guest: Guest) -> None:
    guest.says("hi", at=time.time() - WEEK)
    guest.says("cart")
    guest.reads("empty")
    assert len(guest.messages) == 1
