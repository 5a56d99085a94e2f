"""More guests tap Pay in a second than the provider takes: who came first is asked first, and nobody is forgotten."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from core.domain.statuses import PaymentStatus
from core.services import check_payments
from core.services.payment_accounts import providers_down
from core.services.provider_probe import due_probes, probe
from core.store.redis import circuits
from core.store.sql.tables import ProviderAccount
from tests.integration.money.house import House
from tests.integration.money.kopokopo import START

S = PaymentStatus


def calls_a_second(house: House, rate: float) -> None:
    with house.bar.sessions.begin() as db:
        account = {"api_url": house.kopokopo.server.url, "oauth_url": house.kopokopo.server.url}
        known: dict[str, Any] = {**account, "till_number": "K123456", "calls_per_second": rate}
        db.execute(update(ProviderAccount).values(settings=known))


def turns_have_come(house: House) -> None:
    """The minute is over: nobody has to wait any more."""
    store = house.program.store.client
    store.delete(*store.keys("turn:*"), *store.keys("pace:*"))
    calls_a_second(house, 1_000)


def test_prompts_of_a_busy_minute_go_out_one_after_the_other_in_the_order_of_their_taps(house: House) -> None:
    calls_a_second(house, 0.1)
    tapped = [house.order(guest)[1] for guest in range(1, 7)]
    soon = datetime.now(UTC) + timedelta(seconds=3)
    for payment_id in tapped:
        house.request(payment_id)
    waiting = [house.payment(one) for one in tapped[1:]]
    assert {one.status for one in waiting} == {S.CREATED}, "they wait, and nobody is refused"
    dates = [one.next_check_at for one in waiting if one.next_check_at]
    assert dates == sorted(dates) and dates[-1] > soon
    turns_have_come(house)
    jobs = check_payments.sweep_payments(house.program.sessions, datetime.now(UTC) + timedelta(minutes=2)).jobs
    assert [job.args[0] for job in jobs if job.args[0] in tapped[1:]] == tapped[1:]
    for payment_id in tapped:
        house.request(payment_id)
    assert [house.status(one) for one in tapped] == [S.PENDING] * 6
    assert [prompt["metadata"]["payment_id"] for prompt in house.kopokopo.prompts] == tapped
    assert house.owed() == [], "the guests see nothing odd"


def test_a_worker_waits_for_a_turn_that_is_near(house: House) -> None:
    calls_a_second(house, 4)
    tapped = [house.order(guest)[1] for guest in (1, 2)]
    for payment_id in tapped:
        house.request(payment_id)
    assert [house.status(one) for one in tapped] == [S.PENDING, S.PENDING]


def test_while_the_provider_is_down_the_guest_hears_so_at_once_and_may_pay_another_way(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(circuits, "OPEN_SECONDS", 600.0)
    house.kopokopo.server.routes[START] = lambda call: call.answer(503)
    for guest in range(1, circuits.FAILURES + 1):
        house.request(house.order(guest)[1])
    assert providers_down(house.program.store) == {"kopokopo"}
    before = house.kopokopo.server.count(START)
    order_id, payment_id = house.order(9)
    house.request(payment_id)
    assert house.status(payment_id) is S.FAILED
    assert house.owed("payment_failed")[0]["reason"] == "network_error"
    assert house.kopokopo.server.count(START) == before, "nothing was sent"
    assert house.pay_again(order_id, 9)["result"] == "requested"


def test_after_its_rest_a_probe_and_not_a_guest_finds_out_that_the_provider_is_back(house: House) -> None:
    store = house.program.store
    for _ in range(circuits.FAILURES):
        circuits.Circuit(store.scripts, "kopokopo").leave(healthy=False)
    assert due_probes(store) == ()
    store.client.hset("circuit:kopokopo", "until", 1)
    assert providers_down(store) == {"kopokopo"}
    (job,) = due_probes(store)
    probe(house.program, *job.args)
    assert providers_down(store) == frozenset()
    assert due_probes(store) == ()


def test_a_probe_that_finds_nobody_leaves_the_provider_in_peace(house: House) -> None:
    store, server = house.program.store, house.kopokopo.server
    house.kopokopo.server.routes["POST /oauth/token"] = lambda call: call.answer(503)
    for _ in range(circuits.FAILURES):
        circuits.Circuit(store.scripts, "kopokopo").leave(healthy=False)
    store.client.hset("circuit:kopokopo", "until", 1)
    probe(house.program, "kopokopo")
    probe(house.program, "kopokopo")
    assert len(server.calls) == 1
    assert providers_down(store) == {"kopokopo"}
