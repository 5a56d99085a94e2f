"""The rules and the state of the money model, and what its transactions write in the books.

The bar has one bottle left, held for one order. The functions on `Books` run under the locks of their transaction.
"""

from enum import StrEnum
from typing import NamedTuple

from .parts import changed


class Rule(StrEnum):
    """The guards of this model, each named after its rule."""

    CLAIM_ONCE = "rule-10-claim-once"
    CLAIM_UNDER_ORDER = "rule-10-claim-under-the-order-lock"
    STILL_FRESH = "rule-10-right-before-the-post-still-requested-and-fresh"
    ONLY_FROM_REQUESTED = "rule-11-the-answer-to-a-call-never-moves-backwards"
    SUCCEEDED_STAYS = "rule-11-succeeded-is-left-only-by-a-reversal"
    CREATED_HAS_DATE = "rule-12-created-has-a-date"
    ONE_LIVE = "rule-13-one-live-attempt"
    UNKNOWN_IS_LIVE = "rule-13-unknown-counts-as-live"
    DIALOG_WINDOW = "rule-13-a-failure-learnt-by-polling-waits-for-the-dialog-window"
    SECOND_REFUNDED = "rule-13-a-second-success-is-refunded"
    EXPIRY_CHECKS_AGAIN = "rule-14-expiry-checks-pending-again-under-the-lock"
    ACTIVE_HOLD = "rule-15-settle-sells-an-active-hold-only"
    ATTACHED = "rule-16-a-known-but-unmatched-receipt-is-attached"
    STAFF_IS_FINAL = "rule-16-what-staff-decided-is-final"
    RECEIPT_LOCKED = "rule-16-receipt-rows-are-locked"
    PROVIDER_LIST = "rule-17-unknown-without-a-handle-is-looked-for-in-the-provider-s-list"
    WATCHED = "rule-17-expired-attempts-are-watched"
    POLLED_WATCHED = "rule-17-failures-learnt-by-polling-are-watched-too"
    CALLBACKS_SWEPT = "rule-17-callbacks-are-kept-until-settled-with-a-sweep-of-their-own"
    SESSION_AWAITS = "rule-18-a-late-settled-touches-only-a-session-that-awaits-it"
    THANKED_ANYWAY = "rule-18-the-guest-is-thanked-either-way"


ALL_RULES = frozenset(Rule)
LIVE = ("CREATED", "REQUESTED", "PENDING", "UNKNOWN")
IN_PLACE = ("order", "refund", "staff")
NOBODY = -1
TILL = 2  # the receipt of money paid to the till without a prompt; receipts 0 and 1 belong to the two attempts


class Luck(NamedTuple):
    """How much may still happen that nobody wishes for."""

    crashes: int = 0
    lost_jobs: int = 0
    repeated_jobs: int = 0
    timeouts: int = 0
    refusals: int = 0
    lost_callbacks: int = 0
    repeated_callbacks: int = 0
    wrong_polls: int = 0
    sleeps: int = 0
    cancels: int = 0
    hold_expiries: int = 0
    rivals: int = 0
    notices: int = 0
    till_payments: int = 0
    staff_acts: int = 0
    new_carts: int = 0


class Attempt(NamedTuple):
    """A payment row, the Celery jobs for it, and the truth on the phone (dialog: open, paid, refused)."""

    status: str = ""
    jobs: int = 0
    fresh: bool = False
    handle: bool = False
    polled: bool = False
    claimed_dead: bool = False
    posts: int = 0
    dialog: str = ""
    news: str = ""


class Books(NamedTuple):
    """PostgreSQL: the order, its hold, free bottles, and for each receipt its place and how often it was used."""

    order: str = "PENDING"
    hold: str = "active"
    free: int = 0
    receipts: tuple[str, ...] = ("", "", "")
    uses: tuple[int, ...] = (0, 0, 0)


class Worker(NamedTuple):
    """A worker's own memory: its next step, for which attempt, and the provider's answer."""

    step: str = ""
    attempt: int = NOBODY
    answer: str = ""


class State(NamedTuple):
    """PostgreSQL (attempts, books), the provider's messages on their way or kept, the session, workers and staff."""

    luck: Luck
    attempts: tuple[Attempt, ...] = (Attempt(), Attempt())
    books: Books = Books()
    callbacks: tuple[str, ...] = ("", "")
    notices: tuple[str, ...] = ("", "", "")
    session: str = "awaiting"
    expiring: bool = False
    staff: int = NOBODY
    workers: tuple[Worker, ...] = (Worker(), Worker())


Move = tuple[str, State]


def credit(books: Books, receipt: int, *, only_active_holds: bool, refund_second: bool) -> Books:
    """Put money on the order if it may still be sold to this guest, else to refund."""
    if books.order == "PAID":
        return use(books, receipt, "refund" if refund_second else "order")
    if books.order == "CANCELLED":
        return use(books, receipt, "refund")
    if books.hold == "active":
        return use(books._replace(order="PAID", hold="sold"), receipt, "order")
    if books.free or not only_active_holds:  # the hold was released: take the bottle again, if it is still there
        return use(books._replace(order="PAID", hold="sold", free=books.free - 1), receipt, "order")
    return use(books, receipt, "refund")


def use(books: Books, receipt: int, place: str) -> Books:
    uses = changed(books.uses, receipt, books.uses[receipt] + 1)
    return books._replace(receipts=changed(books.receipts, receipt, place), uses=uses)


def unmatched(books: Books, receipt: int) -> Books:
    """Money is known that nothing explains yet: staff see it. A known receipt stays where it is."""
    if books.receipts[receipt]:
        return books
    return books._replace(receipts=changed(books.receipts, receipt, "unmatched"))


def close(books: Books, status: str) -> Books:
    """The order ends unpaid and its hold goes back."""
    freed = books.free + 1 if books.hold == "active" else books.free
    return books._replace(order=status, hold="released", free=freed)


def put_attempt(state: State, number: int, attempt: Attempt) -> State:
    return state._replace(attempts=changed(state.attempts, number, attempt))


def put_worker(state: State, who: int, worker: Worker) -> State:
    return state._replace(workers=changed(state.workers, who, worker))
