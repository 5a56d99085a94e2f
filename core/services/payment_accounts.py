"""A workspace's account with a payment provider, ready to be asked, and which providers answer at all."""

import hmac
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.domain.listing.words import PROVIDER
from core.domain.statuses import Provider
from core.errors import StoreUnavailable
from core.providers.cash import account as cash
from core.providers.contract import PaymentProvider
from core.providers.desk import Desk, Package
from core.providers.guarded import Guarded
from core.providers.kopokopo import account as kopokopo
from core.providers.paystack import account as paystack
from core.providers.pesapal import account as pesapal
from core.services.program import Program
from core.store.redis.circuits import Circuit, Pace, Standing, standings
from core.store.redis.store import Store
from core.store.redis.tokens import SharedTokens
from core.store.sql.tables import ProviderAccount

PACKAGES: dict[Provider, Package] = {
    Provider.KOPOKOPO: kopokopo.PACKAGE,
    Provider.PESAPAL: pesapal.PACKAGE,
    Provider.PAYSTACK: paystack.PACKAGE,
    Provider.CASH: cash.PACKAGE,
}
CALLED = tuple(provider for provider in PACKAGES if provider is not Provider.CASH)
CALLS_PER_SECOND = 20.0
MAC = 12


def provider_for(
    program: Program, db: Session, workspace_id: UUID, provider: Provider, *, begun: bool = False
) -> PaymentProvider | None:
    """The workspace's account with a provider; None where it has none, or staff have not filled everything in.

    `begun`: for what is no new payment of a guest, also while it is switched off. Then no guest is sent there any more;
    what guests have confirmed by then still arrives, what they are owed goes back, and new keys are tried out.
    """
    desk = desk_for(program, db, workspace_id, provider, begun=begun)
    return PACKAGES[provider].connect(desk) if desk else None


def desk_for(
    program: Program, db: Session, workspace_id: UUID, provider: Provider, *, begun: bool = False
) -> Desk | None:
    """What the provider's package opens the account with; None where there is none, or it is switched off and nothing
    has `begun` there."""
    account = account_of(db, workspace_id, provider)
    if provider is not Provider.CASH and (account is None or not (account.active or begun)):
        return None
    known = {**account.secrets, **account.settings} if account else {}
    return Desk(
        known=known,
        http=_guarded(program, workspace_id, provider, known),
        shelf=SharedTokens(program.store.client),
        live=program.settings.production,
        reference_of=lambda payment_id: reference_of(program, payment_id),
        address=lambda path: program.settings.public_base_url + path,
    )


def account_of(db: Session, workspace_id: UUID, provider: Provider) -> ProviderAccount | None:
    """The workspace's account with a provider, if it has one."""
    mine = (ProviderAccount.workspace_id == workspace_id, ProviderAccount.provider == provider)
    return db.scalar(select(ProviderAccount).where(*mine))


def reference_of(program: Program, payment_id: str) -> str:
    """A name for a payment that nobody else can make up: at most 50 letters, digits, `-` and `.`."""
    return f"{payment_id}.{program.addresses.of('payments', 'reference', payment_id)[:MAC]}"


def payment_named(program: Program, reference: str) -> str:
    """The payment's id in a reference that we made, else "": nobody else can make one."""
    payment_id, dot, _ = reference.partition(".")
    return payment_id if dot and hmac.compare_digest(reference_of(program, payment_id), reference) else ""


def pace_of(program: Program, workspace_id: UUID, provider: Provider, known: dict[str, Any]) -> Pace:
    """How often this account may be called, all processes together."""
    rate = float(known.get("calls_per_second") or CALLS_PER_SECOND)
    return Pace(program.store.scripts, f"{provider.value}:{workspace_id}", rate)


def provider_standings(store: Store) -> dict[str, Standing]:
    """How each provider's circuit stands. Raises StoreUnavailable."""
    return standings(store.client, tuple(provider.value for provider in CALLED))


def provider_name(provider: str) -> str:
    """How people call it."""
    return PROVIDER.get(provider, provider.capitalize())


def providers_down(store: Store) -> frozenset[str]:
    """The providers that guests should not be offered just now; none where nobody knows."""
    try:
        return frozenset(name for name, standing in provider_standings(store).items() if standing.down)
    except StoreUnavailable:
        return frozenset()


def _guarded(program: Program, workspace_id: UUID, provider: Provider, known: dict[str, Any]) -> Guarded:
    circuit = Circuit(program.store.scripts, provider.value)
    return Guarded(provider.value, program.http, circuit, pace_of(program, workspace_id, provider, known))
