"""A workspace's account with a payment provider, ready to be asked."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.domain.statuses import Provider
from core.providers.kopokopo.client import KopoKopo
from core.providers.kopokopo.token import Credentials, Tokens
from core.services.program import Program
from core.store.redis.tokens import SharedTokens
from core.store.sql.tables import ProviderAccount

CALLBACK_PATH = "/api/webhooks/payment"


def kopokopo_of(program: Program, db: Session, workspace_id: UUID) -> KopoKopo | None:
    """The workspace's Kopo Kopo account, if it has one."""
    account = account_of(db, workspace_id, Provider.KOPOKOPO)
    credentials = _credentials(account) if account and account.active else None
    if credentials is None:
        return None
    tokens = Tokens(program.http, SharedTokens(program.store.client))
    return KopoKopo(program.http, tokens, credentials, program.settings.public_base_url + CALLBACK_PATH)


def account_of(db: Session, workspace_id: UUID, provider: Provider) -> ProviderAccount | None:
    """The workspace's account with a provider, if it has one."""
    mine = (ProviderAccount.workspace_id == workspace_id, ProviderAccount.provider == provider)
    return db.scalar(select(ProviderAccount).where(*mine))


def _credentials(account: ProviderAccount) -> Credentials | None:
    """None where staff have not filled everything in yet."""
    known = {**account.secrets, **account.settings}
    values = {name: known.get(name, "") for name in ("client_id", "client_secret", "till_number")}
    urls = {name: known.get(name, "").rstrip("/") for name in ("api_url", "oauth_url")}
    return Credentials(**values, **urls) if all({**values, **urls}.values()) else None
