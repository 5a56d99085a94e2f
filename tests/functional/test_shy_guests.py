"""Guests of whom Meta tells no number: answered by their id, asked for the number that pays, by a tap or in words."""

import pytest

from sandbox.simulators.control import Simulators
from sandbox.simulators.guest import Guest
from tests.functional.conftest import Newcomer
from tests.functional.outside import Outside
from tests.functional.test_main_job import receipt_of, thanks
from tests.waiting import eventually


@pytest.fixture
def shy(newcomer: Newcomer, simulators: Simulators) -> Guest:
    """Somebody who hides the number."""
    known = newcomer()
    return simulators.guest(known.who, name=known.name, hide_phone=True)


def test_a_number_shared_with_a_tap_pays(outside: Outside, simulators: Simulators, shy: Guest) -> None:
    shy.says("1 coke to table 5")
    shy.taps("M-Pesa")
    request = shy.reads("Which M-Pesa number")
    assert "to" not in request.body and request.body["recipient"] == shy.bsuid
    shy.shares_number(request)
    receipt = receipt_of(simulators, shy)
    assert eventually(lambda: thanks(shy, receipt), what="the thank-you")
    assert (outside.order_of(shy.name) or {})["status"] == "PAID"


@pytest.mark.parametrize("code", [100, 131051, 131062])
def test_where_the_tap_is_not_to_be_had_plain_words_ask(simulators: Simulators, shy: Guest, code: int) -> None:
    shy.says("1 coke to table 5")
    shy.reads("Your order")
    simulators.graph.fail_next(code, guest=shy.bsuid)
    shy.taps("M-Pesa")
    request = shy.reads("Which M-Pesa number")
    assert request.type == "text" and not request.asks_for_number
    shy.says(f"0{shy.who[3:]}")
    assert eventually(lambda: thanks(shy, receipt_of(simulators, shy)), what="the thank-you")
