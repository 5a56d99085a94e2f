"""The list of messages: what was said, and how far it got."""

from sqlalchemy import and_

from core.domain.listing.asked import Sort
from core.domain.listing.columns import Column, Kind
from core.domain.listing.words import DIRECTION, MESSAGE, MESSAGE_TONES
from core.services.listing.conditions import in_text
from core.services.listing.declared import Field, Listing
from core.store.sql.tables import Conversation, Customer, Message

# Words are written down by their mailbox: a guest who only looks around has no conversation yet.
_SAME_BOX = and_(Conversation.workspace_id == Message.workspace_id, Conversation.mailbox == Message.mailbox)
# What is said is not indexed by its letters, which would cost every guest's message: a word of the last days is found
# quickly, a rare one of long ago may take too long, and the list then says so.
MESSAGES = Listing(
    name="messages",
    title="Messages",
    many="messages",
    table=Message,
    fields=(
        Field(Column("at", "When", Kind.MOMENT, sortable=True), Message.at),
        Field(Column("guest", "Guest"), Customer.name),
        Field(Column("direction", "Way", Kind.STATUS, DIRECTION), Message.direction),
        Field(Column("body", "Words"), Message.body),
        Field(Column("status", "Status", Kind.STATUS, MESSAGE, MESSAGE_TONES), Message.status),
        Field(Column("error_code", "Error"), Message.error_code),
        Field(Column("kind", "Kind", shown=False), Message.kind),
    ),
    sorts=(Sort("at", descending=True),),
    looking=(in_text(Message.body),),
    keys={"mailbox": Message.mailbox},
    joined=lambda query: query.outerjoin(Conversation, _SAME_BOX).outerjoin(
        Customer, Customer.id == Conversation.customer_id
    ),
)
