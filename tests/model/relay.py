"""The relay: what PostgreSQL decided ("paid", "ready") reaches the conversation, through outbox rows and the mailbox.

A row is written with its change; a relay locks the conversation, pushes all its open rows by id and marks them; a turn
answers, the sender posts, the history worker confirms the reply in PostgreSQL. A relay may be killed at any step, its
connection may be cut (it loses its lock and its transaction, and goes on pushing), and Redis may be wiped.

Promises checked in every state:
- the guest is told each thing once, and once more at most for each wipe of Redis;
- without a wipe, in the order in which the rows were written.
And at rest: the guest was told everything, and every row is done.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from .parts import changed, spend


class Rule(StrEnum):
    """The guards of this model, each named after its rule."""

    LOCK = "rule-19-the-relay-locks-the-conversation"
    PUSH_BY_ID = "rule-19-rows-are-pushed-by-id"
    MARK_LAST = "rule-19-rows-are-marked-after-the-push"
    ALL_OPEN_ROWS = "rule-19-the-path-after-a-commit-pushes-all-open-rows-too"
    ORDER_LOCK = "rule-19-rows-are-inserted-under-the-order-lock"
    CONFIRMED = "rule-20-a-row-is-done-when-its-reply-is-confirmed-in-postgresql"
    REOPENED = "rule-20-relayed-unconfirmed-and-unknown-to-redis-opens-it-again"


ALL_RULES = frozenset(Rule)
NOBODY = -1

Ids = tuple[int, ...]


class Luck(NamedTuple):
    """How much may still go wrong."""

    crashes: int = 0
    cuts: int = 0
    wipes: int = 0


class Row(NamedTuple):
    """An outbox row in PostgreSQL: being inserted, committed; relayed; done."""

    stage: str = ""
    relayed: bool = False
    done: bool = False


class Relay(NamedTuple):
    """A relay's own memory: the rows it read, how many it has pushed, and whether its transaction still stands."""

    step: str = ""
    ids: Ids = ()
    pushed: int = 0
    cut: bool = False


class Redis(NamedTuple):
    """Everything a wipe takes: known ids, the mailbox, replies to send, sent ones not yet in PostgreSQL."""

    known: frozenset[int] = frozenset()
    mailbox: Ids = ()
    replies: Ids = ()
    history: Ids = ()


class State(NamedTuple):
    """PostgreSQL (rows, conversation lock), Redis, the guest's phone, two relays."""

    luck: Luck
    rows: tuple[Row, ...]
    lock: int = NOBODY
    redis: Redis = Redis()
    told: Ids = ()
    relays: tuple[Relay, Relay] = (Relay(), Relay())


Move = tuple[str, State]


