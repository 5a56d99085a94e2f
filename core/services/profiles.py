"""A guest of another day writes again: what is known of them is put beside their session, off their path."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core.services.customers import profile_of
from core.services.program import Program
from core.store.sql.engine import transaction
from core.store.sql.tables import Conversation, Customer


def bring_back(program: Program, notes: list[dict[str, Any]]) -> None:
    """For every turn that knew nothing of its guest; one read for the whole batch."""
    boxes: dict[UUID, set[str]] = defaultdict(set)
    for note in notes:
        if note.get("unknown") and note["workspace"]:
            boxes[UUID(note["workspace"])].add(note["box"])
    for workspace_id, unknown in boxes.items():
        for box, profile in _known(program, workspace_id, unknown):
            program.store.remember(box, profile)


def _known(program: Program, workspace_id: UUID, boxes: set[str]) -> list[tuple[str, dict[str, Any]]]:
    mine = (Conversation.workspace_id == workspace_id, Conversation.mailbox.in_(boxes), Customer.deleted_at.is_(None))
    query = select(Conversation.mailbox, Customer).join(Customer, Customer.id == Conversation.customer_id)
    with transaction(program.sessions) as db:
        return [(box, profile_of(db, customer)) for box, customer in db.execute(query.where(*mine)).all()]
