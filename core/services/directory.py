"""Channels and provider accounts in the memory of each process, so that a webhook needs no SQL to know its sender."""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from core.errors import TryAgain
from core.log import get_logger
from core.store.sql.engine import transaction
from core.store.sql.tables import Channel, ProviderAccount

RELOAD_SECONDS = 60.0
RETRY_SECONDS = 2.0

log = get_logger(__name__)


@dataclass(frozen=True)
class Line:
    """One WhatsApp number: where its messages go and how they are proven and answered."""

    channel_id: str
    workspace_id: str
    phone_number_id: str
    api_url: str
    api_version: str
    business_account_id: str
    throughput: int
    access_token: str = field(repr=False)
    app_secrets: tuple[str, ...] = field(repr=False)
    verify_token: str = field(repr=False)


@dataclass(frozen=True)
class Account:
    """One provider account, as far as its webhooks need it."""

    workspace_id: str
    provider: str
    api_key: str = field(repr=False)


class Directory:
    """Loaded at first use, again when the version key changes or a minute has passed; while PostgreSQL is down the last
    good set counts."""

    def __init__(self, sessions: sessionmaker[Session], clock: Callable[[], float] = monotonic) -> None:
        self._sessions = sessions
        self._clock = clock
        self._lines: tuple[Line, ...] = ()
        self._accounts: tuple[Account, ...] = ()
        self._version = ""
        self._reload_at = 0.0
        self._reading = Lock()

    def lines(self) -> tuple[Line, ...]:
        """All active WhatsApp numbers."""
        self._refresh()
        return self._lines

    def line(self, channel_id: str) -> Line | None:
        """The number behind a channel."""
        return next((line for line in self.lines() if line.channel_id == channel_id), None)

    def signers(self, raw: bytes, signature: str) -> tuple[Line, ...]:
        """The numbers in whose name this body is signed: `sha256=<hex>`, HMAC of the raw bytes with the app secret."""
        scheme, _, given = signature.partition("=")
        if scheme != "sha256" or len(given) != 64:
            return ()
        secrets = {secret for line in self.lines() for secret in line.app_secrets}
        good = {secret for secret in secrets if _matches(secret, raw, given)}
        return tuple(line for line in self._lines if good & set(line.app_secrets))

    def verifies(self, token: str) -> bool:
        """Whether this is the verify token of one of our numbers."""
        known = [line.verify_token for line in self.lines()]
        return any(hmac.compare_digest(one.encode(), token.encode("utf-8", "replace")) for one in known if one)

    def kopokopo_keys(self) -> Sequence[str]:
        """The API keys that sign Kopo Kopo's callbacks."""
        self._refresh()
        return [account.api_key for account in self._accounts if account.provider == "kopokopo" and account.api_key]

    def accounts(self, provider: str) -> tuple[Account, ...]:
        """All active accounts with a provider."""
        self._refresh()
        return tuple(account for account in self._accounts if account.provider == provider)

    def saw_version(self, version: str) -> None:
        """The mailbox store named its directory version: another one than ours means "read again"."""
        if version != self._version:
            self._version = version
            self._reload_at = 0.0

    def look_again(self) -> None:
        """A webhook named a number we do not know: it may be new."""
        self._reload_at = min(self._reload_at, self._clock() + RETRY_SECONDS)

    def _refresh(self) -> None:
        if self._clock() < self._reload_at and self._lines:
            return
        # The first reading is waited for: who looked beside it found no channel, and well signed messages were refused.
        if not self._reading.acquire(blocking=not self._lines):
            return
        try:
            self._read()
        finally:
            self._reading.release()

    def _read(self) -> None:
        if self._clock() < self._reload_at:
            return
        self._reload_at = self._clock() + (RELOAD_SECONDS if self._lines else RETRY_SECONDS)
        try:
            self._load()
        except (SQLAlchemyError, TryAgain) as error:
            self._reload_at = self._clock() + RETRY_SECONDS
            log.warning("directory_not_loaded", error=type(error).__name__)

    def _load(self) -> None:
        with transaction(self._sessions) as db:
            channels = db.scalars(select(Channel).where(Channel.active, Channel.deleted_at.is_(None))).all()
            accounts = db.scalars(select(ProviderAccount).where(ProviderAccount.active)).all()
        self._lines = tuple(_line(channel) for channel in channels)
        self._accounts = tuple(_account(account) for account in accounts)
        self._reload_at = self._clock() + (RELOAD_SECONDS if self._lines else RETRY_SECONDS)


def _matches(secret: str, raw: bytes, given: str) -> bool:
    wanted = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted.encode(), given.encode("utf-8", "replace"))


def _line(channel: Channel) -> Line:
    secrets = channel.secrets
    return Line(
        channel_id=str(channel.id),
        workspace_id=str(channel.workspace_id),
        phone_number_id=channel.phone_number_id,
        api_url=channel.api_url,
        api_version=channel.api_version,
        business_account_id=channel.business_account_id,
        throughput=channel.throughput,
        access_token=secrets.get("access_token", ""),
        app_secrets=tuple(secret for secret in secrets.get("app_secrets", ()) if secret),
        verify_token=secrets.get("verify_token", ""),
    )


def _account(account: ProviderAccount) -> Account:
    return Account(str(account.workspace_id), account.provider.value, account.secrets.get("api_key", ""))
