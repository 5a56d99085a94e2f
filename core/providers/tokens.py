"""A provider's access token: one for all workers, renewed by one of them at a time."""

import hashlib
from collections.abc import Mapping
from threading import Event
from time import monotonic
from typing import Any, Protocol

from core.errors import Rejected, StoreUnavailable, TryAgain

WAIT_SECONDS = 10.0
LOOK_SECONDS = 0.05


class TokenSource(Protocol):
    """Somebody who gives tokens for one set of credentials."""

    @property
    def name(self) -> str:
        """What its token is kept under; tells nothing of the credentials."""

    def fetch(self) -> tuple[str, int]:
        """A new token and the seconds for which it may be used. Raises TryAgain or Rejected."""


def prove(source: TokenSource | None) -> None:
    """A token of its own, past the shelf: the one in use may be from before the keys were changed.

    Raises TryAgain, or Rejected: `missing` where somebody has not filled everything in, else the keys are refused.
    """
    if source is None:
        raise Rejected("missing")
    source.fetch()


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


def shelf_name(*credentials: str) -> str:
    """One name per set of credentials, from which they cannot be read."""
    return hashlib.sha256(" ".join(credentials).encode()).hexdigest()[:32]


def token_in(answer: Mapping[str, Any], name: str) -> str:
    """The token under this name. Raises TryAgain where there is none that could stand in a header."""
    token = answer.get(name)
    if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable():
        raise TryAgain("no token in the answer")
    return token


class Tokens:
    """Reads the shared token, or renews it. Without the shelf (Redis down) each worker gets its own."""

    def __init__(self, source: TokenSource, shelf: TokenShelf) -> None:
        self._source = source
        self._shelf = shelf

    def token(self, stale: str = "") -> str:
        """A token other than `stale`. Raises TryAgain, or Rejected where the credentials are refused."""
        try:
            return self._shared(stale)
        except StoreUnavailable:
            return self._source.fetch()[0]

    def _shared(self, stale: str) -> str:
        end = monotonic() + WAIT_SECONDS
        while monotonic() < end:
            token = self._shelf.read(self._source.name)
            if token and token != stale:
                return token
            if self._shelf.reserve(self._source.name):
                return self._renew(stale)
            Event().wait(LOOK_SECONDS)  # somebody else is renewing it
        raise TryAgain("no token in time")

    def _renew(self, stale: str) -> str:
        try:
            # Somebody may have renewed it between our look and our turn.
            token = self._shelf.read(self._source.name)
            if token and token != stale:
                return token
            token, seconds = self._source.fetch()
            self._shelf.write(self._source.name, token, seconds)
            return token
        finally:
            self._shelf.free(self._source.name)
