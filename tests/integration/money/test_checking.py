"""No callback came: we ask, say that we do, and time decides what it must."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from core import clock
from core.domain.statuses import FailedBy, OrderStatus, PaymentStatus, ReceiptState
from core.jobs import CHECK_PAYMENT, REQUEST_PAYMENT
from core.services.check_payments import check_payment, sweep_payments
from core.services.holds import expire_holds
from core.store.redis.store import Store
from core.store.sql.tables import Payment, ProviderAccount
from tests.integration.money.house import House
from tests.integration.money.kopokopo import LIST, START, event, money, result
from tests.integration.money.standin import Call, drip
from tests.integration.sql.bar import all_at_once

S = PaymentStatus


def sweep(house: House, seconds: float = 0) -> list[tuple[str, str]]:
    jobs = sweep_payments(house.bar.sessions, datetime.now(UTC) + timedelta(seconds=seconds)).jobs
    return [(job.task, job.args[0]) for job in jobs]


def seconds_after(house: House, payment_id: str, seconds: float) -> AbstractContextManager[None]:
    """In here so much time has passed since the prompt went out, however slow the machine is."""
    posted_at = house.payment(payment_id).posted_at
    assert posted_at
    return clock.stopped_at(posted_at + timedelta(seconds=seconds))


def silent(house: House, guest: int = 1) -> tuple[str, str]:
    """The provider prompts the guest and never answers us."""
    order_id, payment_id = house.order(guest)

    def prompt_and_break(call: Call) -> None:
        house.kopokopo.prompted(call.json())
        call.hang_up()

    start = house.kopokopo.server.routes[START]
    house.kopokopo.server.routes[START] = prompt_and_break
    house.request(payment_id)
    house.kopokopo.server.routes[START] = start
    assert house.status(payment_id) is S.UNKNOWN
    return order_id, payment_id


def test_a_missed_callback_is_found_by_asking(house: House) -> None:
    order_id, payment_id, prompt = house.prompt()
    house.kopokopo.pay(prompt)
    assert sweep(house) == []
    assert sweep(house, 46) == [(CHECK_PAYMENT, payment_id)]
    house.check(payment_id)
    assert (house.status(payment_id), house.order_status(order_id)) == (S.SUCCEEDED, OrderStatus.PAID)
    assert len(house.owed("payment_settled")) == 1


def test_who_confirmed_before_the_account_was_switched_off_is_found_by_asking(house: House) -> None:
    order_id, payment_id, prompt = house.prompt()
    house.kopokopo.pay(prompt)
    with house.bar.sessions.begin() as db:
        db.execute(update(ProviderAccount).values(active=False))
    house.check(payment_id)
    assert (house.status(payment_id), house.order_status(order_id)) == (S.SUCCEEDED, OrderStatus.PAID)


def test_who_confirmed_before_the_keys_were_changed_is_found_with_the_new_ones(house: House) -> None:
    order_id, payment_id, prompt = house.prompt()
    house.kopokopo.pay(prompt)
    with house.bar.sessions.begin() as db:
        account = db.scalars(select(ProviderAccount)).one()
        account.secrets = account.secrets | {"client_secret": "another", "api_key": "another key"}
    house.check(payment_id)
    assert (house.status(payment_id), house.order_status(order_id)) == (S.SUCCEEDED, OrderStatus.PAID)


def test_rule_12_an_attempt_whose_job_was_lost_is_found_again(house: House) -> None:
    _, payment_id = house.order()
    assert sweep(house) == []
    assert sweep(house, 3.5) == [(REQUEST_PAYMENT, payment_id)]
    assert sweep(house, 3.5) == []
    assert sweep(house, 10) == [(REQUEST_PAYMENT, payment_id)]


def test_sweeps_at_once_share_the_work(house: House) -> None:
    for number in range(12):
        house.order(number, Tusker=1)
    jobs = all_at_once(4, lambda _: sweep(house, 4))
    assert len([job for found in jobs for job in found]) == 12


def test_a_lost_check_is_made_up_for_at_the_next_date(house: House) -> None:
    _, payment_id, _ = house.prompt()
    asked = [seconds for seconds in range(0, 400, 5) if sweep(house, seconds)]
    assert asked == [45, 90, 120, 180, 300] or [at - 5 for at in asked] == [45, 90, 120, 180, 300]
    assert house.status(payment_id) is S.PENDING


def test_the_guest_hears_once_that_we_are_checking(house: House) -> None:
    _, payment_id, _ = house.prompt()
    house.ago(payment_id, 46)
    house.check(payment_id)
    assert house.owed() == []
    house.ago(payment_id, 45)
    for _ in range(3):
        house.check(payment_id)
    assert [event["kind"] for event in house.owed()] == ["payment_checking"]


def test_a_guest_whose_order_is_over_hears_nothing_of_our_checks(house: House) -> None:
    order_id, payment_id, _ = house.prompt()
    house.bar.perform(house.bar.guest(1), {"kind": "cancel_order", "order_id": order_id})
    house.ago(payment_id, 301)
    house.check(payment_id)
    assert (house.status(payment_id), house.owed()) == (S.EXPIRED, [])


def test_a_failure_found_by_asking_is_told_and_looked_at_once_more(house: House) -> None:
    order_id, payment_id, prompt = house.prompt()
    house.kopokopo.refuse(prompt, "DS timeout user cannot be reached.")
    house.ago(payment_id, 46)
    house.check(payment_id)
    payment = house.payment(payment_id)
    assert (payment.status, payment.reason, payment.failed_by) == (S.FAILED, "unreachable", FailedBy.POLL)
    assert payment.next_check_at is not None
    house.kopokopo.pay(prompt)  # the PIN came while the timeout was being reported
    house.ago(payment_id, 135)
    house.check(payment_id)
    assert (house.status(payment_id), house.order_status(order_id)) == (S.SUCCEEDED, OrderStatus.PAID)
    assert [event["kind"] for event in house.owed()] == ["payment_failed", "payment_settled"]


def test_a_failure_that_stays_one_is_left_alone_after_the_dialog_window(house: House) -> None:
    _, payment_id, prompt = house.prompt()
    house.told(house.kopokopo.refuse(prompt))
    house.ago(payment_id, 181)
    house.check(payment_id)
    assert (house.status(payment_id), house.payment(payment_id).next_check_at) == (S.FAILED, None)
    assert len(house.owed()) == 1


def test_a_provider_that_says_pending_for_ever_blocks_nobody_for_ever(house: House) -> None:
    order_id, payment_id, _ = house.prompt()
    with seconds_after(house, payment_id, 299):
        house.check(payment_id)
    assert house.status(payment_id) is S.PENDING
    with seconds_after(house, payment_id, 301):
        house.check(payment_id)
    assert house.status(payment_id) is S.EXPIRED
    assert [event["kind"] for event in house.owed()] == ["payment_checking", "payment_expired"]
    assert house.pay_again(order_id)["result"] == "requested"


def test_a_guest_who_asks_again_when_every_dialog_has_closed_is_prompted_and_the_risk_is_noted(house: House) -> None:
    order_id, payment_id, _ = house.prompt()
    with seconds_after(house, payment_id, 179):
        assert house.pay_again(order_id)["result"] == "live_attempt"
    with seconds_after(house, payment_id, 181):
        assert house.pay_again(order_id)["result"] == "requested"
    assert house.status(payment_id) is S.EXPIRED
    assert "may_be_paid_twice" in house.diary()
    house.check(payment_id)


def test_after_a_day_without_a_word_staff_look(house: House) -> None:
    _, payment_id, _ = house.prompt()
    house.ago(payment_id, 301)
    house.check(payment_id)
    house.ago(payment_id, 24 * 3600)
    house.check(payment_id)
    assert (house.status(payment_id), house.payment(payment_id).next_check_at) == (S.NEEDS_REVIEW, None)


def test_a_charge_behind_a_timeout_is_found_and_never_repeated(house: House) -> None:
    order_id, payment_id = silent(house)
    house.kopokopo.pay(house.kopokopo.prompts[-1], "AFTERTIMEO")
    house.ago(payment_id, 46)
    house.check(payment_id)
    assert (house.status(payment_id), house.order_status(order_id)) == (S.SUCCEEDED, OrderStatus.PAID)
    assert house.owed("payment_settled")[0]["receipt"] == "AFTERTIMEO"
    assert len(house.kopokopo.prompts) == 1


def test_a_callback_behind_a_timeout_brings_the_handle(house: House) -> None:
    order_id, payment_id = silent(house)
    prompt = house.kopokopo.prompts[-1]
    house.told(result("pending", prompt["id"], prompt["metadata"]))
    assert house.payment(payment_id).handle_id == prompt["id"]
    house.kopokopo.pay(prompt)
    house.kopokopo.till.clear()
    house.ago(payment_id, 46)
    house.check(payment_id)
    assert house.order_status(order_id) is OrderStatus.PAID


def test_rule_17_an_attempt_without_a_handle_is_live_for_150_seconds_and_watched_for_a_day(house: House) -> None:
    order_id, payment_id = silent(house)
    with seconds_after(house, payment_id, 149):
        house.check(payment_id)
        assert house.pay_again(order_id)["result"] == "live_attempt"
    with seconds_after(house, payment_id, 151):
        house.check(payment_id)
        assert house.status(payment_id) is S.EXPIRED
        assert house.pay_again(order_id)["result"] == "requested"
    house.ago(payment_id, 20 * 3600)
    house.check(payment_id)
    assert house.payment(payment_id).next_check_at is not None
    house.ago(payment_id, 5 * 3600)
    house.check(payment_id)
    assert (house.status(payment_id), house.payment(payment_id).next_check_at) == (S.EXPIRED, None)


def test_rule_17_money_of_an_expired_attempt_is_found_in_the_list(house: House) -> None:
    order_id, payment_id = silent(house)
    house.ago(payment_id, 151)
    house.check(payment_id)
    house.kopokopo.pay(house.kopokopo.prompts[-1])
    house.check(payment_id)
    assert (house.status(payment_id), house.order_status(order_id)) == (S.SUCCEEDED, OrderStatus.PAID)


NOT_OURS: dict[str, dict[str, object]] = {
    "another phone": {"phone": "+254711222333"},
    "another amount": {"amount": 699},
    "another currency": {"currency": "USD"},
    "an hour ago": {"origination_time": (datetime.now(UTC) - timedelta(hours=1)).isoformat()},
}


@pytest.mark.parametrize("what", NOT_OURS)
def test_rule_17_money_is_never_guessed_from_the_list(house: House, what: str) -> None:
    order_id, payment_id = silent(house)
    odd = NOT_OURS[what]
    resource = money("NOTOURS001", str(odd.get("phone", "+254700000001")), odd.get("amount", 700))
    house.kopokopo.till.append(
        resource | {"currency": "KES"} | {k: v for k, v in odd.items() if k not in ("amount", "phone")}
    )
    house.ago(payment_id, 46)
    house.check(payment_id)
    assert (house.status(payment_id), house.order_status(order_id)) == (S.UNKNOWN, OrderStatus.PENDING)
    assert [receipt.state for receipt in house.receipts()] == [ReceiptState.UNMATCHED]


def test_rule_16_known_money_is_found_although_the_provider_shows_no_list(house: House) -> None:
    order_id, payment_id = silent(house)
    paid = house.kopokopo.pay(house.kopokopo.prompts[-1], "KNOWNMONEY")
    house.told(event(paid["data"]["attributes"]["event"]["resource"]))
    assert house.order_status(order_id) is OrderStatus.PENDING
    house.kopokopo.server.routes[LIST] = lambda call: call.answer(404)
    house.ago(payment_id, 46)
    house.check(payment_id)
    assert (house.status(payment_id), house.order_status(order_id)) == (S.SUCCEEDED, OrderStatus.PAID)
    assert house.kopokopo.server.count(LIST) == 0


def test_rule_17_two_fitting_payments_or_attempts_are_left_to_staff(house: House) -> None:
    order_id, payment_id = silent(house)
    for receipt in ("FITSTOO001", "FITSTOO002"):
        house.told(event(money(receipt, "+254700000001", 700)))
    house.ago(payment_id, 46)
    house.check(payment_id)
    assert house.order_status(order_id) is OrderStatus.PENDING


def test_rule_17_money_of_a_later_attempt_is_not_given_to_the_one_before(house: House) -> None:
    order_id, first = silent(house)
    house.ago(first, 151)
    house.check(first)
    second = house.pay_again(order_id)["payment_id"]
    house.request(second)
    paid = house.kopokopo.pay(house.kopokopo.prompts[-1])
    house.told(event(paid["data"]["attributes"]["event"]["resource"]))
    house.check(first)
    assert house.status(first) is S.EXPIRED
    house.told(paid)
    assert (house.status(second), house.order_status(order_id)) == (S.SUCCEEDED, OrderStatus.PAID)


UNCLEAR: dict[str, Callable[[Call], None]] = {
    "500": lambda call: call.answer(500),
    "404": lambda call: call.answer(404),
    "429": lambda call: call.answer(429),
    "a page": lambda call: call.answer(200, b"<html>"),
    "nothing": lambda call: call.answer(200),
    "truncated": lambda call: call.answer(200, b'{"data": {"id"'),
    "NaN": lambda call: call.answer(200, b'{"data": NaN}'),
    "a repeated key": lambda call: call.answer(200, b'{"data": 1, "data": 2}'),
    "10 MB": lambda call: call.answer(200, b"x" * 10_000_000),
    "hangs up": Call.hang_up,
}


@pytest.mark.parametrize("name", UNCLEAR)
def test_an_unclear_status_changes_nothing(house: House, name: str) -> None:
    order_id, payment_id, prompt = house.prompt()
    show = house.kopokopo.server.routes[f"GET /api/v2/incoming_payments/{prompt['id']}"]
    house.kopokopo.server.routes[f"GET /api/v2/incoming_payments/{prompt['id']}"] = UNCLEAR[name]
    house.ago(payment_id, 46)
    house.check(payment_id)
    assert (house.status(payment_id), house.owed()) == (S.PENDING, [])
    house.kopokopo.server.routes[f"GET /api/v2/incoming_payments/{prompt['id']}"] = show
    house.kopokopo.pay(prompt)
    house.check(payment_id)
    assert house.order_status(order_id) is OrderStatus.PAID


def test_a_status_that_drips_in_ends_in_time(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.providers.kopokopo.api.ASK_SECONDS", 0.4)
    _, payment_id, prompt = house.prompt()
    house.kopokopo.server.routes[f"GET /api/v2/incoming_payments/{prompt['id']}"] = lambda call: drip(
        call, house.kopokopo.server, b"HTTP/1.1 200 OK" * 100
    )
    house.check(payment_id)
    assert house.status(payment_id) is S.PENDING


def test_the_status_of_another_prompt_is_not_believed(house: House) -> None:
    _, _, other = house.prompt(2)
    paid = house.kopokopo.pay(other)
    order_id, payment_id, prompt = house.prompt(1)
    house.kopokopo.results[prompt["id"]] = paid
    house.check(payment_id)
    assert (house.status(payment_id), house.order_status(order_id)) == (S.PENDING, OrderStatus.PENDING)


def test_a_hint_that_leads_to_money_for_something_else_is_not_believed(house: House) -> None:
    """Anybody may send one."""
    order_id, payment_id = silent(house)
    house.kopokopo.prompted({"metadata": {"payment_id": "of another house"}, "subscriber": {}})
    other = house.kopokopo.prompts[-1]
    paid = result("success", other["id"], other["metadata"])
    paid["data"]["attributes"]["event"]["resource"] |= money("OTHERHOUSE", "+254711222333", 700)
    house.kopokopo.results[other["id"]] = paid
    check_payment(house.program, payment_id, other["id"])
    assert (house.status(payment_id), house.order_status(order_id)) == (S.UNKNOWN, OrderStatus.PENDING)
    assert house.receipts() == []


def test_a_list_that_is_not_ready_is_waited_for_only_so_long(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.providers.kopokopo.client.LIST_SECONDS", 0.5)
    _, payment_id = silent(house)
    waiting = {"data": {"type": "polling", "attributes": {"status": "Pending", "transactions": []}}}
    house.kopokopo.server.routes["GET /api/v2/polling/9"] = lambda call: call.answer(200, waiting)
    location = {"Location": f"{house.kopokopo.server.url}/api/v2/polling/9"}
    house.kopokopo.server.routes[LIST] = lambda call: call.answer(201, headers=location)
    house.ago(payment_id, 46)
    house.check(payment_id)
    assert house.status(payment_id) is S.UNKNOWN


def test_without_the_store_payments_are_still_asked_about(house: House) -> None:
    order_id, payment_id, prompt = house.prompt()
    house.kopokopo.pay(prompt)
    object.__setattr__(house.program, "store", Store("redis://127.0.0.1:1/0", seconds=0.3))
    house.check(payment_id)
    assert house.order_status(order_id) is OrderStatus.PAID


def test_an_order_with_an_attempt_still_open_does_not_lapse(house: House) -> None:
    order_id, _, _ = house.prompt()
    house.let_lapse(order_id)
    expire_holds(house.bar.sessions)
    assert house.order_status(order_id) is OrderStatus.PENDING


def test_a_payment_that_is_over_is_not_asked_about(house: House) -> None:
    _, payment_id, prompt = house.prompt()
    house.told(house.kopokopo.pay(prompt))
    calls = len(house.kopokopo.server.calls)
    house.check(payment_id)
    assert len(house.kopokopo.server.calls) == calls
    assert house.bar.count(Payment) == 1
