"""Paystack's transactions, refunds and disputes in our words. The top-level status is the call's, `data.status` the
money's."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from core.domain.payments import Reason
from core.domain.receipts import Notice, Outcome, Source
from core.domain.statuses import Provider
from core.providers.contract import DisputeNotice, DisputeOutcome, Malformed, RefundNotice, RefundOutcome
from core.providers.reading import id_named, moment, our_id, reason_in

CENTS = Decimal(100)
OUTCOMES = {
    "success": Outcome.PAID,
    "failed": Outcome.FAILED,
    "reversed": Outcome.REVERSED,
    # Who left the page may come back to it until our link expires.
    "abandoned": Outcome.PENDING,
    "ongoing": Outcome.PENDING,
    "pending": Outcome.PENDING,
    "processing": Outcome.PENDING,
    "queued": Outcome.PENDING,
}
REFUNDS = {
    "pending": RefundOutcome.PENDING,
    "processing": RefundOutcome.PENDING,
    "needs-attention": RefundOutcome.PENDING,
    "processed": RefundOutcome.DONE,
    "failed": RefundOutcome.FAILED,
}
DISPUTES = {
    "charge.dispute.create": DisputeOutcome.OPENED,
    "charge.dispute.remind": DisputeOutcome.REMINDED,
    "charge.dispute.resolve": DisputeOutcome.RESOLVED,
}
REASONS: tuple[tuple[str, Reason], ...] = (
    ("insufficient", Reason.INSUFFICIENT_FUNDS),
    ("incorrect pin", Reason.WRONG_PIN),
    ("cancel", Reason.CANCELLED),
    ("timeout", Reason.UNREACHABLE),
    ("expired", Reason.EXPIRED),
    ("limit", Reason.LIMIT),
)


def payment(data: Mapping[str, Any], source: Source) -> Notice:
    """A transaction, from an event, an answer or a list. Raises Malformed."""
    outcome = OUTCOMES.get(str(data.get("status", "")).lower(), Outcome.UNKNOWN)
    reference = text(data.get("reference"))
    payment_id = our_id(reference) or id_named(data.get("metadata"), "payment_id")
    told = Notice(Provider.PAYSTACK, source, outcome, payment_id=payment_id, handle_id=reference)
    if outcome is Outcome.FAILED:
        return replace(told, reason=reason_for(f"{data.get('gateway_response') or ''} {data.get('message') or ''}"))
    if outcome not in (Outcome.PAID, Outcome.REVERSED):
        return told
    receipt = text(data.get("id"))
    if not receipt:
        raise Malformed("id")
    at = moment(data.get("paid_at") or data.get("paidAt"))
    return replace(told, receipt=receipt, amount=shillings(data.get("amount")), currency=currency(data), at=at)


def refund(data: Mapping[str, Any], source: Source) -> RefundNotice:
    """A refund: its amount is a number in some places and a text in others. Raises Malformed."""
    paid = data.get("transaction")
    named = paid.get("reference") if isinstance(paid, Mapping) else data.get("transaction_reference")
    return RefundNotice(
        Provider.PAYSTACK,
        source,
        REFUNDS.get(str(data.get("status", "")).lower(), RefundOutcome.UNKNOWN),
        refund_id=our_id(data.get("merchant_note")),
        payment_id=our_id(text(named)),
        handle_id=text(data.get("id")),
        reference=text(data.get("refund_reference")),
        amount=shillings(data.get("amount")),
        currency=currency(data),
    )


def dispute(event: str, data: Mapping[str, Any], source: Source) -> DisputeNotice:
    """A payer's bank claims money back. Raises Malformed."""
    paid = data.get("transaction")
    reference = text(paid.get("reference")) if isinstance(paid, Mapping) else ""
    amount = data.get("refund_amount") or (paid.get("amount") if isinstance(paid, Mapping) else None)
    return DisputeNotice(
        Provider.PAYSTACK,
        source,
        DISPUTES[event],
        handle_id=text(data.get("id")),
        payment_id=our_id(reference),
        amount=shillings(amount),
        currency=currency(data),
        reason=text(data.get("category")),
        due_at=moment(data.get("dueAt") or data.get("due_at")),
    )


def reason_for(said: str) -> Reason:
    """Our word for theirs; DECLINED where they only say no."""
    return reason_in(said, REASONS, Reason.DECLINED)


def shillings(cents: Any) -> Decimal:
    """Cents, as a number or a text, in shillings. Raises Malformed."""
    try:
        amount = Decimal(str(cents)) / CENTS
    except InvalidOperation:
        raise Malformed("amount") from None
    if not amount.is_finite() or not 0 < amount <= 10**9 or amount * CENTS != (amount * CENTS).to_integral_value():
        raise Malformed("amount")
    return amount


def currency(data: Mapping[str, Any]) -> str:
    """Raises Malformed where there is none."""
    found = text(data.get("currency")).upper()
    if not found.isalpha():
        raise Malformed("currency")
    return found


def text(value: Any) -> str:
    """A short printable text; numbers are written out, for their ids need 64 bits."""
    found = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return found if found.isascii() and found.isprintable() and len(found) <= 64 else ""
