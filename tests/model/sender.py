"""The sender: two workers post one guest's outbox to Meta, in order, though Meta takes no idempotency key.

A worker marks the head `sending` (with its token and the ids merged into this one message), posts it and removes it.
It may be killed or fall asleep until its lease is over; the request may be lost, or only its answer; the status that
carries the message's id may come at any time, or too late.

Time is the age of a mark, in four steps: its POST may begin; its own POST deadline is over; its lease is over; lease +
HTTP limit + 10 s are over. At the last one none of its requests is on its way any more.

Promises checked in every state:
- the guest reads the messages in order, and one twice only if its status did not come in time (that second copy may
  then stand behind the next message: a late status frees the outbox while the copy is on its way);
- nothing is sent more than once more.
And at rest: the outbox is empty, and every message was read or handed to staff.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from .parts import changed, spend


class Rule(StrEnum):
    """The guards of this model, each named after its rule."""

    MARK = "rule-8-mark-before-the-post"
    REMOVE_AFTER = "rule-8-remove-only-after-the-post"
    NAMES_IDS = "rule-8-what-ends-a-send-names-the-ids-of-the-mark"
    FIXED_IDS = "rule-8-the-merged-ids-are-fixed-by-the-mark"
    BLOCKS = "rule-8-a-head-found-sending-blocks-its-guest"
    STATUS_ENDS = "rule-8-a-status-with-its-id-ends-the-wait"
    WHOLE_WAIT = "rule-8-the-wait-is-lease-and-http-limit-and-ten-seconds"
    WAIT_ENDS = "rule-8-after-the-wait-it-is-sent-once-more"
    COUNTED = "rule-8-the-second-try-is-counted"
    OWN_DEADLINE = "rule-8-no-post-after-its-own-deadline"


ALL_RULES = frozenset(Rule)
MAY_POST, POST_OVER, LEASE_OVER, WAIT_OVER = range(4)
AGES = ("", "POST deadline", "lease", "whole wait")
MERGED = 2
TRIES = 2

Ids = tuple[int, ...]


class Luck(NamedTuple):
    """How much may still go wrong."""

    crashes: int = 0
    lost_requests: int = 0
    lost_answers: int = 0
    refusals: int = 0
    late_statuses: int = 0


class Mark(NamedTuple):
    """The head is `sending`: under which token, with which ids, for the how manieth time."""

    token: int
    ids: Ids
    tries: int


class Worker(NamedTuple):
    """A sender's own memory: its next step and the mark it made."""

    step: str = ""
    token: int = 0
    ids: Ids = ()


class State(NamedTuple):
    """Redis (outbox, mark), the clock (age of each token), the network, the guest's phone, two workers."""

    luck: Luck
    to_come: int
    written: int = 0
    outbox: Ids = ()
    mark: Mark | None = None
    ages: tuple[int, ...] = ()
    requests: frozenset[tuple[int, Ids]] = frozenset()
    statuses: frozenset[tuple[int, Ids]] = frozenset()
    late: frozenset[int] = frozenset()
    read: tuple[Ids, ...] = ()
    staff: frozenset[int] = frozenset()
    workers: tuple[Worker, Worker] = (Worker(), Worker())


Move = tuple[str, State]


