"""A webhook without one guest: what they sent and what is said of them goes, what others sent stays as it came."""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from core.domain.phone import normalise
from core.providers.contract import payer_hash
from core.services.journal_masks import NAMES, PAYERS, PHONES

LISTS = ("messages", "statuses", "contacts", "message_echoes")
WHO = ("from", "from_user_id", "to", "wa_id", "user_id", "recipient_id", "recipient_user_id")
NOBODY, NOBODYS_PHONE = "–", "254700000000"
PERSONAL = NAMES | PAYERS | {"email", "name"}
TELLING_DIGITS = 9


@dataclass(frozen=True)
class Forgotten:
    """By what a guest was known: `phones` as digits with country, and Meta's ids of them."""

    phones: tuple[str, ...] = ()
    bsuids: frozenset[str] = frozenset()

    def put_over(self, body: bytes) -> bytes:
        """The same webhook of nobody; the very same bytes where it is not about them."""
        if not any(mark in body for mark in self._marks):
            return body
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            return b"{}"
        return json.dumps(self._without(value), separators=(",", ":")).encode()

    def names(self, text: str) -> bool:
        """Whether anything in this text is theirs."""
        return any(mark.decode() in text for mark in self._marks)

    @cached_property
    def _marks(self) -> tuple[bytes, ...]:
        hashes = [payer_hash(phone) for phone in self.phones]
        found = [*(phone[-TELLING_DIGITS:] for phone in self.phones), *self.bsuids, *hashes]
        return tuple(mark.encode() for mark in found if mark)

    def _without(self, value: Any, key: str = "") -> Any:
        if isinstance(value, list):
            kept = [one for one in value if not (key in LISTS and self._is_theirs(one))]
            return [self._without(one, key) for one in kept]
        if isinstance(value, dict):
            theirs = any(self._is_them(name, one) for name, one in value.items())
            return {name: self._field(name, one, theirs) for name, one in value.items()}
        return value

    def _field(self, name: str, one: Any, theirs: bool) -> Any:
        if self._is_them(name, one):
            return ("+" if str(one).startswith("+") else "") + NOBODYS_PHONE if name in PHONES else NOBODY
        return NOBODY if theirs and name in PERSONAL and isinstance(one, str) else self._without(one, name)

    def _is_theirs(self, one: Any) -> bool:
        return isinstance(one, dict) and any(self._is_them(name, one.get(name)) for name in WHO)

    def _is_them(self, name: str, one: Any) -> bool:
        if not isinstance(one, str) or not one:
            return False
        hashed = name == "hashed_sender_phone" and one in [payer_hash(phone) for phone in self.phones]
        called = name in (*PHONES, *WHO) and (normalise(one) in self.phones or one in self.phones)
        return one in self.bsuids or called or hashed
