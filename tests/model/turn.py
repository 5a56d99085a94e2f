"""The turn: a guest's messages wait in one mailbox, two workers serve it, orders are written in PostgreSQL.

Each named move is one atomic step: one Redis script or one transaction. Between any two of them a worker may be killed,
its lease may run out while it goes on working (it is a zombie then), the answer to its call may be lost so that its
client repeats the call, PostgreSQL may be down, the price may change, the last bottle may go and come back, and the
session may expire.

Promises checked in every state:
- a message is answered at most once, in the order the messages came, and never by two lease holders at once;
- what the guest was told is what the order says: "placed at 1" means an order at 1, "sold out" or "sorry" means none;
- one message makes at most one order; nobody is told "sorry" only because PostgreSQL was down for a while.
And at rest: the mailbox is empty and every message has been answered.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from .parts import changed, spend
from .turn_state import ALL_RULES, TRIES, Event, Luck, Move, Order, Plan, Rule, State, Worker


@dataclass(frozen=True)
class Turn:
    """The model: which messages come ("order" or "menu"), what may go wrong, and the rules in force."""

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
        idle = not state.waiting and not state.leased  # rule 5: idle, waiting or leased, in one place at a time
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

    # ── a worker ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _claim(self, state: State, who: int) -> Iterator[Move]:
        """Waiting → leased; the head event is pinned and its try counted. What it decides, it decides from here."""
        if not state.waiting or not state.mailbox:
            return
        head = state.mailbox[0]
        token = state.last_token + 1 if Rule.TOKENS in self.rules else 1  # a counter whose key expired starts again
        step, plan = self._decide(state, head)
        worker = Worker(step, token, head.id, plan, "menu" if step == "commit" else "", lease_runs=True)
        mailbox = (head._replace(tries=head.tries + 1), *state.mailbox[1:])
        claimed = state._replace(
            mailbox=mailbox, waiting=False, leased=Rule.LEASED_SET in self.rules, token=token, last_token=token
        )
        yield f"{_name(who)} claims message {head.id}", _put(claimed, who, worker)

    def _decide(self, state: State, head: Event) -> tuple[str, Plan | None]:
        if self.messages[head.id - 1] == "menu":
            return "commit", None  # browsing has no effects and needs no plan
        if head.tries >= TRIES:
            return "bury", head.plan
        if head.plan:
            return "effects", head.plan
        cart = head.id if Rule.CART_ID in self.rules else state.carts_in_session + 1
        return "plan" if Rule.DECIDE_ONCE in self.rules else "effects", Plan(state.price, cart)

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
        worker = worker._replace(step="commit", reply=_reply(outcome, worker.plan))
        if not new or outcome != "placed":
            return state, worker
        if Rule.ONE_TRANSACTION not in self.rules:
            return state, worker._replace(step="order")
        return _place(state, worker), worker

    def _order(self, state: State, worker: Worker) -> tuple[State, Worker]:
        """Only without rule 2: the order in a transaction of its own."""
        return _place(state, worker), worker._replace(step="commit")

    def _outcome(self, state: State, plan: Plan) -> str:
        already = any(order.cart == plan.cart for order in state.orders)
        return "placed" if already or state.stock else "sold out"

    def _bury(self, state: State, worker: Worker) -> tuple[State, Worker]:
        """A dead letter: the effect of a stored plan is ended in PostgreSQL before the guest is told (rule 4)."""
        worker, known = worker._replace(step="commit", reply="sorry"), dict(state.outcomes).get(worker.event)
        if not worker.plan or Rule.ABANDONED not in self.rules:
            return state, worker
        if known and Rule.KNOWN_OUTCOME in self.rules:
            return state, worker._replace(reply=_reply(known, worker.plan))
        if known:
            return state, worker
        return state._replace(outcomes=state.outcomes | {(worker.event, "abandoned")}), worker

    def _commit(self, state: State, worker: Worker) -> tuple[State, Worker]:
        """Script: pop the event, save the session, append the reply, give the lease back; all or nothing (rule 1)."""
        head = state.mailbox[0] if state.mailbox else Event(0)
        mine = head.id == worker.event and state.token == worker.token
        if not mine and Rule.NAMES_ITS_WORK in self.rules:
            return state, Worker()  # "already done", or no longer ours
        mailbox = state.mailbox[1:]
        carts = worker.plan.cart if worker.plan else state.carts_in_session
        state = state._replace(
            mailbox=mailbox, waiting=bool(mailbox) and Rule.COMMIT_ENLISTS in self.rules, leased=False, token=0,
            carts_in_session=carts, told=(*state.told, (worker.event, worker.reply)),
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
        if len({order.event for order in state.orders}) < len(state.orders):
            return "one message made two orders"
        failures = sum(self.luck[:2]) - sum(state.luck[:2])
        if failures < TRIES and any(reply == "sorry" for _, reply in state.told):
            return "a guest was told sorry although PostgreSQL was only down for a while"
        return _told_and_done(state)

    def final_invariant(self, state: State) -> str | None:
        if state.mailbox:
            return "a message waits and nobody will serve it"
        if {event for event, _ in state.told} != set(range(1, len(self.messages) + 1)):
            return "a message was never answered"
        return None


def _told_and_done(state: State) -> str | None:
    orders = {order.event: f"placed at {order.price}" for order in state.orders}
    for event, reply in state.told:
        written = orders.get(event, "no order")
        if written != (reply if reply.startswith("placed") else "no order"):
            return f"the guest was told {reply!r} about message {event}, PostgreSQL says {written!r}"
    return None


def _reply(outcome: str, plan: Plan) -> str:
    return {"placed": f"placed at {plan.price}", "sold out": "sold out", "abandoned": "sorry"}[outcome]


def _place(state: State, worker: Worker) -> State:
    """Insert the order and take the stock; the cart's unique id makes a repeat harmless."""
    assert worker.plan
    if any(order.cart == worker.plan.cart for order in state.orders):
        return state
    order = Order(worker.plan.cart, worker.event, worker.plan.price)
    return state._replace(orders=state.orders | {order}, stock=state.stock - 1)


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
}
_EVERYTHING = Luck(
    crashes=1, zombies=1, lost_answers=1, outages=1, price_changes=1, stock_changes=2, session_expiries=1
)
FULL = {
    "two orders": Turn(ALL_RULES, ("order", "order"), _EVERYTHING._replace(crashes=2, zombies=2)),
    "three messages": Turn(ALL_RULES, ("order", "menu", "order"), _EVERYTHING),
}
