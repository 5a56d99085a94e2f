"""Who is writing: the guest's rows in PostgreSQL, found by what we know of them or made."""

from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.cipher import installed
from core.conversation.profile import Profile
from core.domain.money import plain
from core.domain.statuses import PaymentStatus
from core.store.sql.tables import Conversation, Customer, Payment

NUMBERS_KEPT = 3


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
class Buyer:
    """Whom an order is for. Who orders over the counter may be nobody we know: then there is no chat to tell anything.

    `user_id` of the member of staff who takes the order or the money by hand.
    """

    workspace_id: UUID
    customer: Customer | None = None
    conversation_id: UUID | None = None
    user_id: UUID | None = None

    @property
    def customer_id(self) -> UUID | None:
        """Theirs, where they are known."""
        return self.customer.id if self.customer else None


@dataclass(frozen=True)
class Guest:
    """The guest's rows."""

    customer: Customer
    conversation: Conversation

    @property
    def buyer(self) -> Buyer:
        """Themselves, by their chat."""
        return Buyer(self.customer.workspace_id, self.customer, self.conversation.id)


def find_guest(db: Session, ref: GuestRef) -> Guest:
    """The rows of this guest; what is new about them (a name, a number, an id) is written down."""
    known = _by_mailbox(db, ref)
    customer = db.get_one(Customer, known.customer_id) if known else _customer(db, ref)
    _complete(db, customer, ref)
    return Guest(customer, known or _conversation(db, ref, customer))


def read_profile(db: Session, ref: GuestRef, language: str = "") -> dict[str, Any]:
    """What is kept beside the session of this guest; the language they are spoken to is noted on the way."""
    customer = find_guest(db, ref).customer
    customer.language = language or customer.language
    return profile_of(db, customer)


def profile_of(db: Session, customer: Customer) -> dict[str, Any]:
    """A copy of the row, JSON-ready."""
    confirmed = customer.age_confirmed_at
    return Profile(
        known=True,
        name=customer.given_name or customer.name,
        age_confirmed_at=confirmed.date().isoformat() if confirmed else "",
        language=customer.language,
        stopped=customer.messages_stopped_at is not None,
        phones=_paid_from(db, customer),
        asked=tuple(customer.asked),
        blocked=customer.blocked_at is not None,
        discount=plain(own_discount(customer)) if own_discount(customer) else "",
    ).to_dict()


def own_discount(customer: Customer) -> Decimal:
    """What this guest is let off, in percent."""
    return customer.discount_percent if customer.discount_active else Decimal(0)


def _paid_from(db: Session, customer: Customer) -> tuple[str, ...]:
    """The numbers that paid for this guest, the newest first."""
    paid = (Payment.customer_id == customer.id, Payment.status == PaymentStatus.SUCCEEDED, Payment.phone.is_not(None))
    numbers = db.scalars(select(Payment.phone).where(*paid).order_by(Payment.created_at.desc()).limit(10))
    return tuple(dict.fromkeys(number for number in numbers if number))[:NUMBERS_KEPT]


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
    if found := by_bsuid(db, ref.workspace_id, ref.bsuid) if ref.bsuid else None:
        return found
    owner = by_phone(db, ref.workspace_id, ref.phone) if ref.phone else None
    if owner is None or not ref.bsuid or owner.bsuid in (None, ref.bsuid):
        return owner
    # The number came to another person: the one who had it is known by their id alone from now on.
    remember_former(owner)
    owner.phone = owner.phone_index = None
    db.flush()
    return None


def remember_former(customer: Customer) -> None:
    """Who they are now will be who they were: written down sealed, for the day they want to be forgotten."""
    known = customer.former or {}
    now = {"phones": customer.phone, "bsuids": customer.bsuid}
    customer.former = {name: sorted({*known.get(name, ()), *([one] if one else [])}) for name, one in now.items()}


def by_bsuid(db: Session, workspace_id: UUID, bsuid: str) -> Customer | None:
    """The customer with this business-scoped id."""
    mine = (Customer.workspace_id == workspace_id, Customer.bsuid == bsuid)
    return db.scalar(select(Customer).where(*mine))


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
            if customer.phone:
                remember_former(customer)
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
