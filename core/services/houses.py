"""The venues a member of staff works in, as the head of every page names them."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from core.store.sql.tables import Channel, Membership, Workspace


@dataclass(frozen=True)
class House:
    """One venue. `number` is the one guests write to, as digits with country; empty where nobody has said it.

    `debug_phone`: nobody else is answered; `practises`: nothing leaves the house."""

    workspace_id: UUID
    name: str
    number: str
    debug_phone: str = ""
    practises: bool = False


def houses_of(db: Session, user_id: UUID) -> list[House]:
    """All of them, the first they came to first. One statement: every page asks."""
    found = db.execute(
        select(Workspace.id, Workspace.name, func.coalesce(_number(), ""), Workspace.debug_phone, Workspace.dev_mode)
        .join(Membership, Membership.workspace_id == Workspace.id)
        .where(Membership.user_id == user_id, Membership.active)
        .order_by(Membership.created_at, Membership.id)
    )
    return [House(id, name, number, phone or "", practises) for id, name, number, phone, practises in found]


def _number() -> ColumnElement[str]:
    """Of the venue's oldest channel that is in use."""
    return (
        select(Channel.display_number)
        .where(Channel.workspace_id == Workspace.id, Channel.active)
        .order_by(Channel.created_at)
        .limit(1)
        .correlate(Workspace)
        .scalar_subquery()
    )
