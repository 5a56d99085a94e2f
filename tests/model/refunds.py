"""Refunds: money that is to go back to a guest through a provider that takes the same request twice and means it.

Two workers send; the answer or the callback may be lost, callbacks come twice, Celery loses or repeats a job, a worker
is killed or sleeps between its mark and its POST, the provider refuses, staff look at its page and try again.

Promises checked in every state: the money goes back at most once, and is booked at most once and never before it went.
And at rest: nothing is on its way for ever, and what went is booked.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from .parts import changed, spend


class Rule(StrEnum):
    """The guards of this model, each named after its rule."""

    CLAIM_ONCE = "rule-10-a-refund-is-claimed-once"
    HAS_DATE = "rule-12-an-approved-refund-has-a-date"
    MARKED_FIRST = "rule-8-the-mark-is-committed-before-the-call"
    STILL_CLAIMED = "rule-10-right-before-the-call-still-claimed-and-never-called"
    UNKNOWN_IS_ASKED = "rule-11-an-unknown-outcome-is-asked-about-never-repeated"
    ONLY_UNSENT = "rule-10-only-what-never-left-is-sent-again"
    OWN_CLAIM = "rule-11-an-answer-counts-for-its-own-claim-only"
    DONE_ONCE = "rule-11-done-is-left-by-nothing"
    CONFIRMED_LATE = "rule-17-staff-confirm-when-no-call-can-be-under-way"
    PEOPLE_CONFIRM = "rule-17-what-nobody-tells-is-confirmed-by-a-person"


ALL_RULES = frozenset(Rule)


class Luck(NamedTuple):
    """How much may still happen that nobody wishes for."""

    crashes: int = 0
    sleeps: int = 0
    lost_jobs: int = 0
    repeated_jobs: int = 0
    timeouts: int = 0
    refusals: int = 0
    lost_callbacks: int = 0
    repeated_callbacks: int = 0
    tries_again: int = 0


class State(NamedTuple):
    """The row (status, claim still fresh, call marked, handle known), jobs, callback, workers; how often money went."""

    luck: Luck
    status: str = "APPROVED"
    fresh: bool = False
    marked: bool = False
    handle: bool = False
    jobs: int = 1
    callback: str = ""
    workers: tuple[str, ...] = ("", "")
    overtaken: tuple[bool, ...] = (False, False)  # somebody else has claimed it since
    went: int = 0
    booked: int = 0


Move = tuple[str, State]


@dataclass(frozen=True)
class Refunds:
    """The model: what may go wrong, and the rules in force."""

    rules: frozenset[Rule]
    luck: Luck

    @property
    def initial(self) -> State:
        return State(self.luck)

    def moves(self, state: State) -> Iterator[Move]:
        yield from self._celery(state)
        for who, step in enumerate(state.workers):
            if step:
                yield from self._work(state, who, step)
        yield from self._provider(state)
        yield from self._time(state)
        yield from self._staff(state)

    def _celery(self, state: State) -> Iterator[Move]:
        if not state.jobs:
            if state.status == "APPROVED" and Rule.HAS_DATE in self.rules:
                yield "the sweep queues it again", state._replace(jobs=1)
            return
        if luck := spend(state.luck, "lost_jobs"):
            yield "Celery loses the job", state._replace(jobs=state.jobs - 1, luck=luck)
        if luck := spend(state.luck, "repeated_jobs"):
            yield "Celery repeats the job", state._replace(jobs=state.jobs + 1, luck=luck)
        if "" in state.workers:
            yield self._claimed(state._replace(jobs=state.jobs - 1), state.workers.index(""))

    def _claimed(self, state: State, who: int) -> Move:
        if state.status != "APPROVED" and Rule.CLAIM_ONCE in self.rules:
            return f"{_name(who)} finds nothing to claim", state
        claimed = state._replace(status="REQUESTED", fresh=True, marked=False)
        overtaken = tuple(other != who for other in range(len(state.workers)))
        return f"{_name(who)} claims it", _at(claimed, who, "claimed")._replace(overtaken=overtaken)

    def _work(self, state: State, who: int, step: str) -> Iterator[Move]:
        if luck := spend(state.luck, "crashes"):
            yield f"{_name(who)} is killed", _at(state, who, "")._replace(luck=luck)
        if step == "claimed":
            yield self._marked(state, who)
        elif step == "call":
            yield from self._call(state, who)
            if luck := spend(state.luck, "sleeps"):
                yield f"{_name(who)} falls asleep before its call", _at(state, who, "asleep")._replace(luck=luck)
        elif step == "asleep":
            yield f"{_name(who)} wakes up", _at(state, who, "call now")
        elif step == "call now":
            yield from self._call(state, who)
        else:
            yield f"{_name(who)} saves {step!r}", _at(self._saved(state, who, step), who, "")

    def _marked(self, state: State, who: int) -> Move:
        """The last look before the call, which marks it as made."""
        mine = state.status == "REQUESTED" and state.fresh and not state.marked
        if not mine and Rule.STILL_CLAIMED in self.rules:
            return f"{_name(who)} gives up, too late to call", _at(state, who, "")
        marked = state._replace(marked=state.marked or Rule.MARKED_FIRST in self.rules)
        return f"{_name(who)} marks the call", _at(marked, who, "call")

    def _call(self, state: State, who: int) -> Iterator[Move]:
        sent = state._replace(went=state.went + 1, callback="coming")
        yield f"{_name(who)} calls: accepted", _at(sent, who, "accepted")
        if luck := spend(state.luck, "timeouts"):
            yield f"{_name(who)} calls, the answer is lost", _at(sent, who, "timeout")._replace(luck=luck)
            yield f"{_name(who)} calls, nobody hears it", _at(state, who, "timeout")._replace(luck=luck)
        if luck := spend(state.luck, "refusals"):
            yield f"{_name(who)} calls: refused", _at(state, who, "refused")._replace(luck=luck)

    def _saved(self, state: State, who: int, answer: str) -> State:
        if state.overtaken[who] and Rule.OWN_CLAIM in self.rules:
            return state
        state = state._replace(marked=True, handle=state.handle or answer == "accepted")
        if state.status != "REQUESTED" or answer == "accepted":
            return state
        if answer == "refused":
            return state._replace(status="FAILED")
        return state if Rule.UNKNOWN_IS_ASKED in self.rules else state._replace(status="APPROVED", jobs=1)

    def _provider(self, state: State) -> Iterator[Move]:
        if state.callback == "coming":
            yield "the webhook keeps the callback", state._replace(callback="kept")
            if luck := spend(state.luck, "lost_callbacks"):
                yield "the provider never calls back", state._replace(callback="lost", luck=luck)
        if state.callback == "kept":
            yield "the callback is heard", self._done(state)._replace(callback="heard")
        if state.callback == "heard" and (luck := spend(state.luck, "repeated_callbacks")):
            yield "the provider repeats the callback", state._replace(callback="kept", luck=luck)
        if state.status == "REQUESTED" and state.handle and state.went:
            yield "a poll finds it done", self._done(state)

    def _done(self, state: State) -> State:
        if state.status not in ("REQUESTED", "FAILED") and Rule.DONE_ONCE in self.rules:
            return state
        return state._replace(status="DONE", booked=state.booked + 1)

    def _time(self, state: State) -> Iterator[Move]:
        if state.fresh:
            yield "20 s pass since the claim", state._replace(fresh=False)
        unsent = not state.marked or Rule.ONLY_UNSENT not in self.rules
        if state.status == "REQUESTED" and not state.fresh and unsent:
            yield "the check finds that it never left", state._replace(status="APPROVED", jobs=1)

    def _staff(self, state: State) -> Iterator[Move]:
        """Ten minutes later nobody sleeps any more between mark and call: calls have a deadline of their own."""
        calling = any(step in ("call", "call now", "asleep") for step in state.workers)
        late = not state.fresh and (not calling or Rule.CONFIRMED_LATE not in self.rules)
        if state.status == "REQUESTED" and state.marked and late and Rule.PEOPLE_CONFIRM in self.rules:
            seen = self._done(state) if state.went else state._replace(status="FAILED")
            yield f"staff look at the provider's page: {'it went' if state.went else 'it did not go'}", seen
        if state.status == "FAILED" and (luck := spend(state.luck, "tries_again")):
            yield "staff try again", state._replace(status="APPROVED", jobs=1, luck=luck, handle=False)

    def invariant(self, state: State) -> str | None:
        if state.went > 1:
            return "the money went back twice"
        if state.booked > 1:
            return "the refund was booked twice"
        if state.booked > state.went:
            return "a refund was booked that never went"
        return None

    def final_invariant(self, state: State) -> str | None:
        if state.status in ("APPROVED", "REQUESTED"):
            return f"the refund is {state.status} for ever"
        return "money went back and is not booked" if state.booked != state.went else None


def _at(state: State, who: int, step: str) -> State:
    return state._replace(workers=changed(state.workers, who, step))


def _name(who: int) -> str:
    return "worker " + "AB"[who]


SHORT = {
    "sending": Refunds(ALL_RULES, Luck(crashes=1, repeated_jobs=1, lost_jobs=1, sleeps=1)),
    "answers": Refunds(ALL_RULES, Luck(timeouts=1, refusals=1, lost_callbacks=1, repeated_callbacks=1, tries_again=1)),
    "asleep": Refunds(ALL_RULES, Luck(crashes=1, sleeps=1, repeated_jobs=1, timeouts=1, tries_again=1)),
}
FULL = {
    "everything": Refunds(
        ALL_RULES,
        Luck(crashes=2, sleeps=1, lost_jobs=1, repeated_jobs=1, timeouts=2, refusals=1, lost_callbacks=1,
             repeated_callbacks=1, tries_again=2),
    ),
}  # fmt: skip
