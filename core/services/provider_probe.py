"""A provider has had its rest: one harmless question tells whether it answers again, before any guest is sent there."""

from contextlib import suppress
from uuid import UUID

from sqlalchemy import select

from core.domain.statuses import Provider
from core.errors import Rejected, StoreUnavailable, TryAgain
from core.jobs import Job, probe_provider
from core.log import get_logger
from core.providers.contract import Asked
from core.services.payment_accounts import provider_for, provider_standings
from core.services.program import Program
from core.store.redis.store import Store
from core.store.sql.engine import transaction
from core.store.sql.tables import ProviderAccount

NOBODY = str(UUID(int=0))

log = get_logger(__name__)


def due_probes(store: Store) -> tuple[Job, ...]:
    """One for each provider whose rest is over."""
    try:
        standings = provider_standings(store)
    except StoreUnavailable:
        return ()
    return tuple(probe_provider(name) for name, standing in standings.items() if standing.state == "half open")


def probe(program: Program, name: str) -> None:
    """Ask about a payment that cannot exist: any answer, also "there is none", shows that the provider is there. The
    circuit lets one probe through at a time and draws the conclusion."""
    with transaction(program.sessions) as db:
        mine = (ProviderAccount.provider == Provider(name), ProviderAccount.active)
        owner = db.scalar(
            select(ProviderAccount.workspace_id).where(*mine).order_by(ProviderAccount.created_at).limit(1)
        )
        account = provider_for(program, db, owner, Provider(name)) if owner else None
    if account is None:
        return
    with suppress(TryAgain, Rejected):
        account.query_status(Asked(NOBODY, NOBODY))
    log.info("provider_probed", provider=name)
