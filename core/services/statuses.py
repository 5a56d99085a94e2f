"""What became of our messages: forward only, matched by the id we sent along, also before the send has returned."""

import json
import re
import time
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import Session

from core.domain.statuses import MessageStatus
from core.log import get_logger
from core.services.program import Program
from core.services.second_way import DAY_IS_OVER, say_it_another_way
from core.store.redis.streams import Entry
from core.store.sql.engine import transaction
from core.store.sql.tables import Message

BATCH = 500
PATIENCE_SECONDS = 120
CALLBACK = re.compile(r"[0-9a-f]{32}:(?P<ids>[0-9a-f-]{36}(,[0-9a-f-]{36}){0,9}):[0-9]{1,3}")
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
        for entry, status in read:
            if status["error"] == DAY_IS_OVER and entry in done:
                say_it_another_way(program, status["callback"].partition(":")[0], _message_ids(status["callback"]))
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
    """Answers whether nothing is left to do. One status may be about several messages that left as one."""
    word, ids = WORDS.get(status["status"]), _message_ids(status["callback"])
    if word is None or not ids:
        return True
    rank = case({one.value: rank for one, rank in RANK.items()}, value=Message.status, else_=0)
    changes = {"status": word} | ({"error_code": status["error"]} if word is MessageStatus.FAILED else {})
    if word is MessageStatus.FAILED:
        log.warning("message_failed", message=str(ids[0]), code=status["error"])
    db.execute(update(Message).where(Message.id.in_(ids), rank < RANK[word]).values(changes))
    return db.scalar(select(func.count()).where(Message.id.in_(ids))) == len(ids)


def _message_ids(callback: str) -> list[UUID]:
    found = CALLBACK.fullmatch(callback)
    return [UUID(id) for id in found["ids"].split(",")] if found else []


def _is_late(entry: Entry) -> bool:
    return time.time() - int(entry.id.split("-")[0]) / 1000 > PATIENCE_SECONDS
