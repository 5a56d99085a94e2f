"""The rules of the turn's model, and what its state is made of."""

from enum import StrEnum
from typing import NamedTuple


class Rule(StrEnum):
    """The guards of this model, each named after its rule; a test takes them out one by one."""

    REPEATED_PUSH = "rule-1-a-repeated-push-is-known-by-its-id"
    NAMES_ITS_WORK = "rule-1-a-script-names-what-it-works-on"
    OUTCOME_FIRST = "rule-2-the-outcome-is-stored-first-refusals-too"
    ONE_TRANSACTION = "rule-2-one-transaction"
    DECIDE_ONCE = "rule-3-decide-once"
    PLAN_UNDER_LEASE = "rule-3-the-plan-is-stored-under-the-lease"
    ABANDONED = "rule-4-a-dead-letter-ends-the-effect-too"
    KNOWN_OUTCOME = "rule-4-a-dead-letter-answers-the-outcome-it-finds"
    TRY_AGAIN = "rule-4-try-again-failures-do-not-count-as-tries"
    ENLIST_IDLE = "rule-5-push-enlists-only-idle-conversations"
    ENLIST_NEW = "rule-5-push-enlists-an-idle-conversation"
    LEASED_SET = "rule-5-claim-moves-it-to-the-leased-set"
    COMMIT_ENLISTS = "rule-5-commit-enlists-what-is-left"
    RELEASE_ENLISTS = "rule-5-release-enlists-again"
    SWEEP = "rule-5-the-sweep-returns-overdue-leases"
    TOKENS = "rule-7-fencing-tokens-never-repeat"
    CART_ID = "rule-7-a-cart-is-named-after-the-event-that-began-it"
    PLAN_COVERS = "rule-23-a-plan-names-the-texts-it-was-made-of"
    POPS_ALL = "rule-23-a-commit-pops-all-that-was-read-together"
    RESTS_END = "rule-24-half-a-thought-is-answered-in-the-end"
    RESTS_FREE = "rule-24-waiting-for-the-other-half-is-no-try"
    RESTS_ALONE = "rule-24-who-is-not-alone-does-not-wait"
    RESTS_RING = "rule-24-whatever-comes-ends-the-wait"


ALL_RULES = frozenset(Rule)
TRIES = 2  # the product allows three; two reach the same states with fewer crashes


class Luck(NamedTuple):
    """How much may still go wrong; each misfortune uses some up, so that every run ends."""

    crashes: int = 0
    zombies: int = 0
    lost_answers: int = 0
    outages: int = 0
    price_changes: int = 0
    stock_changes: int = 0
    session_expiries: int = 0


class Plan(NamedTuple):
    """What a turn decided, stored on its event before the first SQL, and which events it was made of besides."""

    price: int
    cart: int
    covers: tuple[int, ...] = ()


class Event(NamedTuple):
    """A message in the mailbox, with its tries and the plan of an earlier try."""

    id: int
    tries: int = 0
    plan: Plan | None = None


class Worker(NamedTuple):
    """A worker's own memory: the next step it will take, and what it believes."""

    step: str = ""
    token: int = 0
    event: int = 0
    covers: tuple[int, ...] = ()
    plan: Plan | None = None
    reply: str = ""
    lease_runs: bool = False


class Order(NamedTuple):
    """A row in PostgreSQL; the cart's id is unique. `events` are the messages it was made of."""

    cart: int
    events: tuple[int, ...]
    price: int


class State(NamedTuple):
    """Redis (mailbox, place, session), PostgreSQL (outcomes, orders, stock), the guest's phone (told), two workers."""

    luck: Luck
    arrived: int = 0
    mailbox: tuple[Event, ...] = ()
    waiting: bool = False
    leased: bool = False
    resting: bool = False
    over: bool = False
    token: int = 0
    last_token: int = 0
    carts_in_session: int = 0
    outcomes: frozenset[tuple[int, str]] = frozenset()
    orders: frozenset[Order] = frozenset()
    price: int = 1
    stock: int = 1
    told: tuple[tuple[int, str], ...] = ()
    workers: tuple[Worker, Worker] = (Worker(), Worker())


Move = tuple[str, State]


def told_and_done(state: State) -> str | None:
    """The promise that what the guest was told is what PostgreSQL says."""
    orders = {event: f"placed at {order.price}" for order in state.orders for event in order.events}
    for event, reply in state.told:
        written = orders.get(event, "no order")
        if written != (reply if reply.startswith("placed") else "no order"):
            return f"the guest was told {reply!r} about message {event}, PostgreSQL says {written!r}"
    return None


def reply_to(outcome: str, plan: Plan) -> str:
    """What the guest is told of an outcome."""
    return {"placed": f"placed at {plan.price}", "sold out": "sold out", "abandoned": "sorry"}[outcome]


def place(state: State, worker: Worker) -> State:
    """Insert the order and take the stock; the cart's unique id makes a repeat harmless."""
    assert worker.plan
    if any(order.cart == worker.plan.cart for order in state.orders):
        return state
    order = Order(worker.plan.cart, (worker.event, *worker.plan.covers), worker.plan.price)
    return state._replace(orders=state.orders | {order}, stock=state.stock - 1)
