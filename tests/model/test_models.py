"""Every promise holds in every interleaving with all rules in force, and each rule taken out alone breaks one.

The short form runs with every test run; `MODEL_FULL=1` explores millions of states. Counts are printed (`-s`, `-rP`).
"""

import os
from dataclasses import replace
from time import perf_counter
from typing import Any

import pytest

from . import books, doorbells, locks, money, quiet, refunds, relay, sender, turn, turn_state
from .checker import NEVER_AT_REST, Exploration, explore

FULL = os.environ.get("MODEL_FULL") == "1"
MODELS = {
    module.__name__.rpartition(".")[2]: module
    for module in (turn, doorbells, sender, quiet, money, refunds, locks, relay)
}
SCENARIOS = [
    pytest.param(model, id=f"{name}: {scenario}")
    for name, module in MODELS.items()
    for scenario, model in (module.SHORT | (module.FULL if FULL else {})).items()
]


def check(model: Any) -> Exploration:
    return explore(model.initial, model.moves, model.invariant, model.final_invariant)


def each(rules: Any) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.value) for rule in rules])


@pytest.mark.timeout(3600 if FULL else 60)
@pytest.mark.parametrize("model", SCENARIOS)
def test_with_all_rules_every_promise_holds(model: Any, request: pytest.FixtureRequest) -> None:
    started = perf_counter()
    seen = check(model)
    name = request.node.callspec.id
    print(f"\n{name}: {seen.states:,} states, {seen.transitions:,} moves, {perf_counter() - started:.1f} s")
    assert seen.violation is None, f"\n{seen.violation}"
    assert seen.at_rest, "no run of this model ever ends, so nothing was checked at rest"


def breaks_without(rule: Any, module: Any) -> None:
    """Taking the rule out must break a promise in some scenario; what breaks, and how, is printed."""
    for scenario, model in module.SHORT.items():
        if violation := check(replace(model, rules=model.rules - {rule})).violation:
            print(f"\nwithout {rule}, {scenario}:\n{violation}")
            return
    pytest.fail(f"nothing breaks without {rule}: the model does not need it")


@each(turn_state.Rule)
def test_the_turn_needs(rule: turn_state.Rule) -> None:
    breaks_without(rule, turn)


@each(doorbells.Rule)
def test_the_doorbells_need(rule: doorbells.Rule) -> None:
    breaks_without(rule, doorbells)


@each(sender.Rule)
def test_the_sender_needs(rule: sender.Rule) -> None:
    breaks_without(rule, sender)


@each(quiet.Rule)
def test_quiet_needs(rule: quiet.Rule) -> None:
    breaks_without(rule, quiet)


@each(books.Rule)
def test_money_needs(rule: books.Rule) -> None:
    breaks_without(rule, money)


@each(refunds.Rule)
def test_refunds_need(rule: refunds.Rule) -> None:
    breaks_without(rule, refunds)


@each(locks.Rule)
def test_the_locks_need(rule: locks.Rule) -> None:
    breaks_without(rule, locks)


@each(relay.Rule)
def test_the_relay_needs(rule: relay.Rule) -> None:
    breaks_without(rule, relay)


def test_the_checker_finds_the_shortest_way_to_a_broken_promise() -> None:
    seen = explore(0, lambda n: [("one", n + 1), ("two", n + 2)], lambda n: "five" if n == 5 else None, lambda n: None)
    assert seen.violation
    assert [name for name, _ in seen.violation.trace][1:].count("two") == 2
    assert len(seen.violation.trace) == 4


def test_the_checker_looks_at_what_is_at_rest() -> None:
    seen = explore(0, lambda n: [("on", n + 1)] if n < 3 else [], lambda n: None, lambda n: "too short")
    assert seen == Exploration(4, 3, 1, seen.violation)
    assert seen.violation and seen.violation.promise == "too short"


def test_the_checker_sees_a_circle_that_never_ends() -> None:
    steps = {"begin": ["circle", "end"], "circle": ["back"], "back": ["circle"], "end": []}
    seen = explore("begin", lambda at: [(to, to) for to in steps[at]], lambda at: None, lambda at: None)
    assert seen.violation and seen.violation.promise == NEVER_AT_REST
    assert seen.violation.trace[-1][1] == "circle"
