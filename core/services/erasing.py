"""A guest wants to be forgotten: who they are goes, at once and for good. What the tax law asks for stays, of nobody.

What was written down of them as it came in, the journal, is gone through afterwards, a piece at a time.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from core import clock
from core.cipher import installed
from core.conversation.events import STAFF_SAID
from core.domain.documents import LISTS
from core.domain.orders import OPEN
from core.domain.refunds import OPEN as OPEN_REFUNDS
from core.domain.statuses import LIVE_PAYMENTS, DeadLetterState, OrderStatus, PaymentStatus
from core.errors import Rejected
from core.providers.contract import payer_hash
from core.services.activity import Actor, record
from core.services.customer_standing import boxes, theirs
from core.services.customers import by_bsuid, by_phone
from core.services.program import Program
from core.store.sql.tables import (
    Conversation,
    Customer,
    DeadLetter,
    Document,
    DocumentDelivery,
    Message,
    Order,
    OrderItem,
    Outbox,
    Payment,
    Receipt,
    Refund,
    ReportSchedule,
    StaffCall,
)  # fmt: skip
from core.store.sql.tables.people import CustomerNote, Erasure

NO_NUMBER = "000000000000"  # an attempt by prompt has a number, and nobody has this one
GONE = '{"kind": "erased", "at": 0, "data": {}}'
ANONYMOUS: Mapping[str, Any] = {
    "name": "", "given_name": "", "bsuid": None, "phone": None, "phone_index": None, "email": None, "birthday": "",
    "language": "", "asked": [], "age_confirmed_at": None, "messages_stopped_at": None, "blocked_at": None,
    "discount_percent": 0, "former": None,
}  # fmt: skip


def erase(program: Program, db: Session, actor: Actor, customer_id: UUID) -> None:
    """All of it or nothing; it cannot be undone. The same number is a new guest afterwards.

    Raises Rejected: not_found, still_open (an order, a refund, a payment that may yet come or that staff must look at),
    busy (a message is on its way), and StoreUnavailable.
    """
    customer = theirs(db, actor.workspace_id, customer_id, lock=True)
    if db.scalar(select(_still_open(customer))):
        raise Rejected("still_open")
    chats = list(boxes(db, actor.workspace_id, customer_id))
    if not program.store.forgettable(chats):
        raise Rejected("busy")
    addresses = _addresses(program, db, customer)
    traces = _traces(db, customer, chats)
    _money(db, customer, traces["phones"])
    _files(db, customer)
    _chats(db, customer, traces["boxes"])
    db.execute(delete(CustomerNote).where(CustomerNote.customer_id == customer_id))
    db.execute(update(Customer).where(Customer.id == customer_id).values(**ANONYMOUS, deleted_at=clock.now()))
    db.add(Erasure(workspace_id=actor.workspace_id, customer_id=customer_id, since=customer.created_at, traces=traces))
    record(db, actor, "customer_erased", "customer", customer_id)
    db.flush()
    program.store.forget(chats, addresses)


def hide_messages(db: Session, workspace_id: UUID, renamed: Mapping[str, str], until: datetime) -> None:
    """What was said in these mailboxes stays as lines without words, under a name that nobody writes to."""
    for box, name in renamed.items():
        mine = (Message.workspace_id == workspace_id, Message.mailbox == box, Message.at <= until)
        db.execute(update(Message).where(*mine).values(mailbox=name, body="", external_id=None))
        letters = (DeadLetter.workspace_id == workspace_id, DeadLetter.mailbox == box, DeadLetter.at <= until)
        dropped = {"state": DeadLetterState.DROPPED, "decided_at": func.now(), "reason": "erased"}
        undecided = DeadLetter.state == DeadLetterState.DEAD
        db.execute(update(DeadLetter).where(*letters, undecided).values(**dropped))
        db.execute(update(DeadLetter).where(*letters).values(body=GONE, mailbox=name))


def _still_open(customer: Customer) -> ColumnElement[bool]:
    orders = select(Order.id).where(Order.workspace_id == customer.workspace_id, Order.customer_id == customer.id)
    undecided = or_(
        Payment.status.in_((*LIVE_PAYMENTS, PaymentStatus.NEEDS_REVIEW)), Payment.next_check_at.is_not(None)
    )
    paying = exists().where(Payment.order_id.in_(orders), undecided)
    returning = exists().where(Refund.order_id.in_(orders), Refund.status.in_(OPEN_REFUNDS))
    serving = exists().where(Order.id.in_(orders), Order.status.in_((OrderStatus.PENDING, *OPEN)))
    return or_(serving, paying, returning)


def _traces(db: Session, customer: Customer, chats: Iterable[str]) -> dict[str, Any]:
    """By what they are found where they cannot be looked up: kept until that is done, and no longer."""
    paid = db.scalars(select(Payment.phone).where(Payment.customer_id == customer.id, Payment.phone.is_not(None)))
    phones, bsuids = _names(customer)
    return {
        "boxes": {box: f"erased:{uuid4()}" for box in chats},
        "phones": sorted(_only_theirs(db, customer, phones | {phone for phone in paid if phone})),
        "bsuid": customer.bsuid or "",
        "former": sorted(one for one in bsuids if _is_nobody_elses(db, customer, one)),
        "until": clock.now().isoformat(),
    }


def _names(customer: Customer) -> tuple[set[str], set[str]]:
    """The numbers and Meta's ids under which they ever wrote."""
    former = customer.former or {}
    phones, bsuids = {customer.phone, *former.get("phones", ())}, {customer.bsuid, *former.get("bsuids", ())}
    return {one for one in phones if one}, {one for one in bsuids if one}


