"""What every payment provider does, in our words. HTTP, units and spellings stay inside the provider's own package.

A fact about a payment is a `core.domain.receipts.Notice`, whether it came by webhook, by asking, or in a list; a fact
about money we sent back is a `RefundNotice`, one about money that somebody claims back is a `DisputeNotice`.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol
from urllib.parse import urlsplit

from core.domain.receipts import Notice, Source, read, written
from core.domain.statuses import Start


@dataclass(frozen=True)
class Ask:
    """One attempt to collect money. `phone`: digits with country, may be empty where `start` is not a prompt.

    `email`: an address of our own that leads nowhere, for providers that insist on one. `returns_to`: where the payer's
    browser goes after a hosted page. `amount`: whole shillings.
    """

    payment_id: str
    order_id: str
    number: int
    amount: Decimal
    currency: str
    phone: str = field(default="", repr=False)
    start: Start = Start.PROMPT
    email: str = ""
    returns_to: str = ""


@dataclass(frozen=True)
class Accepted:
    """The provider took it. `handle` is its name for the attempt; `link`: where the guest pays, if there is a page."""

    handle: str
    link: str = field(default="", repr=False)


@dataclass(frozen=True)
class Refused:
    """Surely nothing happened. `reason` is one of `core.domain.payments.Reason`; `retryable`: the same call may be made
    again."""

    reason: str
    retryable: bool = False


@dataclass(frozen=True)
class Unknown:
    """No answer, or one nobody can read, after the request left: money may move. Ask about it, never repeat it."""


StartResult = Accepted | Refused | Unknown


@dataclass(frozen=True)
class Asked:
    """An attempt as the books have it, to be asked about or cancelled. `handle` is empty where none ever came."""

    payment_id: str
    handle: str = ""
    start: Start = Start.PROMPT


@dataclass(frozen=True)
class Refunding:
    """Money to send back. `handle` and `receipt` are the provider's names for the payment; `whole`: all that was paid.

    `phone`: where a payout goes, if the provider can only pay out. `reason` is shown to the payer; no names.
    """

    refund_id: str
    payment_id: str
    handle: str
    receipt: str
    amount: Decimal
    currency: str
    whole: bool
    reason: str
    phone: str = field(default="", repr=False)


class RefundOutcome(StrEnum):
    """How far money on its way back is, as the provider says."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class RefundNotice:
    """One fact about money on its way back, found by our `refund_id`, else by `handle_id`, else by the payment.

    `reference` is the provider's name for the money that went back; `receipt` and `payment_id` name what was paid.
    """

    provider: str
    source: Source
    outcome: RefundOutcome
    refund_id: str = ""
    handle_id: str = ""
    payment_id: str = ""
    receipt: str = ""
    reference: str = ""
    amount: Decimal = Decimal(0)
    currency: str = ""
    reason: str = ""
    at: datetime | None = None

    @property
    def key(self) -> str:
        """The same fact told twice in the same way has the same key."""
        named = self.handle_id or self.refund_id or self.payment_id or self.receipt
        return ":".join(("refund", self.source, self.outcome, named, self.reference))

    @property
    def subject(self) -> str:
        """What its mailbox is keyed by: everything about one payment comes one after the other."""
        return f"{self.provider}:{self.payment_id or self.receipt or self.handle_id or self.refund_id}"

    def to_dict(self) -> dict[str, str]:
        """JSON-ready; `from_dict` reads it back."""
        return written(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, str]) -> "RefundNotice":
        """Inverse of `to_dict`."""
        return cls(**read(data, RefundOutcome))


class DisputeOutcome(StrEnum):
    """What became of a payment that its payer's bank takes back."""

    OPENED = "opened"
    REMINDED = "reminded"
    RESOLVED = "resolved"


@dataclass(frozen=True)
class DisputeNotice:
    """A payer's bank claims money back: staff must answer the provider before `due_at`."""

    provider: str
    source: Source
    outcome: DisputeOutcome
    handle_id: str
    payment_id: str = ""
    amount: Decimal = Decimal(0)
    currency: str = ""
    reason: str = ""
    due_at: datetime | None = None

    @property
    def key(self) -> str:
        """The same fact told twice has the same key."""
        return ":".join(("dispute", self.outcome, self.handle_id, self.payment_id))

    @property
    def subject(self) -> str:
        """What its mailbox is keyed by."""
        return f"{self.provider}:{self.payment_id or self.handle_id}"

    def to_dict(self) -> dict[str, str]:
        """JSON-ready; `from_dict` reads it back."""
        return written(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, str]) -> "DisputeNotice":
        """Inverse of `to_dict`."""
        return cls(**read(data, DisputeOutcome))


Event = Notice | RefundNotice | DisputeNotice


class Malformed(ValueError):
    """Not in any shape that the provider is known to send. The message names the field, never its value."""


class OtherMode(ValueError):
    """A test-mode event where money is real, or the other way round: kept and shown, never settled."""


class Unsupported(Exception):
    """The provider has no such call; staff do it by hand, on the provider's own pages."""


@dataclass(frozen=True)
class Traits:
    """What a provider can do. `starts`: the ways to begin a payment, the usual one first.

    `retries`: after a failure its page lets the payer try again, so that a failure may still become a payment.
    """

    starts: tuple[Start, ...]
    lists: bool = True
    refunds_part: bool = True
    retries: bool = False


class PaymentProvider(Protocol):
    """One workspace's account, ready to be asked. No call takes longer than 20 s; none is repeated by itself."""

    traits: Traits

    def ready(self) -> None:
        """Whatever must be there before the moment that counts (a token). Raises TryAgain or Rejected."""

    def start(self, ask: Ask) -> StartResult:
        """Ask for the money, once. Never raises: what can go wrong is a Refused or Unknown."""

    def query_status(self, asked: Asked) -> Notice:
        """How one attempt stands. Raises TryAgain where there is no clear answer."""

    def refund(self, refunding: Refunding) -> StartResult:
        """Send money back, once; the result comes later. Never raises."""

    def query_refund(self, refunding: Refunding, handle: str) -> RefundNotice:
        """How a refund stands; `handle` is what `refund` was accepted with. Raises TryAgain."""

    def cancel(self, asked: Asked) -> bool:
        """Make a link worth nothing. False where the provider cannot or would not. Raises TryAgain."""

    def list_transactions(self, since: datetime, until: datetime) -> tuple[Notice, ...]:
        """All money that came in between two times. Raises TryAgain, or Unsupported where there is no list."""


class Webhook(Protocol):
    """What a provider posts, proven and put in our words, without HTTP and without SQL.

    `header`: where the signature stands, in lower case; without it nothing is looked up.
    """

    header: str

    def authenticate(self, raw: bytes, headers: Mapping[str, str], keys: tuple[str, ...]) -> tuple[str, ...]:
        """Those of our accounts' keys with which these very bytes are signed, all compared in constant time.

        `headers` by names in lower case.
        """

    def parse(self, raw: bytes, live: bool, source: Source = Source.CALLBACK) -> tuple[Event, ...]:
        """The facts in a body; none in one about something else. `live`: money is real here.

        Raises Malformed or OtherMode.
        """


def payer_hash(digits: str) -> str:
    """How a payer's number (digits with country) is known without being known: as Kopo Kopo hides it."""
    return hashlib.sha256(digits.encode()).hexdigest()


def handle_id(handle: str) -> str:
    """The last segment of a handle that is an address, else the handle: how callbacks name the attempt."""
    return urlsplit(handle).path.rstrip("/").rpartition("/")[2]
