"""The money side against the simulated Kopo Kopo, whose callbacks come in at our own webhook over HTTP."""

import pytest

from core.domain.statuses import OrderStatus, PaymentStatus
from core.services.doorbells import settle_payments
from sandbox.simulators.control import Simulators
from sandbox.simulators.kopokopo.rules import FAILURES
from tests.integration.money.house import House
from tests.integration.money.simulated import simulated, simulators, web_port
from tests.waiting import eventually

__all__ = ["simulated", "simulators", "web_port"]
S = PaymentStatus
WORDS = {
    "wrong_pin": "wrong_pin", "no_balance": "insufficient_funds", "cancelled": "cancelled", "unanswered": "unreachable",
    "expired": "expired", "busy": "busy", "push_failed": "push_failed", "network_busy": "network_busy",
    "network_error": "network_error",
}  # fmt: skip


def settled(house: House, payment_id: str, status: PaymentStatus) -> bool:
    """Serve what came in; whether the payment stands as wanted."""
    settle_payments(house.program, "a bell of the test")
    return house.status(payment_id) is status


def test_a_guest_pays_and_the_callback_settles_it(house: House, simulators: Simulators) -> None:
    order_id, payment_id = house.order()
    house.request(payment_id)
    # The start, the result, and the till's own event.
    eventually(lambda: settled(house, payment_id, S.SUCCEEDED) and len(house.diary()) == 3)
    assert house.order_status(order_id) is OrderStatus.PAID
    assert len(house.owed("payment_settled")) == 1


@pytest.mark.parametrize("outcome", FAILURES)
def test_every_failure_reaches_the_guest_in_our_words(house: House, simulators: Simulators, outcome: str) -> None:
    simulators.kopokopo.rule(outcome)
    _, payment_id = house.order()
    house.request(payment_id)
    eventually(lambda: settled(house, payment_id, S.FAILED))
    assert [event["reason"] for event in house.owed("payment_failed")] == [WORDS[outcome]]


def test_a_callback_that_comes_before_the_answer_is_settled(house: House, simulators: Simulators) -> None:
    simulators.kopokopo.rule("success", callback="before_answer")
    order_id, payment_id = house.order()
    house.request(payment_id)
    eventually(lambda: settled(house, payment_id, S.SUCCEEDED))
    assert house.order_status(order_id) is OrderStatus.PAID


def test_a_callback_that_never_comes_is_made_up_for_by_the_poll(house: House, simulators: Simulators) -> None:
    simulators.kopokopo.rule("success", callback="never")
    order_id, payment_id = house.order()
    house.request(payment_id)
    simulators.kopokopo.wait_for(status="Success")
    house.check(payment_id)
    assert (house.status(payment_id), house.order_status(order_id)) == (S.SUCCEEDED, OrderStatus.PAID)


def test_a_charge_behind_a_timeout_is_found_in_the_list(
    house: House, simulators: Simulators, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.providers.kopokopo.api.START_SECONDS", 1.0)
    simulators.kopokopo.rule("timeout_after_charging", callback="never")
    order_id, payment_id = house.order()
    house.request(payment_id)
    assert house.status(payment_id) is S.UNKNOWN
    simulators.kopokopo.wait_for(status="Success")
    house.check(payment_id)
    assert (house.status(payment_id), house.order_status(order_id)) == (S.SUCCEEDED, OrderStatus.PAID)
    assert len(simulators.kopokopo.prompts()) == 1


def test_money_taken_back_is_written_down(house: House, simulators: Simulators) -> None:
    _, payment_id = house.order()
    house.request(payment_id)
    eventually(lambda: settled(house, payment_id, S.SUCCEEDED))
    assert simulators.kopokopo.reverses(house.receipts()[0].reference)
    eventually(lambda: settled(house, payment_id, S.REVERSED))
    assert len(house.owed("money_returned")) == 1


def test_money_without_a_prompt_is_kept_as_unmatched(house: House, simulators: Simulators) -> None:
    receipt = simulators.kopokopo.pays_till("254711222333", 350)

    def kept() -> list[str]:
        settle_payments(house.program, "a bell of the test")
        return [one.reference for one in house.receipts()]

    assert eventually(kept) == [receipt]


def test_a_token_the_provider_forgot_is_renewed(house: House, simulators: Simulators) -> None:
    _, first = house.order(1)
    house.request(first)
    simulators.kopokopo.set(revoke_tokens=True)
    _, second = house.order(2)
    house.request(second)
    eventually(lambda: settled(house, second, S.SUCCEEDED))
