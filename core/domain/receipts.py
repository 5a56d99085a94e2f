"""What a provider tells us about money, in our words."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


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
        return {name: _as_text(value) for name, value in vars(self).items() if value not in ("", None)}

    @classmethod
    def from_dict(cls, data: dict[str, str]) -> "Notice":
        """Inverse of `to_dict`."""
        read = dict(data)
        at = read.pop("at", "")
        return cls(
            provider=read.pop("provider"),
            source=Source(read.pop("source")),
            outcome=Outcome(read.pop("outcome")),
            amount=Decimal(read.pop("amount", "0")),
            at=datetime.fromisoformat(at) if at else None,
            **read,
        )


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def same_till(one: str, other: str) -> bool:
    """Tills are written with and without the K of an online account."""
    return not one or not other or one.upper().removeprefix("K") == other.upper().removeprefix("K")
