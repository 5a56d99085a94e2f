"""An event that failed on every try: staff read it, put it back into its mailbox, or drop it for a reason."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import clock, metrics
from core.crashpoint import crashpoint
from core.domain.statuses import DeadLetterState
from core.errors import Rejected
from core.log import get_logger
from core.services.activity import Actor, record
from core.services.conversation_history import conversation_of
from core.services.program import Program
from core.services.relay import guest_of
from core.store.redis.mailbox import Item, Pushed
from core.store.sql.engine import transaction
from core.store.sql.tables import DeadLetter

CONVERSATIONS, PAYMENTS = "conversations", "payments"
LANES = (CONVERSATIONS, PAYMENTS)
SHOWN = 50
LONGEST_REASON = 500

log = get_logger(__name__)


@dataclass(frozen=True)
class Decider:
    """Who decides, and why. `user_id` is None where it is done by command; then `name` says who sat there."""

    user_id: UUID | None
    name: str
    reason: str = ""


def letters(db: Session, workspace_id: UUID, state: DeadLetterState | None = None) -> list[DeadLetter]:
    """The newest of a venue: of those in one state, else of all."""
    query = select(DeadLetter).where(DeadLetter.workspace_id == workspace_id)
    wanted = query.where(DeadLetter.state == state) if state else query
    return list(db.scalars(wanted.order_by(DeadLetter.at.desc(), DeadLetter.id).limit(SHOWN)))


def read_letter(db: Session, workspace_id: UUID, letter_id: UUID, reader: Decider) -> DeadLetter:
    """One of them, to be read: what a guest wrote is in it, so that is noted. Raises Rejected ("not_found")."""
    letter = _letter(db, workspace_id, letter_id)
    _note(db, letter, "dead_letter_read", reader)
    return letter


def body_of(letter: DeadLetter) -> dict[str, Any]:
    """The event as it lay in its mailbox: {kind, at, data, …}, without who the guest is."""
    body: dict[str, Any] = json.loads(letter.body)
    return {name: value for name, value in body.items() if name != "guest"}


def undecided(db: Session, workspace_id: UUID) -> int:
    """How many wait for somebody to decide."""
    mine = (DeadLetter.workspace_id == workspace_id, DeadLetter.state == DeadLetterState.DEAD)
    return db.scalar(select(func.count()).where(*mine)) or 0


def count_undecided(program: Program) -> None:
    """For `/metrics`: how many wait in each lane, in all venues together."""
    query = select(DeadLetter.lane, func.count().label("number")).where(DeadLetter.state == DeadLetterState.DEAD)
    with transaction(program.sessions) as db:
        found = {row.lane: row.number for row in db.execute(query.group_by(DeadLetter.lane))}
    for lane in LANES:
        metrics.dead_letters_undecided.labels(lane).set(found.get(lane, 0))


def replay(program: Program, workspace_id: UUID, letter_id: UUID, by: Decider) -> None:
    """Back into its mailbox, under an id of its own, so that it is taken as if it came now; its time stays that of the
    event, and what is too late for an order stays too late.

    Pushed before it is marked: of a process that dies in between the next try pushes the same id, which has no effect.
    Raises Rejected ("not_found", "decided", "guest_unknown").
    """
    with transaction(program.sessions) as db:
        letter = _undecided(db, workspace_id, letter_id)
        event_id = uuid5(letter.id, "replay").hex
        pushed = _push(program, letter.lane, _item(program, db, letter, event_id))
        crashpoint("letters.pushed")
        letter.replayed_as = event_id
        _decide(db, letter, DeadLetterState.REPLAYED, by)
    if pushed.bell:
        program.ring.lane(letter.lane, pushed.bell)
    log.info("dead_letter_replayed", letter=str(letter_id), replayed_as=event_id)


def drop(db: Session, workspace_id: UUID, letter_id: UUID, by: Decider) -> None:
    """Nothing will come of it. Raises Rejected ("not_found", "decided", "no_reason")."""
    if not by.reason.strip():
        raise Rejected("no_reason")
    _decide(db, _undecided(db, workspace_id, letter_id), DeadLetterState.DROPPED, by)
    log.info("dead_letter_dropped", letter=str(letter_id))


def _letter(db: Session, workspace_id: UUID, letter_id: UUID, lock: bool = False) -> DeadLetter:
    query = select(DeadLetter).where(DeadLetter.workspace_id == workspace_id, DeadLetter.id == letter_id)
    letter = db.scalar(query.with_for_update() if lock else query)
    if letter is None:
        raise Rejected("not_found")
    return letter


def _undecided(db: Session, workspace_id: UUID, letter_id: UUID) -> DeadLetter:
    letter = _letter(db, workspace_id, letter_id, lock=True)
    if letter.state is not DeadLetterState.DEAD:
        raise Rejected("decided")
    return letter


def _decide(db: Session, letter: DeadLetter, state: DeadLetterState, by: Decider) -> None:
    letter.state, letter.decided_at, letter.decided_by = state, clock.now(), by.user_id
    letter.reason = _kept(by.reason)
    _note(db, letter, f"dead_letter_{state.value}", by)


def _note(db: Session, letter: DeadLetter, action: str, by: Decider) -> None:
    actor = Actor(letter.workspace_id, by.user_id, by.name)
    why = {"reason": _kept(by.reason)} if _kept(by.reason) else {}
    record(db, actor, action, "dead_letter", letter.id, detail={"event": letter.event_id, **why})


def _kept(reason: str) -> str:
    return reason.replace("\0", "").strip()[:LONGEST_REASON]


def _item(program: Program, db: Session, letter: DeadLetter, event_id: str) -> Item:
    body = body_of(letter)
    guest = _guest(program, db, letter) if letter.lane == CONVERSATIONS else {}
    return Item(event_id, (letter.mailbox,), body["at"], body, guest, fixed=True)


def _guest(program: Program, db: Session, letter: DeadLetter) -> dict[str, Any]:
    """As the books know them now, else as they were when the event was given up."""
    if conversation := conversation_of(db, letter.workspace_id, letter.mailbox):
        return guest_of(program, db, conversation)
    guest: dict[str, Any] = json.loads(letter.body).get("guest") or {}
    if not guest.get("workspace"):
        raise Rejected("guest_unknown")
    return guest


def _push(program: Program, lane: str, item: Item) -> Pushed:
    mailboxes = program.store.payments if lane == PAYMENTS else program.store.conversations
    return mailboxes.push([item])
