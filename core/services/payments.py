"""The guest may be asked for money now: claim the attempt, ask the provider once, write down the answer."""

from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from core import clock
from core.conversation.events import PAYMENT_LINK
from core.crashpoint import crashpoint
from core.domain.money import plain
from core.domain.payments import CLAIM_LIFETIME, RESEND_AFTER, UNANSWERED_LIFETIME, Reason
from core.domain.statuses import FailedBy, OrderStatus, PaymentStatus, Start
from core.errors import TryAgain
from core.log import get_logger
from core.providers.calls import never_raises
from core.providers.contract import Accepted, Ask, PaymentProvider, Refused, StartResult, Unknown, handle_id
from core.services.diary import note_event
from core.services.followup import Followup
from core.services.payment_accounts import account_of, pace_of, provider_for, reference_of
from core.services.payment_rows import fail, keep_handle, lock_payment, move, next_look, tell_failed, tell_guest
from core.services.program import Program
from core.store.sql.engine import transaction
from core.store.sql.tables import Order, Payment

TRIES = 2
PAUSE_SECONDS = 1.0
SOON = 2.0  # seconds a worker stands and waits for a turn; for a later one the sweep comes back
RETURN_PATH = "/pay/return/"

log = get_logger(__name__)


@dataclass(frozen=True)
class Claimed:
    """One claimed attempt, and the account to ask."""

    ask: Ask
    account: PaymentProvider | None = field(repr=False)

    @property
    def payment_id(self) -> UUID:
        """Ours."""
        return UUID(self.ask.payment_id)


def request_payment(program: Program, payment_id: str) -> Followup:
    """Ask the provider, in turn, unless somebody else does or the order is no longer to be paid."""
    if not _in_turn(program, UUID(payment_id)):
        return Followup()
    crashpoint("request_payment.before_claim")
    with transaction(program.sessions) as db:
        claimed = _claim(program, db, UUID(payment_id))
    crashpoint("request_payment.claimed")
    if isinstance(claimed, Followup):
        return claimed
    answered = _ask(program, claimed)
    if answered is None:
        return Followup()
    crashpoint("request_payment.answered")
    with transaction(program.sessions) as db:
        followup = _write(db, claimed.payment_id, answered)
        crashpoint("request_payment.before_commit")
    crashpoint("request_payment.committed")
    return followup


def _in_turn(program: Program, payment_id: UUID) -> bool:
    """Whether it is this attempt's turn. On a Friday more guests tap Pay in a second than the provider takes: who came
    first is asked first and nobody is refused; who waits longer than a moment stays CREATED until the sweep comes."""
    with transaction(program.sessions) as db:
        payment = db.get(Payment, payment_id)
        if payment is None or payment.status is not PaymentStatus.CREATED:
            return False
        account = account_of(db, payment.workspace_id, payment.provider)
        known = account.settings if account else {}
        pace = pace_of(program, payment.workspace_id, payment.provider, known)
    try:
        left = pace.turn(str(payment_id), UNANSWERED_LIFETIME.total_seconds())
    except TryAgain:
        return True  # so long a queue is a failure to be told, not to be waited for
    if left <= SOON:
        Event().wait(left)
        return True
    _come_back(program, payment_id, left - SOON)
    return False


def _come_back(program: Program, payment_id: UUID, seconds: float) -> None:
    with transaction(program.sessions) as db:
        waiting = update(Payment).where(Payment.id == payment_id, Payment.status == PaymentStatus.CREATED)
        db.execute(waiting.values(next_check_at=clock.now() + timedelta(seconds=seconds)))


def _claim(program: Program, db: Session, payment_id: UUID) -> Claimed | Followup:
    """CREATED becomes REQUESTED for one worker, with the order locked and still to be paid (rule 10).

    One that waited too long for a worker is not sent any more: hours later its guest is at home.
    """
    locked = lock_payment(db, payment_id)
    if locked is None:
        return Followup()
    order, payment = locked
    now = clock.now()
    if payment.status is not PaymentStatus.CREATED:
        return Followup()
    if order.status is not OrderStatus.PENDING or now - payment.created_at >= UNANSWERED_LIFETIME:
        fail(db, order, payment, Reason.PUSH_FAILED, FailedBy.ANSWER, now)
        return tell_failed(db, order, payment)
    move(payment, PaymentStatus.REQUESTED)
    payment.requested_at, payment.next_check_at = now, now + CLAIM_LIFETIME + RESEND_AFTER
    account = provider_for(program, db, payment.workspace_id, payment.provider)
    return Claimed(_question(program, order, payment), account)