@dataclass(frozen=True)
class Outbox:
    """The model: how many rows one conversation gets, what may go wrong, and the rules in force."""

    rules: frozenset[Rule]
    rows: int
    luck: Luck

    @property
    def initial(self) -> State:
        return State(self.luck, tuple(Row() for _ in range(self.rows)))

    def moves(self, state: State) -> Iterator[Move]:
        yield from self._transactions(state)
        yield from self._reopen(state)
        yield from self._conversation(state)
        if luck := spend(state.luck, "wipes"):
            yield "Redis is wiped", state._replace(redis=Redis(), luck=luck)
        for who, relay in enumerate(state.relays):
            if relay.step:
                yield self._work(state, who)
                yield from self._misfortune(state, who)
            else:
                yield from self._start(state, who)

    # ── PostgreSQL ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _transactions(self, state: State) -> Iterator[Move]:
        """Rows get their ids one after the other; under the order lock they are committed in that order too."""
        for number, row in enumerate(state.rows, 1):
            before = state.rows[number - 2].stage if number > 1 else "committed"
            if row.stage == "" and (before == "committed" or (before and Rule.ORDER_LOCK not in self.rules)):
                yield f"row {number} is inserted", _row(state, number, Row("inserted"))
            elif row.stage == "inserted":
                yield f"row {number} is committed", _row(state, number, Row("committed"))

    def _reopen(self, state: State) -> Iterator[Move]:
        """The sweep: relayed, unconfirmed and unknown to Redis (rule 20)."""
        if Rule.REOPENED not in self.rules:
            return
        for number, row in enumerate(state.rows, 1):
            if row.relayed and not row.done and number not in state.redis.known:
                yield f"the sweep opens row {number} again", _row(state, number, row._replace(relayed=False))

    # ── a relay ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _start(self, state: State, who: int) -> Iterator[Move]:
        """Sweep and the path after a commit alike: lock the conversation, read all its open rows."""
        open_rows = [number for number, row in enumerate(state.rows, 1) if row.stage == "committed" and not row.relayed]
        if Rule.LOCK not in self.rules:  # instead: each relay skips the rows that another one has locked
            held = {number for relay in state.relays if relay.step and not relay.cut for number in relay.ids}
            open_rows = [number for number in open_rows if number not in held]
        elif state.lock != NOBODY:
            return
        first_step = "push" if Rule.MARK_LAST in self.rules else "mark"
        if open_rows:
            relay = Relay(first_step, tuple(open_rows))
            yield f"{_name(who)} reads rows {relay.ids}", _put(state, who, relay)._replace(lock=who)
        if Rule.ALL_OPEN_ROWS not in self.rules:
            for number in open_rows:
                own = _put(state, who, Relay(first_step, (number,)))._replace(lock=who)
                yield f"{_name(who)} relays only row {number} after its commit", own

    def _work(self, state: State, who: int) -> Move:
        relay = state.relays[who]
        if relay.step == "mark":
            return self._mark(state, who)
        number = relay.ids[relay.pushed]
        after = _put(self._push(state, number), who, relay._replace(pushed=relay.pushed + 1))
        name = f"{_name(who)} pushes row {number}"
        if relay.pushed + 1 < len(relay.ids):
            return name, after
        if Rule.MARK_LAST in self.rules:
            return name, _put(after, who, relay._replace(step="mark", pushed=relay.pushed + 1))
        return name, _end(after, who)

    def _push(self, state: State, number: int) -> State:
        """Script: append, unless the id is known."""
        redis = state.redis
        if number in redis.known and Rule.PUSH_BY_ID in self.rules:
            return state
        return state._replace(redis=redis._replace(known=redis.known | {number}, mailbox=(*redis.mailbox, number)))

    def _mark(self, state: State, who: int) -> Move:
        """Mark the rows read as relayed and commit, which gives the lock back; a cut transaction marks nothing."""
        relay = state.relays[who]
        if relay.cut:
            return f"{_name(who)} cannot mark, its connection is gone", _end(state, who)
        marked = state
        for number in relay.ids:
            marked = _row(marked, number, marked.rows[number - 1]._replace(relayed=True))
        if Rule.MARK_LAST in self.rules:
            return f"{_name(who)} marks rows {relay.ids}", _end(marked, who)
        return f"{_name(who)} marks rows {relay.ids} first", _put(marked, who, relay._replace(step="push"))

    def _misfortune(self, state: State, who: int) -> Iterator[Move]:
        if luck := spend(state.luck, "crashes"):
            yield f"{_name(who)} is killed", _end(state, who)._replace(luck=luck)
        relay = state.relays[who]
        if not relay.cut and (luck := spend(state.luck, "cuts")):
            cut = _unlock(_put(state, who, relay._replace(cut=True)), who)
            yield f"the connection of {_name(who)} is cut", cut._replace(luck=luck)

    # ── the conversation ─────────────────────────────────────────────────────────────────────────────────────────────

    def _conversation(self, state: State) -> Iterator[Move]:
        redis = state.redis
        if redis.mailbox:
            number = redis.mailbox[0]
            answered = redis._replace(mailbox=redis.mailbox[1:], replies=(*redis.replies, number))
            yield f"the turn of row {number} commits", self._turned(state._replace(redis=answered), number)
        if redis.replies:
            number = redis.replies[0]
            sent = redis._replace(replies=redis.replies[1:], history=(*redis.history, number))
            yield f"the guest is told of row {number}", state._replace(redis=sent, told=(*state.told, number))
        if redis.history:
            number = redis.history[0]
            saved = state._replace(redis=redis._replace(history=redis.history[1:]))
            yield f"the reply to row {number} is confirmed in PostgreSQL", _done(saved, number)

    def _turned(self, state: State, number: int) -> State:
        return state if Rule.CONFIRMED in self.rules else _done(state, number)

    # ── promises ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def invariant(self, state: State) -> str | None:
        wipes = self.luck.wipes - state.luck.wipes
        if any(state.told.count(number) > 1 + wipes for number in set(state.told)):
            return "the guest was told the same thing once too often"
        if not wipes and list(state.told) != sorted(state.told):
            return "the guest was told things out of order"
        return None

    def final_invariant(self, state: State) -> str | None:
        if set(state.told) != set(range(1, len(state.rows) + 1)):
            return "the guest was never told"
        return None if all(row.done for row in state.rows) else "a row is never done"


def _done(state: State, number: int) -> State:
    return _row(state, number, state.rows[number - 1]._replace(done=True))


def _row(state: State, number: int, row: Row) -> State:
    return state._replace(rows=changed(state.rows, number - 1, row))


def _put(state: State, who: int, relay: Relay) -> State:
    return state._replace(relays=changed(state.relays, who, relay))


def _unlock(state: State, who: int) -> State:
    return state._replace(lock=NOBODY if state.lock == who else state.lock)


def _end(state: State, who: int) -> State:
    return _unlock(_put(state, who, Relay()), who)


def _name(who: int) -> str:
    return "relay " + "AB"[who]


SHORT = {
    "a wipe": Outbox(ALL_RULES, 2, Luck(crashes=1, cuts=1, wipes=1)),
    "three rows": Outbox(ALL_RULES, 3, Luck(crashes=1, cuts=1)),
}
FULL = {
    "two wipes": Outbox(ALL_RULES, 2, Luck(crashes=2, cuts=1, wipes=2)),
    "three rows and a wipe": Outbox(ALL_RULES, 3, Luck(crashes=1, cuts=1, wipes=1)),
}
