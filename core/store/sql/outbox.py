"""What a change owes: a row written with the change itself, relayed after its commit, or swept later."""

from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.domain.statuses import Topic
from core.store.sql.tables import Conversation, Outbox

ORDER, CALL = "order", "call"  # what a row for the board is about


def owe(db: Session, conversation_id: UUID | None, kind: str, data: dict[str, Any]) -> UUID | None:
    """The conversation will be told. An order nobody ordered by chat owes nothing."""
    conversation = conversation_id and db.get(Conversation, conversation_id)
    if not conversation:
        return None
    return _add(
        db,
        Outbox(
            workspace_id=conversation.workspace_id,
            conversation_id=conversation.id,
            topic=Topic.CONVERSATION,
            kind=kind,
            payload=data,
        ),
    )


def owe_once(db: Session, row_id: UUID, conversation: Conversation, kind: str, data: dict[str, Any]) -> bool:
    """As `owe`, under an id of the caller's; answers whether it was not owed before."""
    row = {"id": row_id, "workspace_id": conversation.workspace_id, "conversation_id": conversation.id}
    owed = insert(Outbox).values(row | {"topic": Topic.CONVERSATION, "kind": kind, "payload": data})
    return db.scalar(owed.on_conflict_do_nothing().returning(Outbox.id)) is not None


def owe_board(db: Session, workspace_id: UUID, order_id: UUID) -> UUID:
    """The board will show this order as it is when the row is read."""
    return _owe_board(db, workspace_id, ORDER, {"order_id": str(order_id)})


def owe_board_call(db: Session, workspace_id: UUID, call_id: UUID) -> UUID:
    """The board will show this guest's call as it is when the row is read."""
    return _owe_board(db, workspace_id, CALL, {"call_id": str(call_id)})


def _owe_board(db: Session, workspace_id: UUID, kind: str, payload: dict[str, Any]) -> UUID:
    return _add(db, Outbox(workspace_id=workspace_id, topic=Topic.BOARD, kind=kind, payload=payload))


def _add(db: Session, row: Outbox) -> UUID:
    db.add(row)
    db.flush()
    return row.id
