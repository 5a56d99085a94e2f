"""The life of a refund: asked for once, and asked about until somebody says that the money went or did not go."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from core.domain.statuses import Provider, RefundStatus
from core.errors import IllegalTransition

CLAIM_LIFETIME = timedelta(seconds=20)  # a claimed refund not on its way by then was never sent
RESEND_AFTER = timedelta(seconds=3)
CONFIRM_AFTER = timedelta(minutes=10)  # on its way for longer: staff see it
WATCH = timedelta(days=30)
CHECK_AFTER = (15, 45, 120, 300, 900, 3600)  # seconds after the call, then every six hours
EVERY = 6 * 3600

BY_ITSELF = frozenset({"paid_twice"})  # nobody has to think about these

_S = RefundStatus

MOVES: tuple[tuple[RefundStatus, RefundStatus, str], ...] = (
    # from             to               why
    (_S.PROPOSED, _S.APPROVED, "staff said yes, or it is a second payment below the limit"),
    (_S.PROPOSED, _S.WITHDRAWN, "staff found another use for the money"),
    (_S.APPROVED, _S.REQUESTED, "a worker claimed it"),
    (_S.APPROVED, _S.WITHDRAWN, "staff thought again, and nothing was sent yet"),
    (_S.REQUESTED, _S.DONE, "callback, poll or a look at the provider's page: the money went"),
    (_S.REQUESTED, _S.FAILED, "the provider refused it, or it came to nothing there"),
    (_S.REQUESTED, _S.APPROVED, "its worker died before the call: never sent"),
    (_S.FAILED, _S.APPROVED, "staff try once more"),
    (_S.FAILED, _S.WITHDRAWN, "staff found another use for the money"),
    (_S.PROPOSED, _S.DONE, "given from the drawer, or on the provider's page, or the provider took it back unasked"),
    (_S.APPROVED, _S.DONE, "the same, before anybody was asked"),
    (_S.FAILED, _S.DONE, "the same, after it had failed; or the failure was wrong"),
)
LEGAL = frozenset((before, after) for before, after, _ in MOVES)
OPEN = frozenset({_S.PROPOSED, _S.APPROVED, _S.REQUESTED, _S.FAILED})


def check_move(before: RefundStatus, after: RefundStatus) -> None:
    """Raise IllegalTransition unless the table has this move."""
    if (before, after) not in LEGAL:
        raise IllegalTransition(f"refund: {before} to {after}")


def goes_by_itself(reason: str, provider: Provider, amount: Decimal, limit: Decimal) -> bool:
    """Whether money is sent back without a person: a second payment, through a provider, up to the venue's limit."""
    return reason in BY_ITSELF and provider is not Provider.CASH and amount <= limit


@dataclass(frozen=True)
class Sent:
    """What time needs to know of a refund."""

    status: RefundStatus
    requested_at: datetime | None
    posted_at: datetime | None


def never_sent(sent: Sent, now: datetime) -> bool:
    """Whether its worker died between claim and call: only then may it be sent again."""
    if sent.status is not _S.REQUESTED or sent.posted_at is not None or sent.requested_at is None:
        return False
    return now - sent.requested_at >= CLAIM_LIFETIME


def next_check(posted_at: datetime, now: datetime) -> datetime | None:
    """When to ask about it next; None once it has been watched for a month."""
    age = (now - posted_at).total_seconds()
    moments = (*CHECK_AFTER, *range(EVERY, int(WATCH.total_seconds()) + 1, EVERY))
    return next((posted_at + timedelta(seconds=moment) for moment in moments if moment > age), None)
