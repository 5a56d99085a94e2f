"""Approved refunds are sent once, and asked about until the provider says what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from core import clock
from core.conversation.events import MONEY_RETURNED
from core.crashpoint import crashpoint
from core.domain.money import plain
from core.domain.refunds import CLAIM_LIFETIME, OPEN, RESEND_AFTER, Sent, never_sent, next_check
from core.domain.statuses import Provider, RefundStatus
from core.errors import TryAgain
from core.jobs import check_refund as check_job
from core.jobs import send_refund as send_job
from core.log import get_logger
from core.providers.calls import never_raises
from core.providers.contract import (
    Accepted,
    PaymentProvider,
    Refunding,
    RefundNotice,
    RefundOutcome,
    Refused,
    StartResult,
    handle_id,
)
from core.services.diary import note_receipt
from core.services.followup import Followup
from core.services.ledger import book
from core.services.notices import notice_of_money, save_notices
from core.services.orders import tell
from core.services.payment_accounts import provider_for
from core.services.program import Program
from core.services.refunds import approve, done, move
from core.store.sql.engine import transaction
from core.store.sql.tables import Order, Payment, Receipt, Refund

AT_ONCE = 100
LATER = timedelta(hours=6)
RETRIES = 5

log = get_logger(__name__)


@dataclass(frozen=True)
class Claimed:
    """One refund, as far as the provider must know it."""

    refunding: Refunding
    handle: str
    at: datetime | None
    account: PaymentProvider | None = field(repr=False)


def sweep_refunds(sessions: sessionmaker[Session], now: datetime | None = None) -> Followup:
    """What is due is sent or asked about; its next date is set with it, so that a lost job is made up for."""
    now = now or clock.now()
    with transaction(sessions) as db:
        due = select(Refund).where(Refund.next_check_at <= now).order_by(Refund.next_check_at).limit(AT_ONCE)
        jobs = []
        for refund in db.scalars(due.with_for_update(skip_locked=True, key_share=True)):
            approved = refund.status is RefundStatus.APPROVED
            jobs.append(send_job(str(refund.id)) if approved else check_job(str(refund.id)))
            refund.next_check_at = _again(refund, now)
        crashpoint("sweep_refunds.before_commit")
    return Followup(jobs=tuple(jobs))


def send_refund(program: Program, refund_id: str) -> Followup:
    """Ask the provider to send the money back, unless somebody else does or did."""
    claimed = _claim(program, UUID(refund_id))
    crashpoint("send_refund.claimed")
    if claimed is None:
        return Followup()
    result = _call(program, UUID(refund_id), claimed)
    crashpoint("send_refund.answered")
    if result is None:
        return Followup()
    with transaction(program.sessions) as db:
        followup = _write(db, UUID(refund_id), claimed, result)
        crashpoint("send_refund.before_commit")
    return followup


def check_refund(program: Program, refund_id: str) -> Followup:
    """Ask how a refund stands; one whose worker died before its call is sent now."""
    with transaction(program.sessions) as db:
        receipt, refund = lock_refund(db, UUID(refund_id))
        if refund.status is not RefundStatus.REQUESTED:
            refund.next_check_at = None if refund.status is not RefundStatus.APPROVED else refund.next_check_at
            return Followup()
        if never_sent(Sent(refund.status, refund.requested_at, refund.posted_at), clock.now()):
            return approve(db, refund, refund.approved_by)
        claimed = _as_claimed(program, db, receipt, refund)
    return _ask(program, claimed) if refund.posted_at else Followup()


def refund_told(sessions: sessionmaker[Session], notice: RefundNotice, workspaces: Sequence[UUID]) -> Followup:
    """A provider told us how a refund of ours stands: by callback or by answer, however often."""
    with transaction(sessions) as db:
        refund_id = _named(db, notice, workspaces)
        if refund_id is None:
            log.warning("refund_of_nobody", provider=notice.provider, outcome=notice.outcome.value)
            return Followup()
        followup = _hear(db, refund_id, notice)
        crashpoint("refund_told.before_commit")
    return followup


def lock_refund(db: Session, refund_id: UUID) -> tuple[Receipt, Refund]:
    """The receipt first, then its refund; both as they are now. Raises LookupError where there is none."""
    receipt_id = db.scalar(select(Refund.receipt_id).where(Refund.id == refund_id))
    if receipt_id is None:
        raise LookupError("no such refund")
    fresh = {"populate_existing": True}
    receipt = select(Receipt).where(Receipt.id == receipt_id).with_for_update().execution_options(**fresh)
    refund = select(Refund).where(Refund.id == refund_id).with_for_update().execution_options(**fresh)
    return db.scalars(receipt).one(), db.scalars(refund).one()


def went_back(db: Session, receipt: Receipt, refund: Refund, reference: str, user_id: UUID | None = None) -> Followup:
    """The money of a locked refund is with the guest again: books, and a line to the guest."""
    done(db, receipt, refund, reference)
    book(db, "refunded", receipt, user_id=user_id)
    order = db.get(Order, refund.order_id) if refund.order_id else None
    if order is None:
        return Followup()
    return tell(db, order, MONEY_RETURNED, amount=plain(refund.amount), currency=refund.currency)


def _again(refund: Refund, now: datetime) -> datetime:
    if refund.posted_at is None:
        return now + CLAIM_LIFETIME + RESEND_AFTER
    return next_check(refund.posted_at, now) or now + LATER


def _claim(program: Program, refund_id: UUID) -> Claimed | None:
    """APPROVED becomes REQUESTED for one worker."""
    now = clock.now()
    with transaction(program.sessions) as db:
        receipt, refund = lock_refund(db, refund_id)
        if refund.status is not RefundStatus.APPROVED or refund.provider is Provider.CASH:
            return None
        move(refund, RefundStatus.REQUESTED)
        refund.requested_at, refund.posted_at = now, None
        refund.next_check_at = now + CLAIM_LIFETIME + RESEND_AFTER
        return _as_claimed(program, db, receipt, refund)


def _as_claimed(program: Program, db: Session, receipt: Receipt, refund: Refund) -> Claimed:
    payment = db.get(Payment, receipt.payment_id) if receipt.payment_id else None
    refunding = Refunding(
        refund_id=str(refund.id),
        payment_id=str(receipt.payment_id or ""),
        handle=(payment and payment.handle) or "",
        receipt=receipt.reference,
        amount=refund.amount,
        currency=refund.currency,
        whole=refund.amount == receipt.amount,
        reason=refund.reason.replace("_", " "),
        phone=(payment and payment.phone) or "",
    )
    account = provider_for(program, db, refund.workspace_id, refund.provider, begun=True)
    return Claimed(refunding, refund.handle or "", refund.requested_at, account)


def _call(program: Program, refund_id: UUID, claimed: Claimed) -> StartResult | None:
    """One call. None: it is not ours to make any more."""
    if claimed.account is None:
        return Refused("no_account")
    if unready := never_raises(claimed.account.ready)():
        return unready
    if not _clear(program, refund_id):
        return None
    crashpoint("send_refund.before_call")
    result = claimed.account.refund(claimed.refunding)
    crashpoint("send_refund.after_call")
    return result


def _clear(program: Program, refund_id: UUID) -> bool:
    """The last look before the call: still claimed, and not for long; from here on it is never sent again."""
    now = clock.now()
    with transaction(program.sessions) as db:
        receipt, refund = lock_refund(db, refund_id)
        fresh = refund.requested_at is not None and now - refund.requested_at < CLAIM_LIFETIME
        if refund.status is not RefundStatus.REQUESTED or refund.posted_at is not None or not fresh:
            return False
        refund.posted_at, refund.next_check_at = now, next_check(now, now)
        note_receipt(
            db, receipt, "refund_sent", f"refund_sent:{refund.id}:{now.timestamp()}", {"amount": refund.amount}
        )
    return True


def _write(db: Session, refund_id: UUID, claimed: Claimed, result: StartResult) -> Followup:
    """An answer counts for its own claim only; the status changes only from REQUESTED, a callback may be faster."""
    receipt, refund = lock_refund(db, refund_id)
    kind = {Accepted: "refund_accepted", Refused: "refund_refused"}.get(type(result), "refund_unanswered")
    detail = {"reason": result.reason} if isinstance(result, Refused) else {}
    note_receipt(db, receipt, kind, f"{kind}:{refund.id}:{refund.requested_at}", detail)
    if refund.requested_at != claimed.at:
        return Followup()  # frozen so long that staff looked, said no, and somebody else has asked again
    if isinstance(result, Accepted) and not refund.handle:
        refund.handle, refund.handle_id = result.handle, handle_id(result.handle)
    if isinstance(result, Refused) and refund.status is RefundStatus.REQUESTED:
        return _refused(db, refund, result)
    return Followup()


def _refused(db: Session, refund: Refund, result: Refused) -> Followup:
    """Surely nothing was sent. What passes by itself is tried again a few times, the rest is for staff."""
    if result.retryable and refund.checks < RETRIES:
        refund.checks += 1
        approve(db, refund, refund.approved_by)
        refund.next_check_at = clock.now() + timedelta(minutes=refund.checks)
        return Followup()
    move(refund, RefundStatus.FAILED)
    refund.error, refund.next_check_at = result.reason, None
    log.error("refund_refused", refund=str(refund.id), reason=result.reason)
    return Followup()


def _ask(program: Program, claimed: Claimed) -> Followup:
    if claimed.account is None:
        return Followup()
    try:
        notice = claimed.account.query_refund(claimed.refunding, claimed.handle)
    except TryAgain as error:
        log.warning("refund_not_asked_about", refund=claimed.refunding.refund_id, error=str(error))
        return Followup()
    with transaction(program.sessions) as db:
        followup = _hear(db, UUID(claimed.refunding.refund_id), notice)
        crashpoint("check_refund.before_commit")
    return followup


def _named(db: Session, notice: RefundNotice, workspaces: Sequence[UUID]) -> UUID | None:
    """By our own id, else by the provider's handle, else the one refund of that money that is on its way."""
    of_theirs = Receipt.provider == Provider(notice.provider)
    ours = select(Refund.id).join(Receipt, Receipt.id == Refund.receipt_id).where(Refund.workspace_id.in_(workspaces))
    if notice.refund_id:
        return db.scalar(ours.where(of_theirs, Refund.id == UUID(notice.refund_id)))
    ours = ours.where(Refund.provider == Provider(notice.provider))
    if notice.handle_id and (found := db.scalar(ours.where(Refund.handle_id == notice.handle_id).limit(1))):
        return found
    paid = [Receipt.reference == notice.receipt] if notice.receipt else []
    paid += [Receipt.payment_id == UUID(notice.payment_id)] if notice.payment_id else []
    if not paid:
        return None
    on_its_way = ours.where(Refund.status == RefundStatus.REQUESTED)
    found_all = db.scalars(on_its_way.where(*paid).limit(2)).all()
    return found_all[0] if len(found_all) == 1 else None