def _only_theirs(db: Session, customer: Customer, phones: Iterable[str]) -> set[str]:
    """Without the numbers of other guests, whose own messages stay: a friend paid, or has the number now."""
    return {phone for phone in phones if by_phone(db, customer.workspace_id, phone) in (None, customer)}


def _is_nobody_elses(db: Session, customer: Customer, bsuid: str) -> bool:
    return by_bsuid(db, customer.workspace_id, bsuid) in (None, customer)


def _addresses(program: Program, db: Session, customer: Customer) -> list[str]:
    """Under which their messages found them, on every number of the house they wrote to."""
    channels = db.scalars(select(Conversation.channel_id).where(Conversation.customer_id == customer.id)).all()
    phones, bsuids = _names(customer)
    phones = _only_theirs(db, customer, phones)
    names = [*(("phone", one) for one in phones), *(("bsuid", one) for one in bsuids)]
    return [program.addresses.of(str(channel), kind, name) for channel in channels for kind, name in names]


def _money(db: Session, customer: Customer, phones: Iterable[str]) -> None:
    """Orders, payments and receipts stay as they are; whose they were goes. `phones`: theirs, also where money from
    them is on no order."""
    orders = select(Order.id).where(Order.workspace_id == customer.workspace_id, Order.customer_id == customer.id)
    db.execute(update(OrderItem).where(OrderItem.order_id.in_(orders)).values(note=""))
    asked = Payment.phone.is_not(None)
    payments = or_(Payment.customer_id == customer.id, Payment.order_id.in_(orders))
    db.execute(update(Payment).where(payments, asked).values(phone=NO_NUMBER, phone_index=installed().index(NO_NUMBER)))
    payers = Receipt.payer_hash.in_([payer_hash(phone) for phone in phones])
    mine = (Receipt.workspace_id == customer.workspace_id, or_(Receipt.order_id.in_(orders), payers))
    db.execute(update(Receipt).where(*mine).values(payer_hash=None))
    db.execute(update(Order).where(Order.id.in_(orders)).values(customer_name="", address="", note=""))


def _files(db: Session, customer: Customer) -> None:
    """Lists that staff had written out may name them: asked for again, they do no more."""
    lists = (Document.workspace_id == customer.workspace_id, Document.kind.in_(LISTS.values()))
    db.execute(delete(Document).where(*lists))


def _chats(db: Session, customer: Customer, renamed: Mapping[str, str]) -> None:
    mine = (Conversation.workspace_id == customer.workspace_id, Conversation.customer_id == customer.id)
    chats = select(Conversation.id).where(*mine)
    db.execute(update(StaffCall).where(StaffCall.conversation_id.in_(chats)).values(customer_name=""))
    owed = Outbox.conversation_id.in_(chats)
    db.execute(update(Outbox).where(owed, Outbox.relayed_at.is_(None)).values(relayed_at=func.now()))
    db.execute(update(Outbox).where(owed, Outbox.done_at.is_(None)).values(done_at=func.now()))
    db.execute(update(Outbox).where(owed, Outbox.kind == STAFF_SAID).values(payload={}))
    waits = (DocumentDelivery.conversation_id.in_(chats), DocumentDelivery.done_at.is_(None))
    db.execute(update(DocumentDelivery).where(*waits).values(done_at=func.now()))
    db.execute(delete(ReportSchedule).where(ReportSchedule.conversation_id.in_(chats)))
    hide_messages(db, customer.workspace_id, renamed, clock.now() + timedelta(days=1))
    for box, name in renamed.items():
        db.execute(update(Conversation).where(*mine, Conversation.mailbox == box).values(mailbox=name))
