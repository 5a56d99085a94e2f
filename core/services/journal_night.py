"""One night again, webhook by webhook, in one thread and with its own clock: every turn, settlement and deadline in its
place, and nothing leaves the house."""

import json
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

from sqlalchemy import event, func, select

from core import clock
from core.domain.statuses import OrderStatus
from core.jobs import CHECK_PAYMENT, MAKE_DOCUMENTS, REQUEST_PAYMENT, SEND_REFUND, Job, request_payment
from core.providers.http import Answer, Http
from core.services import check_payments, documents, history, holds, payments, refund_calls, relay, statuses
from core.services.conversations import take_turns
from core.services.doorbells import TURNS_AT_ONCE
from core.services.followup import Followup
from core.services.program import Program
from core.services.receiving_money import KINDS
from core.services.ring import Ring
from core.services.settling import take_notices
from core.store.redis.mailbox import PROFILE_SECONDS, REST_SECONDS, SESSION_SECONDS, Claim, Item, Mailboxes
from core.store.sql.base import Row
from core.store.sql.engine import transaction
from core.store.sql.tables import Order, Payment

BELL = "replay"
SWEEP_EVERY = timedelta(seconds=2)
GLANCE_SECONDS = 0.05
PAGE = "https://replay.invalid/"
# What each provider says to whom it lets in, and about a page it made.
_SAID: dict[str, dict[str, Any]] = {
    "/oauth/token": {"access_token": "of a replay", "expires_in": 3600},
    "/api/Auth/RequestToken": {"status": "200", "token": "of a replay"},
    "/transaction/initialize": {"status": True, "data": {"authorization_url": PAGE}},
    "/Transactions/SubmitOrderRequest": {"status": "200", "redirect_url": PAGE},
}


class Silence(Http):
    """Nothing leaves the house: no prompt, no message, no refund, no question. Whoever would be asked gives an answer
    without a word: nobody knows whether it was taken, the journal tells what came of it, and no provider counts as
    down. Only tokens are given, and pages to pay on, which the guests of the night had seen."""

    def send(self, method: str, url: str, *, payload: Any = None, **_: Any) -> Answer:
        """Answers at once."""
        told = next((said for end, said in _SAID.items() if url.endswith(end)), None)
        if told is None:
            return Answer(200, {}, b"")
        named = {"order_tracking_id": (payload or {}).get("id")}
        return Answer(200, {}, json.dumps(told | named).encode())


