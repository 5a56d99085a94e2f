"""What the house is connected with: the number guests write to, and where its money goes. Secrets go in, never out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import clock
from core.domain.connections import KINDS, Kind
from core.domain.statuses import LIVE_PAYMENTS, ChannelKind, Provider
from core.errors import Rejected
from core.services.activity import Actor, record
from core.services.editing import editor, flush, stamp
from core.services.followup import Followup
from core.services.payment_accounts import account_of
from core.settings import Settings
from core.store.sql.tables import Channel, Payment, ProviderAccount, Workspace

TAKEN = {
    "uq_channels_phone_number_id": "number_taken",
    "uq_provider_accounts_workspace_id_provider": "changed",
}


@dataclass(frozen=True)
class Connection:
    """One as staff may see it; `version` is 0 where there is none yet. `sealed`: when each secret came, if it did.

    `arranged`: the service knows where to tell us of money. `under_way`: payments of which its last word is awaited."""

    kind: Kind
    version: int
    active: bool
    plain: dict[str, str]
    sealed: dict[str, datetime | None]
    edited_at: datetime | None
    complete: bool
    arranged: bool = True
    under_way: int = 0


def connections_of(db: Session, workspace_id: UUID) -> dict[str, Connection]:
    """All there could be, by name."""
    waiting = (Payment.workspace_id == workspace_id, Payment.status.in_(LIVE_PAYMENTS))
    counted = select(Payment.provider, func.count().label("number")).where(*waiting).group_by(Payment.provider)
    under_way: dict[Provider | None, int] = {row.provider: row.number for row in db.execute(counted)}
    return {
        name: replace(_seen(kind, _row(db, workspace_id, kind)), under_way=under_way.get(kind.provider, 0))
        for name, kind in KINDS.items()
    }


def change_connection(
    db: Session, actor: Actor, settings: Settings, kind: Kind, version: int,
    plain: Mapping[str, Any], sealed: Mapping[str, str], active: bool,
) -> Followup:  # fmt: skip
    """Write what was typed; a secret that was not typed stays.

    Raises Rejected: `changed` with the name of whoever was quicker, `missing` with the names of secrets a new one
    needs, `number_taken`. Afterwards the directory is to be read again.
    """
    row = _row(db, actor.workspace_id, kind, lock=True)
    if (row.version if row else 0) != version:
        raise Rejected("changed", editor(db, row) if row else "")
    if row is None:
        row = _new(db, actor, settings, kind, plain, sealed)
    fresh = seal(row, {name: _parts(kind, name, value) for name, value in sealed.items()})
    changed = _write(row, dict(plain) | {"active": active})
    if isinstance(row, ProviderAccount) and kind.account & {*fresh, *changed}:
        row.settings = {name: value for name, value in row.settings.items() if name != kind.arranged}
    if fresh or changed:
        stamp(row, actor)
        flush(db, TAKEN)
        record(db, actor, "connection_changed", "connection", row.id,
               detail={"connection": kind.name, "secrets": fresh, "changed": changed})  # fmt: skip
    return Followup(menus=frozenset({actor.workspace_id}))


def seal(row: Channel | ProviderAccount, values: Mapping[str, Any]) -> list[str]:
    """Put these secrets in place, each with the moment it came; answers the names of those that are new."""
    before = row.secrets or {}
    fresh = [name for name, value in values.items() if value != before.get(name)]
    if fresh:
        row.secrets = {**before, **values}
        row.secrets_set = (row.secrets_set or {}) | dict.fromkeys(fresh, clock.now().isoformat())
    return fresh


def first_workspace(db: Session) -> UUID | None:
    """The one whose connections the environment sets up."""
    return db.scalar(select(Workspace.id).order_by(Workspace.created_at, Workspace.id).limit(1))


def channel_of(db: Session, workspace_id: UUID) -> Channel | None:
    """The number that guests of this house write to, in use or not."""
    mine = (Channel.workspace_id == workspace_id, Channel.kind == ChannelKind.WHATSAPP, Channel.deleted_at.is_(None))
    return db.scalar(select(Channel).where(*mine).order_by(Channel.created_at).limit(1))


def _row(db: Session, workspace_id: UUID, kind: Kind, lock: bool = False) -> Channel | ProviderAccount | None:
    found = account_of(db, workspace_id, kind.provider) if kind.provider else channel_of(db, workspace_id)
    if found is not None and lock:
        db.refresh(found, with_for_update={"key_share": True})
    return found


def _seen(kind: Kind, row: Channel | ProviderAccount | None) -> Connection:
    if row is None:
        return Connection(kind, 0, True, dict.fromkeys(kind.plain, ""), dict.fromkeys(kind.sealed), None, False)
    since = {name: _since(row, name) if row.secrets.get(name) else None for name in kind.sealed}
    plain = {name: _text(row, name) for name in kind.plain}
    arranged = not kind.arranged or bool(_text(row, kind.arranged))
    return Connection(kind, row.version, row.active, plain, since, row.edited_at, all(since.values()), arranged)


def _since(row: Channel | ProviderAccount, name: str) -> datetime:
    said = row.secrets_set.get(name)
    return datetime.fromisoformat(said) if said else row.created_at


def _text(row: Channel | ProviderAccount, name: str) -> str:
    value = row.settings.get(name) if isinstance(row, ProviderAccount) else getattr(row, name)
    return "" if value is None else str(value)


def _new(
    db: Session, actor: Actor, settings: Settings, kind: Kind, plain: Mapping[str, Any], sealed: Mapping[str, str]
) -> Channel | ProviderAccount:
    if missing := [name for name in kind.sealed if name not in sealed]:
        raise Rejected("missing", ",".join(missing))
    whose: dict[str, Any] = {
        "workspace_id": actor.workspace_id,
        "created_by": actor.user_id,
        "secrets": {},
        "secrets_set": {},
    }
    row: Channel | ProviderAccount
    if kind.provider:
        row = ProviderAccount(provider=kind.provider, settings=_addresses(settings, kind), version=0, **whose)
    else:
        whatsapp = settings.whatsapp
        row = Channel(kind=ChannelKind.WHATSAPP, phone_number_id=plain["phone_number_id"], api_url=whatsapp.api_url,
                      api_version=whatsapp.api_version, version=0, **whose)  # fmt: skip
    db.add(row)
    flush(db, TAKEN)
    return row


def _addresses(settings: Settings, kind: Kind) -> dict[str, Any]:
    """Where this provider is called: our settings say so, not staff."""
    if kind.name == "kopokopo":
        return {"api_url": settings.kopokopo.api_url, "oauth_url": settings.kopokopo.oauth_url}
    return {"api_url": settings.pesapal.api_url if kind.name == "pesapal" else settings.paystack.api_url}


def _write(row: Channel | ProviderAccount, values: dict[str, Any]) -> list[str]:
    """Answers the names of what is other than before."""
    kept = dict(row.settings) if isinstance(row, ProviderAccount) else None
    changed = [name for name, value in values.items() if value != _now(row, kept, name)]
    for name in changed:
        if kept is not None and name != "active":
            kept[name] = values[name]
        else:
            setattr(row, name, values[name])
    if isinstance(row, ProviderAccount) and kept is not None:
        row.settings = kept
    return changed


def _now(row: Channel | ProviderAccount, kept: dict[str, Any] | None, name: str) -> Any:
    return kept.get(name) if kept is not None and name != "active" else getattr(row, name)


def _parts(kind: Kind, name: str, value: str) -> Any:
    return [one for one in value.split(",") if one] if name in kind.several else value
