"""Quiet: while the PIN dialog is open on the guest's phone, no message of ours may arrive and freeze it.

The turn that starts a payment writes "check your phone" and sets the quiet marker in one commit; the call to the
provider waits until that message is out, or five seconds; the turn that tells the outcome clears the marker.

Promises checked in every state:
- no message arrives while a dialog is open, except what was on its way already when the five seconds ran out, and then
  "check your phone" itself;
- quiet does not outlive its outcome.
And at rest: every payment was asked for, and everything written was read or refused by Meta.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from .parts import changed, spend


class Rule(StrEnum):
    """The guards of this model, each named after its rule."""

    SET_BY_COMMIT = "rule-9-the-turn-s-commit-sets-quiet"
    HOLDS = "rule-9-quiet-holds-what-is-written-meanwhile"
    CHECK_PASSES = "rule-9-check-your-phone-may-pass"
    RELEASED_BY_CHECK = "rule-9-the-call-waits-for-check-your-phone"
    FIVE_SECONDS = "rule-9-or-the-call-is-released-after-five-seconds"
    OUTCOME_CLEARS = "rule-9-the-outcome-s-turn-clears-quiet"
    CLEARED_BY_ID = "rule-9-quiet-is-cleared-by-payment-id"
    LIMIT = "rule-9-quiet-has-an-absolute-limit"
    NO_OTHER_SETS = "rule-9-no-other-worker-sets-quiet"


ALL_RULES = frozenset(Rule)
NOTHING = ""


class Luck(NamedTuple):
    """How much may still go wrong."""

    refusals: int = 0
    slow: int = 0
    silences: int = 0


class Payment(NamedTuple):
    """An attempt: "waiting" for its release, its dialog "open" or "closed", its outcome "told" or for ever "silent"."""

    stage: str = ""
    check_read: bool = False
    hurried: bool = False
    recorded: bool = False


class State(NamedTuple):
    """Redis (outbox, quiet, the one item being sent), two attempts, and the phone."""

    luck: Luck
    texts_to_come: int
    outbox: tuple[str, ...] = ()
    quiet: int = 0
    sending: str = NOTHING
    excused: bool = False
    payments: tuple[Payment, Payment] = (Payment(), Payment())
    intruder: str = NOTHING


Move = tuple[str, State]


@dataclass(frozen=True)
class Quiet:
    """The model: how many texts are written besides, what may go wrong, and the rules in force."""

    rules: frozenset[Rule]
    texts: int
    luck: Luck

    @property
    def initial(self) -> State:
        return State(self.luck, self.texts)

    def moves(self, state: State) -> Iterator[Move]:
        yield from self._turns(state)
        yield from self._send(state)
        yield from self._land(state)
        for number in (1, 2):
            yield from self._call(state, number)
            yield from self._dialog(state, number)
        settled = state.quiet and state.payments[state.quiet - 1].stage in ("closed", "told", "silent")
        if settled and Rule.LIMIT in self.rules:  # the limit is longer than any dialog
            yield f"the limit of quiet {state.quiet} passes", state._replace(quiet=0)

    # ── turns: the only writers of the marker ────────────────────────────────────────────────────────────────────────

    def _turns(self, state: State) -> Iterator[Move]:
        if state.texts_to_come:
            yield (
                "a turn answers something else",
                state._replace(texts_to_come=state.texts_to_come - 1, outbox=(*state.outbox, "text")),
            )
        for number in (1, 2):
            payment = state.payments[number - 1]
            if payment.stage == "" and self._may_pay(state, number):
                quiet = number if Rule.SET_BY_COMMIT in self.rules else state.quiet
                begun = state._replace(outbox=(*state.outbox, f"check {number}"), quiet=quiet)
                yield f"the turn of payment {number} commits", _put(begun, number, Payment("waiting"))
            if payment.stage == "closed":
                yield f"the turn tells the outcome of {number}", self._tell(state, number)
                if luck := spend(state.luck, "silences"):
                    silent = _put(state, number, payment._replace(stage="silent"))
                    yield f"no outcome of {number} ever comes", silent._replace(luck=luck)

    def _may_pay(self, state: State, number: int) -> bool:
        """A second attempt needs the first one's dialog closed, and its quiet over."""
        return number == 1 or (state.payments[0].stage in ("closed", "told", "silent") and not state.quiet)

    def _tell(self, state: State, number: int) -> State:
        told = _put(state, number, state.payments[number - 1]._replace(stage="told"))
        clears = Rule.OUTCOME_CLEARS in self.rules and (state.quiet == number or Rule.CLEARED_BY_ID not in self.rules)
        return told._replace(outbox=(*state.outbox, f"outcome {number}"), quiet=0 if clears else state.quiet)

    # ── the sender: one item at a time ───────────────────────────────────────────────────────────────────────────────

    def _send(self, state: State) -> Iterator[Move]:
        """Script: mark the next item; in quiet only "check your phone" of this payment may pass."""
        if state.sending or not state.outbox:
            return
        item = state.outbox[0]
        if state.quiet and Rule.HOLDS in self.rules:
            item = f"check {state.quiet}" if Rule.CHECK_PASSES in self.rules else NOTHING
        if item in state.outbox:
            position = state.outbox.index(item)
            left = state.outbox[:position] + state.outbox[position + 1 :]
            yield f"the sender marks {item!r}", state._replace(outbox=left, sending=item, excused=False)

    def _land(self, state: State) -> Iterator[Move]:
        item = state.sending
        if not item:
            return
        free = state._replace(sending=NOTHING, excused=False)
        kind, _, number = item.partition(" ")
        if kind == "check":
            payment = state.payments[int(number) - 1]
            read = _put(free, int(number), payment._replace(check_read=True))
            yield f"{item!r} arrives", self._arrived(read, state, item, payment.hurried)
            if luck := spend(state.luck, "refusals"):
                yield f"Meta refuses {item!r}", free._replace(luck=luck)
        else:
            yield f"{item!r} arrives", self._arrived(free, state, item, state.excused)

    def _arrived(self, after: State, before: State, item: str, excused: bool) -> State:
        open_dialog = any(payment.stage == "open" for payment in before.payments)
        return after._replace(intruder=item) if open_dialog and not excused else after

    # ── the payment worker and the phone ─────────────────────────────────────────────────────────────────────────────

    def _call(self, state: State, number: int) -> Iterator[Move]:
        payment = state.payments[number - 1]
        if payment.stage == "waiting":
            if payment.check_read or Rule.RELEASED_BY_CHECK not in self.rules:
                yield f"payment {number} is called", self._open(state, number, payment)
            elif Rule.FIVE_SECONDS in self.rules:
                yield from self._hurry(state, number, payment)
        late = payment.stage in ("open", "closed", "told") and not payment.recorded
        if late and Rule.NO_OTHER_SETS not in self.rules:
            recorded = _put(state, number, payment._replace(recorded=True))
            yield f"the payment worker sets quiet {number}", recorded._replace(quiet=number)

    def _hurry(self, state: State, number: int, payment: Payment) -> Iterator[Move]:
        """Five seconds passed without "check your phone": what is on its way already may meet the dialog."""
        item, name = f"check {number}", f"five seconds pass, payment {number} is called"
        called = self._open(state, number, payment._replace(hurried=True))._replace(excused=bool(state.sending))
        if item != state.sending and item not in state.outbox:
            yield name, called
        elif luck := spend(state.luck, "slow"):
            yield name, called._replace(luck=luck)

    def _open(self, state: State, number: int, payment: Payment) -> State:
        opened = _put(state, number, payment._replace(stage="open"))
        return opened if Rule.SET_BY_COMMIT in self.rules else opened._replace(quiet=number)

    def _dialog(self, state: State, number: int) -> Iterator[Move]:
        payment = state.payments[number - 1]
        if payment.stage == "open":
            yield f"the guest ends dialog {number}", _put(state, number, payment._replace(stage="closed"))

    # ── promises ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def invariant(self, state: State) -> str | None:
        if state.intruder:
            return f"{state.intruder!r} arrived while the PIN dialog was open"
        if state.quiet and state.payments[state.quiet - 1].stage == "told":
            return "quiet outlives its outcome"
        return None

    def final_invariant(self, state: State) -> str | None:
        if any(payment.stage not in ("told", "silent") for payment in state.payments):
            return "a guest was never asked for the PIN"
        return "a message is held for ever" if state.outbox else None


def _put(state: State, number: int, payment: Payment) -> State:
    return state._replace(payments=changed(state.payments, number - 1, payment))


SHORT = {
    "two attempts": Quiet(ALL_RULES, 2, Luck(refusals=1, slow=1, silences=1)),
    "all well": Quiet(ALL_RULES, 2, Luck()),
}
FULL = {"many texts": Quiet(ALL_RULES, 5, Luck(refusals=2, slow=2, silences=2))}
