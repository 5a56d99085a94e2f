"""Kopo Kopo's API as far as every call shares it: token, headers, addresses, and what an answer's status means."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from core.domain.payments import Reason
from core.errors import OutcomeUnknown, Rejected, TryAgain
from core.log import get_logger
from core.providers.calls import never_raises
from core.providers.contract import Accepted, Refused, StartResult, Unknown, handle_id
from core.providers.guarded import Guarded
from core.providers.http import Answer
from core.providers.kopokopo.reasons import reason_for
from core.providers.kopokopo.token import Credentials
from core.providers.tokens import Tokens

START_SECONDS = 20.0
ASK_SECONDS = 10.0

log = get_logger(__name__)


class Api:
    """One account's way to Kopo Kopo. Answers to what we create are also posted to `callback_url`."""

    def __init__(self, http: Guarded, tokens: Tokens, credentials: Credentials, callback_url: str) -> None:
        self._http = http
        self._tokens = tokens
        self.credentials = credentials
        self.links = {"callback_url": callback_url}

    def ready(self) -> None:
        """A token, got before the moment that counts. Raises TryAgain or Rejected."""
        self._tokens.token()

    @never_raises
    def create(self, call: str, kind: str, payload: Mapping[str, Any], in_turn: bool = False) -> StartResult:
        """Create something once. A refused token is renewed, not used: the caller decides whether it is still time."""
        token = self._tokens.token()
        answer = self._send(call, "POST", self.url(kind), payload, START_SECONDS, token, in_turn)
        if answer.status == 401:
            self._tokens.token(stale=token)
            raise TryAgain("the token was refused")
        return self._created(call, answer)

    def ask(self, call: str, method: str, url: str, payload: Any = None) -> Answer:
        """A question that may be asked again. Raises TryAgain where there is no good answer."""
        try:
            answer = self._call(call, method, url, payload)
        except (OutcomeUnknown, Rejected) as error:
            raise TryAgain("no answer") from error
        if not answer.ok:
            raise TryAgain(f"answered {answer.status}")
        return answer

    def url(self, kind: str) -> str:
        """Where things of a kind are created."""
        return f"{self.credentials.api_url}/api/v2/{kind}"

    def own(self, kind: str, handle: str) -> str:
        """The handle as given, if it is on the API's own host (the token goes nowhere else), else made from its id."""
        url = urljoin(self.credentials.api_url + "/", handle)
        if "/" in handle and _origin(url) == _origin(self.credentials.api_url):
            return url
        return f"{self.url(kind)}/{handle_id(handle)}"

    def _created(self, call: str, answer: Answer) -> StartResult:
        location = answer.headers.get("Location", "")
        if answer.status == 201 and location:
            return Accepted(urljoin(self.credentials.api_url + "/", location))
        if answer.ok or answer.status >= 500:
            return Unknown()
        reason = _refusal(answer)
        log.warning("provider_refused", call=call, status=answer.status, reason=reason.value)
        return Refused(reason)

    def _call(self, call: str, method: str, url: str, payload: Any) -> Answer:
        token = self._tokens.token()
        answer = self._send(call, method, url, payload, ASK_SECONDS, token)
        if answer.status == 401:
            token = self._tokens.token(stale=token)
            answer = self._send(call, method, url, payload, ASK_SECONDS, token)
        return answer

    def _send(
        self, call: str, method: str, url: str, payload: Any, seconds: float, token: str, in_turn: bool = False
    ) -> Answer:
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        return self._http.send(call, method, url, headers=headers, payload=payload, seconds=seconds, in_turn=in_turn)


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _refusal(answer: Answer) -> Reason:
    text = str(answer.fields().get("error_message", ""))
    if answer.status == 429:
        return Reason.BUSY if "pending request" in text.lower() else Reason.NETWORK_BUSY
    if answer.status in (400, 422):
        return reason_for(text)
    return Reason.NETWORK_ERROR
