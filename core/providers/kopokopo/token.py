"""Kopo Kopo's access token: one for all workers, renewed by one of them at a time."""

import hashlib
from dataclasses import dataclass, field
from threading import Event
from time import monotonic
from typing import Protocol

from core.domain.payments import Reason
from core.errors import Rejected, StoreUnavailable, TryAgain
from core.providers.http import Http

MARGIN_SECONDS = 60
SHORTEST_SECONDS = 5
WAIT_SECONDS = 10.0
LOOK_SECONDS = 0.05
TOKEN_SECONDS = 8.0


@dataclass(frozen=True)
class Credentials:
    """One Kopo Kopo application and its till."""

    api_url: str
    oauth_url: str
    client_id: str
    client_secret: str = field(repr=False)
    till_number: str

    @property
    def name(self) -> str:
        """What its token is kept under."""
        return hashlib.sha256(f"{self.oauth_url} {self.client_id}".encode()).hexdigest()[:32]


class TokenShelf(Protocol):
    """Where workers share tokens."""

    def read(self, name: str) -> str | None:
        """The token in use, if any."""

    def write(self, name: str, token: str, seconds: int) -> None:
        """Put a new one there."""

    def reserve(self, name: str) -> bool:
        """True for the one worker that is to renew it."""

    def free(self, name: str) -> None:
        """It is renewed, or could not be."""


class Tokens:
    """Reads the shared token, or renews it. Without the shelf (Redis down) each worker gets its own."""

    def __init__(self, http: Http, shelf: TokenShelf) -> None:
        self._http = http
        self._shelf = shelf

    def token(self, credentials: Credentials, stale: str = "") -> str:
        """A token other than `stale`. Raises TryAgain, or Rejected where the credentials are refused."""
        try:
            return self._shared(credentials, stale)
        except StoreUnavailable:
            return self._fetch(credentials)[0]

    def _shared(self, credentials: Credentials, stale: str) -> str:
        end = monotonic() + WAIT_SECONDS
        while monotonic() < end:
            token = self._shelf.read(credentials.name)
            if token and token != stale:
                return token
            if self._shelf.reserve(credentials.name):
                return self._renew(credentials, stale)
            Event().wait(LOOK_SECONDS)  # somebody else is renewing it
        raise TryAgain("no token in time")

    def _renew(self, credentials: Credentials, stale: str) -> str:
        try:
            # Somebody may have renewed it between our look and our turn.
            token = self._shelf.read(credentials.name)
            if token and token != stale:
                return token
            token, seconds = self._fetch(credentials)
            self._shelf.write(credentials.name, token, seconds)
            return token
        finally:
            self._shelf.free(credentials.name)

    def _fetch(self, credentials: Credentials) -> tuple[str, int]:
        form = {
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret,
            "grant_type": "client_credentials",
        }
        answer = self._http.ask("POST", f"{credentials.oauth_url}/oauth/token", form=form, seconds=TOKEN_SECONDS)
        if 400 <= answer.status < 500:
            raise Rejected(Reason.NETWORK_ERROR, f"token refused with {answer.status}")
        return _token(answer.json())


def _token(body: object) -> tuple[str, int]:
    token = body.get("access_token") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(token, str) or not token.isascii() or not token.isprintable():
        raise TryAgain("no token in the answer")
    life = body.get("expires_in")
    seconds = int(life) if isinstance(life, int | float) else 0
    return token, max(seconds - MARGIN_SECONDS, SHORTEST_SECONDS)
