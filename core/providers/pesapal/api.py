"""Pesapal's API as far as every call shares it: a token for five minutes, and answers that are read before believed."""

from dataclasses import dataclass, field
from typing import Any

from core.domain.payments import Reason
from core.errors import OutcomeUnknown, Rejected, TryAgain
from core.providers.guarded import Guarded
from core.providers.http import Answer
from core.providers.pesapal.answers import error_of
from core.providers.tokens import Tokens, shelf_name, token_in

TOKEN_LIFE = 240  # they live for 300 s
TOKEN_SECONDS = 8.0
ASK_SECONDS = 10.0
HEADERS = {"Accept": "application/json", "Content-Type": "application/json"}
BAD_TOKENS = ("invalid_access_token", "token_expired", "invalid_api_credentials_provided")


@dataclass(frozen=True)
class Credentials:
    """One merchant. `ipn_id` names the address that Pesapal posts to, registered by a command."""

    api_url: str
    consumer_key: str
    consumer_secret: str = field(repr=False)
    ipn_id: str = ""


@dataclass(frozen=True)
class TokenService:
    """Gives tokens for one merchant."""

    http: Guarded
    credentials: Credentials

    @property
    def name(self) -> str:
        """What its token is kept under: by the secret too, or another house would get it by typing our key."""
        known = self.credentials
        return shelf_name("pesapal", known.api_url, known.consumer_key, known.consumer_secret)

    def fetch(self) -> tuple[str, int]:
        """A new token and the seconds for which it may be used. Raises TryAgain or Rejected."""
        payload = {"consumer_key": self.credentials.consumer_key, "consumer_secret": self.credentials.consumer_secret}
        url = f"{self.credentials.api_url}/api/Auth/RequestToken"
        how = {"headers": HEADERS, "payload": payload, "seconds": TOKEN_SECONDS, "in_turn": True}
        answer = self.http.ask("token", "POST", url, **how)
        body = answer.fields()
        if "invalid_consumer" in error_of(body) or answer.status in (401, 403):
            raise Rejected(Reason.NETWORK_ERROR, "token refused")
        return token_in(body, "token"), TOKEN_LIFE


class Api:
    """One merchant's way to Pesapal."""

    def __init__(self, http: Guarded, tokens: Tokens, credentials: Credentials) -> None:
        self._http = http
        self._tokens = tokens
        self.credentials = credentials

    def ready(self) -> None:
        """A token, got before the moment that counts. Raises TryAgain or Rejected."""
        self._tokens.token()

    def send(
        self,
        call: str,
        method: str,
        path: str,
        payload: Any = None,
        seconds: float = ASK_SECONDS,
        in_turn: bool = False,
    ) -> Answer:
        """One call, never repeated but for a refused token. Raises TryAgain, Rejected or OutcomeUnknown."""
        token = self._tokens.token()
        answer = self._once(call, method, path, payload, seconds, token, in_turn)
        if answer.status == 401 or error_of(answer.fields()) in BAD_TOKENS:
            token = self._tokens.token(stale=token)
            answer = self._once(call, method, path, payload, seconds, token, in_turn)
        return answer

    def ask(self, call: str, method: str, path: str, payload: Any = None) -> Any:
        """A question that may be asked again: its JSON. Raises TryAgain where there is none."""
        try:
            answer = self.send(call, method, path, payload)
        except (OutcomeUnknown, Rejected) as error:
            raise TryAgain("no answer") from error
        body = answer.json()
        if not answer.ok or body is None:
            raise TryAgain(f"answered {answer.status}")
        return body

    def _once(
        self, call: str, method: str, path: str, payload: Any, seconds: float, token: str, in_turn: bool
    ) -> Answer:
        headers = HEADERS | {"Authorization": f"Bearer {token}"}
        url = f"{self.credentials.api_url}/api/{path}"
        return self._http.send(call, method, url, headers=headers, payload=payload, seconds=seconds, in_turn=in_turn)
