"""Who changed what: one line in the log with every change by staff, in the transaction of the change itself."""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.store.sql.tables import Activity, User

_address: ContextVar[str] = ContextVar("address", default="")


@dataclass(frozen=True)
class Actor:
    """Who acts in which venue. `user_id` is None where it is done by command; then `name` says who sat there."""

    workspace_id: UUID
    user_id: UUID | None = None
    name: str = ""


def come_from(address: str) -> None:
    """From now on whoever acts in this thread does so from this network address; empty where from none."""
    _address.set(address)


def record(
    db: Session,
    actor: Actor,
    action: str,
    subject_kind: str,
    subject_id: UUID | None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """One line. `before` and `after`: what changed, by name; `detail`: what else was said (why, which reference).

    Never phones, messages or tokens: the log is kept for good and read by many.
    """
    change = {"before": _plain(before), "after": _plain(after)}
    db.add(
        Activity(
            workspace_id=actor.workspace_id,
            user_id=actor.user_id,
            who=actor.name or _name(db, actor.user_id),
            action=action,
            subject_kind=subject_kind,
            subject_id=subject_id,
            detail=_plain(detail) or {},
            address=_address.get(),
            **{name: value for name, value in change.items() if value is not None},
        )
    )


def _name(db: Session, user_id: UUID | None) -> str:
    return (db.scalar(select(User.name).where(User.id == user_id)) or "") if user_id else ""


def _plain(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """As JSON has them: numbers, texts and lists as they are, everything else by its name."""
    if values is None:
        return None
    return {name: one if isinstance(one, str | int | float | list | dict | None) else str(one)
            for name, one in values.items()}  # fmt: skip
