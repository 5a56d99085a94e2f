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
    if account is None or not account.active:
        return None
    tokens = Tokens(program.http, SharedTokens(program.store.client))
    return KopoKopo(program.http, tokens, _credentials(account), program.settings.public_base_url + CALLBACK_PATH)


def account_of(db: Session, workspace_id: UUID, provider: Provider) -> ProviderAccount | None:
    """The workspace's account with a provider, if it has one."""
    mine = (ProviderAccount.workspace_id == workspace_id, ProviderAccount.provider == provider)
    return db.scalar(select(ProviderAccount).where(*mine))


def _credentials(account: ProviderAccount) -> Credentials:
    return Credentials(
        api_url=account.settings["api_url"].rstrip("/"),
        oauth_url=account.settings["oauth_url"].rstrip("/"),
        client_id=account.secrets["client_id"],
        client_secret=account.secrets["client_secret"],
        till_number=account.settings["till_number"],
    )
