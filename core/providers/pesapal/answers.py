"""Pesapal's answers: an error may come with HTTP 200, and a good one may carry an empty error."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from core.domain.payments import Reason
from core.domain.receipts import Notice, Outcome, Source
from core.domain.statuses import Provider
from core.errors import TryAgain
from core.providers.reading import reason_in

NO_ATTEMPT_YET = "payment_details_not_found"
OUTCOMES: dict[int | None, Outcome] = {0: Outcome.PENDING, 1: Outcome.PAID, 2: Outcome.FAILED, 3: Outcome.REVERSED}
REFUSED_AMOUNTS = ("amount_exceeds_default_limit", "maximum_amount_limit_exceeded")
REASONS: tuple[tuple[str, Reason], ...] = (
    ("insufficient", Reason.INSUFFICIENT_FUNDS),
    ("terminated_by_user", Reason.CANCELLED),
    ("cancel", Reason.CANCELLED),
    ("expired", Reason.EXPIRED),
    ("timeout", Reason.UNREACHABLE),
    ("limit", Reason.LIMIT),
    ("declined", Reason.DECLINED),
    ("do not honor", Reason.DECLINED),
)


def error_of(body: Mapping[str, Any]) -> str:
    """The error's code, "" where all is well: status "200" and no error, or one whose members are all empty."""
    error = body.get("error")
    if isinstance(error, Mapping):
        if any(error.values()):
            return str(error.get("code") or error.get("message") or "error")
    elif error:
        return str(error)
    return "" if str(body.get("status", "")) == "200" else str(body.get("message") or "no good status")


def notice(body: Mapping[str, Any], payment_id: str, tracking_id: str, source: Source) -> Notice:
    """A status answer in our words. `payment_id` is what our reference named. Raises TryAgain."""
    if error_of(body) == NO_ATTEMPT_YET:
        return Notice(Provider.PESAPAL, source, Outcome.PENDING, payment_id=payment_id, handle_id=tracking_id)
    if error := error_of(body):
        raise TryAgain(f"Pesapal says {error[:60]}")
    outcome = OUTCOMES.get(_code(body), Outcome.UNKNOWN)
    receipt = _printable(body.get("confirmation_code"))
    if outcome in (Outcome.PAID, Outcome.REVERSED) and not receipt:
        outcome = Outcome.UNKNOWN  # paid only with a receipt
    told = Notice(Provider.PESAPAL, source, outcome, payment_id=payment_id, handle_id=tracking_id)
    if outcome is Outcome.FAILED:
        return replace(told, reason=reason_for(_words(body)))
    if outcome not in (Outcome.PAID, Outcome.REVERSED):
        return told
    currency = str(body.get("currency", "")).upper()
    return replace(told, receipt=receipt, amount=_amount(body), currency=currency, at=moment(body.get("created_date")))


def reason_for(text: str) -> Reason:
    """Our word for theirs; DECLINED where they only say no."""
    return reason_in(text, REASONS, Reason.DECLINED)


def moment(text: Any) -> datetime | None:
    """Pesapal writes UTC, with seven digits of a second and sometimes without an offset."""
    if not isinstance(text, str):
        return None
    whole, _, fraction = text.strip().rstrip("Z").partition(".")
    try:
        return datetime.fromisoformat(f"{whole}.{fraction[:6]:0<6}").replace(tzinfo=UTC)
    except ValueError:
        return None


def _code(body: Mapping[str, Any]) -> int | None:
    code = body.get("status_code")
    return code if isinstance(code, int) and not isinstance(code, bool) else None


def _words(body: Mapping[str, Any]) -> str:
    return " ".join(str(body.get(name) or "") for name in ("payment_status_code", "description"))


def _amount(body: Mapping[str, Any]) -> Decimal:
    try:
        amount = Decimal(str(body.get("amount")))
    except InvalidOperation:
        raise TryAgain("no amount") from None
    if not amount.is_finite() or amount <= 0:
        raise TryAgain("no amount")
    return amount


def _printable(value: Any) -> str:
    text = str(value or "").strip()
    return text if text.isascii() and text.isprintable() and len(text) <= 64 else ""
