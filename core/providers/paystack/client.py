"""What we ask of Paystack: a page to pay on, how that stands, what came in, and to send money back."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode

from core.domain.payments import Reason
from core.domain.receipts import Notice, Outcome, Source
from core.domain.statuses import Provider, Start
from core.errors import OutcomeUnknown, Rejected, TryAgain
from core.log import get_logger
from core.providers.calls import never_raises
from core.providers.contract import (
    Accepted,
    Ask,
    Asked,
    Malformed,
    Refunding,
    RefundNotice,
    Refused,
    StartResult,
    Traits,
    Unknown,
)
from core.providers.guarded import Guarded
from core.providers.http import Answer
from core.providers.paystack import answers

START_SECONDS = 20.0
ASK_SECONDS = 10.0
SMALLEST = Decimal(3)
CHANNELS = ("card", "mobile_money")
PER_PAGE = 100
MOST_PAGES = 100

log = get_logger(__name__)


@dataclass(frozen=True)
class Credentials:
    """One account. The secret key calls the API and signs the webhooks; its beginning says whether money is real."""

    api_url: str
    secret_key: str = field(repr=False)

    @property
    def live(self) -> bool:
        """Whether money is real."""
        return self.secret_key.startswith("sk_live_")


class Paystack:
    """One account. `live`: money is real in this house, and a test payment is none."""

    traits = Traits(starts=(Start.LINK,), retries=True)

    def __init__(self, http: Guarded, credentials: Credentials, live: bool) -> None:
        self._http = http
        self._credentials = credentials
        self._live = live

    def ready(self) -> None:
        """Nothing is needed but the key."""

    def known(self) -> None:
        """Whether Paystack knows the key. Raises TryAgain, or Rejected where it does not."""
        try:
            answer = self._send("check", "GET", "transaction?perPage=1", None, ASK_SECONDS)
        except OutcomeUnknown as error:
            raise TryAgain("no answer") from error
        if answer.status in (401, 403):
            raise Rejected(Reason.NETWORK_ERROR, f"key refused with {answer.status}")
        _rows(answer)

    def start(self, ask: Ask) -> StartResult:
        """A page to pay on. Its reference is the payment's id, which Paystack takes only once."""
        if ask.amount < SMALLEST:
            return Refused(Reason.LIMIT)
        payload = {
            "email": ask.email,
            "amount": _cents(ask.amount),
            "currency": ask.currency,
            "reference": ask.payment_id,
            "channels": list(CHANNELS),
            "callback_url": ask.returns_to,
            "metadata": {"payment_id": ask.payment_id, "order_id": ask.order_id},
        }
        made = self._create("start", "transaction/initialize", payload, in_turn=True)
        if not isinstance(made, Mapping):
            return made
        link = made.get("authorization_url")
        return Accepted(ask.payment_id, link) if isinstance(link, str) and link else Unknown()

    def query_status(self, asked: Asked) -> Notice:
        """How one attempt stands. What Paystack does not know was never made, or not yet. Raises TryAgain."""
        reference = asked.handle or asked.payment_id
        answer = self._ask("status", f"transaction/verify/{quote(reference, safe='')}")
        if answer.status in (400, 404):
            told = Notice(Provider.PAYSTACK, Source.POLL, Outcome.PENDING)
            return replace(told, payment_id=asked.payment_id, handle_id=asked.handle)
        data = _data(answer)
        self._check_mode(data)
        if data.get("reference") != reference:
            raise TryAgain("an answer about another payment")
        return _read(data)

    def refund(self, refunding: Refunding) -> StartResult:
        """All of a payment or a part of it; the result comes as an event."""
        payload = {
            "transaction": refunding.handle or refunding.receipt,
            "amount": _cents(refunding.amount),
            "currency": refunding.currency,
            "customer_note": refunding.reason,
            "merchant_note": refunding.refund_id,
        }
        made = self._create("refund", "refund", payload)
        if not isinstance(made, Mapping):
            return made
        return Accepted(answers.text(made.get("id"))) if answers.text(made.get("id")) else Unknown()

    def query_refund(self, refunding: Refunding, handle: str) -> RefundNotice:
        """How a refund stands. Raises TryAgain."""
        data = _data(self._ask("refund_status", f"refund/{quote(handle, safe='')}"))
        try:
            told = answers.refund(data, Source.POLL)
        except Malformed as error:
            raise TryAgain("an answer nobody can read") from error
        about = (refunding.refund_id, refunding.payment_id, refunding.receipt)
        return replace(told, refund_id=about[0], payment_id=about[1], receipt=about[2])

    def cancel(self, asked: Asked) -> bool:
        """Paystack has no such call: a page left behind is ignored, and money that still comes goes back."""
        return False

    def list_transactions(self, since: datetime, until: datetime) -> tuple[Notice, ...]:
        """All payments that succeeded between two times. Raises TryAgain."""
        notices: list[Notice] = []
        for page in range(1, MOST_PAGES + 1):
            window = {"from": since.isoformat(), "to": until.isoformat(), "status": "success"}
            query = urlencode({**window, "perPage": PER_PAGE, "page": page})
            listed = _rows(self._ask("list", f"transaction?{query}"))
            notices += _readable(listed)
            if len(listed) < PER_PAGE:
                return tuple(notices)
        raise TryAgain("more payments than can be listed at once")

    @never_raises
    def _create(
        self, call: str, path: str, payload: dict[str, Any], in_turn: bool = False
    ) -> Mapping[str, Any] | Refused | Unknown:
        answer = self._send(call, "POST", path, payload, START_SECONDS, in_turn)
        body = answer.fields()
        if answer.status >= 500 or (answer.ok and not body):
            return Unknown()
        if not answer.ok or body.get("status") is not True:
            log.warning("provider_refused", call=call, status=answer.status)
            return Refused(Reason.NETWORK_BUSY if answer.status == 429 else Reason.NETWORK_ERROR)
        data = body.get("data")
        return data if isinstance(data, Mapping) else Unknown()

    def _ask(self, call: str, path: str) -> Answer:
        try:
            answer = self._send(call, "GET", path, None, ASK_SECONDS)
        except OutcomeUnknown as error:
            raise TryAgain("no answer") from error
        if not answer.ok and answer.status not in (400, 404):
            raise TryAgain(f"answered {answer.status}")
        return answer

    def _send(self, call: str, method: str, path: str, payload: Any, seconds: float, in_turn: bool = False) -> Answer:
        headers = {"Authorization": f"Bearer {self._credentials.secret_key}", "Accept": "application/json"}
        url = f"{self._credentials.api_url}/{path}"
        return self._http.send(call, method, url, headers=headers, payload=payload, seconds=seconds, in_turn=in_turn)

    def _check_mode(self, data: Mapping[str, Any]) -> None:
        if self._live and data.get("domain", "live") != "live":
            raise TryAgain("a test payment")


def _cents(amount: Decimal) -> int:
    return int(amount * answers.CENTS)


def _said(answer: Answer) -> Any:
    body = answer.fields()
    return body.get("data") if body.get("status") is True else None


def _data(answer: Answer) -> Mapping[str, Any]:
    data = _said(answer)
    if not isinstance(data, Mapping):
        raise TryAgain("not an answer of Paystack")
    return data


def _rows(answer: Answer) -> list[Mapping[str, Any]]:
    rows = _said(answer)
    if not isinstance(rows, list):
        raise TryAgain("not a list")
    return [row for row in rows if isinstance(row, Mapping)]


def _read(data: Mapping[str, Any]) -> Notice:
    try:
        return answers.payment(data, Source.POLL)
    except Malformed as error:
        raise TryAgain("an answer nobody can read") from error


def _readable(rows: list[Mapping[str, Any]]) -> list[Notice]:
    """One line nobody can read does not sink the others."""
    notices = []
    for row in rows:
        try:
            notices.append(answers.payment(row, Source.POLL))
        except Malformed as error:
            log.warning("listed_payment_unreadable", fields=str(error))
    return notices
