"""A small explicit-state model checker: breadth-first search over every interleaving of a model's moves.

A model is four things: an initial state (any hashable value), `moves(state)` yielding every `(name, next state)`,
`invariant(state)` for what must hold always, and `final_invariant(state)` for what must hold once nothing can move any
more. Both invariants return the broken promise as a sentence, or None. Breadth-first means that the first violation
found is also one of the shortest.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Hashable, Iterable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

S = TypeVar("S", bound=Hashable)
Moves = Callable[[S], Iterable[tuple[str, S]]]
Invariant = Callable[[S], str | None]
Trace = tuple[tuple[str, Any], ...]

NEVER_AT_REST = "from here the system can never come to rest"


class Violation(NamedTuple):
    """A broken promise and the shortest way to it: each move with the state it leads to."""

    promise: str
    trace: Trace

    def __str__(self) -> str:
        lines = [f"{number:3}. {move}{changes}" for number, (move, changes) in enumerate(_steps(self.trace), 1)]
        return "\n".join([f"broken: {self.promise}", *lines])


class Exploration(NamedTuple):
    """What a search saw: how much, and the first violation if there is one."""

    states: int
    transitions: int
    at_rest: int
    violation: Violation | None


def explore(initial: S, moves: Moves[S], invariant: Invariant[S], final_invariant: Invariant[S]) -> Exploration:
    """Visit every reachable state; stop at the first that breaks an invariant or that can never come to rest."""
    number, states, came_from = {initial: 0}, [initial], [(-1, "start")]
    edges_from, edges_to, resting = array("I"), array("I"), bytearray()
    for here, state in enumerate(states):  # the list grows while we walk it: it is the queue
        edges_before = len(edges_to)
        for name, following in moves(state):
            there = number.setdefault(following, len(states))
            if there == len(states):
                states.append(following)
                came_from.append((here, name))
            if there != here:
                edges_from.append(here)
                edges_to.append(there)
        resting.append(len(edges_to) == edges_before)
        if broken := invariant(state) or (resting[here] and final_invariant(state)):
            return _found(states, edges_to, resting, Violation(broken, _way(here, states, came_from)))
    stuck = _never_at_rest(edges_from, edges_to, resting)
    violation = None if stuck is None else Violation(NEVER_AT_REST, _way(stuck, states, came_from))
    return _found(states, edges_to, resting, violation)


def _found(states: list[Any], edges: array[int], resting: bytearray, violation: Violation | None) -> Exploration:
    return Exploration(len(states), len(edges), sum(resting), violation)


def _way(here: int, states: list[Any], came_from: list[tuple[int, str]]) -> Trace:
    way = []
    while here >= 0:
        before, name = came_from[here]
        way.append((name, states[here]))
        here = before
    return tuple(reversed(way))


def _never_at_rest(edges_from: array[int], edges_to: array[int], resting: bytearray) -> int | None:
    """The first state without a way to rest: without this check, endless circles would hide from `final_invariant`."""
    calm, spreading = bytearray(resting), True
    while spreading:
        spreading = False
        for source, target in zip(reversed(edges_from), reversed(edges_to), strict=True):
            if calm[target] and not calm[source]:
                calm[source] = spreading = True
    stuck = calm.find(0)
    return None if stuck < 0 else stuck


def _steps(trace: Trace) -> Iterator[tuple[str, str]]:
    """Each move with the fields it changed, for reading."""
    for (_, before), (move, after) in pairwise(trace):
        fields = getattr(after, "_fields", ())
        changed = (name for name in fields if getattr(before, name) != getattr(after, name))
        yield move, "".join(f"\n       {name} = {_plain(getattr(after, name))}" for name in changed)


def _plain(value: Any) -> str:
    """A value without the noise of defaults: only the fields of a record that say something."""
    if fields := getattr(value, "_fields", ()):
        usual = value._field_defaults
        said = [f"{name}={_plain(got)}" for name in fields if (got := getattr(value, name)) != usual.get(name)]
        return f"({', '.join(said)})"
    if isinstance(value, tuple | frozenset):
        return f"[{', '.join(map(_plain, value))}]"
    return str(value)