class Night:
    """Give it what arrived, in order; it answers nothing, the books and the store do."""

    def __init__(self, program: Program) -> None:
        self._jobs: deque[Job] = deque()
        self._program = replace(program, http=Silence(), ring=Ring(self._jobs.append))
        self._store = program.store
        self._heard: dict[str, datetime] = {}
        self._now = datetime.min.replace(tzinfo=UTC)
        self._swept = self._now
        self._resting = False

    def arrive(self, at: datetime, items: list[Item], others: list[tuple[str, str]], notes: list[str]) -> None:
        """A webhook arrives: what it brings is kept and handled to the end."""
        self.pass_time(at)
        with self._moment(at):
            for lane, mine in by_lane(self._program, items):
                lane.push(mine)
            if others or notes:
                self._store.conversations.push([], others, notes)
            if items:
                self._settle_down()

    def pass_time(self, until: datetime) -> None:
        """Nothing arrives until then; what is due happens when it is due."""
        if self._resting and (rested := self._now + timedelta(seconds=REST_SECONDS)) <= until:
            with self._moment(rested):
                self._settle_down(patient=True)
        while until - self._swept >= SWEEP_EVERY:
            due = self._next_due() or until
            self._swept = min(due, until)
            if due > until:
                break
            with self._moment(due):
                relay.follow_up(self._program, holds.expire_holds(self._program.sessions, due))
                relay.follow_up(self._program, check_payments.sweep_payments(self._program.sessions, due))
                self._settle_down()
        if until - self._now >= timedelta(seconds=1):
            self.write_down()
        self._now = max(self._now, until)

    def write_down(self) -> None:
        """History and statuses into the books."""
        history.save_messages(self._program)
        statuses.save_statuses(self._program)

    def end(self) -> None:
        """What was left behind is brought, and all of it written down."""
        with self._moment(self._now):
            relay.sweep_outbox(self._program)
            self._settle_down(patient=True)
            self.write_down()

    @contextmanager
    def _moment(self, at: datetime) -> Iterator[None]:
        self._now = max(self._now, at)
        with clock.stopped_at(self._now):
            yield

    def _settle_down(self, patient: bool = False) -> None:
        """Until nothing moves. Half a thought keeps resting, unless somebody is patient enough to wait for it."""
        pause = Event()
        while any([self._turns(), self._replies(), self._settlements(), self._errands()]) or self._unfinished(patient):
            if self._resting:
                pause.wait(GLANCE_SECONDS)

    def _turns(self) -> bool:
        claims = self._store.conversations.next(BELL, TURNS_AT_ONCE)
        self._resting = isinstance(claims, float)
        if isinstance(claims, float) or not claims:
            return False
        take_turns(self._program, [self._as_then(claim) for claim in claims])
        return True

    def _as_then(self, claim: Claim) -> Claim:
        """A session that had ended by then has ended, however fast the night goes by."""
        before = self._heard.get(claim.box, self._now)
        self._heard[claim.box] = self._now
        quiet = (self._now - before).total_seconds()
        session = None if quiet > SESSION_SECONDS else claim.session
        return replace(claim, session=session, profile=None if quiet > PROFILE_SECONDS else claim.profile)

    def _settlements(self) -> bool:
        claims = self._store.payments.claim(BELL, 1)
        take_notices(self._program, claims)
        return bool(claims)

    def _replies(self) -> bool:
        """They count as sent; what waited for "check your phone" is asked for."""
        letters = self._store.outbox.keep_silent()
        notes = [{"type": "sent", "external": "", "id": one["id"], "cause": one["cause"]} for one in letters]
        if notes:
            self._store.conversations.push([], notes=[json.dumps(note) for note in notes])
        self._jobs.extend(request_payment(one["releases"]) for one in letters if one["releases"])
        return bool(letters)

    def _errands(self) -> bool:
        """What would have been sent to the workers for payments and documents; doorbells ring for nobody here."""
        done = False
        while self._jobs:
            job = self._jobs.popleft()
            if job.task in ERRANDS:
                relay.follow_up(self._program, ERRANDS[job.task](self._program, *job.args))
                done = True
        return done

    def _unfinished(self, patient: bool) -> bool:
        """Something was given back to wait a moment: PostgreSQL may have been slow."""
        if self._resting:
            return patient
        return any(self._store.events(lane) for lane in ("conversations", "payments"))

    def _next_due(self) -> datetime | None:
        orders = select(func.min(Order.expires_at)).where(Order.status == OrderStatus.PENDING)
        with transaction(self._program.sessions) as db:
            dates = [db.scalar(orders), db.scalar(select(func.min(Payment.next_check_at)))]
        due = min((one for one in dates if one is not None), default=None)
        return max(due, self._swept + SWEEP_EVERY, self._now) if due else None


def by_lane(program: Program, items: list[Item]) -> list[tuple[Mailboxes, list[Item]]]:
    """Notices about money have mailboxes of their own."""
    money = [item for item in items if item.body["kind"] in KINDS]
    talk = [item for item in items if item.body["kind"] not in KINDS]
    lanes = [(program.store.payments, money), (program.store.conversations, talk)]
    return [(lane, mine) for lane, mine in lanes if mine]


@contextmanager
def written_as_of_then() -> Iterator[None]:
    """Rows made in here were made when it happened: limits by the hour count them so."""

    def date_back(_mapper: object, _connection: object, row: Any) -> None:
        row.created_at = row.created_at or clock.now()

    event.listen(Row, "before_insert", date_back, propagate=True)
    try:
        yield
    finally:
        event.remove(Row, "before_insert", date_back)


def _make_documents(program: Program) -> Followup:
    documents.make_documents(program)
    return Followup()


ERRANDS: dict[str, Callable[..., Followup]] = {
    REQUEST_PAYMENT: payments.request_payment,
    CHECK_PAYMENT: check_payments.check_payment,
    SEND_REFUND: refund_calls.send_refund,
    MAKE_DOCUMENTS: _make_documents,
}
