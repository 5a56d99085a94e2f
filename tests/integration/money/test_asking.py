"""Asking for the money: once, under the order, and whatever the provider answers."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from core.domain.payments import Reason
from core.domain.statuses import FailedBy, OrderStatus, PaymentStatus
from core.store.sql.tables import Payment, ProviderAccount
from tests.integration.money.house import House
from tests.integration.money.kopokopo import START, TOKEN
from tests.integration.money.standin import Call, drip
from tests.integration.sql.bar import all_at_once

S = PaymentStatus


def test_a_prompt_goes_out_as_the_provider_wants_it(house: House) -> None:
    order_id, payment_id, prompt = house.prompt()
    payment = house.payment(payment_id)
    assert (payment.status, payment.handle) == (S.PENDING, house.kopokopo.url_of(prompt["id"]))
    assert payment.handle_id == prompt["id"]
    assert prompt | {"id": ""} == {
        "payment_channel": "M-PESA STK Push",
        "till_number": "K123456",
        "subscriber": {"phone_number": "+254700000001"},
        "amount": {"currency": "KES", "value": 700},
        "metadata": {"payment_id": payment_id, "order_id": order_id},
        "_links": {"callback_url": "https://bar.example.co.ke/api/webhooks/payment"},
        "id": "",
    }


def test_rule_10_an_attempt_is_claimed_once(house: House) -> None:
    _, payment_id = house.order()
    all_at_once(8, lambda _: house.request(payment_id))
    assert len(house.kopokopo.prompts) == 1
    assert house.status(payment_id) is S.PENDING


def test_rule_10_an_order_that_was_called_off_is_never_asked_for(house: House) -> None:
    order_id, payment_id = house.order()
    house.bar.perform(house.bar.guest(1), {"kind": "cancel_order", "order_id": order_id})
    house.request(payment_id)
    assert (house.kopokopo.prompts, house.status(payment_id)) == ([], S.FAILED)


def test_calling_off_right_after_pay_ends_the_quiet_of_the_prompt_without_a_word(house: House) -> None:
    order_id, payment_id = house.order()
    house.bar.perform(house.bar.guest(1), {"kind": "cancel_order", "order_id": order_id})
    assert house.request(payment_id).conversations
    [told] = house.owed()
    assert (told["kind"], told["payment_id"], told["unsaid"]) == ("payment_failed", payment_id, True)


def test_an_attempt_nobody_came_to_send_is_given_up_and_told_instead_of_prompting_a_guest_at_home(house: House) -> None:
    order_id, payment_id = house.order()
    house.bar.change(Payment, payment_id, created_at=datetime.now(UTC) - timedelta(seconds=151))
    house.request(payment_id)
    assert (house.kopokopo.prompts, house.status(payment_id)) == ([], S.FAILED)
    [told] = house.owed()
    assert (told["kind"], "unsaid" in told) == ("payment_failed", False)
    assert house.pay_again(order_id)["result"] == "requested"


@pytest.mark.parametrize("meanwhile", ["frozen for twenty seconds", "given up by the sweep"])
def test_rule_10_a_worker_that_was_frozen_after_its_claim_sends_nothing(house: House, meanwhile: str) -> None:
    _, payment_id = house.order()

    def slow_token(call: Call) -> None:  # comes after the claim and before the last look
        house.ago(payment_id, 21)
        if meanwhile == "given up by the sweep":
            house.check(payment_id)
        house.kopokopo.give_token(call)

    house.kopokopo.server.routes[TOKEN] = slow_token
    house.request(payment_id)
    assert house.kopokopo.prompts == []
    house.check(payment_id)
    assert house.status(payment_id) is S.FAILED
    assert [event["reason"] for event in house.owed("payment_failed")] == [Reason.PUSH_FAILED]


def test_rule_10_a_prompt_whose_token_was_refused_is_looked_at_again_before_it_goes_out(house: House) -> None:
    house.prompt(1)
    house.kopokopo.tokens.append("revoked at the provider")
    _, payment_id = house.order(2)

    def slow_token(call: Call) -> None:  # comes after the refusal; by now the guest may be anywhere
        house.ago(payment_id, 21)
        house.kopokopo.give_token(call)

    house.kopokopo.server.routes[TOKEN] = slow_token
    house.request(payment_id)
    assert (house.kopokopo.server.count(START), len(house.kopokopo.prompts)) == (2, 1)
    house.check(payment_id)


def test_rule_11_a_callback_before_the_start_call_returns_is_not_undone(house: House) -> None:
    order_id, payment_id = house.order()
    house.kopokopo.before_answer = lambda _, body: house.told(house.kopokopo.pay(house.kopokopo.prompts[-1]))
    house.request(payment_id)
    payment = house.payment(payment_id)
    assert (payment.status, house.order_status(order_id)) == (S.SUCCEEDED, OrderStatus.PAID)
    assert payment.handle_id == house.kopokopo.prompts[0]["id"]
    assert len(house.owed("payment_settled")) == 1


def test_rule_11_a_failure_before_the_start_call_returns_is_not_undone(house: House) -> None:
    _, payment_id = house.order()
    house.kopokopo.before_answer = lambda _, body: house.told(house.kopokopo.refuse(house.kopokopo.prompts[-1]))
    house.request(payment_id)
    assert house.status(payment_id) is S.FAILED
    assert house.payment(payment_id).handle_id == house.kopokopo.prompts[0]["id"]


def test_rule_11_a_timeout_after_the_callback_does_not_undo_it(house: House) -> None:
    order_id, payment_id = house.order()

    def pay_then_break(call: Call) -> None:
        house.kopokopo.prompted(call.json())
        house.told(house.kopokopo.pay(house.kopokopo.prompts[-1]))
        call.answer(500)

    house.kopokopo.server.routes[START] = pay_then_break
    house.request(payment_id)
    assert (house.status(payment_id), house.order_status(order_id)) == (S.SUCCEEDED, OrderStatus.PAID)


def breaks_off(call: Call) -> None:
    call.write(b"HTTP/1.1 201 Crea")
    call.hang_up()


UNCLEAR: dict[str, Callable[[Call], None]] = {
    "500": lambda call: call.answer(500),
    "502 with a page": lambda call: call.answer(502, b"<html>Bad gateway</html>"),
    "503": lambda call: call.answer(503),
    "200 with a page": lambda call: call.answer(200, b"<html>Welcome</html>"),
    "200 with NaN": lambda call: call.answer(200, b'{"amount": NaN}'),
    "201 without a handle": lambda call: call.answer(201),
    "10 MB": lambda call: call.answer(200, b"x" * 10_000_000),
    "connection closed": Call.hang_up,
    "truncated": breaks_off,
}


@pytest.mark.parametrize("answer", UNCLEAR)
def test_an_unclear_answer_leaves_the_outcome_unknown_and_is_never_repeated(house: House, answer: str) -> None:
    _, payment_id = house.order()
    house.kopokopo.server.routes[START] = UNCLEAR[answer]
    house.request(payment_id)
    house.request(payment_id)
    assert house.status(payment_id) is S.UNKNOWN
    assert house.kopokopo.server.count(START) == 1
    assert house.owed() == []


def test_an_answer_that_drips_in_ends_in_time(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.providers.kopokopo.api.START_SECONDS", 0.4)
    _, payment_id = house.order()
    house.kopokopo.server.routes[START] = lambda call: drip(call, house.kopokopo.server, b"HTTP/1.1 201 Created" * 100)
    house.request(payment_id)
    assert house.status(payment_id) is S.UNKNOWN


REFUSALS: dict[str, tuple[int, Any, str]] = {
    "bad number": (
        400,
        {"error_code": 400, "error_message": "Subscriber phone number is an invalid number"},
        "bad_number",
    ),
    "prompt open": (
        429,
        {"error_code": 429, "error_message": "There is a pending request for the phone number"},
        "busy",
    ),
    "too fast": (429, b"", "network_busy"),
    "400 with a page": (400, b"<html>", "other"),
    "no user agent": (403, b"", "network_error"),
    "wrong path": (404, b"", "network_error"),
    "redirect": (302, b"", "network_error"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_is_told_to_the_guest_who_may_try_again_at_once(house: House, name: str) -> None:
    status, body, reason = REFUSALS[name]
    order_id, payment_id = house.order()
    start = house.kopokopo.server.routes[START]
    house.kopokopo.server.routes[START] = lambda call: call.answer(status, body)
    house.request(payment_id)
    payment = house.payment(payment_id)
    assert (payment.status, payment.failed_by, payment.next_check_at) == (S.FAILED, FailedBy.ANSWER, None)
    assert [event["reason"] for event in house.owed("payment_failed")] == [reason]
    house.kopokopo.server.routes[START] = start
    assert house.pay_again(order_id)["result"] == "requested"


def test_more_than_mpesa_can_carry_is_refused_without_asking(house: House) -> None:
    _, payment_id = house.order(Wings=99)
    house.bar.change(Payment, payment_id, amount=250_001)
    house.request(payment_id)
    assert (house.status(payment_id), house.kopokopo.prompts) == (S.FAILED, [])


def test_a_token_refused_once_is_renewed_and_the_prompt_still_goes_out_once(house: House) -> None:
    house.prompt(1)
    house.kopokopo.tokens.append("revoked at the provider")
    _, payment_id, _ = house.prompt(2)
    assert house.status(payment_id) is S.PENDING
    assert len(house.kopokopo.prompts) == 2
    assert house.kopokopo.server.count(TOKEN) == 2


def test_while_the_token_service_is_down_nothing_is_sent_and_the_guest_hears_it(house: House) -> None:
    house.kopokopo.server.routes[TOKEN] = lambda call: call.answer(503)
    _, payment_id = house.order()
    house.request(payment_id)
    assert (house.status(payment_id), house.kopokopo.server.count(START)) == (S.FAILED, 0)
    assert house.owed("payment_failed")[0]["reason"] == Reason.NETWORK_ERROR


def test_refused_credentials_are_a_failure_and_no_crash(house: House) -> None:
    house.kopokopo.server.routes[TOKEN] = lambda call: call.answer(401, {"error": "invalid_client"})
    _, payment_id = house.order()
    house.request(payment_id)
    assert house.status(payment_id) is S.FAILED


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"access_token": 7}', b'{"access_token": "a\\nb"}'])
def test_a_token_nobody_can_use_is_no_token(house: House, body: bytes) -> None:
    house.kopokopo.server.routes[TOKEN] = lambda call: call.answer(200, body)
    _, payment_id = house.order()
    house.request(payment_id)
    assert (house.status(payment_id), house.kopokopo.server.count(START)) == (S.FAILED, 0)


def test_twenty_threads_fetch_one_token(house: House) -> None:
    orders = [house.order(number, Tusker=1)[1] for number in range(20)]
    all_at_once(20, lambda number: house.request(orders[number]))
    assert house.kopokopo.server.count(TOKEN) == 1
    assert len(house.kopokopo.prompts) == 20


def test_twenty_threads_renew_a_refused_token_once(house: House) -> None:
    pending = [house.prompt(number, Tusker=1)[1] for number in range(20)]
    house.kopokopo.tokens.append("revoked at the provider")
    all_at_once(20, lambda number: house.check(pending[number]))
    assert house.kopokopo.server.count(TOKEN) == 2


def test_a_shared_token_is_sealed_where_it_is_kept(house: House) -> None:
    house.prompt()
    values = [house.program.store.client.get(key) for key in house.program.store.client.keys("token:*")]
    assert values
    assert not any("token-1" in value for value in values)


def test_without_an_account_the_guest_hears_that_it_failed(house: House) -> None:
    _, payment_id = house.order()
    with house.bar.sessions.begin() as db:
        db.execute(update(ProviderAccount).values(active=False))
    house.request(payment_id)
    assert house.status(payment_id) is S.FAILED


@pytest.mark.parametrize("settings", [{}, {"api_url": "nonsense", "oauth_url": "nonsense", "till_number": "K1"}])
def test_an_account_that_is_not_filled_in_is_a_failure_and_no_crash(house: House, settings: dict[str, str]) -> None:
    _, payment_id = house.order()
    with house.bar.sessions.begin() as db:
        db.execute(update(ProviderAccount).values(settings=settings))
    house.request(payment_id)
    assert house.status(payment_id) is S.FAILED


def test_a_handle_that_belongs_to_another_payment_is_not_believed(house: House) -> None:
    _, _, prompt = house.prompt(1)
    _, payment_id = house.order(2)
    url = house.kopokopo.url_of(prompt["id"])
    house.kopokopo.server.routes[START] = lambda call: call.answer(201, headers={"Location": url})
    house.request(payment_id)
    payment = house.payment(payment_id)
    assert (payment.status, payment.handle_id) == (S.UNKNOWN, None)


def test_the_token_goes_to_nobody_else(house: House) -> None:
    _, payment_id = house.order()
    elsewhere = threading.Event()
    house.kopokopo.server.routes["GET /api/v2/incoming_payments/77"] = lambda call: (
        elsewhere.set() if "127.0.0.1" not in call.headers["host"] else call.answer(404)
    )
    house.kopokopo.server.routes[START] = lambda call: call.answer(
        201, headers={"Location": f"http://localhost:{house.kopokopo.server.server_port}/api/v2/incoming_payments/77"}
    )
    house.request(payment_id)
    house.ago(payment_id, 46)
    house.check(payment_id)
    assert house.kopokopo.server.count("GET /api/v2/incoming_payments/77") == 1
    assert not elsewhere.is_set()
