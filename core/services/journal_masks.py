"""Who the guests were is taken out of a night: other numbers, other names, other ids, the same ones everywhere, so that
the night can be given to somebody and runs as it ran."""

import json
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from core.conversation.carts import tail
from core.domain.phone import is_kenyan_mobile, normalise
from core.providers.contract import payer_hash
from core.providers.whatsapp.webhook import event_id
from core.services.ask_payment import payment_id_of
from core.services.place_order import order_id_of

PHONES = frozenset({"from", "to", "wa_id", "recipient_id", "sender_phone_number", "phone", "phone_number"})
NAMES = frozenset({"formatted_name", "first_name", "last_name", "middle_name", "username"})
PAYERS = frozenset({"sender_first_name", "sender_middle_name", "sender_last_name"})
PLACES = frozenset({"address", "street", "city", "zip", "ip_address"})
# What tells one card, one account or one payer of a provider from another.
CARDS = frozenset(
    {"authorization_code", "bin", "last4", "account_name", "account_number", "customer_code", "signature"}
)
REPLIES_PER_EVENT = range(-1, 5)
_WAMID = re.compile(r"wamid\.[A-Za-z0-9+/=_-]+")
_BSUID = re.compile(r"\b[A-Z]{2}\.[A-Za-z0-9]{8,}\b")
_TOKEN = re.compile(r"\b[a-z]:[0-9a-f]{32}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
_NUMBER = re.compile(r"(?<![\w+])\+?\d(?:[ -]?\d){8,14}(?!\w)")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")


@dataclass(frozen=True)
class Placed:
    """An order of the night, and its attempts at payment, the first one first."""

    id: UUID
    workspace_id: UUID
    cart_id: str
    payments: tuple[UUID, ...] = ()


@dataclass
class Masks:
    """What stands for what. Made from all bodies of the night first, then put over each. `menu`: words that are no name
    of a guest, whoever is called so. `own`: the bar's numbers, which are no secret."""

    menu: frozenset[str] = frozenset()
    salt: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    phones: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    tails: dict[str, str] = field(default_factory=dict)
    spoken: set[str] = field(default_factory=set)
    own: set[str] = field(default_factory=set)

    def meet(self, value: Any, key: str = "") -> None:
        """Learn every number and name of a body."""
        if isinstance(value, dict):
            if key == "profile" and value.get("name"):
                self.spoken.add(str(value["name"]))
            for inner, one in value.items():
                self.meet(one, inner)
        elif isinstance(value, list):
            for one in value:
                self.meet(one, key)
        elif isinstance(value, str) and key == "display_phone_number":
            self.own.add("".join(filter(str.isdigit, value)))
        elif isinstance(value, str) and key in PHONES:
            self.phone(value)

    def meet_events(self, messages: Iterable[tuple[str, str]]) -> None:
        """Learn the ids that follow from Meta's: of (phone_number_id, message id)."""
        for number, external in messages:
            old, new = event_id("m", number, external), event_id("m", number, self._ids(external))
            self.tokens[old], self.tails[tail(old)] = new, tail(new)
            for nth in REPLIES_PER_EVENT:
                said = (str(uuid5(NAMESPACE_URL, f"{event}:{nth}")) for event in (old, new))
                self.tokens[next(said)] = next(said)

    def meet_orders(self, orders: Iterable[Placed]) -> None:
        """Learn the ids that follow from those of the events: of orders, and of the payments callbacks name."""
        for order in orders:
            new = order_id_of(order.workspace_id, self.tokens.get(order.cart_id, order.cart_id))
            self.tokens[str(order.id)] = str(new)
            for nth, payment_id in enumerate(order.payments):
                self.tokens[str(payment_id)] = str(payment_id_of(new, nth))

    def put_over(self, value: Any, key: str = "") -> Any:
        """The same body, of nobody."""
        if isinstance(value, dict):
            return {inner: self._field(one, inner, key) for inner, one in value.items()}
        if isinstance(value, list):
            return [self.put_over(one, key) for one in value]
        return self._word(value, key) if isinstance(value, str) else value

    def phone(self, written: str) -> str:
        """Another number of the same kind, written the same way."""
        digits = normalise(written) or "".join(filter(str.isdigit, written))
        if not digits or digits in self.own:
            return written
        if digits not in self.phones:
            nth = len(self.phones) + 1
            home = len(digits) == 12 and is_kenyan_mobile(digits)
            self.phones[digits] = f"2547{nth:08d}" if home else f"{digits[:-6]}{nth:06d}"
            self.hashes[payer_hash(digits)] = payer_hash(self.phones[digits])
        other = self.phones[digits]
        return "0" + other[3:] if written.startswith("0") else "+" * written.startswith("+") + other

    def name(self, written: str) -> str:
        """Guest so-and-so."""
        return self.names.setdefault(written, f"Guest {len(self.names) + 1}")

    def wamid(self, external: str) -> str:
        """Another id: Meta's own may hold the number in base64."""
        return f"wamid.{self._hashed(external)}"

    def text(self, written: str) -> str:
        """What somebody wrote, without numbers, addresses of mail, and the names we know."""
        written = _EMAIL.sub(lambda found: f"guest{self._hashed(found.group())[:6]}@example.com", written)
        written = _NUMBER.sub(lambda found: self.phone(found[0]) if normalise(found[0]) else found[0], written)
        return self._names.sub(lambda found: self.name(self._known[found[0].casefold()]), written)

    @cached_property
    def _known(self) -> dict[str, str]:
        known = {name.casefold(): name for name in self.spoken if len(name) > 2}
        return {folded: name for folded, name in known.items() if folded not in self.menu}

    @cached_property
    def _names(self) -> re.Pattern[str]:
        longest_first = sorted(self._known, key=len, reverse=True)
        return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first)) or '(?!)'})\b", re.IGNORECASE)

    def _field(self, value: Any, key: str, parent: str) -> Any:
        if key == "name" and parent in ("profile", "location") and isinstance(value, str):
            return self.name(value)
        if key == "name" and isinstance(value, dict):
            return {inner: self.name(str(one)) for inner, one in value.items()}
        if key == "id" and parent in ("button_reply", "list_reply") and isinstance(value, str):
            return ":".join(self.tails.get(part, part) for part in self._ids(value).split(":"))
        if key == "response_json" and isinstance(value, str):
            return self._answers(value)
        return self.put_over(value, key)

    def _word(self, value: str, key: str) -> str:
        if key in PHONES:
            return self.phone(value)
        if key in NAMES | PAYERS | PLACES | CARDS:
            return self.name(value)
        if key == "hashed_sender_phone":
            return self.hashes.setdefault(value, payer_hash(f"nobody {len(self.hashes)}"))
        if key in ("body", "caption", "text", "title", "description", "payload", "email"):
            return self.text(self._ids(value))
        return self._ids(value)

    def _ids(self, value: str) -> str:
        value = _WAMID.sub(lambda found: self.wamid(found.group()), value)
        value = _BSUID.sub(lambda found: self._bsuid(found.group()), value)
        return _TOKEN.sub(lambda found: self.tokens.get(found.group(), found.group()), value)

    def _bsuid(self, one: str) -> str:
        return f"{one[:3]}{int(self._hashed(one), 16) % 10**20:020d}"

    def _answers(self, value: str) -> str:
        """A Flow's answers are JSON in a text, every one of them about the guest."""
        try:
            answers = json.loads(value)
        except ValueError:
            return "{}"
        told: Mapping[str, Any] = answers if isinstance(answers, dict) else {}
        return json.dumps({key: self.text(one) if isinstance(one, str) else one for key, one in told.items()})

    def _hashed(self, text: str) -> str:
        return blake2b(text.encode(), digest_size=16, key=self.salt).hexdigest().upper()
