"""What a provider's package is given to open one workspace's account with, and what it gives to the house."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.providers.contract import PaymentProvider, Webhook
from core.providers.guarded import Guarded
from core.providers.tokens import TokenShelf


@dataclass(frozen=True)
class Desk:
    """One account as staff have filled it in. `live`: money is real. `reference_of`: a name for a payment that nobody
    else can make up. `address`: our own under a path."""

    known: Mapping[str, Any] = field(repr=False)
    http: Guarded
    shelf: TokenShelf
    live: bool
    reference_of: Callable[[str], str]
    address: Callable[[str], str]

    def values(self, *names: str) -> dict[str, str]:
        """These by name, without a slash at the end of an address; what is not filled in is empty."""
        return {name: str(self.known.get(name) or "").rstrip("/") for name in names}


@dataclass(frozen=True)
class Package:
    """A provider: how its account is opened (None where it is not filled in yet), how its webhook is read, and under
    which last part of `/api/webhooks/…` it is posted to. `check` asks whether it knows the account, and changes
    nothing; it raises TryAgain, or Rejected: `missing` where something is not filled in, else the keys are refused."""

    connect: Callable[[Desk], PaymentProvider | None]
    webhook: Webhook | None = None
    path: str = ""
    check: Callable[[Desk], None] | None = None
