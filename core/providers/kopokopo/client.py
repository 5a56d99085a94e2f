"""What we ask of Kopo Kopo: to prompt a phone, how that prompt stands, and what came into the till."""

from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from threading import Event
from time import monotonic
from typing import Any
from urllib.parse import urljoin, urlsplit

from core import metrics
from core.domain.payments import Reason
from core.domain.receipts import Notice, Source
from core.domain.statuses import Provider
from core.errors import OutcomeUnknown, Rejected, TryAgain
from core.log import get_logger
from core.providers.http import Answer, Http
from core.providers.kopokopo.reasons import reason_for
from core.providers.kopokopo.token import Credentials, Tokens
from core.providers.kopokopo.webhook import Malformed, read_notices

START_SECONDS = 20.0
ASK_SECONDS = 10.0
MOST_PER_PAYMENT = Decimal(250_000)  # M-Pesa's ceiling
LIST_SECONDS = 5.0
LIST_LOOK_SECONDS = 0.4

log = get_logger(__name__)


class KopoKopo:
    """One account. Results are also posted to `callback_url`."""

    def __init__(self, http: Http, tokens: Tokens, credentials: Credentials, callback_url: str) -> None:
        self._http = http
        self._tokens = tokens
        self._credentials = credentials
        self._callback_url = callback_url

    def ready(self) -> str:
        """A token, got before the moment that counts. Raises TryAgain or Rejected; nothing is asked of the guest."""
        return self._tokens.token(self._credentials)

    def start_payment(self, payment_id: str, order_id: str, phone: str, amount: Decimal, currency: str) -> str:
        """Prompt a phone (digits with country). Answers the handle, the URL to ask about it later.

        Raises Rejected (surely no prompt, with our reason), TryAgain (surely nothing happened) or OutcomeUnknown.
        """
        if amount > MOST_PER_PAYMENT:
            raise Rejected(Reason.LIMIT)
        payload = {
            "payment_channel": "M-PESA STK Push",
            "till_number": self._credentials.till_number,
            "subscriber": {"phone_number": f"+{phone}"},
            "amount": {"currency": currency, "value": int(amount.to_integral_value(ROUND_CEILING))},
            "metadata": {"payment_id": payment_id, "order_id": order_id},
            "_links": {"callback_url": self._callback_url},
        }
        token = self.ready()
        answer = self._send("start", "POST", self._url("incoming_payments"), payload, START_SECONDS, token)
        if answer.status == 401:
            self._tokens.token(self._credentials, stale=token)
            raise TryAgain("refused unread; a new token is there")
        return self._started(answer)

    def query_status(self, handle: str) -> Notice:
        """How one prompt stands. Raises TryAgain where there is no clear answer."""
        answer = self._ask("status", "GET", self._own("incoming_payments", handle))
        notices = _notices(answer)
        if len(notices) != 1:
            raise TryAgain("not the answer to a payment")
        return notices[0]

    def list_payments(self, since: datetime, until: datetime) -> tuple[Notice, ...]:
        """What came into the till between two times. Raises TryAgain while the list is not ready."""
        payload = {
            "scope": "till",
            "scope_reference": self._credentials.till_number.upper().removeprefix("K"),
            "from_time": since.isoformat(timespec="seconds"),
            "to_time": until.isoformat(timespec="seconds"),
            "_links": {"callback_url": self._callback_url},
        }
        answer = self._ask("list", "POST", self._url("polling"), payload)
        location = answer.headers.get("Location", "")
        if not answer.ok or not location:
            raise TryAgain(f"no list: {answer.status}")
        return self._wait_for_list(self._own("polling", location))

    def _wait_for_list(self, url: str) -> tuple[Notice, ...]:
        end = monotonic() + LIST_SECONDS
        while monotonic() < end:
            answer = self._ask("list", "GET", url)
            if _is_ready(answer):
                return _notices(answer)
            Event().wait(LIST_LOOK_SECONDS)
        raise TryAgain("the list is not ready")

    def _started(self, answer: Answer) -> str:
        location = answer.headers.get("Location", "")
        if answer.status == 201 and location:
            return urljoin(self._credentials.api_url + "/", location)
        if answer.ok or answer.status >= 500:
            raise OutcomeUnknown(f"answered {answer.status}")
        reason = _refusal(answer)
        log.warning("payment_refused", status=answer.status, reason=reason.value)
        raise Rejected(reason, f"answered {answer.status}")

    def _ask(self, name: str, method: str, url: str, payload: Any = None) -> Answer:
        """A question that may be asked again."""
        try:
            answer = self._call(name, method, url, payload)
        except (OutcomeUnknown, Rejected) as error:
            raise TryAgain("no answer") from error
        if not answer.ok:
            raise TryAgain(f"answered {answer.status}")
        return answer

    def _call(self, name: str, method: str, url: str, payload: Any) -> Answer:
        token = self.ready()
        answer = self._send(name, method, url, payload, ASK_SECONDS, token)
        if answer.status == 401:
            token = self._tokens.token(self._credentials, stale=token)
            answer = self._send(name, method, url, payload, ASK_SECONDS, token)
        return answer

    def _send(self, name: str, method: str, url: str, payload: Any, seconds: float, token: str) -> Answer:
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        try:
            answer = self._http.send(method, url, headers=headers, payload=payload, seconds=seconds)
        except (TryAgain, OutcomeUnknown) as error:
            _count(name, type(error).__name__)
            raise
        _count(name, f"{answer.status // 100}xx")
        return answer

    def _url(self, kind: str) -> str:
        return f"{self._credentials.api_url}/api/v2/{kind}"

    def _own(self, kind: str, handle: str) -> str:
        """The handle as given, if it is on the API's own host (the token goes nowhere else), else made from its id."""
        url = urljoin(self._credentials.api_url + "/", handle)
        if "/" in handle and _origin(url) == _origin(self._credentials.api_url):
            return url
        return f"{self._url(kind)}/{handle_id(handle)}"


def handle_id(handle: str) -> str:
    """The last segment of a handle, by which callbacks name it."""
    return urlsplit(handle).path.rstrip("/").rpartition("/")[2]


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _count(call: str, result: str) -> None:
    metrics.provider_calls.labels(Provider.KOPOKOPO.value, call, result).inc()


def _notices(answer: Answer) -> tuple[Notice, ...]:
    try:
        return read_notices(answer.body if answer.whole else b"", Source.POLL)
    except Malformed as error:
        raise TryAgain("an answer nobody can read") from error


def _is_ready(answer: Answer) -> bool:
    body = answer.json()
    data = body.get("data") if isinstance(body, Mapping) else None
    attributes = data.get("attributes") if isinstance(data, Mapping) else None
    return isinstance(attributes, Mapping) and str(attributes.get("status", "")).lower() == "success"


def _refusal(answer: Answer) -> Reason:
    body = answer.json()
    text = str(body.get("error_message", "")) if isinstance(body, Mapping) else ""
    if answer.status == 429:
        return Reason.BUSY if "pending request" in text.lower() else Reason.NETWORK_BUSY
    if answer.status in (400, 422):
        return reason_for(text)
    return Reason.NETWORK_ERROR
