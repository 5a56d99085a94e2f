"""Guests who asked for a person: who they are, a word from staff, and the chat handed back to the bot."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.conversation.events import STAFF_DONE, STAFF_SAID
from core.domain.phone import masked
from core.services.followup import Followup
from core.store.sql.outbox import owe
from core.store.sql.tables import Activity, Conversation, Customer

CALLED = "guest_called_staff"
ANSWERED = "staff_wrote_to_guest"
DONE = "guest_handed_back"
SHOWN_FOR = timedelta(hours=12)
SHOWN = 30


@dataclass(frozen=True)
class Call:
    """One guest who waits for a person, since when."""

    conversation_id: UUID
    guest: str
    since: datetime


def open_calls(db: Session, workspace_id: UUID) -> list[Call]:
    """Whom nobody has handed back since they called, the longest waiting first."""
    kinds = (Activity.workspace_id == workspace_id, Activity.action.in_((CALLED, DONE)))
    recent = select(Activity).where(*kinds, Activity.created_at > datetime.now(UTC) - SHOWN_FOR)
    last = {row.subject_id: row for row in db.scalars(recent.order_by(Activity.seq)) if row.subject_id}
    calls = [row for row in last.values() if row.action == CALLED][:SHOWN]
    return [Call(id, _guest(db, id), row.created_at) for row in calls if (id := row.subject_id)]


def hand_back(db: Session, workspace_id: UUID, conversation_id: UUID, user_id: UUID | None) -> Followup | None:
    """Done: the bot listens again. None where this venue has no such conversation."""
    return _tell(db, workspace_id, conversation_id, user_id, DONE, STAFF_DONE, {})


def write_to(
    db: Session, workspace_id: UUID, conversation_id: UUID, user_id: UUID | None, text: str
) -> Followup | None:
    """A word from staff to the guest, who talks with them from then on."""
    return _tell(db, workspace_id, conversation_id, user_id, ANSWERED, STAFF_SAID, {"text": text})


def _tell(
    db: Session,
    workspace_id: UUID,
    conversation_id: UUID,
    user_id: UUID | None,
    action: str,
    kind: str,
    data: dict[str, Any],
) -> Followup | None:
    mine = (Conversation.workspace_id == workspace_id, Conversation.id == conversation_id)
    if db.scalar(select(Conversation.id).where(*mine)) is None:
        return None
    note = Activity(
        workspace_id=workspace_id,
        user_id=user_id,
        action=action,
        subject_kind="conversation",
        subject_id=conversation_id,
    )
    db.add(note)
    owe(db, conversation_id, kind, data)
    return Followup(conversations=frozenset({conversation_id}))


def _guest(db: Session, conversation_id: UUID) -> str:
    customer = db.get_one(Customer, db.get_one(Conversation, conversation_id).customer_id)
    return customer.given_name or customer.name or masked(customer.phone or "")
