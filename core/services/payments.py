"""The guest may be prompted now: claim the attempt, ask the provider for the money once, write down the answer."""

from dataclasses import dataclass, field
from decimal import Decimal
from threading import Event
from uuid import UUID

from sqlalchemy.orm import Session

from core import clock
from core.crashpoint import crashpoint
from core.domain.payments import CLAIM_LIFETIME, RESEND_AFTER, UNANSWERED_LIFETIME, Reason, next_check
from core.domain.statuses import FailedBy, OrderStatus, PaymentStatus, Provider
from core.errors import OutcomeUnknown, Rejected, TryAgain
from core.log import get_logger
from core.providers.kopokopo.client import KopoKopo, handle_id
from core.services.followup import Followup
from core.services.payment_accounts import kopokopo_of
from core.services.payment_rows import fail, keep_handle, lock_payment, move, tell_failed
from core.services.program import Program
from core.store.sql.engine import transaction
from core.store.sql.tables import Payment

TRIES = 2
PAUSE_SECONDS = 1.0

log = get_logger(__name__)


@dataclass(frozen=True)
class Prompt:
    """One claimed attempt, as far as the provider must know it."""

    payment_id: UUID
    order_id: UUID
    phone: str = field(repr=False)
    amount: Decimal
    currency: str
    account: KopoKopo | None = field(repr=False)


@dataclass(frozen=True)
class Answered:
    """What the start call came to: a handle, a reason why not, or neither where nobody knows."""

    handle: str = ""
    refused: str = ""


def request_payment(program: Program, payment_id: str) -> Followup:
    """Prompt the guest's phone, unless somebody else does or the order is no longer to be paid."""
    crashpoint("request_payment.before_claim")
    with transaction(program.sessions) as db:
        prompt = _claim(program, db, UUID(payment_id))
    crashpoint("request_payment.claimed")
    if isinstance(prompt, Followup):
        return prompt
    answered = _ask(program, prompt)
    if answered is None:
        return Followup()
    crashpoint("request_payment.answered")
    with transaction(program.sessions) as db:
        followup = _write(db, prompt, answered)
        crashpoint("request_payment.before_commit")
    crashpoint("request_payment.committed")
    return followup


def _claim(program: Program, db: Session, payment_id: UUID) -> Prompt | Followup:
    """CREATED becomes REQUESTED for one worker, with the order locked and still to be paid (rule 10).

    One that waited too long for a worker is not sent any more: hours later its guest is at home.
    """
    locked = lock_payment(db, payment_id)
    if locked is None:
        return Followup()
    order, payment = locked
    now = clock.now()
    if payment.status is not PaymentStatus.CREATED or payment.provider is not Provider.KOPOKOPO:
        return Followup()
    if order.status is not OrderStatus.PENDING or now - payment.created_at >= UNANSWERED_LIFETIME:
        fail(db, order, payment, Reason.PUSH_FAILED, FailedBy.ANSWER, now)
        return tell_failed(db, order, payment)
    move(payment, PaymentStatus.REQUESTED)
    payment.requested_at, payment.next_check_at = now, now + CLAIM_LIFETIME + RESEND_AFTER
    account = kopokopo_of(program, db, payment.workspace_id)
    return Prompt(payment.id, order.id, payment.phone or "", payment.amount, payment.currency, account)


def _ask(program: Program, prompt: Prompt) -> Answered | None:
    """Ask, twice at most, and again only if surely nothing was sent. None: not ours to send any more."""
    for pause in (PAUSE_SECONDS,) * (TRIES - 1) + (0.0,):
        try:
            return _ask_once(program, prompt)
        except TryAgain as error:
            log.warning("prompt_not_sent", payment=str(prompt.payment_id), error=str(error))
            Event().wait(pause)
    return Answered(refused=Reason.NETWORK_ERROR)


def _ask_once(program: Program, prompt: Prompt) -> Answered | None:
    if prompt.account is None:
        return Answered(refused=Reason.NETWORK_ERROR)
    try:
        prompt.account.ready()
        if not _clear(program, prompt):
            return None
        crashpoint("request_payment.before_call")
        handle = prompt.account.start_payment(
            str(prompt.payment_id), str(prompt.order_id), prompt.phone, prompt.amount, prompt.currency
        )
        crashpoint("request_payment.after_call")
        return Answered(handle)
    except Rejected as error:
        return Answered(refused=error.reason)
    except OutcomeUnknown as error:
        log.warning("prompt_outcome_unknown", payment=str(prompt.payment_id), error=str(error))
        return Answered()


def _clear(program: Program, prompt: Prompt) -> bool:
    """The last look before the call: still claimed, and not for long. A worker that was frozen stops here (rule 10)."""
    with transaction(program.sessions) as db:
        locked = lock_payment(db, prompt.payment_id)
        payment, now = locked[1] if locked else None, clock.now()
        if payment is None or payment.status is not PaymentStatus.REQUESTED or payment.requested_at is None:
            return False
        if now - payment.requested_at >= CLAIM_LIFETIME:
            return False
        payment.posted_at, payment.next_check_at = now, next_check(now, now)
    return True


def _write(db: Session, prompt: Prompt, answered: Answered) -> Followup:
    """The handle is always kept; the status changes only from REQUESTED, a callback may have been faster (rule 11)."""
    locked = lock_payment(db, prompt.payment_id)
    if locked is None:
        return Followup()
    order, payment = locked
    kept = bool(answered.handle) and keep_handle(db, payment, answered.handle, handle_id(answered.handle))
    if payment.status is not PaymentStatus.REQUESTED:
        return Followup()
    if answered.refused:
        fail(db, order, payment, answered.refused, FailedBy.ANSWER, clock.now())
        return tell_failed(db, order, payment)
    _sent(payment, kept)
    return Followup()


def _sent(payment: Payment, kept: bool) -> None:
    now = clock.now()
    move(payment, PaymentStatus.PENDING if kept else PaymentStatus.UNKNOWN)
    payment.next_check_at = next_check(payment.posted_at or now, now)
