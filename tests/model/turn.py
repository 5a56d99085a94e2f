"""The turn: a guest's messages wait in one mailbox, two workers serve it, orders are written in PostgreSQL.

Each named move is one atomic step: one Redis script or one transaction. Between any two of them a worker may be killed,
its lease may run out while it goes on working (it is a zombie then), the answer to its call may be lost so that its
client repeats the call, PostgreSQL may be down, the price may change, the last bottle may go and come back, and the
session may expire.

Texts that wait are read together: an order after an order, anything after half a thought ("2"); the menu is a tap and
stands alone. Half a thought with nothing behind it rests until its time is over or something else comes.

Promises checked in every state:
- a message is answered at most once, in the order the messages came, and never by two lease holders at once;
- what the guest was told is what the order says: "placed at 1" means an order at 1, "sold out" or "sorry" means none;
- one message makes at most one order, and an order told is made of that message; nothing waits behind half a thought
  that rests; nobody is told "sorry" only because PostgreSQL was down for a while.
And at rest: the mailbox is empty and every message has been answered.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from .parts import changed, spend
from .turn_state import ALL_RULES, TRIES, Event, Luck, Move, Plan, Rule, State, Worker, place, reply_to, told_and_done


@dataclass(frozen=True)
class Turn:
    """The model: which messages come ("order", "half" or "menu"), what may go wrong, and the rules in force."""

    rules: frozenset[Rule]
    messages: tuple[str, ...]
    luck: Luck

    @property
    def initial(self) -> State:
        return State(self.luck)

    def moves(self, state: State) -> Iterator[Move]:
        yield from self._webhook(state)
        yield from self._sweep(state)
        yield from self._world(state)
        for who in (0, 1):
            if state.workers[who].step:
                yield from self._work(state, who)
                yield from self._misfortune(state, who)
            else:
                yield from self._claim(state, who)

    # ── the webhook and the world ────────────────────────────────────────────────────────────────────────────────────

    def _webhook(self, state: State) -> Iterator[Move]:
        if state.arrived < len(self.messages):
            event = state.arrived + 1
            yield f"push message {event}", self._push(state, event)._replace(arrived=event)
        if state.arrived and Rule.REPEATED_PUSH not in self.rules and (luck := spend(state.luck, "lost_answers")):
            yield "push of message 1 is repeated", self._push(state, 1)._replace(luck=luck)

    def _push(self, state: State, event: int) -> State:
        if state.resting and Rule.RESTS_RING in self.rules:
            state = state._replace(resting=False, waiting=True)
        # Rule 5: idle, waiting (or resting) or leased, in one place at a time.
        idle = not state.waiting and not state.leased and not state.resting
        enlist = (idle or Rule.ENLIST_IDLE not in self.rules) and Rule.ENLIST_NEW in self.rules
        return state._replace(mailbox=(*state.mailbox, Event(event)), waiting=state.waiting or enlist)

    def _sweep(self, state: State) -> Iterator[Move]:
        if Rule.SWEEP not in self.rules or not state.leased:
            return
        back = state._replace(waiting=True, leased=False, token=0)
        holder = next((who for who in (0, 1) if state.workers[who].lease_runs), None)
        if holder is None:
            yield "sweep returns what a dead worker's lease held", back
        elif luck := spend(state.luck, "zombies"):
            zombie = state.workers[holder]._replace(lease_runs=False)
            yield f"lease of {_name(holder)} runs out while it works", _put(back, holder, zombie)._replace(luck=luck)

    def _world(self, state: State) -> Iterator[Move]:
        if luck := spend(state.luck, "price_changes"):
            yield "the price changes", state._replace(luck=luck, price=state.price + 1)
        if luck := spend(state.luck, "stock_changes"):
            change = "another guest takes the last bottle" if state.stock else "a bottle comes back"
            yield change, state._replace(luck=luck, stock=0 if state.stock else 1)
        if state.carts_in_session and (luck := spend(state.luck, "session_expiries")):
            yield "the session expires", state._replace(luck=luck, carts_in_session=0)
        if state.mailbox and self._kind(state.mailbox[0].id) == "half" and not state.over:
            due = state.resting and Rule.RESTS_END in self.rules
            state = state._replace(resting=False, waiting=True) if due else state
            yield "half a thought has waited long enough", state._replace(over=True)

    # ── a worker ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _claim(self, state: State, who: int) -> Iterator[Move]:
        """Waiting → leased; the head event is pinned and its try counted. What it decides, it decides from here."""
        if not state.waiting or not state.mailbox:
            return
        head = state.mailbox[0]
        token = state.last_token + 1 if Rule.TOKENS in self.rules else 1  # a counter whose key expired starts again
        whole, covers = self._read_together(state, head)
        step, plan = self._decide(state, head, whole, covers)
        worker = Worker(step, token, head.id, covers, plan, whole if step == "commit" else "", lease_runs=True)
        mailbox = (head._replace(tries=head.tries + 1), *state.mailbox[1:])
        claimed = state._replace(
            mailbox=mailbox, waiting=False, leased=Rule.LEASED_SET in self.rules, token=token, last_token=token
        )
        yield f"{_name(who)} claims message {head.id}", _put(claimed, who, worker)

    def _read_together(self, state: State, head: Event) -> tuple[str, tuple[int, ...]]:
        """What the head is with the texts behind it: a plan's own, none at the last try, else all that fit."""
        whole, covers = self._kind(head.id), []
        if head.plan and Rule.PLAN_COVERS in self.rules:
            return "order", head.plan.covers
        if head.tries == TRIES - 1 and not head.plan:
            return whole, ()
        for event in state.mailbox[1:]:
            kind = self._kind(event.id)
            if "menu" in (whole, kind) or (whole, kind) == ("order", "half"):
                break
            whole = kind
            covers.append(event.id)
        return whole, tuple(covers)

    def _decide(self, state: State, head: Event, whole: str, covers: tuple[int, ...]) -> tuple[str, Plan | None]:
        if whole == "menu":
            return "commit", None  # browsing has no effects and needs no plan
        if head.tries >= TRIES:
            return "bury", head.plan
        if head.plan:
            return "effects", head.plan
        if whole == "half":
            return "commit" if state.over or head.tries or len(state.mailbox) > 1 else "rest", None
        cart = head.id if Rule.CART_ID in self.rules else state.carts_in_session + 1
        return "plan" if Rule.DECIDE_ONCE in self.rules else "effects", Plan(state.price, cart, covers)

    def _kind(self, event: int) -> str:
        return self.messages[event - 1]

    def _work(self, state: State, who: int) -> Iterator[Move]:
        worker = state.workers[who]
        after, following = getattr(self, f"_{worker.step}")(state, worker)
        yield f"{_name(who)}: {worker.step} for message {worker.event}", _put(after, who, following)
        if after != state and (luck := spend(state.luck, "lost_answers")):
            repeating = worker._replace(lease_runs=following.lease_runs)
            yield (
                f"{_name(who)}: {worker.step} for message {worker.event}, answer lost: will repeat",
                _put(after, who, repeating)._replace(luck=luck),
            )

    def _rest(self, state: State, worker: Worker) -> tuple[State, Worker]:
        """Script: half a thought waits for the other half, unless something came meanwhile."""
        if state.token != worker.token:
            return state, Worker()
        head = state.mailbox[0]
        mailbox = (head._replace(tries=head.tries - (Rule.RESTS_FREE in self.rules)), *state.mailbox[1:])
        rests = (len(mailbox) == 1 or Rule.RESTS_ALONE not in self.rules) and not state.over
        back = state._replace(mailbox=mailbox, waiting=not rests, resting=rests, leased=False, token=0)
        return back, Worker()

    def _plan(self, state: State, worker: Worker) -> tuple[State, Worker]:
        """Script: store the plan on the head event, if the lease still stands (rule 3)."""
        head = state.mailbox[0] if state.mailbox else Event(0)
        leased = state.token == worker.token or Rule.PLAN_UNDER_LEASE not in self.rules
        if head.id != worker.event or not leased:
            return state, Worker()
        planned = (head._replace(plan=worker.plan), *state.mailbox[1:])
        return state._replace(mailbox=planned), worker._replace(step="effects")

    def _effects(self, state: State, worker: Worker) -> tuple[State, Worker]:
        """One transaction: the outcome under the event's id first, then what it says (rule 2)."""
        assert worker.plan
        outcome = dict(state.outcomes).get(worker.event) or self._outcome(state, worker.plan)
        if Rule.OUTCOME_FIRST in self.rules:
            new = worker.event not in dict(state.outcomes)
            state = state._replace(outcomes=state.outcomes | {(worker.event, outcome)})
        else:
            new = True
        worker = worker._replace(step="commit", reply=reply_to(outcome, worker.plan))
        if not new or outcome != "placed":
            return state, worker
        if Rule.ONE_TRANSACTION not in self.rules:
            return state, worker._replace(step="order")
        return place(state, worker), worker

    def _order(self, state: State, worker: Worker) -> tuple[State, Worker]:
        """Only without rule 2: the order in a transaction of its own."""
        return place(state, worker), worker._replace(step="commit")

    def _outcome(self, state: State, plan: Plan) -> str:
        already = any(order.cart == plan.cart for order in state.orders)
        return "placed" if already or state.stock else "sold out"

    def _bury(self, state: State, worker: Worker) -> tuple[State, Worker]:
        """A dead letter: the effect of a stored plan is ended in PostgreSQL before the guest is told (rule 4)."""
        worker, known = worker._replace(step="commit", reply="sorry"), dict(state.outcomes).get(worker.event)
        if not worker.plan or Rule.ABANDONED not in self.rules:
            return state, worker
        if known and Rule.KNOWN_OUTCOME in self.rules:
            return state, worker._replace(reply=reply_to(known, worker.plan))
        if known:
            return state, worker
        return state._replace(outcomes=state.outcomes | {(worker.event, "abandoned")}), worker

    def _commit(self, state: State, worker: Worker) -> tuple[State, Worker]:
        """Script: pop the event, save the session, append the reply, give the lease back; all or nothing (rule 1)."""
        head = state.mailbox[0] if state.mailbox else Event(0)
        mine = head.id == worker.event and state.token == worker.token
        if not mine and Rule.NAMES_ITS_WORK in self.rules:
            return state, Worker()  # "already done", or no longer ours
        popped = worker.covers if Rule.POPS_ALL in self.rules else ()
        mailbox = tuple(event for event in state.mailbox[1:] if event.id not in popped)
        carts = worker.plan.cart if worker.plan else state.carts_in_session
        state = state._replace(
            mailbox=mailbox, waiting=bool(mailbox) and Rule.COMMIT_ENLISTS in self.rules, leased=False, token=0,
            carts_in_session=carts, over=False,
            told=(*state.told, *((event, worker.reply) for event in (worker.event, *worker.covers))),
        )  # fmt: skip
        return state, Worker()

    # ── what goes wrong ──────────────────────────────────────────────────────────────────────────────────────────────

    def _misfortune(self, state: State, who: int) -> Iterator[Move]:
        if luck := spend(state.luck, "crashes"):
            yield f"{_name(who)} is killed", _put(state, who, Worker())._replace(luck=luck)
        sql = state.workers[who].step in ("effects", "bury")
        if sql and (luck := spend(state.luck, "outages")):
            yield f"{_name(who)} finds PostgreSQL down and releases", self._release(state, who)._replace(luck=luck)

    def _release(self, state: State, who: int) -> State:
        """Script: give the conversation back; a failure that surely did nothing is no try (rule 4)."""
        worker, free = state.workers[who], _put(state, who, Worker())
        if state.token != worker.token:
            return free
        head = state.mailbox[0]
        tries = head.tries - 1 if Rule.TRY_AGAIN in self.rules else head.tries
        mailbox = (head._replace(tries=tries), *state.mailbox[1:])
        return free._replace(mailbox=mailbox, waiting=Rule.RELEASE_ENLISTS in self.rules, leased=False, token=0)

    # ── promises ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def invariant(self, state: State) -> str | None:
        answered = [event for event, _ in state.told]
        if len(set(answered)) < len(answered):
            return "a message was answered twice"
        if answered != sorted(answered):
            return "messages were answered out of order"
        if all(worker.lease_runs for worker in state.workers):
            return "two workers hold the conversation at once"
        made = [event for order in state.orders for event in order.events]
        if len(set(made)) < len(made):
            return "one message made two orders"
        if state.resting and len(state.mailbox) > 1:
            return "something waits behind half a thought that rests"
        failures = sum(self.luck[:2]) - sum(state.luck[:2])
        if failures < TRIES and any(reply == "sorry" for _, reply in state.told):
            return "a guest was told sorry although PostgreSQL was only down for a while"
        return told_and_done(state)

    def final_invariant(self, state: State) -> str | None:
        if state.mailbox:
            return "a message waits and nobody will serve it"
        if {event for event, _ in state.told} != set(range(1, len(self.messages) + 1)):
            return "a message was never answered"
        return None


