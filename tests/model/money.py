"""Money: a guest pays one order by prompts on the phone; every shilling ends on the order, in refund or with staff.

Two workers ask the provider; callbacks, notices, polls and the provider's list settle. Celery may lose or repeat a job,
a worker may be killed or fall asleep, the provider's answer or its callback may be lost, a status query may say
"failed" under an open dialog, the guest may cancel or begin another cart, another guest may take the bottle, staff may
act on unmatched money, and somebody may pay to the till without any prompt.

Time is seen where the rules look at it: less than 20 s since the claim is `fresh`; the waits of 150 s and 3 minutes
outlast every dialog, so they read the dialog itself; holds end after 10 minutes in which nothing was asked.

Promises checked in every state:
- an attempt is posted at most once; two dialogs are open at once only if a worker slept between its check and its POST;
- nothing is claimed for an order that is no longer PENDING; what was paid stays SUCCEEDED, its order stays PAID;
- each receipt is used once, no order takes two, no bottle is sold that is not there;
- a late success leaves the guest's new cart alone.
And at rest: no attempt is open, all money that arrived is in its place, and whoever paid was thanked.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from .books import ALL_RULES, LIVE, TILL, Attempt, Luck, Move, Rule, State, Worker, put_attempt, put_worker
from .parts import changed, spend
from .settling import Settling

IN_PLACE = ("order", "refund", "staff")


@dataclass(frozen=True)
class Money(Settling):
    """The model: how often the guest taps Pay, what may go wrong, and the rules in force."""

    taps: int
    luck: Luck

    @property
    def initial(self) -> State:
        return State(self.luck)

    def moves(self, state: State) -> Iterator[Move]:
        for number, attempt in enumerate(state.attempts[: self.taps]):
            yield from self._tap_pay(state, number, attempt)
            yield from self._celery(state, number, attempt)
            yield from self._clock(state, number, attempt)
            yield from self._phone(state, number, attempt)
        for who, worker in enumerate(state.workers):
            if worker.step:
                yield from self._work(state, who, worker)
        yield from self.settling(state)

    # ── asking for money ─────────────────────────────────────────────────────────────────────────────────────────────

    def _tap_pay(self, state: State, number: int, attempt: Attempt) -> Iterator[Move]:
        """A turn's transaction inserts CREATED, if the unique index and the dialog window allow it (rule 13)."""
        begun = number == 0 or state.attempts[number - 1].status
        if attempt.status or not begun or state.books.order != "PENDING":
            return
        live = LIVE if Rule.UNKNOWN_IS_LIVE in self.rules else LIVE[:3]
        if Rule.ONE_LIVE in self.rules and any(other.status in live for other in state.attempts):
            return
        learnt = any(other.polled and other.dialog == "open" for other in state.attempts)
        if learnt and Rule.DIALOG_WINDOW in self.rules:
            return
        yield f"the guest taps Pay: attempt {number}", put_attempt(state, number, Attempt("CREATED", jobs=1))

    def _celery(self, state: State, number: int, attempt: Attempt) -> Iterator[Move]:
        if attempt.jobs:
            if luck := spend(state.luck, "lost_jobs"):
                fewer = attempt._replace(jobs=attempt.jobs - 1)
                yield f"Celery loses the job of {number}", put_attempt(state, number, fewer)._replace(luck=luck)
            if luck := spend(state.luck, "repeated_jobs"):
                more = attempt._replace(jobs=attempt.jobs + 1)
                yield f"Celery repeats the job of {number}", put_attempt(state, number, more)._replace(luck=luck)
            if Worker() in state.workers:
                yield from self._claim(state, state.workers.index(Worker()), number)
        elif attempt.status == "CREATED" and Rule.CREATED_HAS_DATE in self.rules:
            yield f"the sweep queues {number} again", put_attempt(state, number, attempt._replace(jobs=1))

    def _claim(self, state: State, who: int, number: int) -> Iterator[Move]:
        taken = state.attempts[number]._replace(jobs=state.attempts[number].jobs - 1)
        state = put_attempt(state, number, taken)
        if Rule.CLAIM_UNDER_ORDER in self.rules:
            yield f"{_name(who)} claims {number}", self._claimed(state, who, number, state.books.order)
        else:
            read = Worker("claim", number, state.books.order)
            yield f"{_name(who)} reads that the order of {number} is {read.answer}", put_worker(state, who, read)

    def _claimed(self, state: State, who: int, number: int, order: str) -> State:
        """CREATED → REQUESTED, under the order lock and only if the order is PENDING (rule 10)."""
        attempt = state.attempts[number]
        free = put_worker(state, who, Worker())
        if attempt.status != "CREATED" and Rule.CLAIM_ONCE in self.rules:
            return free
        if order != "PENDING":
            return put_attempt(free, number, attempt._replace(status="FAILED"))
        dead = state.books.order != "PENDING"
        claimed = put_attempt(free, number, attempt._replace(status="REQUESTED", fresh=True, claimed_dead=dead))
        return put_worker(claimed, who, Worker("post", number))

    def _work(self, state: State, who: int, worker: Worker) -> Iterator[Move]:
        number = worker.attempt
        attempt = state.attempts[number]
        if luck := spend(state.luck, "crashes"):
            yield f"{_name(who)} is killed", put_worker(state, who, Worker())._replace(luck=luck)
        if worker.step == "claim":
            yield f"{_name(who)} claims {number}", self._claimed(state, who, number, worker.answer)
        elif worker.step == "answer":
            yield f"{_name(who)} saves {worker.answer!r} for {number}", self._saved(state, who, worker)
        elif worker.step == "post now" or self._may_post(attempt):
            yield from self._post(state, who, number)
            if worker.step == "post" and (luck := spend(state.luck, "sleeps")):
                asleep = put_worker(state, who, worker._replace(step="post now"))
                yield f"{_name(who)} falls asleep between check and POST of {number}", asleep._replace(luck=luck)
        else:
            yield f"{_name(who)} gives {number} up, too late to post", put_worker(state, who, Worker())

    def _may_post(self, attempt: Attempt) -> bool:
        return Rule.STILL_FRESH not in self.rules or (attempt.status == "REQUESTED" and attempt.fresh)

    def _post(self, state: State, who: int, number: int) -> Iterator[Move]:
        attempt = state.attempts[number]
        posted = attempt._replace(posts=attempt.posts + 1)
        opened = put_attempt(state, number, posted._replace(dialog="open"))
        yield f"{_name(who)} posts {number}", put_worker(opened, who, Worker("answer", number, "201"))
        if luck := spend(state.luck, "timeouts"):
            deaf = put_worker(opened, who, Worker("answer", number, "timeout"))
            yield f"{_name(who)} posts {number}, the answer is lost", deaf._replace(luck=luck)
        if luck := spend(state.luck, "refusals"):
            refused = put_worker(put_attempt(state, number, posted), who, Worker("answer", number, "4xx"))
            yield f"{_name(who)} posts {number}, refused", refused._replace(luck=luck)

    def _saved(self, state: State, who: int, worker: Worker) -> State:
        """The handle always; the status only from REQUESTED (rule 11)."""
        attempt = state.attempts[worker.attempt]
        status = {"201": "PENDING", "4xx": "FAILED", "timeout": "UNKNOWN"}[worker.answer]
        if attempt.status != "REQUESTED" and Rule.ONLY_FROM_REQUESTED in self.rules:
            status = attempt.status
        saved = attempt._replace(status=status, fresh=False, handle=attempt.handle or worker.answer == "201")
        return put_worker(put_attempt(state, worker.attempt, saved), who, Worker())

    def _clock(self, state: State, number: int, attempt: Attempt) -> Iterator[Move]:
        if attempt.status == "REQUESTED" and attempt.fresh:
            yield f"20 s pass since the claim of {number}", put_attempt(state, number, attempt._replace(fresh=False))
        if attempt.status == "REQUESTED" and not attempt.fresh:
            unknown = attempt._replace(status="UNKNOWN")
            yield f"the sweep finds {number} unanswered: UNKNOWN", put_attempt(state, number, unknown)
        seen = attempt.dialog == "paid" and Rule.PROVIDER_LIST in self.rules  # looked for once more before giving up
        if attempt.status == "UNKNOWN" and not attempt.handle and attempt.dialog != "open" and not seen:
            yield f"150 s pass: {number} EXPIRED", put_attempt(state, number, attempt._replace(status="EXPIRED"))

    def _phone(self, state: State, number: int, attempt: Attempt) -> Iterator[Move]:
        if attempt.dialog != "open":
            return
        calling = state._replace(callbacks=changed(state.callbacks, number, "coming"))
        refused = put_attempt(calling, number, attempt._replace(dialog="refused"))
        paid = put_attempt(calling, number, attempt._replace(dialog="paid"))
        yield f"the guest refuses {number}", refused
        yield f"the guest pays {number}", paid
        if luck := spend(state.luck, "notices"):
            noticed = paid._replace(notices=changed(paid.notices, number, "coming"), luck=luck)
            yield f"the guest pays {number}, a bare notice comes too", noticed

    # ── promises ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def invariant(self, state: State) -> str | None:
        for attempt in state.attempts:
            if attempt.posts > 1:
                return "one attempt was posted twice"
            if attempt.claimed_dead:
                return "an attempt was claimed for an order that is no longer PENDING"
        slept = state.luck.sleeps < self.luck.sleeps
        if not slept and [attempt.dialog for attempt in state.attempts].count("open") > 1:
            return "two dialogs are open on one phone"
        if state.session == "complete" and state.luck.new_carts < self.luck.new_carts:
            return "a late success threw the guest's new cart away"
        return _broken_books(state)

    def final_invariant(self, state: State) -> str | None:
        for number, attempt in enumerate(state.attempts):
            if attempt.status in LIVE:
                return f"attempt {number} is {attempt.status} for ever"
            if attempt.dialog == "paid" and state.books.receipts[number] not in IN_PLACE:
                return f"the money of attempt {number} is nowhere"
            if attempt.dialog == "paid" and attempt.news != "thanked":
                return f"the guest paid attempt {number} and was not thanked"
        if state.notices[TILL] and not state.books.receipts[TILL]:
            return "money paid to the till is nowhere"
        return None


