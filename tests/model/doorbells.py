"""The doorbells: Celery tasks that wake a worker, so that what waits in the mailboxes is served at once.

The mailbox is the message, the doorbell only the wake-up. A push counts a bell and publishes it when too few are
counted; a doorbell serves waiting conversations until it finds none. Celery may lose or repeat a task, a worker may be
killed, a lease may run out under a slow worker, a bell's deadline may pass while its task still waits or works.

Promises checked in every state:
- without a fault nothing ever waits for the sweep, and no more doorbells are out than wanted;
- after a fault the very next sweep rings: a lost doorbell costs a second;
- no conversation is served by two lease holders at once.
And at rest: nothing waits, and no bell is still counted, so that the next push rings.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from .parts import changed, spend


class Rule(StrEnum):
    """The guards of this model, each named after its rule."""

    ENLIST_IDLE = "rule-5-push-enlists-only-idle-conversations"
    COMMIT_ENLISTS = "rule-5-commit-enlists-what-is-left"
    SWEEP_RETURNS = "rule-5-the-sweep-returns-overdue-leases"
    DEADLINES = "rule-6-bells-are-deadlines-not-a-counter"
    UNCOUNTS_ITSELF = "rule-6-the-script-that-finds-nothing-un-counts-its-own-bell"
    SWEEP_RINGS = "rule-6-the-sweep-rings-whenever-something-waits"
    IGNORES_COUNT = "rule-6-the-sweep-ignores-the-count"
    HEARTBEATS = "rule-6-the-sweep-is-silent-while-a-doorbell-has-a-heartbeat"


ALL_RULES = frozenset(Rule)
NOBODY = -1


class Luck(NamedTuple):
    """How much may still go wrong."""

    lost_tasks: int = 0
    crashes: int = 0
    zombies: int = 0
    repeats: int = 0
    slow: int = 0


class Conversation(NamedTuple):
    """A mailbox: messages in it, and whether it waits or is leased to a worker."""

    mail: int = 0
    waiting: bool = False
    holder: int = NOBODY


class Doorbell(NamedTuple):
    """A running doorbell in a worker: looking for work, serving a conversation, or (without rule 6) leaving."""

    step: str = ""
    bell: int = 0
    serving: int = NOBODY
    lease_runs: bool = False


class State(NamedTuple):
    """Redis: conversations, counted bells, heartbeats. Celery: the published tasks. Two workers."""

    luck: Luck
    to_come: tuple[int, ...]
    conversations: tuple[Conversation, ...]
    bells: frozenset[int] = frozenset()
    heartbeats: frozenset[int] = frozenset()
    tasks: tuple[int, ...] = ()
    workers: tuple[Doorbell, Doorbell] = (Doorbell(), Doorbell())


Move = tuple[str, State]


@dataclass(frozen=True)
class Doorbells:
    """The model: how many messages come to each conversation, how many doorbells are wanted, and the rules in force."""

    rules: frozenset[Rule]
    messages: tuple[int, ...]
    wanted: int
    luck: Luck

    @property
    def initial(self) -> State:
        return State(self.luck, self.messages, tuple(Conversation() for _ in self.messages))

    def moves(self, state: State) -> Iterator[Move]:
        yield from self._push(state)
        yield from self._celery(state)
        yield from self._deadlines(state)
        yield from self._sweep(state)
        for who, doorbell in enumerate(state.workers):
            if doorbell.step:
                yield from self._work(state, who)
                yield from self._crash(state, who)

    # ── who rings ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _push(self, state: State) -> Iterator[Move]:
        """Script: append, enlist if idle, and say whether to ring: only when too few bells are counted."""
        for number, left in enumerate(state.to_come):
            if not left:
                continue
            before = state.conversations[number]
            idle = not before.waiting and before.holder == NOBODY
            enlist = idle or Rule.ENLIST_IDLE not in self.rules
            after = before._replace(mail=before.mail + 1, waiting=before.waiting or enlist)
            pushed = _converse(state, number, after)._replace(to_come=changed(state.to_come, number, left - 1))
            if enlist and not before.waiting and len(state.bells) < self.wanted:
                yield f"push to guest {number + 1} rings", _ring(pushed)
            else:
                yield f"push to guest {number + 1}", pushed

    def _sweep(self, state: State) -> Iterator[Move]:
        if self._sweep_would_ring(state):
            if not state.tasks:
                yield "sweep rings", _ring(state)
            elif luck := spend(state.luck, "slow"):  # a published task still untouched after a whole second
                yield "sweep rings beside a slow task", _ring(state)._replace(luck=luck)
        if Rule.SWEEP_RETURNS in self.rules:
            yield from self._return_leases(state)

    def _sweep_would_ring(self, state: State) -> bool:
        silent = (
            Rule.SWEEP_RINGS not in self.rules
            or (Rule.HEARTBEATS in self.rules and state.heartbeats)
            or (Rule.IGNORES_COUNT not in self.rules and len(state.bells) >= self.wanted)
        )
        return not silent and any(conversation.waiting for conversation in state.conversations)

    def _return_leases(self, state: State) -> Iterator[Move]:
        for number, conversation in enumerate(state.conversations):
            if conversation.holder == NOBODY:
                continue
            back = _converse(state, number, conversation._replace(waiting=True, holder=NOBODY))
            holder = state.workers[conversation.holder]
            if holder.serving != number or not holder.lease_runs:
                yield f"sweep returns guest {number + 1} from a dead worker", back
            elif luck := spend(state.luck, "zombies"):
                zombie = holder._replace(lease_runs=False)
                yield (
                    f"lease on guest {number + 1} runs out while {_name(conversation.holder)} works",
                    _put(back, conversation.holder, zombie)._replace(luck=luck),
                )

    # ── Celery and the clock ─────────────────────────────────────────────────────────────────────────────────────────

    def _celery(self, state: State) -> Iterator[Move]:
        for bell in set(state.tasks):
            rest = _without(state.tasks, bell)
            for who, doorbell in enumerate(state.workers):
                if not doorbell.step:
                    started = _put(state, who, Doorbell("looking", bell))
                    yield (
                        f"{_name(who)} answers bell {bell}",
                        started._replace(tasks=rest, heartbeats=state.heartbeats | {bell}),
                    )
            if luck := spend(state.luck, "lost_tasks"):
                yield f"Celery loses bell {bell}", state._replace(tasks=rest, luck=luck)
            if luck := spend(state.luck, "repeats"):
                yield f"Celery repeats bell {bell}", state._replace(tasks=(*state.tasks, bell), luck=luck)

    def _deadlines(self, state: State) -> Iterator[Move]:
        running = {doorbell.bell for doorbell in state.workers if doorbell.step}
        for bell in state.heartbeats - running:
            yield f"heartbeat of dead doorbell {bell} ends", state._replace(heartbeats=state.heartbeats - {bell})
        for bell in state.bells if Rule.DEADLINES in self.rules else ():
            forgotten = state._replace(bells=state.bells - {bell})
            if bell not in running and bell not in state.tasks:
                yield f"deadline of lost bell {bell} passes", forgotten
            elif luck := spend(state.luck, "slow"):
                yield f"deadline of bell {bell} passes while its task is slow", forgotten._replace(luck=luck)

    # ── a doorbell at work ───────────────────────────────────────────────────────────────────────────────────────────

    def _work(self, state: State, who: int) -> Iterator[Move]:
        step = {"looking": self._look, "serving": self._commit, "leaving": self._leave}[state.workers[who].step]
        yield from step(state, who)

    def _look(self, state: State, who: int) -> Iterator[Move]:
        """Script: claim a waiting conversation; where none waits, un-count the own bell at once (rule 6)."""
        doorbell, found = state.workers[who], False
        for number, conversation in enumerate(state.conversations):
            if conversation.waiting:
                found = True
                leased = _converse(state, number, conversation._replace(waiting=False, holder=who))
                serving = doorbell._replace(step="serving", serving=number, lease_runs=True)
                yield f"{_name(who)} claims guest {number + 1}", _put(leased, who, serving)
        if found:
            return
        if Rule.UNCOUNTS_ITSELF in self.rules:
            yield f"{_name(who)} finds nothing and un-counts bell {doorbell.bell}", _end(state, who)
        else:
            yield f"{_name(who)} finds nothing", _put(state, who, doorbell._replace(step="leaving"))

    def _leave(self, state: State, who: int) -> Iterator[Move]:
        yield f"{_name(who)} un-counts bell {state.workers[who].bell}", _end(state, who)

    def _commit(self, state: State, who: int) -> Iterator[Move]:
        """Script: pop one message, give the lease back, enlist again what is left; nothing if the lease is gone."""
        doorbell = state.workers[who]
        number, looking = doorbell.serving, Doorbell("looking", doorbell.bell)
        conversation = state.conversations[number]
        if conversation.holder != who:
            yield f"{_name(who)} commits too late for guest {number + 1}", _put(state, who, looking)
            return
        mail = conversation.mail - 1
        waiting = conversation.waiting or (mail > 0 and Rule.COMMIT_ENLISTS in self.rules)
        done = _converse(state, number, Conversation(mail, waiting))
        yield f"{_name(who)} commits a turn of guest {number + 1}", _put(done, who, looking)

    def _crash(self, state: State, who: int) -> Iterator[Move]:
        if luck := spend(state.luck, "crashes"):
            yield f"{_name(who)} is killed", _put(state, who, Doorbell())._replace(luck=luck)

    # ── promises ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def invariant(self, state: State) -> str | None:
        holding = [doorbell.serving for doorbell in state.workers if doorbell.lease_runs]
        if len(set(holding)) < len(holding):
            return "two workers hold one conversation at once"
        working = [doorbell for doorbell in state.workers if doorbell.step in ("looking", "serving")]
        out = len(state.tasks) + len(working)
        waits = any(conversation.waiting for conversation in state.conversations)
        if state.luck == self.luck and out > self.wanted:
            return "more doorbells are out than wanted, though nothing failed"
        if waits and not out and state.luck == self.luck:
            return "a guest waits for the sweep, though nothing failed"
        if waits and not out and not state.heartbeats and not self._sweep_would_ring(state):
            return "a guest waits, nobody is coming, and the next sweep will not ring"
        return None

    def final_invariant(self, state: State) -> str | None:
        if any(conversation.mail for conversation in state.conversations):
            return "a message waits and nobody will serve it"
        return "a bell stays counted that nobody will answer: the next push will not ring" if state.bells else None


def _ring(state: State) -> State:
    """Count a new bell and publish its task."""
    used = {*state.bells, *state.heartbeats, *state.tasks, *(doorbell.bell for doorbell in state.workers)}
    bell = next(number for number in range(1, len(used) + 2) if number not in used)
    return state._replace(bells=state.bells | {bell}, tasks=tuple(sorted((*state.tasks, bell))))


def _end(state: State, who: int) -> State:
    bell = state.workers[who].bell
    ended = state._replace(bells=state.bells - {bell}, heartbeats=state.heartbeats - {bell})
    return _put(ended, who, Doorbell())


def _converse(state: State, number: int, conversation: Conversation) -> State:
    return state._replace(conversations=changed(state.conversations, number, conversation))


def _put(state: State, who: int, doorbell: Doorbell) -> State:
    return state._replace(workers=changed(state.workers, who, doorbell))


def _without(values: tuple[int, ...], value: int) -> tuple[int, ...]:
    position = values.index(value)
    return values[:position] + values[position + 1 :]


def _name(who: int) -> str:
    return "worker " + "AB"[who]


SHORT = {
    "one doorbell wanted": Doorbells(ALL_RULES, (2, 1), 1, Luck(lost_tasks=1, crashes=1, slow=1)),
    "two doorbells wanted": Doorbells(ALL_RULES, (1, 1), 2, Luck(lost_tasks=1, zombies=1, repeats=1)),
}
_EVERYTHING = Luck(lost_tasks=1, crashes=1, zombies=1, repeats=1, slow=1)
FULL = {
    "one doorbell wanted": Doorbells(ALL_RULES, (2, 1), 1, _EVERYTHING),
    "two doorbells wanted": Doorbells(ALL_RULES, (2, 1), 2, _EVERYTHING),
}
