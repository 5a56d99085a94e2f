"""A provider that fails is given a rest by all processes, asked again by one of them, and never called too often."""

from collections.abc import Callable
from itertools import pairwise
from threading import Barrier, Thread
from typing import TypeVar

import pytest

from core.domain.statuses import Provider
from core.errors import StoreUnavailable, TryAgain
from core.providers.contract import Accepted, Refused, Unknown
from core.services.payment_accounts import CALLED, provider_standings, providers_down
from core.store.redis import circuits
from core.store.redis.circuits import Circuit, Pace
from core.store.redis.store import Store
from tests.contract.conftest import only
from tests.contract.tills import Till

Seen = TypeVar("Seen")


def at_once(count: int, do: Callable[[int], Seen]) -> list[Seen]:
    """Threads that start together, as processes would."""
    ready, seen = Barrier(count), []

    def run(number: int) -> None:
        ready.wait()
        seen.append(do(number))

    threads = [Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


def circuit(store: Store, name: str = "kopokopo") -> Circuit:
    """As a process of its own has it."""
    return Circuit(store.scripts, name)


def fail(store: Store, times: int = circuits.FAILURES) -> None:
    for _ in range(times):
        assert circuit(store).enter()
        circuit(store).leave(healthy=False)


@only(Provider.KOPOKOPO, Provider.PESAPAL, Provider.PAYSTACK)
def test_a_provider_that_fails_five_times_is_not_asked_a_sixth_time_by_anybody(till: Till) -> None:
    till.account.ready()
    till.breaks("start", "500", times=circuits.FAILURES)
    for _ in range(circuits.FAILURES):
        assert till.account.start(till.ask()) == Unknown()
    another_process = till.open(till.known)
    answered = another_process.start(till.ask())
    assert isinstance(answered, Refused) and answered.retryable, "it would have answered well"
    assert providers_down(till.store) == {till.provider.value}


@pytest.mark.parametrize("answer", ["429", "401"])
@only(Provider.PAYSTACK)
def test_a_refusal_shows_that_the_provider_is_there(till: Till, answer: str) -> None:
    till.breaks("start", answer, times=circuits.FAILURES + 1)
    for _ in range(circuits.FAILURES + 1):
        assert isinstance(till.account.start(till.ask()), Refused)
    assert isinstance(till.account.start(till.ask()), Accepted)


def test_four_failures_and_a_success_are_forgotten(store: Store) -> None:
    for _ in range(3):
        fail(store, circuits.FAILURES - 1)
        circuit(store).leave(healthy=True)
    assert provider_standings(store)["kopokopo"].state == "closed"


def rest_is_over(store: Store, probe: int = 0) -> None:
    """The pause has passed; `probe`: until when a probe is waited for."""
    store.client.hset("circuit:kopokopo", mapping={"until": 1, "probe": probe})


def test_half_open_one_caller_of_many_goes_through(store: Store) -> None:
    fail(store)
    assert not circuit(store).enter()
    rest_is_over(store)
    assert provider_standings(store)["kopokopo"].state == "half open"
    assert sum(at_once(10, lambda _: circuit(store).enter())) == 1


def test_a_probe_that_fails_lets_nobody_in_and_one_that_works_everybody(store: Store) -> None:
    fail(store)
    rest_is_over(store)
    assert circuit(store).enter()
    assert circuit(store).leave(healthy=False)
    assert at_once(5, lambda _: circuit(store).enter()) == [False] * 5
    rest_is_over(store)
    assert circuit(store).enter()
    circuit(store).leave(healthy=True)
    assert at_once(5, lambda _: circuit(store).enter()) == [True] * 5
    assert providers_down(store) == frozenset()


def test_a_probe_that_died_is_followed_by_another(store: Store) -> None:
    fail(store)
    rest_is_over(store)
    assert circuit(store).enter()
    assert not circuit(store).enter()
    rest_is_over(store, probe=1)
    assert circuit(store).enter()


def test_calls_that_were_under_way_when_it_opened_do_not_make_it_last_longer(store: Store) -> None:
    fail(store)
    before = store.client.hget("circuit:kopokopo", "until")
    assert not circuit(store).leave(healthy=False)
    assert store.client.hget("circuit:kopokopo", "until") == before


def test_each_provider_has_a_circuit_of_its_own(store: Store) -> None:
    fail(store)
    assert circuit(store, "paystack").enter()
    assert set(provider_standings(store)) == {provider.value for provider in CALLED}


def test_without_the_store_every_call_goes_through(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = Store("redis://127.0.0.1:1/0", seconds=0.2)
    assert circuit(gone).enter()
    assert not circuit(gone).leave(healthy=False)
    assert Pace(gone.scripts, "x", 1).turn("", 0) == 0
    assert providers_down(gone) == frozenset()
    with pytest.raises(StoreUnavailable):
        provider_standings(gone)


def turns(store: Store) -> list[int]:
    """When each was given, in milliseconds."""
    return sorted(int(float(store.client.get(key))) for key in store.client.keys("turn:till:*"))


def test_turns_are_a_step_apart_whoever_asks(store: Store) -> None:
    at_once(20, lambda number: Pace(store.scripts, "till", 10).turn(str(number), 60))
    given = turns(store)
    assert len(given) == 20
    assert all(later - earlier >= 100 for earlier, later in pairwise(given)), given


def test_who_asks_again_keeps_the_turn(store: Store) -> None:
    pace = Pace(store.scripts, "till", 0.1)
    for name in ("a", "b", "c"):
        pace.turn(name, 60)
    given = turns(store)
    pace.turn("b", 60)
    assert turns(store) == given
    pace.turn("d", 60)
    assert turns(store)[-1] > given[-1]


def test_a_turn_too_far_away_is_not_taken(store: Store) -> None:
    pace = Pace(store.scripts, "till", 0.1)
    for _ in range(3):
        pace.turn("", 60)
    free = store.client.get("pace:till")
    with pytest.raises(TryAgain):
        pace.turn("", 2)
    assert store.client.get("pace:till") == free


def test_a_question_waits_for_its_turn_and_is_put_off_where_that_is_far(till: Till) -> None:
    asked, _ = till.begin()
    till.account.query_status(asked)
    crowd = Pace(till.store.scripts, f"{till.provider}:test", 0.1)
    for _ in range(4):
        crowd.turn("", 60)
    with pytest.raises(TryAgain):
        till.account.query_status(asked)