@dataclass(frozen=True)
class Sender:
    """The model: how many messages the turns write, what may go wrong, and the rules in force."""

    rules: frozenset[Rule]
    messages: int
    luck: Luck

    @property
    def initial(self) -> State:
        return State(self.luck, self.messages)

    def moves(self, state: State) -> Iterator[Move]:
        if state.to_come:
            new = state.written + 1
            yield (
                f"a turn writes message {new}",
                state._replace(to_come=state.to_come - 1, written=new, outbox=(*state.outbox, new)),
            )
        yield from self._network(state)
        yield from self._clock(state)
        for who, worker in enumerate(state.workers):
            if not worker.step:
                yield from self._mark(state, who)
                continue
            yield from self._work(state, who)
            if luck := spend(state.luck, "crashes"):
                yield f"{_name(who)} is killed", _put(state, who, Worker())._replace(luck=luck)

    # ── a worker ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _mark(self, state: State, who: int) -> Iterator[Move]:
        """Script: mark the head, or find it `sending` and leave it alone until the wait is over (rule 8)."""
        if not state.outbox:
            return
        mark = state.mark
        if mark is None:
            ids = state.outbox[:MERGED] if Rule.FIXED_IDS in self.rules else state.outbox[:1]
            yield f"{_name(who)} marks {ids}", self._sending(state, who, ids, 1)
        elif not self._still_blocked(state, mark):
            if mark.tries < TRIES or Rule.COUNTED not in self.rules:
                yield f"{_name(who)} marks {mark.ids} once more", self._sending(state, who, mark.ids, mark.tries + 1)
            else:
                given = self._removed(state, mark.ids)
                yield f"{_name(who)} hands {mark.ids} to staff", given._replace(staff=given.staff.union(mark.ids))

    def _still_blocked(self, state: State, mark: Mark) -> bool:
        age = state.ages[mark.token - 1]
        if Rule.BLOCKS not in self.rules:
            return False
        if Rule.WAIT_ENDS not in self.rules:
            return True
        return age < (WAIT_OVER if Rule.WHOLE_WAIT in self.rules else LEASE_OVER)

    def _sending(self, state: State, who: int, ids: Ids, tries: int) -> State:
        token = len(state.ages) + 1
        state = _put(state, who, Worker("post", token, ids))._replace(ages=(*state.ages, MAY_POST))
        if Rule.REMOVE_AFTER not in self.rules:
            return self._removed(state, ids)
        return state._replace(mark=Mark(token, ids, tries) if Rule.MARK in self.rules else None)

    def _work(self, state: State, who: int) -> Iterator[Move]:
        worker = state.workers[who]
        if worker.step == "post":
            yield self._post(state, who)
        elif worker.step == "remove":
            yield f"{_name(who)} removes {worker.ids}", _put(self._remove(state, worker), who, Worker())
        elif worker.step == "free":
            yield f"{_name(who)} frees {worker.ids}", _put(self._free(state, worker), who, Worker())

    def _post(self, state: State, who: int) -> Move:
        worker = state.workers[who]
        if state.ages[worker.token - 1] > MAY_POST and Rule.OWN_DEADLINE in self.rules:
            return f"{_name(who)} woke too late to post {worker.ids}", _put(state, who, Worker())
        ids = worker.ids if Rule.FIXED_IDS in self.rules else state.outbox[:MERGED]
        request = (worker.token, ids)
        posted = _put(state, who, worker._replace(step="answer"))._replace(requests=state.requests | {request})
        return f"{_name(who)} posts {ids}", posted

    def _remove(self, state: State, worker: Worker) -> State:
        """Script: take the posted ids out of the outbox, if they are those of the mark, whoever made it."""
        same = state.mark is not None and state.mark.ids == worker.ids
        if Rule.NAMES_IDS not in self.rules:
            return state._replace(outbox=state.outbox[len(worker.ids) :], mark=None)
        if same or Rule.MARK not in self.rules:
            return self._removed(state, worker.ids)
        return state

    def _free(self, state: State, worker: Worker) -> State:
        """Script: Meta refused, so that surely nothing was sent: what waits may be marked, and merged, anew."""
        mine = state.mark is not None and state.mark.token == worker.token
        return state._replace(mark=None) if mine else state

    def _removed(self, state: State, ids: Ids) -> State:
        gone = ids if Rule.FIXED_IDS in self.rules else state.outbox[:MERGED]
        return state._replace(outbox=tuple(item for item in state.outbox if item not in gone), mark=None)

    # ── the network and the clock ────────────────────────────────────────────────────────────────────────────────────

    def _network(self, state: State) -> Iterator[Move]:
        for token, ids in state.requests:
            left = state._replace(requests=state.requests - {(token, ids)})
            read = left._replace(read=(*state.read, ids), statuses=state.statuses | {(token, ids)})
            yield f"Meta takes {ids}", _answered(read, token, "remove")
            if luck := spend(state.luck, "lost_answers"):
                yield f"Meta takes {ids}, the answer is lost", _answered(read, token, "")._replace(luck=luck)
            if luck := spend(state.luck, "refusals"):
                yield f"Meta refuses {ids}", _answered(left, token, "free")._replace(luck=luck)
            if luck := spend(state.luck, "lost_requests"):
                yield f"the request with {ids} is lost", _answered(left, token, "")._replace(luck=luck)
        for token, ids in state.statuses:
            seen = state._replace(statuses=state.statuses - {(token, ids)})
            ends = state.mark and state.mark.ids == ids and Rule.STATUS_ENDS in self.rules
            yield f"the status of {ids} comes", self._removed(seen, ids) if ends else seen

    def _clock(self, state: State) -> Iterator[Move]:
        """Only tokens still held or marked grow older, and never past one made before them."""
        watched = {worker.token for worker in state.workers if worker.step}
        if state.mark:
            watched.add(state.mark.token)
        limit = WAIT_OVER
        for token in sorted(watched):
            age = state.ages[token - 1]
            if age < limit:
                yield from self._older(state, token, age + 1)
            limit = age

    def _older(self, state: State, token: int, age: int) -> Iterator[Move]:
        """One step of age. The whole wait outlasts every request; a status not here by then is late."""
        name = f"{AGES[age]} of mark {token} is over"
        older = state._replace(ages=changed(state.ages, token - 1, age))
        if age < WAIT_OVER:
            yield name, older
            return
        if any(request[0] == token for request in state.requests):
            return
        pending = {item for of, ids in state.statuses if of == token for item in ids[:1]}
        if not pending:
            yield name, older
        elif luck := spend(state.luck, "late_statuses"):
            yield f"{name}, its status still on the way", older._replace(luck=luck, late=state.late | pending)

    # ── promises ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def invariant(self, state: State) -> str | None:
        copies: dict[int, int] = {}
        for ids in state.read:
            for item in ids:
                copies[item] = copies.get(item, 0) + 1
                if copies[item] > (2 if ids[0] in state.late else 1):
                    return "the guest read a message twice, though its status came in time"
        if list(copies) != sorted(copies):
            return "the guest read messages out of order"
        if state.mark and state.mark.tries > TRIES:
            return "a message was sent more than once more"
        return None

    def final_invariant(self, state: State) -> str | None:
        if state.outbox:
            return "a message waits and nobody will send it"
        if state.staff.union(*state.read) != set(range(1, self.messages + 1)):
            return "a message left the outbox unread"
        return None