def _broken_books(state: State) -> str | None:
    books = state.books
    if max(books.uses) > 1:
        return "one receipt was used twice"
    if books.receipts.count("order") > 1:
        return "one order took two payments"
    if "order" in books.receipts and books.order != "PAID":
        return "a paid order did not stay PAID"
    if books.free < 0:
        return "a bottle was sold that is not there"
    for number, attempt in enumerate(state.attempts):
        if books.receipts[number] in ("order", "refund") and attempt.status != "SUCCEEDED":
            return f"attempt {number} was paid and did not stay SUCCEEDED"
    return None


def _name(who: int) -> str:
    return "worker " + "AB"[who]


SHORT = {
    "answers": Money(ALL_RULES, 2, Luck(timeouts=1, refusals=1, lost_callbacks=1, wrong_polls=1)),
    "session": Money(ALL_RULES, 2, Luck(new_carts=1, wrong_polls=1, repeated_callbacks=1)),
    "receipts": Money(
        ALL_RULES, 1, Luck(lost_jobs=1, timeouts=1, lost_callbacks=1, notices=1, till_payments=1, staff_acts=1)
    ),
    "cancelled": Money(ALL_RULES, 1, Luck(crashes=1, timeouts=1, cancels=1, hold_expiries=1, rivals=1)),
    "asleep": Money(ALL_RULES, 2, Luck(timeouts=1, lost_callbacks=1, sleeps=1, hold_expiries=1)),
    "asking": Money(ALL_RULES, 2, Luck(crashes=1, lost_jobs=1, repeated_jobs=1, timeouts=1)),
}
_EVERYTHING = Luck(crashes=1, timeouts=1, lost_callbacks=1, wrong_polls=1, cancels=1, hold_expiries=1)
_PEOPLE = Luck(notices=1, till_payments=1, staff_acts=1, lost_jobs=1, timeouts=1, lost_callbacks=1)
FULL = {
    "asking": Money(ALL_RULES, 2, _EVERYTHING._replace(lost_jobs=1, repeated_jobs=1, sleeps=1)),
    "the order": Money(
        ALL_RULES, 2, _EVERYTHING._replace(timeouts=2, refusals=1, repeated_callbacks=1, rivals=1, new_carts=1)
    ),
    "receipts": Money(ALL_RULES, 2, _PEOPLE._replace(repeated_callbacks=1)),
}