def _put(state: State, who: int, worker: Worker) -> State:
    return state._replace(workers=changed(state.workers, who, worker))


def _name(who: int) -> str:
    return "worker " + "AB"[who]


SHORT = {
    "an order and the menu": Turn(
        ALL_RULES,
        ("order", "menu"),
        Luck(crashes=1, zombies=1, lost_answers=1, outages=1, price_changes=1, stock_changes=2),
    ),
    "two orders": Turn(ALL_RULES, ("order", "order"), Luck(crashes=1, zombies=1, lost_answers=1, session_expiries=1)),
    "half an order, the rest, and the menu": Turn(
        ALL_RULES, ("half", "order", "menu"), Luck(crashes=1, zombies=1, lost_answers=1)
    ),
    "an order, and half a thought": Turn(ALL_RULES, ("order", "half"), Luck(crashes=1, zombies=1, outages=1)),
}
_EVERYTHING = Luck(
    crashes=1, zombies=1, lost_answers=1, outages=1, price_changes=1, stock_changes=2, session_expiries=1
)
FULL = {
    "two orders": Turn(ALL_RULES, ("order", "order"), _EVERYTHING._replace(crashes=2, zombies=2)),
    "three messages": Turn(ALL_RULES, ("order", "menu", "order"), _EVERYTHING),
    "an order in pieces": Turn(ALL_RULES, ("half", "order", "order"), _EVERYTHING._replace(stock_changes=1)),
}
