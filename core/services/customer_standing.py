"""How a guest stands with the house: what staff note of them, and whether the bot still talks with them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core import clock
from core.errors import Rejected
from core.services.activity import Actor, record
from core.services.customers import profile_of
from core.store.sql.tables import Conversation, Customer
from core.store.sql.tables.people import CustomerNote

LONGEST_NOTE, MOST_NOTES = 500, 50


def notes_of(db: Session, workspace_id: UUID, customer_id: UUID) -> Sequence[CustomerNote]:
    """The newest first."""
    mine = (CustomerNote.workspace_id == workspace_id, CustomerNote.customer_id == customer_id)
    return db.scalars(select(CustomerNote).where(*mine).order_by(CustomerNote.created_at.desc())).all()


def add_note(db: Session, actor: Actor, customer_id: UUID, text: str) -> None:
    """Staff write something down. The log has that they did, never what.

    Raises Rejected: not_found, note_empty, note_long, notes_full.
    """
    body = "\n".join(" ".join(line.replace("\0", "").split()) for line in text.strip().splitlines())
    if not body or len(body) > LONGEST_NOTE:
        raise Rejected("note_long" if body else "note_empty")
    customer = theirs(db, actor.workspace_id, customer_id, lock=True)
    mine = select(func.count()).where(CustomerNote.customer_id == customer.id)
    if (db.scalar(mine) or 0) >= MOST_NOTES:
        raise Rejected("notes_full")
    about = {"workspace_id": actor.workspace_id, "customer_id": customer.id}
    db.add(CustomerNote(**about, user_id=actor.user_id, who=actor.name, body=body))
    record(db, actor, "customer_note_added", "customer", customer_id)


def take_note_away(db: Session, actor: Actor, customer_id: UUID, note_id: UUID) -> None:
    """One note goes; again does nothing."""
    mine = (CustomerNote.workspace_id == actor.workspace_id, CustomerNote.customer_id == customer_id)
    gone = delete(CustomerNote).where(*mine, CustomerNote.id == note_id).returning(CustomerNote.who)
    if (who := db.scalar(gone)) is not None:
        record(db, actor, "customer_note_deleted", "customer", customer_id, detail={"written_by": who})


def block(db: Session, actor: Actor, customer_id: UUID, *, blocked: bool) -> dict[str, dict[str, Any]]:
    """From now on the bot answers them once, and then no more; or talks with them again. What they write is kept, and
    what they pay is settled and told, either way. Answers what to keep beside their sessions, by mailbox.

    Raises Rejected: not_found.
    """
    customer = theirs(db, actor.workspace_id, customer_id, lock=True)
    if blocked != (customer.blocked_at is not None):
        customer.blocked_at = clock.now() if blocked else None
        record(db, actor, "customer_blocked" if blocked else "customer_unblocked", "customer", customer_id)
        db.flush()
    return {box: profile_of(db, customer) for box in boxes(db, actor.workspace_id, customer_id)}


def theirs(db: Session, workspace_id: UUID, customer_id: UUID, *, lock: bool = False) -> Customer:
    """A customer of this house. Raises Rejected: not_found."""
    mine = (Customer.workspace_id == workspace_id, Customer.id == customer_id, Customer.deleted_at.is_(None))
    query = select(Customer).where(*mine)
    customer = db.scalar(query.with_for_update() if lock else query)
    if customer is None:
        raise Rejected("not_found")
    return customer


def boxes(db: Session, workspace_id: UUID, customer_id: UUID) -> Sequence[str]:
    """Their mailboxes."""
    mine = (Conversation.workspace_id == workspace_id, Conversation.customer_id == customer_id)
    return db.scalars(select(Conversation.mailbox).where(*mine)).all()
