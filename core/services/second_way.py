"""WhatsApp took a message and says later that the guest's day was over: the same news goes as a template."""

import time
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import String, cast, select, update

from core.services.letters import template_of
from core.services.program import Program
from core.store.redis.mailbox import Item
from core.store.sql.engine import transaction
from core.store.sql.tables import Message, Outbox

DAY_IS_OVER = "131047"


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
