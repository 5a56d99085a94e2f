"""One attempt to collect money: its statuses, the legal moves between them, and what time alone does to it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.domain.statuses import LIVE_PAYMENTS, FailedBy, PaymentStatus, Start
from core.errors import IllegalTransition

CLAIM_LIFETIME = timedelta(seconds=20)  # a claimed attempt not on its way by then is never sent
CALL_LIFETIME = timedelta(seconds=30)  # the start call is over by then, whatever became of it
UNANSWERED_LIFETIME = timedelta(seconds=150)  # without a handle: no prompt can be open any more
PROMPT_LIFETIME = timedelta(seconds=300)  # with a handle that still says "pending": neither
DIALOG_WINDOW = timedelta(seconds=180)  # until then a "failed" learnt by asking may still become a payment
WATCH = timedelta(hours=24)
RESEND_AFTER = timedelta(seconds=3)

CHECK_AFTER = (45, 90, 120, 180, 300, 600, 1200, 3000)  # seconds after the prompt, then hourly
TELL_FROM = timedelta(seconds=80)  # the second check; at the first one the PIN dialog may still be open


class Reason(StrEnum):
    """Why an attempt failed, the same words for every provider."""

    INSUFFICIENT_FUNDS = "insufficient_funds"
    WRONG_PIN = "wrong_pin"
    CANCELLED = "cancelled"
    UNREACHABLE = "unreachable"
    EXPIRED = "expired"
    BUSY = "busy"
    PUSH_FAILED = "push_failed"
    NETWORK_BUSY = "network_busy"
    NETWORK_ERROR = "network_error"
    BAD_NUMBER = "bad_number"
    LIMIT = "limit"
    DECLINED = "declined"
    ABANDONED = "abandoned"
    OTHER = "other"


_S = PaymentStatus

UNSURE = frozenset({_S.REQUESTED, _S.PENDING, _S.UNKNOWN, _S.EXPIRED})  # money may still come of it

_UNPAID = (_S.CREATED, _S.REQUESTED, _S.PENDING, _S.UNKNOWN, _S.FAILED, _S.EXPIRED, _S.NEEDS_REVIEW)

MOVES: tuple[tuple[PaymentStatus, PaymentStatus, str], ...] = (
    # from            to                why
    (_S.CREATED, _S.REQUESTED, "a worker claimed it, the order being still open"),
    (_S.CREATED, _S.FAILED, "the order was closed meanwhile, or nobody came to send it in time: never sent"),
    (_S.REQUESTED, _S.PENDING, "the provider took it and gave a handle"),
    (_S.REQUESTED, _S.FAILED, "the provider refused it, a callback said so, or its worker died before the call"),
    (_S.REQUESTED, _S.UNKNOWN, "the call ended without an answer, or its worker died during it"),
    (_S.REQUESTED, _S.EXPIRED, "nobody looked until its time was over"),
    (_S.REQUESTED, _S.SUCCEEDED, "odd: the callback overtook the answer to the call"),
    (_S.PENDING, _S.SUCCEEDED, "callback or poll: the money is here"),
    (_S.PENDING, _S.FAILED, "callback or poll: wrong PIN, no balance, cancelled, …"),
    (_S.PENDING, _S.EXPIRED, "odd: the provider says pending long after any prompt has closed"),
    (_S.UNKNOWN, _S.SUCCEEDED, "it had been sent after all"),
    (_S.UNKNOWN, _S.FAILED, "it had been sent after all, and the guest did not pay"),
    (_S.UNKNOWN, _S.EXPIRED, "never heard of again while a prompt could be open"),
    (_S.FAILED, _S.SUCCEEDED, "late: the guest paid while a timeout was being reported"),
    (_S.EXPIRED, _S.SUCCEEDED, "late: the money came after we had stopped waiting"),
    (_S.EXPIRED, _S.FAILED, "late: the definite no; the guest has long been told, or nobody used the link"),
    (_S.CREATED, _S.SUCCEEDED, "odd: books restored from a backup are behind the provider"),
    (_S.CREATED, _S.NEEDS_REVIEW, "odd: the same, and the money is not what was asked"),
    (_S.REQUESTED, _S.NEEDS_REVIEW, "other currency or till than asked"),
    (_S.PENDING, _S.NEEDS_REVIEW, "other currency or till than asked, or a day without a final word"),
    (_S.UNKNOWN, _S.NEEDS_REVIEW, "the same"),
    (_S.EXPIRED, _S.NEEDS_REVIEW, "the same"),
    (_S.FAILED, _S.NEEDS_REVIEW, "other currency or till than asked"),
    (_S.NEEDS_REVIEW, _S.SUCCEEDED, "the final word came after all"),
    (_S.NEEDS_REVIEW, _S.FAILED, "staff looked it up at the provider: no money came"),
    (_S.SUCCEEDED, _S.REVERSED, "the provider took the money back; nothing else ever undoes a success"),
    *((before, _S.REVERSED, "odd: the reversal was told before the payment") for before in _UNPAID),
)
LEGAL = frozenset((before, after) for before, after, _ in MOVES)


def check_move(before: PaymentStatus, after: PaymentStatus) -> None:
    """Raise IllegalTransition unless the table has this move."""
    if (before, after) not in LEGAL:
        raise IllegalTransition(f"payment: {before} to {after}")


@dataclass(frozen=True)
class Attempt:
    """What time needs to know of a payment."""

    status: PaymentStatus
    has_handle: bool
    requested_at: datetime | None
    posted_at: datetime | None
    start: Start = Start.PROMPT
    expires_at: datetime | None = None

    @property
    def asked_at(self) -> datetime | None:
        """When the prompt may have gone out."""
        return self.posted_at or self.requested_at


def aged(attempt: Attempt, now: datetime) -> PaymentStatus:
    """The status of an attempt of which nothing new was heard until now."""
    if attempt.asked_at is None or attempt.status not in UNSURE:
        return attempt.status
    if attempt.posted_at is None:
        return _unsent(attempt.status, now - attempt.asked_at)
    if attempt.start is not Start.PROMPT:
        return _unused(attempt, now)
    return _unheard(attempt, now - attempt.posted_at)


def _unsent(status: PaymentStatus, age: timedelta) -> PaymentStatus:
    return _S.FAILED if status is _S.REQUESTED and age >= CLAIM_LIFETIME else status


def _unheard(attempt: Attempt, age: timedelta) -> PaymentStatus:
    if attempt.has_handle and age >= WATCH:
        return _S.NEEDS_REVIEW
    if age >= (PROMPT_LIFETIME if attempt.has_handle else UNANSWERED_LIFETIME):
        return _S.EXPIRED
    if attempt.status is _S.REQUESTED and age >= CALL_LIFETIME:
        return _S.UNKNOWN
    return attempt.status


def _unused(attempt: Attempt, now: datetime) -> PaymentStatus:
    """A link nobody was given, one whose time is over, and one that nobody used for a day after."""
    assert attempt.posted_at is not None
    if not attempt.has_handle:
        return _S.FAILED if now - attempt.posted_at >= CALL_LIFETIME else attempt.status
    over = attempt.expires_at
    if over is None or now < over:
        return attempt.status
    return _S.FAILED if now - over >= WATCH else _S.EXPIRED


def next_check(asked_at: datetime, now: datetime, expires_at: datetime | None = None) -> datetime | None:
    """When to ask about it next; None once it has been watched for a day. A link is looked at when its time is over."""
    begun = expires_at if expires_at and expires_at <= now else asked_at
    age = (now - begun).total_seconds()
    day = int(WATCH.total_seconds())
    moments = (*CHECK_AFTER, *range(CHECK_AFTER[-1] + 3600, day, 3600), day)
    found = next((begun + timedelta(seconds=moment) for moment in moments if moment > age), None)
    return min(found, expires_at) if found and expires_at and expires_at > now else found


def time_to_tell(asked_at: datetime, now: datetime) -> bool:
    """Whether a guest who has heard nothing should read that we are checking."""
    return now - asked_at >= TELL_FROM


def may_prompt_again(
    status: PaymentStatus, failed_by: FailedBy | None, posted_at: datetime | None, now: datetime
) -> bool:
    """Whether this earlier prompt permits another: it is over, and so is the window of a polled failure.

    One that still says "pending" when every dialog must have closed does not hold up a guest who asks again.
    """
    if status in (_S.PENDING, _S.UNKNOWN):
        return posted_at is not None and now - posted_at >= DIALOG_WINDOW
    if status in LIVE_PAYMENTS:
        return False
    if status is not _S.FAILED or failed_by is not FailedBy.POLL or posted_at is None:
        return True
    return now - posted_at >= DIALOG_WINDOW


def may_stand_beside(wanted: Start, other: Start, other_posted_at: datetime | None, now: datetime) -> bool:
    """Whether an attempt may begin while one of another kind is open. Nobody is asked on a page and by a dialog at the
    same moment; once the dialog should have answered, or where there is none, the guest chooses; a second success is
    given back."""
    if other is not Start.PROMPT or wanted is Start.HANDOVER:
        return True
    return other_posted_at is not None and now - other_posted_at >= TELL_FROM
