"""Cash as a provider: it takes every attempt, knows nothing of its own, and gives money back from the drawer."""

from datetime import datetime

from core.domain.receipts import Notice, Outcome, Source
from core.domain.statuses import Provider, Start
from core.providers.contract import (
    Accepted,
    Ask,
    Asked,
    Refunding,
    RefundNotice,
    RefundOutcome,
    StartResult,
    Traits,
    Unsupported,
)


class Cash:
    """The drawer of one bar."""

    traits = Traits(starts=(Start.HANDOVER,), lists=False)

    def ready(self) -> None:
        """Somebody is always behind the bar."""

    def start(self, ask: Ask) -> StartResult:
        """Taken: the guest shows a code, staff confirm."""
        return Accepted(ask.payment_id)

    def query_status(self, asked: Asked) -> Notice:
        """Only staff know; until they say so it is pending."""
        handle = asked.handle or asked.payment_id
        return Notice(Provider.CASH, Source.POLL, Outcome.PENDING, payment_id=asked.payment_id, handle_id=handle)

    def refund(self, refunding: Refunding) -> StartResult:
        """Taken from the drawer by whoever approved it."""
        return Accepted(refunding.refund_id)

    def query_refund(self, refunding: Refunding, handle: str) -> RefundNotice:
        """It was done when it was approved."""
        return RefundNotice(
            Provider.CASH,
            Source.POLL,
            RefundOutcome.DONE,
            refund_id=refunding.refund_id,
            payment_id=refunding.payment_id,
            handle_id=handle,
            receipt=refunding.receipt,
            reference=f"drawer:{refunding.refund_id}",
            amount=refunding.amount,
            currency=refunding.currency,
        )

    def cancel(self, asked: Asked) -> bool:
        """The code is worth nothing once its attempt is over."""
        return True

    def list_transactions(self, since: datetime, until: datetime) -> tuple[Notice, ...]:
        """The drawer is counted, not listed."""
        raise Unsupported("cash is counted at closing")
