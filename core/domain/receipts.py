"""What a provider tells us about money, in our words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """What the provider says of one payment."""

    PAID = "paid"
    FAILED = "failed"
    PENDING = "pending"
    REVERSED = "reversed"
    UNKNOWN = "unknown"


class Source(StrEnum):
    """How we came to know."""

    CALLBACK = "callback"
    POLL = "poll"
    STAFF = "staff"
    GUEST = "guest"


@dataclass(frozen=True)
class Notice:
    """One fact about money. `payment_id` is our own id, `handle_id` the provider's id of the start call.

    A notice with neither is about money in a till: somebody paid, perhaps without being asked.
    """

    provider: str
    source: Source
    outcome: Outcome
    payment_id: str = ""
    handle_id: str = ""
    receipt: str = ""
    amount: Decimal = Decimal(0)
    currency: str = ""
    till: str = ""
    payer_hash: str = ""
    reason: str = ""
    at: datetime | None = None

    @property
    def key(self) -> str:
        """The same fact told twice in the same way has the same key."""
        return ":".join((self.source, self.outcome, self.handle_id or self.payment_id, self.receipt))

    @property
    def subject(self) -> str:
        """What its mailbox is keyed by."""
        return f"{self.provider}:{self.handle_id or self.payment_id or self.receipt}"

    def to_dict(self) -> dict[str, str]:
        """JSON-ready; `from_dict` reads it back."""
        return written(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, str]) -> "Notice":
        """Inverse of `to_dict`."""
        return cls(**read(data, Outcome))


def written(fact: Any) -> dict[str, str]:
    """A fact about money, JSON-ready: what is empty is left out."""
    return {name: _as_text(value) for name, value in vars(fact).items() if value not in ("", None)}


def read(data: Mapping[str, str], outcome: type[StrEnum]) -> dict[str, Any]:
    """The fields of what `written` wrote."""
    found: dict[str, Any] = dict(data)
    found |= {"source": Source(data["source"]), "outcome": outcome(data["outcome"])}
    found["amount"] = Decimal(data.get("amount", "0"))
    for name in {"at", "due_at"} & found.keys():
        found[name] = datetime.fromisoformat(found[name])
    return found


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def same_till(one: str, other: str) -> bool:
    """Tills are written with and without the K of an online account."""
    return not one or not other or one.upper().removeprefix("K") == other.upper().removeprefix("K")
