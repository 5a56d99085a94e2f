"""A guest asks for somebody: a call that stands on the board until a member of staff has seen it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import clock
from core.conversation.effects import Outcome
from core.conversation.events import STAFF_DONE
from core.domain.statuses import CallStatus
from core.errors import Rejected
from core.services.activity import Actor, record
from core.services.customers import Guest
from core.services.followup import Followup
from core.store.sql.outbox import owe, owe_board_call
from core.store.sql.tables import Order, StaffCall

SEATED_FOR = timedelta(hours=12)  # an older order says nothing of where the guest sits now
WORDS = {"guest": "Asks for somebody"}


def call_staff(db: Session, guest: Guest, reason: str) -> tuple[Outcome, Followup]:
    """Somebody should look after this guest. Asking again while the call is open makes it the latest."""
    workspace_id, said = guest.conversation.workspace_id, {"reason": reason}
    call_id = _open_call(db, guest, reason)
    record(db, Actor(workspace_id), "guest_called_staff", "conversation", guest.conversation.id, detail=said)
    owe_board_call(db, workspace_id, call_id)
    return {"result": "called"}, Followup(boards=frozenset({workspace_id}))


def see_call(db: Session, workspace_id: UUID, call_id: UUID, user_id: UUID) -> Followup:
    """A member of staff has seen it, and the bot listens again: the first tap counts. Raises Rejected ("not_found")."""
    query = select(StaffCall).where(StaffCall.workspace_id == workspace_id, StaffCall.id == call_id)
    call = db.scalar(query.with_for_update())
    if call is None:
        raise Rejected("not_found")
    if call.status is CallStatus.SEEN:
        return Followup()
    call.status, call.seen_by, call.seen_at = CallStatus.SEEN, user_id, clock.now()
    call.version += 1
    owe_board_call(db, workspace_id, call_id)
    record(db, Actor(workspace_id, user_id), "guest_handed_back", "conversation", call.conversation_id)
    owe(db, call.conversation_id, STAFF_DONE, {})
    return Followup(boards=frozenset({workspace_id}), conversations=frozenset({call.conversation_id}))


def open_calls(db: Session, workspace_id: UUID) -> list[dict[str, Any]]:
    """Who waits to be seen, the longest waiting first, JSON-ready."""
    query = select(StaffCall).where(StaffCall.workspace_id == workspace_id, StaffCall.status == CallStatus.OPEN)
    return [_card(call) for call in db.scalars(query.order_by(StaffCall.called_at, StaffCall.id))]


def board_call(db: Session, workspace_id: UUID, call_id: UUID) -> dict[str, Any]:
    """One change for the board: the call as it stands now, null once it was seen."""
    call = db.scalar(select(StaffCall).where(StaffCall.workspace_id == workspace_id, StaffCall.id == call_id))
    shown = _card(call) if call is not None and call.status is CallStatus.OPEN else None
    return {"call_id": str(call_id), "version": call.version if call else 0, "call": shown}


def _open_call(db: Session, guest: Guest, reason: str) -> UUID:
    said = {"customer_name": guest.customer.name, "table_number": _table(db, guest), "reason": reason}
    own = {"workspace_id": guest.conversation.workspace_id, "conversation_id": guest.conversation.id}
    again = {"called_at": func.now(), "updated_at": func.now(), "version": StaffCall.version + 1}
    row = insert(StaffCall).values(own | said | {"status": CallStatus.OPEN})
    row = row.on_conflict_do_update(
        index_elements=["conversation_id"], index_where=text("status = 'OPEN'"), set_=said | again
    )
    return db.execute(row.returning(StaffCall.id)).scalar_one()


def _table(db: Session, guest: Guest) -> int | None:
    """Where this guest last ordered to."""
    lately = (Order.customer_id == guest.customer.id, Order.created_at > clock.now() - SEATED_FOR)
    return db.scalar(select(Order.table_number).where(*lately).order_by(Order.created_at.desc()).limit(1))


def _card(call: StaffCall) -> dict[str, Any]:
    return {
        "id": str(call.id),
        "conversation": str(call.conversation_id),
        "version": call.version,
        "guest": call.customer_name,
        "table": call.table_number,
        "reason": WORDS.get(call.reason, call.reason),
        "called_at": call.called_at.isoformat(),
    }
