"""Who is writing: the guest's rows in PostgreSQL, found by what we know of them or made."""

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.cipher import installed
from core.store.sql.tables import Conversation, Customer


@dataclass(frozen=True)
class GuestRef:
    """What the mailbox knows of its guest. BSUID or phone may be empty, never both; `phone` in digits with country."""

    workspace_id: UUID
    channel_id: UUID
    mailbox: str
    bsuid: str
    phone: str
    name: str


@dataclass(frozen=True)
class Guest:
    """The guest's rows."""

    customer: Customer
    conversation: Conversation


def find_guest(db: Session, ref: GuestRef) -> Guest:
    """The rows of this guest; what is new about them (a name, a number, an id) is written down."""
    known = _by_mailbox(db, ref)
    customer = db.get_one(Customer, known.customer_id) if known else _customer(db, ref)
    _complete(db, customer, ref)
    return Guest(customer, known or _conversation(db, ref, customer))


def _by_mailbox(db: Session, ref: GuestRef) -> Conversation | None:
    mine = (Conversation.workspace_id == ref.workspace_id, Conversation.mailbox == ref.mailbox)
    return db.scalar(select(Conversation).where(*mine))


def _customer(db: Session, ref: GuestRef) -> Customer:
    if (found := _by_identity(db, ref)) is not None:
        return found
    phone = {"phone": ref.phone, "phone_index": installed().index(ref.phone)} if ref.phone else {}
    new = {"workspace_id": ref.workspace_id, "name": ref.name, "bsuid": ref.bsuid or None, **phone}
    # Somebody else may be making the same guest: that one counts, and is visible once the insert has waited for it.
    db.execute(insert(Customer).values(new).on_conflict_do_nothing())
    made = _by_identity(db, ref)
    if made is None:
        raise LookupError("a guest without BSUID and phone")
    return made


def _by_identity(db: Session, ref: GuestRef) -> Customer | None:
    return _by_bsuid(db, ref) or (by_phone(db, ref.workspace_id, ref.phone) if ref.phone else None)


def _by_bsuid(db: Session, ref: GuestRef) -> Customer | None:
    mine = (Customer.workspace_id == ref.workspace_id, Customer.bsuid == ref.bsuid)
    return db.scalar(select(Customer).where(*mine)) if ref.bsuid else None


def by_phone(db: Session, workspace_id: UUID, phone: str) -> Customer | None:
    """The customer with this number, under whichever key it was written."""
    mine = (Customer.workspace_id == workspace_id, Customer.phone_index.in_(installed().indexes(phone)))
    return db.scalar(select(Customer).where(*mine).limit(1))


def _complete(db: Session, customer: Customer, ref: GuestRef) -> None:
    if ref.name and customer.name != ref.name:
        customer.name = ref.name
    # Another row may own the id or the number (a guest once known by phone only): then it stays there.
    with suppress(IntegrityError), db.begin_nested():
        if ref.bsuid and customer.bsuid is None:
            customer.bsuid = ref.bsuid
    with suppress(IntegrityError), db.begin_nested():
        if ref.phone and customer.phone != ref.phone:
            customer.phone, customer.phone_index = ref.phone, installed().index(ref.phone)


def _conversation(db: Session, ref: GuestRef, customer: Customer) -> Conversation:
    new = {
        "workspace_id": ref.workspace_id,
        "channel_id": ref.channel_id,
        "customer_id": customer.id,
        "mailbox": ref.mailbox,
    }
    # After a wiped store the same guest may come back under another mailbox key.
    key = ("channel_id", "customer_id")
    row = insert(Conversation).values(new).on_conflict_do_update(index_elements=key, set_={"mailbox": ref.mailbox})
    conversation_id = db.execute(row.returning(Conversation.id)).scalar_one()
    return db.get_one(Conversation, conversation_id, populate_existing=True)
