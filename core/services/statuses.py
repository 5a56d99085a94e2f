"""What became of our messages: forward only, matched by the id we sent along, also before the send has returned."""

import json
import re
import time
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.domain.statuses import MessageStatus
from core.log import get_logger
from core.services.history import mark_said
from core.services.program import Program
from core.services.second_way import DAY_IS_OVER, NOT_FETCHED, say_it_another_way, send_the_link
from core.store.redis.streams import FIRST, Entry, came
from core.store.sql.engine import transaction
from core.store.sql.tables import Message

READER, BATCH = "statuses", 500
PATIENCE_SECONDS = 120
ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
CALLBACK = re.compile(rf"[0-9a-f]{{32}}:(?P<ids>{ID}(,{ID}){{0,9}}):[0-9]{{1,3}}")
# Meta's words in the order they may follow each other; a failure may follow `sent`, nothing follows a failure.
RANK = {
    MessageStatus.UNKNOWN: 0,
    MessageStatus.QUEUED: 0,
    MessageStatus.SENT: 1,
    MessageStatus.DELIVERED: 2,
    MessageStatus.READ: 3,
    MessageStatus.FAILED: 4,
    MessageStatus.PRACTICE: 4,
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
    """Apply what waits in the status stream. A status whose message is not saved yet is looked at again later, after
    those that are new: statuses of messages nobody knows hold up no others."""
    applied, place = _save_new(program), FIRST
    while place:
        place, left = program.store.statuses.left(READER, place, BATCH)
        applied += _save(program, left) + _save_new(program)
    return applied


def _save_new(program: Program) -> int:
    applied = 0
    while entries := program.store.statuses.new(READER, BATCH):
        applied += _save(program, entries)
    return applied


def _save(program: Program, entries: list[Entry]) -> int:
    if not entries:
        return 0
    done = _apply_all(program, entries, program.store.history.oldest())
    program.store.statuses.done(done)
    return len(done)


def _apply_all(program: Program, entries: list[Entry], unsaved: float | None) -> list[Entry]:
    """The entries that need no second look; an odd one sinks no other. `unsaved`: since when messages wait to be
    saved."""
    try:
        return _apply_together(program, entries, unsaved)
    except (DBAPIError, ValueError, KeyError) as error:
        if len(entries) == 1:
            log.exception("status_refused", error=type(error).__name__)
            return entries
    return [done for entry in entries for done in _apply_all(program, [entry], unsaved)]


def _apply_together(program: Program, entries: list[Entry], unsaved: float | None) -> list[Entry]:
    read = [(entry, json.loads(entry.body)) for entry in entries]
    with transaction(program.sessions) as db:
        messages = _messages(db, [status for _, status in read])
        known = [status for _, status in read if _apply(messages, status)]
        said = [messages[key] for status in known for key in _keys(status) if key in messages]
        mark_said(db, [message.event_id or "" for message in said])
    for status in known:
        _prove(program, status)
        box, ids = status["callback"].partition(":")[0], _message_ids(status["callback"])
        if status["error"] == DAY_IS_OVER:
            say_it_another_way(program, box, ids)
        elif status["error"] == NOT_FETCHED:
            send_the_link(program, box, ids)
    return [entry for entry, status in read if status in known or _is_late(entry, unsaved)]


def _messages(db: Session, statuses: list[dict[str, Any]]) -> dict[tuple[str, UUID], Message]:
    """The messages these statuses speak of, by workspace and id: nobody's status touches another's message."""
    ids = [id for status in statuses for id in _message_ids(status["callback"])]
    found = db.scalars(select(Message).where(Message.id.in_(ids)).order_by(Message.id).with_for_update())
    return {(str(message.workspace_id), message.id): message for message in found}


def _prove(program: Program, status: dict[str, Any]) -> None:
    """Any status proves that its message left the house: a sender that waits for an answer need not (rule 8)."""
    if CALLBACK.fullmatch(status["callback"]):
        program.store.outbox.proven(status["callback"])


def _apply(messages: dict[tuple[str, UUID], Message], status: dict[str, Any]) -> bool:
    """False while not all messages that left with this status' one are known in this workspace."""
    word, keys = WORDS.get(status["status"]), _keys(status)
    if word is None or not keys:
        return True
    if any(key not in messages for key in keys):
        return False
    for message in (messages[key] for key in keys):
        if message.status is not None and RANK[message.status] < RANK[word]:
            message.status, message.error_code = word, status["error"] or message.error_code
    if word is MessageStatus.FAILED:
        log.warning("message_failed", message=str(keys[0][1]), code=status["error"])
    return True


def _keys(status: dict[str, Any]) -> list[tuple[str, UUID]]:
    """One status may be about several messages that left as one."""
    return [(status["workspace"], id) for id in _message_ids(status["callback"])]


def _message_ids(callback: str) -> list[UUID]:
    found = CALLBACK.fullmatch(callback)
    return [UUID(id) for id in found["ids"].split(",")] if found else []


def _is_late(entry: Entry, unsaved: float | None) -> bool:
    """Nobody will ever know its message: a while has passed, and all that was said before it is saved."""
    at = came(entry.id)
    return time.time() - at > PATIENCE_SECONDS and (unsaved is None or at < unsaved)
