"""Channels and provider accounts in the memory of each process, so that a webhook needs no SQL to know its sender."""

import hmac
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from time import monotonic, sleep

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from core.cipher import UnknownKey
from core.errors import StoreUnavailable, TryAgain
from core.log import get_logger
from core.store.sql.engine import transaction
from core.store.sql.tables import Channel, ProviderAccount, Workspace

RELOAD_SECONDS = 60.0
RETRY_SECONDS = 2.0
FIRST_SECONDS = 1.5
STALE_SECONDS = 5.0
TICK_SECONDS = 0.02

log = get_logger(__name__)


@dataclass(frozen=True)
class Line:
    """One WhatsApp number: where its messages go and how they are proven and answered. `practises`: its house is in dev
    mode, and nothing goes."""

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
    display_number: str = ""
    practises: bool = False


@dataclass(frozen=True)
class Account:
    """One provider account, as far as its webhooks need it."""

    workspace_id: str
    provider: str
    api_key: str = field(repr=False)


class Directory:
    """Loaded at first use, again when the version key changes or a minute has passed; while PostgreSQL is down the last
    good set counts. Only the very first load is waited for: until then nobody can be proven or refused."""

    def __init__(self, sessions: sessionmaker[Session], clock: Callable[[], float] = monotonic) -> None:
        self._sessions = sessions
        self._clock = clock
        self._lines: tuple[Line, ...] = ()
        self._accounts: tuple[Account, ...] = ()
        self._version = ""
        self._reload_at = 0.0
        self._loading = Lock()
        self._loaded = Event()
        self._read: str | None = None
        self._unreadable: str | None = None

    def lines(self) -> tuple[Line, ...]:
        """All active WhatsApp numbers. Raises StoreUnavailable while none were ever loaded."""
        self._refresh()
        return self._lines

    def line(self, channel_id: str) -> Line | None:
        """The number behind a channel, as far as it is known."""
        with suppress(StoreUnavailable):
            self._refresh()
        return next((line for line in self._lines if line.channel_id == channel_id), None)

    def signers(self, raw: bytes, signature: str) -> tuple[Line, ...]:
        """The numbers in whose name this body is signed: `sha256=<hex>`, HMAC of the raw bytes with the app secret."""
        scheme, _, given = signature.partition("=")
        if scheme != "sha256" or len(given) != 64:
            return ()
        lines = self.lines()
        secrets = {secret for line in lines for secret in line.app_secrets}
        good = {secret for secret in secrets if _matches(secret, raw, given)}
        if not good:
            self.look_again()
        return tuple(line for line in lines if good & set(line.app_secrets))

    def verifies(self, token: str) -> bool:
        """Whether this is the verify token of one of our numbers."""
        known = [line.verify_token for line in self.lines()]
        return any(hmac.compare_digest(one.encode(), token.encode("utf-8", "replace")) for one in known if one)

    def accounts(self, provider: str) -> tuple[Account, ...]:
        """All accounts with a provider, also those that are switched off: money that was on its way there still comes.

        Raises StoreUnavailable while none were ever loaded."""
        self._refresh()
        return tuple(account for account in self._accounts if account.provider == provider)

    def saw_version(self, version: str) -> None:
        """The mailbox store named its directory version: another one than ours means "read again"."""
        if version != self._version:
            self._version = version
            self._reload_at = 0.0

    def up_to(self, version: str) -> None:
        """Wait until what the mailbox store calls `version` is read, for seconds at most and once: while PostgreSQL is
        away the last good set counts."""
        self.saw_version(version)
        end = self._clock() + STALE_SECONDS
        while version not in (self._read, self._unreadable):
            self.begin()
            if self._clock() >= end:
                self._unreadable = version
            sleep(TICK_SECONDS)

    def look_again(self) -> None:
        """A webhook named a number, or was signed with a secret, that we do not know: it may be new."""
        self._reload_at = min(self._reload_at, self._clock() + RETRY_SECONDS)

    def begin(self) -> None:
        """Read beside the request, not in it: a database that hangs must not hold up a webhook."""
        if self._clock() >= self._reload_at and self._loading.acquire(blocking=False):
            Thread(target=self._reload, daemon=True, name="directory").start()

    def _refresh(self) -> None:
        self.begin()
        if not self._loaded.wait(FIRST_SECONDS):
            raise StoreUnavailable("channels not loaded yet")

    def _reload(self) -> None:
        self._reload_at = self._clock() + RELOAD_SECONDS
        version = self._version  # after the date was set: whoever sees another one from now on sets it anew
        try:
            self._load()
            self._read = version
            self._loaded.set()
        except (SQLAlchemyError, TryAgain, UnknownKey) as error:
            self._unreadable = version
            self._reload_at = self._clock() + RETRY_SECONDS
            log.warning("directory_not_loaded", error=type(error).__name__)
        finally:
            self._loading.release()

    def _load(self) -> None:
        with transaction(self._sessions) as db:
            ours = select(Channel, Workspace.dev_mode).join(Workspace, Workspace.id == Channel.workspace_id)
            channels = db.execute(ours.where(Channel.active, Channel.deleted_at.is_(None))).all()
            accounts = db.scalars(select(ProviderAccount)).all()
        self._lines = tuple(_line(channel, practises) for channel, practises in channels)
        self._accounts = tuple(_account(account) for account in accounts)
        if not self._lines:
            self._reload_at = self._clock() + RETRY_SECONDS


def _matches(secret: str, raw: bytes, given: str) -> bool:
    wanted = hmac.digest(secret.encode(), raw, "sha256").hex()
    return hmac.compare_digest(wanted.encode(), given.encode("utf-8", "replace"))


def _line(channel: Channel, practises: bool) -> Line:
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
        display_number=channel.display_number,
        practises=practises,
    )


def _account(account: ProviderAccount) -> Account:
    return Account(str(account.workspace_id), account.provider.value, account.secrets.get("api_key", ""))
