"""WhatsApp took a message and says later that it did not arrive, for a reason we know another way around.

The guest's day was over: the same news goes as a template. A file could not be fetched: its link goes as a text.
"""

import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import String, cast, select, update
from sqlalchemy.orm import Session

from core.conversation.events import DOCUMENT_READY, REPORT_READY
from core.services.letters import template_of
from core.services.program import Program
from core.store.redis.mailbox import Item
from core.store.sql.engine import transaction
from core.store.sql.tables import Message, Outbox, TurnEffects

DAY_IS_OVER, NOT_FETCHED = "131047", "131053"


def say_it_another_way(program: Program, box: str, message_ids: Sequence[UUID]) -> None:
    """Bring the news behind these messages to the conversation once more, as an event of its own: it happens once."""
    program.store.window_closed(box)
    with transaction(program.sessions) as db:
        causes = select(Message.event_id).where(Message.id.in_(message_ids), Message.mailbox == box)
        rows = db.scalars(select(Outbox).where(cast(Outbox.id, String).in_(causes)))
        news = [row for row in rows if template_of(row.kind, row.payload)]
        # What is said another way has not failed yet.
        said = Message.event_id.in_([str(row.id) for row in news])
        db.execute(update(Message).where(Message.id.in_(message_ids), said).values(important=False))
    pushed = program.store.conversations.push([_again(box, row) for row in news]) if news else None
    if pushed and pushed.bell:
        program.ring.conversations(pushed.bell)


def _again(box: str, row: Outbox) -> Item:
    now = time.time()
    body = {"kind": row.kind, "at": now, "data": row.payload, "trace": str(row.id)}
    return Item(f"{row.id}:template", (box,), now, body, fixed=True)


def send_the_link(program: Program, box: str, message_ids: Sequence[UUID]) -> None:
    """The document behind a message, once more and without a name for its file: so it goes as a link in words."""
    with transaction(program.sessions) as db:
        mine = (Message.id.in_(message_ids), Message.mailbox == box, Message.event_id.is_not(None))
        cause = db.scalar(select(Message.event_id).where(*mine).limit(1))
        news = _document_behind(db, cause) if cause else None
    pushed = program.store.conversations.push([_linked(box, cause, *news)]) if cause and news else None
    if pushed and pushed.bell:
        program.ring.conversations(pushed.bell)


def _document_behind(db: Session, cause: str) -> tuple[str, dict[str, Any]] | None:
    """It was news of ours, or the answer to a guest who asked."""
    brings = Outbox.kind.in_((DOCUMENT_READY, REPORT_READY))
    told = db.execute(select(Outbox.kind, Outbox.payload).where(cast(Outbox.id, String) == cause, brings)).first()
    if told is not None:
        return told.kind, told.payload
    answered = db.scalar(select(TurnEffects.outcome).where(TurnEffects.event_id == cause)) or {}
    given = (one for one in answered.get("outcomes", ()) if one.get("result") == "receipt")
    return next(((DOCUMENT_READY, one) for one in given), None)


def _linked(box: str, cause: str, kind: str, data: dict[str, Any]) -> Item:
    now = time.time()
    body = {"kind": kind, "at": now, "data": data | {"file": ""}, "trace": cause}
    return Item(f"{cause}:link", (box,), now, body, fixed=True)
