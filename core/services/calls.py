"""A word from staff to a guest, and the chat handed back to the bot."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.conversation.events import STAFF_DONE, STAFF_SAID
from core.services.followup import Followup
from core.store.sql.outbox import owe
from core.store.sql.tables import Activity, Conversation

ANSWERED = "staff_wrote_to_guest"
DONE = "guest_handed_back"


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

