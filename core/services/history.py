"""Messages into PostgreSQL, in batches, off the guest's path; and with them the proof that what was owed was said."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import ARRAY, String, Uuid, case, cast, column, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core import clock
from core.domain.statuses import DeadLetterState, Direction, MessageStatus
from core.log import get_logger
from core.services.notices import save_notices
from core.services.profiles import bring_back
from core.services.program import Program
from core.store.redis.streams import Entry
from core.store.sql.engine import transaction
from core.store.sql.tables import DeadLetter, Message, Outbox, WebhookEvent

ONE_AT_A_TIME = 7_201
BATCH = 500

log = get_logger(__name__)


def save_messages(program: Program) -> int:
    """Save what waits in the history stream; answers how many entries. One process at a time, so that order holds."""
    saved = 0
    while entries := program.store.history.read("history", BATCH):
        if not _save(program, entries):
            return saved
        program.store.history.done(entries)
        saved += len(entries)
    return saved


def _save(program: Program, entries: list[Entry]) -> bool:
    notes = [_clean(json.loads(entry.body)) for entry in entries]
    bring_back(program, notes)
    try:
        return _save_notes(program, notes)
    except (DBAPIError, ValueError, KeyError):
        log.exception("history_batch_refused", entries=len(notes))
    return [_save_alone(program, note) for note in notes].count(False) == 0


def _save_alone(program: Program, note: dict[str, Any]) -> bool:
    """A batch was refused for one of its entries: save the others, keep the odd one where staff can see it."""
    try:
        return _save_notes(program, [note])
    except (DBAPIError, ValueError, KeyError) as error:
        log.exception("history_entry_refused", kind=note.get("type"))
        odd = {"source": "history", "outcome": type(error).__name__, "detail": note}
        return _save_notes(program, [odd | {"type": "webhook"}])


def _save_notes(program: Program, notes: list[dict[str, Any]]) -> bool:
    with transaction(program.sessions) as db:
        if not db.scalar(select(func.pg_try_advisory_xact_lock(ONE_AT_A_TIME))):
            return False
        for kind, save in _SAVERS.items():
            chosen = [note for note in notes if note.get("type") == kind]
            if chosen:
                save(db, chosen)
    return True


def _save_turns(db: Session, notes: list[dict[str, Any]]) -> None:
    rows = [row for note in notes if note["workspace"] for row in _rows(note)]
    if rows:
        db.execute(insert(Message).on_conflict_do_nothing(), rows)
    silent = [note["event"] for note in notes if not note["replies"]]
    mark_said(db, silent)
    letters = [_dead_letter(note) for note in notes if "dead" in note and note["workspace"]]
    if letters:
        db.execute(insert(DeadLetter).on_conflict_do_nothing(), letters)


def _rows(note: dict[str, Any]) -> list[dict[str, Any]]:
    shared = {"workspace_id": UUID(note["workspace"]), "mailbox": note["box"], "event_id": note["event"]}
    rows = [shared | _outgoing(reply) for reply in note["replies"]]
    return [shared | _incoming(note), *rows] if note["external"] else rows


def _incoming(note: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": uuid5(NAMESPACE_URL, note["event"]),
        "direction": Direction.IN,
        "external_id": note["external"],
        "kind": note["kind"],
        "important": False,
        "body": _words(note["data"]),
        "status": None,
        "at": _time(note["at"]),
    }


def _words(data: dict[str, Any]) -> str:
    """What a guest said; of what is not text, as much as can be said of it."""
    place = [data[name] for name in ("name", "address", "latitude", "longitude") if data.get(name) not in (None, "")]
    return str(data.get("text") or data.get("title") or ", ".join(map(str, place)) or data.get("type") or "")


def _outgoing(reply: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": UUID(reply["id"]),
        "direction": Direction.OUT,
        "external_id": None,
        "kind": reply.get("kind", "reply"),
        "important": reply.get("important", False),
        "body": reply["body"],
        "status": MessageStatus.QUEUED,
        "at": _time(reply["at"]),
    }


def _dead_letter(note: dict[str, Any]) -> dict[str, Any]:
    return {
        "workspace_id": UUID(note["workspace"]),
        "lane": note["dead"].get("lane", "conversations"),
        "mailbox": note["box"],
        "event_id": note["event"],
        "body": json.dumps(note["dead"]["body"]),
        "attempts": note["dead"]["attempts"],
        "error": note["dead"].get("error", ""),
        "state": DeadLetterState.DEAD,
        "at": clock.now(),
    }


def _save_sendings(db: Session, notes: list[dict[str, Any]]) -> None:
    """Queued becomes sent; a status that came earlier is not undone. One statement for all of a batch."""
    external = {UUID(note["id"]): note["external"] or None for note in notes}
    ids, externals = cast(list(external), ARRAY(Uuid)), cast(list(external.values()), ARRAY(String))
    unnested = func.unnest(ids, externals).table_valued(column("id", Uuid), column("external", String), name="sent")
    sent = unnested.render_derived()
    queued = Message.status == MessageStatus.QUEUED
    status = case((queued, literal(MessageStatus.SENT, Message.status.type)), else_=Message.status)
    db.execute(
        update(Message).where(Message.id == sent.c.id).values(external_id=sent.c.external, status=status),
        execution_options={"synchronize_session": False},
    )
    mark_said(db, [note["cause"] for note in notes])


def _save_failures(db: Session, notes: list[dict[str, Any]]) -> None:
    for note in notes:
        status = MessageStatus.UNKNOWN if note["code"] == "unknown" else MessageStatus.FAILED
        message = update(Message).where(Message.id == UUID(note["id"]), Message.status == MessageStatus.QUEUED)
        db.execute(message.values(status=status, error_code=note["code"]))
    mark_said(db, [note["cause"] for note in notes])


def _save_practice(db: Session, notes: list[dict[str, Any]]) -> None:
    """They stayed in the house; what owed them is done."""
    kept = (Message.id.in_([UUID(note["id"]) for note in notes]), Message.status == MessageStatus.QUEUED)
    db.execute(update(Message).where(*kept).values(status=MessageStatus.PRACTICE))
    mark_said(db, [note["cause"] for note in notes])


def mark_said(db: Session, event_ids: list[str]) -> None:
    """What was owed has been said (rule 20). Only events that came from the outbox table have its ids."""
    owed = [UUID(id) for id in event_ids if len(id) == 36]
    if owed:
        db.execute(update(Outbox).where(Outbox.id.in_(owed), Outbox.done_at.is_(None)).values(done_at=func.now()))


def _save_webhooks(db: Session, notes: list[dict[str, Any]]) -> None:
    rows = []
    for note in notes:
        body = json.dumps(note["detail"], sort_keys=True)
        digest = hashlib.sha256(body.encode()).hexdigest()
        what = {"source": note["source"], "reason": note["outcome"], "digest": digest, "body": body}
        rows.append(what | {"received_at": clock.now(), "workspace_id": None})
    db.execute(insert(WebhookEvent).on_conflict_do_nothing(), rows)


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _clean(value: Any) -> Any:
    """PostgreSQL keeps neither NUL nor half a surrogate pair."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {key: _clean(inner) for key, inner in value.items()}
    return [_clean(inner) for inner in value] if isinstance(value, list) else value


_SAVERS: dict[str, Callable[[Session, list[dict[str, Any]]], None]] = {
    "turn": _save_turns,
    "sent": _save_sendings,
    "failed": _save_failures,
    "practice": _save_practice,
    "webhook": _save_webhooks,
    "account": save_notices,
}