def _question(program: Program, order: Order, payment: Payment) -> Ask:
    """What the provider must know. Who insists on an e-mail address gets one of ours, without the guest's number."""
    host = urlsplit(program.settings.public_base_url).hostname
    return Ask(
        payment_id=str(payment.id),
        order_id=str(order.id),
        number=order.number,
        amount=payment.amount,
        currency=payment.currency,
        phone=payment.phone or "",
        start=payment.start,
        email=f"order-{order.number}-{payment.id.hex[:8]}@guests.{host}",
        returns_to=f"{program.settings.public_base_url}{RETURN_PATH}{reference_of(program, str(payment.id))}",
    )


def _ask(program: Program, claimed: Claimed) -> StartResult | None:
    """Ask, twice at most, and again only if surely nothing was sent. None: not ours to send any more."""
    answered: StartResult | None = Refused(Reason.NETWORK_ERROR)
    for pause in (PAUSE_SECONDS,) * (TRIES - 1) + (0.0,):
        answered = _ask_once(program, claimed)
        if not isinstance(answered, Refused) or not answered.retryable:
            return answered
        log.warning("payment_not_asked_for", payment=claimed.ask.payment_id, reason=answered.reason)
        Event().wait(pause)
    return answered


def _ask_once(program: Program, claimed: Claimed) -> StartResult | None:
    if claimed.account is None:
        return Refused(Reason.NETWORK_ERROR)
    if unready := never_raises(claimed.account.ready)():
        return unready
    if not _clear(program, claimed.payment_id):
        return None
    crashpoint("request_payment.before_call")
    answered = claimed.account.start(claimed.ask)
    crashpoint("request_payment.after_call")
    return answered


def _clear(program: Program, payment_id: UUID) -> bool:
    """The last look before the call: still claimed, and not for long. A worker that was frozen stops here (rule 10)."""
    with transaction(program.sessions) as db:
        locked = lock_payment(db, payment_id)
        payment, now = locked[1] if locked else None, clock.now()
        if payment is None or payment.status is not PaymentStatus.REQUESTED or payment.requested_at is None:
            return False
        if now - payment.requested_at >= CLAIM_LIFETIME:
            return False
        payment.posted_at = now
        payment.next_check_at = next_look(payment, now)
    return True


def _write(db: Session, payment_id: UUID, answered: StartResult) -> Followup:
    """The handle is always kept; the status changes only from REQUESTED, a callback may have been faster (rule 11)."""
    locked = lock_payment(db, payment_id)
    if locked is None:
        return Followup()
    order, payment = locked
    note_event(db, payment, f"start_{type(answered).__name__.lower()}", f"start:{payment.id}", _detail(answered))
    kept = isinstance(answered, Accepted) and _keep(db, payment, answered)
    if payment.status is not PaymentStatus.REQUESTED:
        return _too_late(payment)
    if refused := _refusal(payment, answered):
        fail(db, order, payment, refused, FailedBy.ANSWER, clock.now())
        return tell_failed(db, order, payment)
    return _sent(db, order, payment, kept)


def _refusal(payment: Payment, answered: StartResult) -> str:
    """Why there is nothing to wait for. A page whose address we never learnt was shown to nobody: a new one is made."""
    if isinstance(answered, Refused):
        return answered.reason
    return Reason.NETWORK_ERROR if isinstance(answered, Unknown) and payment.start is not Start.PROMPT else ""


def _keep(db: Session, payment: Payment, accepted: Accepted) -> bool:
    payment.link = accepted.link or None
    return keep_handle(db, payment, accepted.handle, handle_id(accepted.handle))


def _too_late(payment: Payment) -> Followup:
    """Something else was faster. A link that is not wanted any more is cancelled by the next look at it."""
    if payment.status is PaymentStatus.EXPIRED and payment.start is Start.LINK:
        payment.next_check_at = clock.now()
    return Followup()


def _sent(db: Session, order: Order, payment: Payment, kept: bool) -> Followup:
    move(payment, PaymentStatus.PENDING if kept else PaymentStatus.UNKNOWN)
    payment.next_check_at = next_look(payment, clock.now())
    if not kept or not payment.link:
        return Followup()
    return tell_link(db, order, payment)


def tell_link(db: Session, order: Order, payment: Payment) -> Followup:
    """The guest gets the page to pay on."""
    money = {"amount": plain(payment.amount), "currency": payment.currency}
    return tell_guest(db, order, payment, PAYMENT_LINK, **money, link=payment.link)


def _detail(answered: StartResult) -> dict[str, Any]:
    return {"reason": answered.reason} if isinstance(answered, Refused) else {}
