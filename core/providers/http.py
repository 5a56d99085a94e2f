"""HTTP to providers: pooled, bounded in time and size whatever the other side does. Logs neither bodies nor headers."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from core.errors import OutcomeUnknown, TryAgain
from core.providers.punctual import PunctualAdapter, end_of_call
from core.providers.strict_json import strict_json

CONNECT_SECONDS = 4.0
BODY_LIMIT = 1024 * 1024
CHUNK = 16 * 1024
DEFAULT_USER_AGENT = "DestinationCocktails/1.0 (orders over WhatsApp)"


@dataclass(frozen=True)
class Answer:
    """What came back. `whole` is False where the body was too long, too slow or cut off; the headers still hold."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    whole: bool = True

    @property
    def ok(self) -> bool:
        """A 2xx."""
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The body read strictly, or None where it is not whole or not JSON."""
        try:
            return strict_json(self.body) if self.whole else None
        except ValueError:
            return None

    def fields(self) -> Mapping[str, Any]:
        """The body as a JSON object; empty where it is none."""
        body = self.json()
        return body if isinstance(body, Mapping) else {}


class Http:
    """One pool of connections; safe to share between threads, not across a fork."""

    def __init__(self, user_agent: str = DEFAULT_USER_AGENT, pool: int = 32) -> None:
        # Without a session, which costs more than the call: no cookies, redirects, proxies or ~/.netrc are wanted here.
        self._adapter = PunctualAdapter(pool_connections=8, pool_maxsize=pool)
        self._headers = {"User-Agent": user_agent, "Accept-Encoding": "identity"}

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        payload: Any = None,
        form: Mapping[str, str] | None = None,
        seconds: float = 15.0,
    ) -> Answer:
        """One call, never repeated. Raises TryAgain if surely nothing was sent, OutcomeUnknown if it may have been."""
        body = form if payload is None else json.dumps(payload, separators=(",", ":")).encode()
        kind = {} if payload is None else {"Content-Type": "application/json"}
        request = requests.Request(method, url, headers={**self._headers, **kind, **(headers or {})}, data=body)
        mark = end_of_call.set(time.monotonic() + seconds)
        try:
            return self._exchange(request, seconds)
        finally:
            end_of_call.reset(mark)

    def ask(self, method: str, url: str, **how: Any) -> Answer:
        """A call that does no harm when repeated: every failure to get an answer is a TryAgain."""
        return repeatable(lambda: self.send(method, url, **how))

    def close(self) -> None:
        """Let the connections go."""
        self._adapter.close()

    def _exchange(self, request: requests.Request, seconds: float) -> Answer:
        timeout = (min(CONNECT_SECONDS, seconds), seconds)
        try:
            response = self._adapter.send(request.prepare(), timeout=timeout, stream=True)
        except (requests.RequestException, HTTPError, OSError) as error:
            # `from None`: the chained errors carry the URL and, with some servers, parts of what was sent.
            raise (TryAgain if never_sent(error) else OutcomeUnknown)(type(error).__name__) from None
        with response:
            body, whole = _read(response)
        return Answer(response.status_code, CaseInsensitiveDict(response.headers), body, whole)


def repeatable(send: Callable[[], Answer]) -> Answer:
    """What a call answers that does no harm when repeated: every failure to get an answer is a TryAgain."""
    try:
        answer = send()
    except OutcomeUnknown as error:
        raise TryAgain("the provider did not answer") from error
    if answer.status >= 500 or answer.status == 429:
        raise TryAgain(f"the provider answered {answer.status}")
    return answer


def never_sent(error: BaseException) -> bool:
    """Whether the connection itself failed, or there was nothing to connect to: no byte of the request left."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    unreached = isinstance(reason, NewConnectionError | ConnectTimeoutError)
    # `requests` calls an impossible URL or header a ValueError, before it connects.
    return unreached or isinstance(error, requests.ConnectTimeout | ValueError)


def _read(response: requests.Response) -> tuple[bytes, bool]:
    body = b""
    try:
        while chunk := response.raw.read(CHUNK, decode_content=False):
            body += chunk
            if len(body) > BODY_LIMIT:
                return b"", False
    except (HTTPError, OSError):
        return b"", False
    return body, True
