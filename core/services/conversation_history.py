"""What was said, for staff to read: the conversations of a venue, and the messages of one."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, aliased

from core import clock
from core.cipher import installed
from core.conversation.events import STAFF_SAID
from core.domain.phone import normalise
from core.domain.statuses import CallStatus, Direction, MessageStatus
from core.services.activity import Actor, record
from core.services.staff_calls import SEATED_FOR
from core.store.sql.tables import Conversation, Customer, Message, Order, Outbox, StaffCall, User

CONVERSATIONS, MESSAGES, FEW = 25, 60, 200
TABLE = re.compile(r"(?:table|meza)?\s*#?([0-9]{1,3})", re.IGNORECASE)
PHONE_DIGITS = 9

Place = tuple[datetime, UUID]


@dataclass(frozen=True)
class Chat:
    """One conversation in the list, by its newest message. `name` is empty where nobody told it."""

    last: "Line"
    box: str
    name: str
    table: int | None
    called: bool
    blocked: bool = False


@dataclass(frozen=True)
class Person:
    """Who the conversation is with. `phone` as digits, empty where WhatsApp hides it."""

    conversation_id: UUID | None
    name: str
    phone: str
    table: int | None
    customer_id: UUID | None = None
    blocked: bool = False


@dataclass(frozen=True)
class Line:
    """One message. `by` is the member of staff who wrote it; `status` is None for what came in."""

    place: Place
    incoming: bool
    kind: str
    words: str
    status: MessageStatus | None
    code: str
    by: str

    @property
    def at(self) -> datetime:
        """When it was said."""
        return self.place[0]


def conversation_of(db: Session, workspace_id: UUID, box: str) -> Conversation | None:
    """The rows of a guest who did more than look around."""
    mine = (Conversation.workspace_id == workspace_id, Conversation.mailbox == box)
    return db.scalar(select(Conversation).where(*mine))


def box_of(db: Session, workspace_id: UUID, conversation_id: UUID) -> str | None:
    """The mailbox of a conversation of this venue."""
    mine = (Conversation.workspace_id == workspace_id, Conversation.id == conversation_id)
    return db.scalar(select(Conversation.mailbox).where(*mine))


def conversations(
    db: Session, workspace_id: UUID, wanted: str = "", before: Place | None = None
) -> tuple[list[Chat], bool]:
    """The newest first, from `before` on; whether there are more. `wanted`: a table, a phone number, or a name."""
    query, wanted = _newest(workspace_id), wanted.replace("\0", "").strip()
    if wanted:
        query = query.where(Message.mailbox.in_(_boxes(db, workspace_id, wanted)))
    rows = list(db.scalars(_page(query, before, CONVERSATIONS)))
    return _chats(db, workspace_id, rows[:CONVERSATIONS]), len(rows) > CONVERSATIONS


def person(db: Session, workspace_id: UUID, box: str) -> Person:
    """Who it is, as far as the books know."""
    conversation = conversation_of(db, workspace_id, box)
    if conversation is None:
        return Person(None, "", "", None)
    customer = db.get_one(Customer, conversation.customer_id)
    tables = _tables(db, workspace_id, [conversation.id])
    known = (conversation.id, name_of(customer), customer.phone or "", tables.get(conversation.id))
    return Person(*known, customer.id, customer.blocked_at is not None)


def name_of(customer: Customer) -> str:
    """What the guest is called: as they told us, else as WhatsApp says."""
    return customer.given_name or customer.name


def is_known(db: Session, workspace_id: UUID, box: str) -> bool:
    """Whether anything was ever said there."""
    mine = (Message.workspace_id == workspace_id, Message.mailbox == box)
    return bool(db.scalar(select(exists().where(*mine)))) or conversation_of(db, workspace_id, box) is not None


def messages(db: Session, workspace_id: UUID, box: str, before: Place | None = None) -> tuple[list[Line], bool]:
    """What was said, in order: the newest part of it, or what came before; whether there is more."""
    mine = select(Message).where(Message.workspace_id == workspace_id, Message.mailbox == box)
    rows = list(db.scalars(_page(mine, before, MESSAGES)))
    shown = rows[:MESSAGES][::-1]
    who = _writers(db, workspace_id, shown)
    return [_line(row, who) for row in shown], len(rows) > MESSAGES


def on_the_way(db: Session, workspace_id: UUID, conversation_id: UUID) -> list[Line]:
    """What staff wrote and is not written down as said yet."""
    mine = (Outbox.workspace_id == workspace_id, Outbox.conversation_id == conversation_id)
    open_rows = select(Outbox).where(*mine, Outbox.kind == STAFF_SAID, Outbox.done_at.is_(None))
    rows = list(db.scalars(open_rows.order_by(Outbox.seq)))
    said = select(Message.event_id).where(Message.workspace_id == workspace_id)
    saved = set(db.scalars(said.where(Message.event_id.in_([str(row.id) for row in rows]))))
    names = _names(db, [row.payload.get("by", "") for row in rows])
    return [_waiting(row, names) for row in rows if str(row.id) not in saved]


def note_reading(db: Session, workspace_id: UUID, box: str, user_id: UUID) -> None:
    """A member of staff opened a conversation: that is written down."""
    known = conversation_of(db, workspace_id, box)
    conversation_id, said = known.id if known else None, {"mailbox": box}
    record(db, Actor(workspace_id, user_id), "conversation_read", "conversation", conversation_id, detail=said)


def _newest(workspace_id: UUID) -> Select[Any]:
    """The last message of each conversation."""
    later = aliased(Message)
    after = and_(later.at >= Message.at, tuple_(later.at, later.id) > tuple_(Message.at, Message.id))
    same = and_(later.workspace_id == Message.workspace_id, later.mailbox == Message.mailbox)
    return select(Message).where(Message.workspace_id == workspace_id, ~exists().where(same, after))


def _page(query: Select[Any], before: Place | None, size: int) -> Select[Any]:
    """One more than a page holds, to know whether there is another."""
    if before is not None:
        query = query.where(tuple_(Message.at, Message.id) < before)
    return query.order_by(Message.at.desc(), Message.id.desc()).limit(size + 1)


def _boxes(db: Session, workspace_id: UUID, wanted: str) -> Select[Any] | list[str]:
    """The mailboxes of those it fits; where they are few, by name: the plan for a few is another than that for many."""
    found = select(Conversation.mailbox).join(Customer, Customer.id == Conversation.customer_id)
    query = found.where(Conversation.workspace_id == workspace_id, _fits(workspace_id, wanted))
    few = list(db.scalars(query.limit(FEW + 1)))
    return few if len(few) <= FEW else query


def _fits(workspace_id: UUID, wanted: str) -> ColumnElement[bool]:
    if table := TABLE.fullmatch(wanted):
        return _sits_at(workspace_id, int(table[1]))
    phone = normalise(wanted) if sum(c.isdecimal() for c in wanted) >= PHONE_DIGITS else None
    if phone:
        return Customer.phone_index.in_(installed().indexes(phone))
    like = f"%{_escaped(wanted)}%"
    return or_(Customer.name.ilike(like, escape="\\"), Customer.given_name.ilike(like, escape="\\"))


def _escaped(wanted: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", wanted)


def _sits_at(workspace_id: UUID, table: int) -> ColumnElement[bool]:
    since = clock.now() - SEATED_FOR
    ordered = select(Order.conversation_id).where(Order.workspace_id == workspace_id, Order.table_number == table)
    called = select(StaffCall.conversation_id).where(
        StaffCall.workspace_id == workspace_id, StaffCall.table_number == table, StaffCall.called_at > since
    )
    return or_(Conversation.id.in_(ordered.where(Order.created_at > since)), Conversation.id.in_(called))


def _chats(db: Session, workspace_id: UUID, rows: list[Message]) -> list[Chat]:
    boxes = [row.mailbox for row in rows]
    known = select(Conversation, Customer).join(Customer, Customer.id == Conversation.customer_id)
    mine = known.where(Conversation.workspace_id == workspace_id, Conversation.mailbox.in_(boxes))
    found = {
        conversation.mailbox: (conversation.id, name_of(customer), customer.blocked_at is not None)
        for conversation, customer in db.execute(mine)
    }
    ids = [id for id, _, _ in found.values()]
    tables, called = _tables(db, workspace_id, ids), _called(db, workspace_id, ids)
    who = _writers(db, workspace_id, rows)
    chats = []
    for row in rows:
        id, name, blocked = found.get(row.mailbox, (None, "", False))
        chats.append(Chat(_line(row, who), row.mailbox, name, tables.get(id), id in called, blocked))
    return chats


def _tables(db: Session, workspace_id: UUID, ids: list[UUID]) -> dict[UUID | None, int | None]:
    """Where these guests last ordered to, not long ago."""
    lately = (Order.workspace_id == workspace_id, Order.created_at > clock.now() - SEATED_FOR)
    query = select(Order.conversation_id, Order.table_number).where(*lately, Order.conversation_id.in_(ids))
    newest = query.ext(distinct_on(Order.conversation_id)).order_by(Order.conversation_id, Order.created_at.desc())
    return {row.conversation_id: row.table_number for row in db.execute(newest)}


def _called(db: Session, workspace_id: UUID, ids: list[UUID]) -> set[UUID]:
    mine = (StaffCall.workspace_id == workspace_id, StaffCall.status == CallStatus.OPEN)
    return set(db.scalars(select(StaffCall.conversation_id).where(*mine, StaffCall.conversation_id.in_(ids))))


def _writers(db: Session, workspace_id: UUID, messages: list[Message]) -> dict[str, str]:
    """Who of the staff wrote, by the ids of the events behind these messages."""
    event_ids = [row.event_id for row in messages if row.kind == STAFF_SAID and row.event_id]
    own = [UUID(id) for id in event_ids if len(id) == 36]
    rows = db.scalars(select(Outbox).where(Outbox.workspace_id == workspace_id, Outbox.id.in_(own))).all()
    names = _names(db, [row.payload.get("by", "") for row in rows])
    return {str(row.id): names.get(row.payload.get("by", ""), "") for row in rows}


def _names(db: Session, user_ids: list[str]) -> dict[str, str]:
    ids = {UUID(id) for id in user_ids if id}
    return {str(id): name for id, name in db.execute(select(User.id, User.name).where(User.id.in_(ids)))}


def _line(row: Message, who: dict[str, str]) -> Line:
    incoming = row.direction is Direction.IN
    by = who.get(row.event_id or "", "")
    return Line((row.at, row.id), incoming, row.kind, row.body, row.status, row.error_code or "", by)


def _waiting(row: Outbox, names: dict[str, str]) -> Line:
    words, by = str(row.payload.get("text", "")), names.get(row.payload.get("by", ""), "")
    return Line((row.created_at, row.id), False, STAFF_SAID, words, MessageStatus.QUEUED, "", by)