def _answered(state: State, token: int, step: str) -> State:
    """The worker still waiting for this answer, if it lives, goes on."""
    for who, worker in enumerate(state.workers):
        if worker.step == "answer" and worker.token == token:
            return _put(state, who, worker._replace(step=step) if step else Worker())
    return state


def _put(state: State, who: int, worker: Worker) -> State:
    return state._replace(workers=changed(state.workers, who, worker))


def _name(who: int) -> str:
    return "worker " + "AB"[who]


SHORT = {
    "lost twice": Sender(ALL_RULES, 1, Luck(crashes=1, lost_requests=2, lost_answers=1, late_statuses=1)),
    "two messages": Sender(ALL_RULES, 2, Luck(crashes=1, lost_requests=1, late_statuses=1)),
    "three messages": Sender(ALL_RULES, 3, Luck(lost_answers=1)),
    "refused and merged anew": Sender(ALL_RULES, 2, Luck(refusals=1, lost_answers=1)),
}
FULL = {
    "two messages": Sender(ALL_RULES, 2, Luck(crashes=2, lost_requests=2, lost_answers=1, late_statuses=1)),
    "three messages": Sender(ALL_RULES, 3, Luck(crashes=1, lost_requests=1, lost_answers=1, late_statuses=1)),
    "refused and merged anew": Sender(ALL_RULES, 3, Luck(crashes=1, refusals=1, lost_answers=1, late_statuses=1)),
}
