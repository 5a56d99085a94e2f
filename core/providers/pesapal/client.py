"""What we ask of Pesapal: a page to pay on, how that stands, and to send money back."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote

from core.domain.payments import Reason
from core.domain.receipts import Notice, Outcome, Source
from core.domain.statuses import Provider, Start
from core.errors import TryAgain
from core.providers.calls import never_raises
from core.providers.contract import (
    Accepted,
    Ask,
    Asked,
    Refunding,
    RefundNotice,
    RefundOutcome,
    Refused,
    StartResult,
    Traits,
    Unknown,
    Unsupported,
    handle_id,
)
from core.providers.http import Answer
from core.providers.pesapal.answers import REFUSED_AMOUNTS, error_of, notice
from core.providers.pesapal.api import Api

START_SECONDS = 20.0
CARDS = ("visa", "master", "amex", "american")


class Pesapal:
    """One merchant. `reference_of` makes of a payment's id what Pesapal calls it, so that nobody can guess one."""

    traits = Traits(starts=(Start.LINK,), lists=False, retries=True)

    def __init__(self, api: Api, reference_of: Callable[[str], str]) -> None:
        self._api = api
        self._reference_of = reference_of

    def ready(self) -> None:
        """A token, got before the moment that counts. Raises TryAgain or Rejected."""
        self._api.ready()

    @never_raises
    def start(self, ask: Ask) -> StartResult:
        """A page to pay on. An id is never used twice: what Pesapal would make of it is not known."""
        answer = self._api.send(
            "start", "POST", "Transactions/SubmitOrderRequest", self._order(ask), START_SECONDS, in_turn=True
        )
        return _started(answer, self._reference_of(ask.payment_id))

    def query_status(self, asked: Asked) -> Notice:
        """How one attempt stands. Raises TryAgain where there is no clear answer."""
        if not asked.handle:
            raise TryAgain("Pesapal finds nothing by our own reference")
        body = self._status(asked.handle)
        if error_of(body) == "" and body.get("merchant_reference") != self._reference_of(asked.payment_id):
            raise TryAgain("an answer about another payment")
        return notice(body, asked.payment_id, handle_id(asked.handle), Source.POLL)

    @never_raises
    def refund(self, refunding: Refunding) -> StartResult:
        """A person at Pesapal approves it. Once per payment; a part only of a card payment."""
        if not refunding.whole and not self._is_card(refunding.handle):
            return Refused("part_not_possible")
        answer = self._api.send("refund", "POST", "Transactions/RefundRequest", _refund(refunding))
        if not answer.ok or not answer.fields():
            return Unknown()
        refused = error_of(answer.fields())
        return Refused("refused_by_provider") if refused else Accepted(handle_id(refunding.handle))

    def query_refund(self, refunding: Refunding, handle: str) -> RefundNotice:
        """There is no such question: the payment itself says whether its money went back. Raises TryAgain."""
        asked = Asked(refunding.payment_id, refunding.handle or handle, Start.LINK)
        back = self.query_status(asked).outcome is Outcome.REVERSED
        outcome = RefundOutcome.DONE if back else RefundOutcome.PENDING
        return RefundNotice(
            Provider.PESAPAL,
            Source.POLL,
            outcome,
            refund_id=refunding.refund_id,
            payment_id=refunding.payment_id,
            handle_id=handle_id(handle),
            receipt=refunding.receipt,
            amount=refunding.amount,
            currency=refunding.currency,
        )

    def cancel(self, asked: Asked) -> bool:
        """Make a page worth nothing; what is paid cannot be cancelled any more. Raises TryAgain."""
        if not asked.handle:
            return False
        payload = {"order_tracking_id": handle_id(asked.handle)}
        return error_of(_mapping(self._api.ask("cancel", "POST", "Transactions/CancelOrder", payload))) == ""

    def list_transactions(self, since: datetime, until: datetime) -> tuple[Notice, ...]:
        """Pesapal answers only about one payment at a time."""
        raise Unsupported("Pesapal has no list of payments")

    def _order(self, ask: Ask) -> dict[str, Any]:
        billing = {"phone_number": ask.phone, "email_address": ask.email, "country_code": "KE"}
        return {
            "id": self._reference_of(ask.payment_id),
            "currency": ask.currency,
            "amount": float(ask.amount),
            "description": f"Order {ask.number}",
            "callback_url": ask.returns_to,
            "cancellation_url": ask.returns_to,
            "redirect_mode": "TOP_WINDOW",
            "notification_id": self._api.credentials.ipn_id,
            "billing_address": billing,
        }

    def _status(self, handle: str) -> dict[str, Any]:
        path = f"Transactions/GetTransactionStatus?orderTrackingId={quote(handle_id(handle))}"
        return _mapping(self._api.ask("status", "GET", path))

    def _is_card(self, handle: str) -> bool:
        return str(self._status(handle).get("payment_method", "")).lower().startswith(CARDS)


def _started(answer: Answer, reference: str) -> StartResult:
    body = answer.fields()
    if answer.status >= 500:
        return Unknown()
    if not answer.ok:
        return Refused(Reason.NETWORK_BUSY if answer.status == 429 else Reason.NETWORK_ERROR)
    if error := error_of(body) if body else "":
        return Refused(Reason.LIMIT if error in REFUSED_AMOUNTS else Reason.NETWORK_ERROR)
    handle, link = body.get("order_tracking_id"), body.get("redirect_url")
    ours = body.get("merchant_reference", reference) == reference
    if not ours or not isinstance(handle, str) or not isinstance(link, str) or not handle or not link:
        return Unknown()
    return Accepted(handle, link)


def _refund(refunding: Refunding) -> dict[str, Any]:
    return {
        "confirmation_code": refunding.receipt,
        "amount": f"{refunding.amount:.2f}",
        "username": "Bar",
        "remarks": refunding.reason,
    }


def _mapping(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise TryAgain("not an answer of Pesapal")
    return body
