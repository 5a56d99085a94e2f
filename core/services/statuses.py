"""What became of our messages: forward only, matched by the id we sent along, also before the send has returned."""

import json
import re
import time
from typing import Any
from uuid import UUID

from sqlalchemy import case, update
from sqlalchemy.orm import Session

from core.domain.statuses import MessageStatus
from core.log import get_logger
from core.services.program import Program
from core.store.redis.streams import Entry
from core.store.sql.engine import transaction
from core.store.sql.tables import Message

BATCH = 500
PATIENCE_SECONDS = 120
CALLBACK = re.compile(r"[0-9a-f]{32}:(?P<id>[0-9a-f-]{36}):[0-9]{1,3}")
# Meta's words in the order they may follow each other; a failure may follow `sent`, nothing follows a failure.
RANK = {
    MessageStatus.UNKNOWN: 0,
    MessageStatus.QUEUED: 0,
    MessageStatus.SENT: 1,
    MessageStatus.DELIVERED: 2,
    MessageStatus.READ: 3,
    MessageStatus.FAILED: 4,
}
WORDS = {
    "sent": MessageStatus.SENT,
    "delivered": MessageStatus.DELIVERED,
    "read": MessageStatus.READ,
    "played": MessageStatus.READ,
    "failed": MessageStatus.FAILED,
}

log = get_logger(__name__)


def save_statuses(program: Program) -> int:
    """Apply what waits in the status stream. A status whose message is not saved yet is looked at again later."""
    applied = 0
    while entries := program.store.statuses.read("statuses", BATCH):
        read = [(entry, json.loads(entry.body)) for entry in entries]
        for _, status in read:
            _prove(program, status)
        with transaction(program.sessions) as db:
            done = [entry for entry, status in read if _apply(db, status) or _is_late(entry)]
        program.store.statuses.done(done)
        applied += len(done)
        if len(done) < len(entries):
            return applied
    return applied


def _prove(program: Program, status: dict[str, Any]) -> None:
    """Any status proves that its message left the house: a sender that waits for an answer need not (rule 8)."""
    if CALLBACK.fullmatch(status["callback"]):
        program.store.outbox.proven(status["callback"])


def _apply(db: Session, status: dict[str, Any]) -> bool:
    word, id = WORDS.get(status["status"]), _message_id(status["callback"])
    if word is None or id is None:
        return True
    rank = case({one.value: rank for one, rank in RANK.items()}, value=Message.status, else_=0)
    changes = {"status": word} | ({"error_code": status["error"]} if word is MessageStatus.FAILED else {})
    if word is MessageStatus.FAILED:
        log.warning("message_failed", message=str(id), code=status["error"])
    moved = db.execute(update(Message).where(Message.id == id, rank < RANK[word]).values(changes))
    return bool(moved.rowcount) or db.get(Message, id) is not None  # type: ignore[attr-defined]


def _message_id(callback: str) -> UUID | None:
    found = CALLBACK.fullmatch(callback)
    return UUID(found["id"]) if found else None


def _is_late(entry: Entry) -> bool:
    return time.time() - int(entry.id.split("-")[0]) / 1000 > PATIENCE_SECONDS
