"""No word about a payment: ask the provider, tell the guest that we do, and let time decide what it must."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from core import clock, metrics
from core.conversation.events import PAYMENT_CHECKING, PAYMENT_EXPIRED, PAYMENT_REVIEW
from core.crashpoint import crashpoint
from core.domain.payments import RESEND_AFTER, UNSURE, Reason, aged, time_to_tell
from core.domain.receipts import Notice, Source
from core.domain.statuses import LIVE_PAYMENTS, FailedBy, OrderStatus, PaymentStatus, Start
from core.errors import TryAgain
from core.jobs import Job
from core.jobs import check_payment as check_job
from core.jobs import request_payment as request_job
from core.log import get_logger
from core.providers.contract import Asked, PaymentProvider, payer_hash
from core.services import receipts
from core.services.diary import note_event
from core.services.followup import Followup
from core.services.payment_accounts import provider_for
from core.services.payment_rows import attempt_of, fail, lock_payment, move, next_look, tell_failed, tell_guest
from core.services.program import Program
from core.services.settle import settle_notice
from core.store.sql.engine import transaction
from core.store.sql.tables import Order, Payment

AT_ONCE = 200
LATER = timedelta(hours=1)

log = get_logger(__name__)


def sweep_payments(sessions: sessionmaker[Session], now: datetime | None = None) -> Followup:
    """What is due is asked for or asked about; its next date is set with it, so that a lost job is made up for."""
    now = now or clock.now()
    with transaction(sessions) as db:
        due = select(Payment).where(Payment.next_check_at <= now).order_by(Payment.next_check_at).limit(AT_ONCE)
        payments = db.scalars(due.with_for_update(skip_locked=True, key_share=True)).all()
        jobs = []
        for payment in payments:
            jobs.append(_job(payment))
            payment.next_check_at = _again(payment, now)
        _measure(db, now)
        crashpoint("sweep_payments.before_commit")
    crashpoint("sweep_payments.committed")
    return Followup(jobs=tuple(jobs))


def check_payment(program: Program, payment_id: str, hinted: str = "") -> Followup:
    """Ask how one payment stands; what is learnt goes the way of a callback, then time has its say.

    `hinted`: what the provider says it calls a payment of which we never got the handle.
    """
    with transaction(program.sessions) as db:
        payment = db.get(Payment, UUID(payment_id))
        found = (payment.workspace_id, payment.provider) if payment else None
        account = provider_for(program, db, *found, begun=True) if found else None
    if payment is None or payment.status not in UNSURE | {PaymentStatus.FAILED}:
        return Followup()
    crashpoint("check_payment.before_call")
    followup = _look(program, account, payment, hinted) if account and payment.posted_at else Followup()
    crashpoint("check_payment.settled")
    with transaction(program.sessions) as db:
        followup |= _grow_old(db, payment.id)
        closing = _to_be_closed(db, payment.id)
        crashpoint("check_payment.before_commit")
    crashpoint("check_payment.committed")
    if closing and account:
        _close(program, account, closing)
    return followup


def _measure(db: Session, now: datetime) -> None:
    """How many attempts are open, and how old the oldest is."""
    counted = select(Payment.status, func.count(), func.min(Payment.created_at)).where(
        Payment.status.in_(LIVE_PAYMENTS)
    )
    found = {status: (count, oldest) for status, count, oldest in db.execute(counted.group_by(Payment.status))}
    for status in LIVE_PAYMENTS:
        metrics.open_payments.labels(status.value).set(found.get(status, (0, now))[0])
    oldest = min((oldest for _, oldest in found.values()), default=now)
    metrics.oldest_payment_seconds.set(max(0.0, (now - oldest).total_seconds()))


def _job(payment: Payment) -> Job:
    return request_job(str(payment.id)) if payment.status is PaymentStatus.CREATED else check_job(str(payment.id))


def _again(payment: Payment, now: datetime) -> datetime:
    asked_at = attempt_of(payment).asked_at
    if payment.status is PaymentStatus.CREATED or asked_at is None:
        return now + RESEND_AFTER
    return next_look(payment, now) or now + LATER


def _look(program: Program, account: PaymentProvider, payment: Payment, hinted: str) -> Followup:
    """Ask by the handle, else look through what came into the till (rule 17)."""
    try:
        if handle := payment.handle or hinted:
            return _query(program, account, payment, handle)
        return _search(program, account, payment) if payment.start is Start.PROMPT else Followup()
    except TryAgain as error:
        log.warning("payment_not_asked_about", payment=str(payment.id), error=str(error))
        return Followup()


def _query(program: Program, account: PaymentProvider, payment: Payment, handle: str) -> Followup:
    notice = account.query_status(Asked(str(payment.id), handle, payment.start))
    if payment.handle_id and notice.handle_id != payment.handle_id:
        raise TryAgain("an answer about another payment")
    if not payment.handle and notice.payment_id != str(payment.id):
        raise TryAgain("a hint about another payment")  # anybody may have sent it
    return _settle(program, payment, replace(notice, payment_id=str(payment.id)))


def _search(program: Program, account: PaymentProvider, payment: Payment) -> Followup:
    """Money we know of comes first (rule 16): a provider that shows no list must not hide it."""
    if known := _known(program, payment):
        return _settle(program, payment, known)
    asked_at = payment.posted_at or payment.created_at
    until = min(asked_at + receipts.LATEST_PIN, clock.now()) + receipts.CLOCKS_APART
    followup = Followup()
    for notice in account.list_transactions(asked_at - receipts.CLOCKS_APART, until):
        followup |= _settle(program, payment, notice)
    listed = _known(program, payment)
    return followup | (_settle(program, payment, listed) if listed else Followup())


def _known(program: Program, payment: Payment) -> Notice | None:
    with transaction(program.sessions) as db:
        found = receipts.find_for(db, payment, payer_hash(payment.phone or ""))
    return receipts.notice_of(found, Source.POLL, payment.id) if found else None


def _settle(program: Program, payment: Payment, notice: Notice) -> Followup:
    body = {"data": notice.to_dict(), "workspaces": [str(payment.workspace_id)]}
    return settle_notice(program.sessions, body)


def _grow_old(db: Session, payment_id: UUID) -> Followup:
    """What time alone does to an attempt of which nothing final was heard."""
    locked = lock_payment(db, payment_id)
    if locked is None:
        return Followup()
    order, payment = locked
    now = clock.now()
    attempt = attempt_of(payment)
    payment.checks += 1
    if payment.status not in UNSURE or attempt.asked_at is None:
        payment.next_check_at = _after_final(payment, now)
        return Followup()
    status = aged(attempt, now)
    payment.next_check_at = next_look(payment, now)
    if status is not payment.status:
        return _become(db, order, payment, status, now)
    return _tell_checking(db, order, payment) if time_to_tell(attempt.asked_at, now) else Followup()


def _after_final(payment: Payment, now: datetime) -> datetime | None:
    """A failure is looked at once more when its dialog must be gone (set when it failed), then left alone."""
    at = payment.next_check_at
    return at if payment.status in (PaymentStatus.CREATED, PaymentStatus.FAILED) and at and at > now else None


def _become(db: Session, order: Order, payment: Payment, status: PaymentStatus, now: datetime) -> Followup:
    if status is PaymentStatus.FAILED and payment.status is PaymentStatus.EXPIRED:
        fail(db, order, payment, Reason.ABANDONED, FailedBy.ANSWER, now)
        return Followup()  # a link that nobody used for a day
    if status is PaymentStatus.FAILED:
        fail(db, order, payment, Reason.PUSH_FAILED, FailedBy.ANSWER, now)
        return tell_failed(db, order, payment)
    move(payment, status)
    if status is PaymentStatus.NEEDS_REVIEW:
        payment.next_check_at = None
    kind = {PaymentStatus.EXPIRED: PAYMENT_EXPIRED, PaymentStatus.NEEDS_REVIEW: PAYMENT_REVIEW}.get(status)
    waiting = order.status is OrderStatus.PENDING
    return tell_guest(db, order, payment, kind) if kind and waiting else Followup()


def _tell_checking(db: Session, order: Order, payment: Payment) -> Followup:
    """Once per attempt, and only who still waits for it."""
    if payment.status not in LIVE_PAYMENTS or order.status is not OrderStatus.PENDING:
        return Followup()
    first = note_event(db, payment, "guest_told_we_check", f"checking:{payment.id}")
    return tell_guest(db, order, payment, PAYMENT_CHECKING) if first else Followup()


def _to_be_closed(db: Session, payment_id: UUID) -> Asked | None:
    """A link whose time is over, or that is not wanted any more, and of which the provider does not know that yet."""
    payment = db.get_one(Payment, payment_id)
    over = payment.expires_at is not None and payment.expires_at <= clock.now()
    if payment.start is not Start.LINK or not payment.handle or payment.closed_at or not over:
        return None
    if payment.status not in (PaymentStatus.EXPIRED, PaymentStatus.FAILED):
        return None
    return Asked(str(payment.id), payment.handle, payment.start)


def _close(program: Program, account: PaymentProvider, asked: Asked) -> None:
    """Tell the provider; where it would not hear of it, money that still comes is accepted and given back. Who dies
    before it is written down tells it twice, which does no harm."""
    try:
        cancelled = account.cancel(asked)
    except TryAgain as error:
        log.warning("link_not_cancelled", payment=asked.payment_id, error=str(error))
        return
    with transaction(program.sessions) as db:
        locked = lock_payment(db, UUID(asked.payment_id))
        if locked:
            locked[1].closed_at = clock.now()
            note_event(db, locked[1], "link_cancelled" if cancelled else "link_left", f"closed:{asked.payment_id}")
