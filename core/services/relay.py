"""PostgreSQL owes a conversation or a board something: bring it there by id, so that a repeat is harmless (rule 19)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core import clock
from core.crashpoint import crashpoint
from core.domain.orders import OPEN
from core.domain.statuses import Topic
from core.errors import TryAgain
from core.log import get_logger
from core.services.followup import Followup
from core.services.orders import board_order
from core.services.program import Program
from core.services.staff_calls import board_call
from core.store.redis.mailbox import Item
from core.store.sql.engine import transaction
from core.store.sql.outbox import CALL
from core.store.sql.tables import Conversation, Customer, Outbox

UNCONFIRMED_SECONDS = 20
BATCH = 500
MENU_LIST = "products"

log = get_logger(__name__)


def follow_up(program: Program, followup: Followup) -> None:
    """After a commit: relay what it owes, renew menus, send its jobs. What cannot be done now the sweeps find."""
    crashpoint("relay.before_push")
    for conversation_id in followup.conversations:
        _or_later(relay_conversation, program, conversation_id)
    for workspace_id in followup.boards:
        _or_later(relay_board, program, workspace_id)
    for workspace_id in followup.menus:
        _or_later(program.store.menus.changed, str(workspace_id))
    for box, profile in followup.profiles:
        _or_later(program.store.known_anew, box, profile)
    for workspace_id, name in followup.lists | {(workspace_id, MENU_LIST) for workspace_id in followup.menus}:
        _or_later(program.store.board.list_changed, str(workspace_id), name)
    program.ring.all(followup.jobs)


def _or_later(step: Callable[..., None], *arguments: Any) -> None:
    """The change is committed: a store that is away must not make it look like a failure."""
    try:
        step(*arguments)
    except TryAgain as error:
        log.warning("followup_left_to_the_sweep", step=step.__name__, error=str(error))


def relay_conversation(program: Program, conversation_id: UUID, wait: bool = True) -> None:
    """Push all open rows of one conversation, oldest first, then mark them; under a lock on the conversation."""
    with transaction(program.sessions) as db:
        lock = (
            select(Conversation)
            .where(Conversation.id == conversation_id)
            .with_for_update(key_share=True, skip_locked=not wait)
        )
        conversation = db.scalar(lock)
        if conversation is None:
            return
        rows = list(db.scalars(_open(Topic.CONVERSATION).where(Outbox.conversation_id == conversation_id)))
        if not rows:
            return
        guest = guest_of(program, db, conversation)
        pushed = program.store.conversations.push([_item(conversation, row, guest) for row in rows])
        crashpoint("relay.after_push")
        _mark(db, rows)
    crashpoint("relay.after_mark")
    if pushed.bell:
        program.ring.conversations(pushed.bell)


def relay_board(program: Program, workspace_id: UUID) -> None:
    """Publish all open board rows of one workspace, with each order and call as it stands now."""
    with transaction(program.sessions) as db:
        opened = _open(Topic.BOARD).where(Outbox.workspace_id == workspace_id)
        rows = list(db.scalars(opened.with_for_update(skip_locked=True)))
        for row in rows:
            program.store.board.add(str(workspace_id), str(row.id), _board_body(db, row))
        _mark(db, rows, done=True)


def sweep_outbox(program: Program) -> None:
    """Relay what a dead process left, and open again what a wiped store forgot (rule 20)."""
    _reopen_forgotten(program)
    with transaction(program.sessions) as db:
        late = Outbox.created_at < func.now() - timedelta(seconds=1)
        columns = select(Outbox.topic, Outbox.conversation_id, Outbox.workspace_id)
        found = db.execute(columns.where(Outbox.relayed_at.is_(None), late).distinct().limit(BATCH)).all()
    for conversation_id in {row.conversation_id for row in found if row.topic == Topic.CONVERSATION}:
        relay_conversation(program, conversation_id, wait=False)
    for workspace_id in {row.workspace_id for row in found if row.topic == Topic.BOARD}:
        relay_board(program, workspace_id)


def _reopen_forgotten(program: Program) -> None:
    """Relayed, unconfirmed and unknown to the store: the row is open again."""
    with transaction(program.sessions) as db:
        old = Outbox.relayed_at < func.now() - timedelta(seconds=UNCONFIRMED_SECONDS)
        ids = list(db.scalars(select(Outbox.id).where(Outbox.done_at.is_(None), old).order_by(Outbox.seq).limit(BATCH)))
        known = program.store.knows([str(id) for id in ids])
        lost = [id for id, seen in zip(ids, known, strict=True) if not seen]
        if lost:
            db.execute(update(Outbox).where(Outbox.id.in_(lost)).values(relayed_at=None))


def _board_body(db: Session, row: Outbox) -> dict[str, Any]:
    """What the row is about, as it stands now; null once it left the board."""
    if row.kind == CALL:
        return board_call(db, row.workspace_id, UUID(row.payload["call_id"]))
    card = board_order(db, row.workspace_id, UUID(row.payload["order_id"]))
    shown = card if card is not None and card["status"] in OPEN else None
    return {"order_id": row.payload["order_id"], "version": card["version"] if card else 0, "order": shown}


def _open(topic: Topic) -> Any:
    return select(Outbox).where(Outbox.topic == topic, Outbox.relayed_at.is_(None)).order_by(Outbox.seq).limit(BATCH)


def _mark(db: Session, rows: list[Outbox], done: bool = False) -> None:
    now = clock.now()
    values = {"relayed_at": now} | ({"done_at": now} if done else {})
    db.execute(update(Outbox).where(Outbox.id.in_([row.id for row in rows])).values(values))


def _item(conversation: Conversation, row: Outbox, guest: dict[str, Any]) -> Item:
    body = {
        "kind": row.kind,
        "at": row.created_at.timestamp(),
        "data": row.payload,
        "trace": row.payload.get("payment_id") or str(row.id),
    }
    return Item(str(row.id), (conversation.mailbox,), row.created_at.timestamp(), body, guest, fixed=True)


def guest_of(program: Program, db: Session, conversation: Conversation) -> dict[str, Any]:
    """How this guest is answered: on which number, to which address, how fast."""
    customer = db.get_one(Customer, conversation.customer_id)
    line = program.directory.line(str(conversation.channel_id))
    rate = {"rate": line.throughput} if line else {}
    return rate | {
        "channel": str(conversation.channel_id),
        "workspace": str(conversation.workspace_id),
        "phone": customer.phone or "",
        "bsuid": customer.bsuid or "",
        "name": customer.name,
        "stopped": customer.messages_stopped_at is not None,
    }