def _hear(db: Session, refund_id: UUID, notice: RefundNotice) -> Followup:
    receipt, refund = lock_refund(db, refund_id)
    if notice.outcome in (RefundOutcome.PENDING, RefundOutcome.UNKNOWN):
        return Followup()
    if notice.outcome is RefundOutcome.DONE and refund.status in OPEN:
        return went_back(db, receipt, refund, notice.reference)
    if notice.outcome is RefundOutcome.DONE and _went_another_way(receipt, refund):
        return _went_as_well(db, receipt, refund)
    if notice.outcome is RefundOutcome.FAILED and refund.status is RefundStatus.REQUESTED:
        move(refund, RefundStatus.FAILED)
        refund.error, refund.next_check_at = notice.reason or "failed", None
    return Followup()


def _went_another_way(receipt: Receipt, refund: Refund) -> bool:
    """Whether its money was given from the drawer, or found another use, once the provider was taken not to send it."""
    from_drawer = refund.provider is Provider.CASH and receipt.provider is not Provider.CASH
    return from_drawer or refund.status is RefundStatus.WITHDRAWN


def _went_as_well(db: Session, receipt: Receipt, refund: Refund) -> Followup:
    """The provider sent it after all: gone without our asking, as the books must say, and somebody must see to it."""
    if not note_receipt(db, receipt, "sent_after_all", f"sent_after_all:{refund.id}", {"amount": refund.amount}):
        return Followup()
    receipt.reversed = min(receipt.reversed + refund.amount, receipt.amount)
    book(db, "reversed", receipt)
    said = f"{refund.currency} {plain(refund.amount)} of receipt {receipt.reference}"
    about = ("sent_after_all", str(refund.id), said)
    save_notices(db, [notice_of_money(receipt.workspace_id, receipt.provider, *about)])
    return Followup()
