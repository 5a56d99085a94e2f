"""Money on its way back: the whole payment is reversed, a part is sent to the payer's phone. Requests and results."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from core.domain.receipts import Source
from core.domain.statuses import Provider
from core.providers.contract import Refunding, RefundNotice, RefundOutcome
from core.providers.reading import id_named

REVERSALS, SEND_MONEY = "reversals", "send_money"
RESULTS = frozenset({"reversal", "reversals", "send_money"})
STATUSES = {
    "processed": RefundOutcome.DONE,
    "transferred": RefundOutcome.DONE,
    "failed": RefundOutcome.FAILED,
    "received": RefundOutcome.PENDING,
    "scheduled": RefundOutcome.PENDING,
    "pending": RefundOutcome.PENDING,
}


class NoDestination(ValueError):
    """An empty list of destinations would sweep the whole account to the bank."""


def request(refunding: Refunding) -> tuple[str, dict[str, Any]]:
    """The kind of thing to create, and its body. A reversal has no amount: the whole payment or nothing."""
    metadata = {"refund_id": refunding.refund_id, "payment_id": refunding.payment_id}
    if refunding.whole:
        return REVERSALS, {
            "transaction_reference": refunding.receipt,
            "reason": refunding.reason,
            "metadata": metadata,
        }
    return SEND_MONEY, payout([_wallet(refunding)], refunding.currency) | {"metadata": metadata}


def payout(destinations: list[dict[str, Any]], currency: str) -> dict[str, Any]:
    """Money to these destinations, from any of our tills. Raises NoDestination."""
    if not destinations:
        raise NoDestination("no destination: Kopo Kopo would send everything to the settlement account")
    return {"destinations": destinations, "currency": currency, "source_identifier": None}


def _wallet(refunding: Refunding) -> dict[str, Any]:
    if not refunding.phone or refunding.amount <= 0:
        raise NoDestination("a part of a payment goes back to a phone, and an amount is needed")
    return {
        "type": "mobile_wallet",
        "nickname": "Refund",
        "phone_number": refunding.phone,
        "network": "Safaricom",
        "amount": int(refunding.amount),
        "description": refunding.reason,
        "favourite": False,
    }


def read_result(data: Mapping[str, Any], source: Source) -> RefundNotice:
    """A result callback, or the same as a status answer. Done only where money is named that left."""
    attributes = data.get("attributes")
    attributes = attributes if isinstance(attributes, Mapping) else {}
    sent = _sent(attributes)
    outcome = STATUSES.get(str(attributes.get("status", "")).lower(), RefundOutcome.UNKNOWN)
    if outcome is RefundOutcome.DONE and not sent:
        outcome = RefundOutcome.PENDING
    named = attributes.get("metadata")
    return RefundNotice(
        Provider.KOPOKOPO,
        source,
        outcome,
        refund_id=id_named(named, "refund_id"),
        payment_id=id_named(named, "payment_id"),
        handle_id=str(data.get("id", ""))[:64],
        receipt=_text(attributes.get("transaction_reference")),
        reference=_text(sent.get("transaction_reference")),
        amount=_amount(sent.get("amount")),
        reason=_text(attributes.get("errors")),
    )


def _sent(attributes: Mapping[str, Any]) -> Mapping[str, Any]:
    """What left the account: a reversal names one payment, a payout a list in batches."""
    reversed_by = attributes.get("reversal_bulk_payment")
    found = [reversed_by] if isinstance(reversed_by, Mapping) else []
    for batch in _list(attributes.get("transfer_batches")):
        found += _list(batch.get("disbursements"))
    done = [one for one in found if str(one.get("status", "")).lower() == "transferred"]
    return done[0] if done else {}


def _list(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _text(value: Any) -> str:
    return str(value)[:200] if value else ""


def _amount(value: Any) -> Decimal:
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return Decimal(0)
    return amount if amount.is_finite() else Decimal(0)
