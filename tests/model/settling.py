"""Settling, the other half of the money model: what became of a prompt, and putting the money in its place."""

from collections.abc import Iterator
from dataclasses import dataclass

from .books import LIVE, NOBODY, TILL, Attempt, Luck, Move, Rule, State, close, credit, put_attempt, unmatched, use
from .parts import changed, spend


@dataclass(frozen=True)
class Settling:
    """The moves of callbacks, notices, polls, the expiry of holds, the guest's turn and people."""

    rules: frozenset[Rule]

    def settling(self, state: State) -> Iterator[Move]:
        for number, attempt in enumerate(state.attempts):
            yield from self._poll(state, number, attempt)
            yield from self._tell(state, number, attempt)
        yield from self._messages(state)
        yield from self._expiry(state)
        yield from self._people(state)

    def _poll(self, state: State, number: int, attempt: Attempt) -> Iterator[Move]:
        """By the handle while it is open; by the provider's list without one; and a watch over what was given up."""
        open_still = attempt.status in ("PENDING", "UNKNOWN")
        expired = attempt.status == "EXPIRED" and Rule.WATCHED in self.rules
        polled = attempt.status == "FAILED" and attempt.polled and Rule.POLLED_WATCHED in self.rules
        reachable = attempt.handle or Rule.PROVIDER_LIST in self.rules
        if attempt.dialog == "paid" and reachable and (open_still or expired or polled):
            yield f"a poll finds {number} paid", self._success(state, number)
        if attempt.dialog == "refused" and attempt.handle and open_still:
            yield f"a poll finds {number} refused", self._failure(state, number, polled=True)
        wrong = attempt.handle and attempt.status in ("PENDING", "SUCCEEDED")
        if wrong and (luck := spend(state.luck, "wrong_polls")):
            yield f"a poll calls {number} failed", self._failure(state, number, polled=True)._replace(luck=luck)

    def _messages(self, state: State) -> Iterator[Move]:
        """Webhooks keep callbacks and notices and queue a job; a sweep of their own queues it again (rule 17)."""
        for number, stage in enumerate(state.callbacks):
            for name, after, luck in self._delivery(state, stage, "callback"):
                yield f"{name} {number}", state._replace(callbacks=changed(state.callbacks, number, after), luck=luck)
            if stage == "kept":
                done = state._replace(callbacks=changed(state.callbacks, number, "settled"))
                yield f"callback {number} is settled", self._settle(done, number)
        for number, stage in enumerate(state.notices):
            for name, after, luck in self._delivery(state, stage, "notice"):
                yield f"{name} {number}", state._replace(notices=changed(state.notices, number, after), luck=luck)
            if stage == "kept":
                done = state._replace(notices=changed(state.notices, number, "settled"))
                yield f"notice {number} is settled", done._replace(books=unmatched(done.books, number))

    def _delivery(self, state: State, stage: str, kind: str) -> Iterator[tuple[str, str, Luck]]:
        if stage == "coming":
            yield f"the webhook keeps {kind}", "kept", state.luck
            if kind == "callback" and (luck := spend(state.luck, "lost_callbacks")):
                yield f"the provider never sends {kind}", "lost", luck
        if stage == "kept" and (luck := spend(state.luck, "lost_jobs")):
            yield f"Celery loses the job of {kind}", "forgotten", luck
        if stage == "forgotten" and Rule.CALLBACKS_SWEPT in self.rules:
            yield f"the sweep queues {kind}", "kept", state.luck
        if stage == "settled" and (luck := spend(state.luck, "repeated_callbacks")):
            yield f"the provider repeats {kind}", "kept", luck

    def _settle(self, state: State, number: int) -> State:
        paid = state.attempts[number].dialog == "paid"
        return self._success(state, number) if paid else self._failure(state, number, polled=False)

    def _failure(self, state: State, number: int, *, polled: bool) -> State:
        attempt = state.attempts[number]
        final = attempt.status == "SUCCEEDED" and Rule.SUCCEEDED_STAYS in self.rules
        if final or attempt.status not in (*LIVE, "SUCCEEDED"):
            return state
        return put_attempt(state, number, attempt._replace(status="FAILED", polled=polled, fresh=False))

    def _success(self, state: State, number: int) -> State:
        """One transaction: order, attempt and receipt locked; the money is put in its place once."""
        attempt, place = state.attempts[number], state.books.receipts[number]
        if attempt.status == "SUCCEEDED" or (place == "unmatched" and Rule.ATTACHED not in self.rules):
            return state
        succeeded = put_attempt(state, number, attempt._replace(status="SUCCEEDED", fresh=False, news="paid"))
        if place == "staff" and Rule.STAFF_IS_FINAL in self.rules:
            return succeeded  # a later match only records
        only_active, refund = Rule.ACTIVE_HOLD in self.rules, Rule.SECOND_REFUNDED in self.rules
        books = credit(state.books, number, only_active_holds=only_active, refund_second=refund)
        return succeeded._replace(books=books)

    def _tell(self, state: State, number: int, attempt: Attempt) -> Iterator[Move]:
        """The turn of "payment settled" (rule 18)."""
        if attempt.news != "paid":
            return
        awaits = state.session == "awaiting"
        thanks = awaits or state.session == "complete" or Rule.THANKED_ANYWAY in self.rules
        told = put_attempt(state, number, attempt._replace(news="thanked" if thanks else "dropped"))
        touches = awaits or Rule.SESSION_AWAITS not in self.rules
        yield f"the guest's turn: {number} is paid", told._replace(session="complete" if touches else state.session)

    # ── the order, other people ──────────────────────────────────────────────────────────────────────────────────────

    def _expiry(self, state: State) -> Iterator[Move]:
        """Holds end when nothing was asked for a while: read, lock, read again, write (rule 14)."""
        asked = any(attempt.fresh or attempt.dialog == "open" for attempt in state.attempts)
        if state.expiring:
            yield "the expiry writes FAILED", state._replace(expiring=False, books=close(state.books, "FAILED"))
        elif state.books.order == "PENDING" and not asked and (luck := spend(state.luck, "hold_expiries")):
            if Rule.EXPIRY_CHECKS_AGAIN in self.rules:
                failed = state._replace(luck=luck, books=close(state.books, "FAILED"))
                yield "the hold expires, the order is FAILED", failed
            else:
                yield "the expiry reads PENDING", state._replace(luck=luck, expiring=True)

    def _people(self, state: State) -> Iterator[Move]:
        books = state.books
        if books.order == "PENDING" and (luck := spend(state.luck, "cancels")):
            yield "the guest cancels", state._replace(luck=luck, books=close(books, "CANCELLED"))
        if books.free > 0 and (luck := spend(state.luck, "rivals")):
            yield "another guest buys the bottle", state._replace(luck=luck, books=books._replace(free=books.free - 1))
        if state.session == "awaiting" and (luck := spend(state.luck, "new_carts")):
            yield "the guest begins a new cart", state._replace(luck=luck, session="new cart")
        if luck := spend(state.luck, "till_payments"):
            yield "somebody pays to the till", state._replace(luck=luck, notices=changed(state.notices, TILL, "coming"))
        yield from self._staff(state)

    def _staff(self, state: State) -> Iterator[Move]:
        """Staff refund unmatched money; without the lock on the receipt they decide on what they read before."""
        if state.staff != NOBODY:
            yield "staff write their decision", _refunded(state, state.staff)._replace(staff=NOBODY)
        for number, place in enumerate(state.books.receipts):
            if place == "unmatched" and state.staff == NOBODY and (luck := spend(state.luck, "staff_acts")):
                if Rule.RECEIPT_LOCKED in self.rules:
                    yield f"staff refund receipt {number}", _refunded(state, number)._replace(luck=luck)
                else:
                    yield f"staff look at receipt {number}", state._replace(luck=luck, staff=number)


def _refunded(state: State, receipt: int) -> State:
    return state._replace(books=use(state.books, receipt, "staff"))
