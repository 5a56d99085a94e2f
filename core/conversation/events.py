"""Everything that may move a conversation. An event's id is unique for ever; a repeat has no effect."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.conversation.profile import UNKNOWN, Profile

# What a guest may send. Everything that is neither text nor tap nor location is answered, never silent (bar reactions).
TEXT = "text"
TAP = "tap"
LOCATION = "location"
UNREADABLE = "unreadable"
CARDS = "cards"
CATALOGUE = "catalogue"
FORM = "form"

# A guest confirmed on the web page what it showed.
WEB = "web"

FROM_GUESTS = frozenset({TEXT, TAP, LOCATION, UNREADABLE, CARDS, CATALOGUE, FORM, WEB})

# What WhatsApp says of a guest, who said nothing: nobody is answered.
IDENTITY = "identity"
PREFERENCE = "preference"

# What the rest of the house tells the conversation.
ORDER_TAKEN = "order_taken"
PAYMENT_LINK = "payment_link"
PAYMENT_SETTLED = "payment_settled"
PAYMENT_FAILED = "payment_failed"
PAYMENT_CHECKING = "payment_checking"
PAYMENT_EXPIRED = "payment_expired"
PAYMENT_REVIEW = "payment_review"
ORDER_STATUS = "order_status"
ORDER_FAILED = "order_failed"
MONEY_RETURNED = "money_returned"
DOCUMENT_READY = "document_ready"
REPORT_READY = "report_ready"
STAFF_SAID = "staff_said"
STAFF_DONE = "staff_done"
NEWS = frozenset(
    {
        ORDER_TAKEN,
        PAYMENT_LINK,
        PAYMENT_SETTLED,
        PAYMENT_FAILED,
        PAYMENT_CHECKING,
        PAYMENT_EXPIRED,
        PAYMENT_REVIEW,
        ORDER_STATUS,
        ORDER_FAILED,
        MONEY_RETURNED,
        DOCUMENT_READY,
        REPORT_READY,
        STAFF_SAID,
        STAFF_DONE,
    }
)


@dataclass(frozen=True)
class Event:
    """`at` is the sender's clock (Meta's timestamp), UTC. `data` by kind:

    text {text, media?} · tap {id, title} · location {latitude, longitude, name?, address?} · unreadable {type}
    cards {phones, own} · catalogue {lines: [{sku, quantity}], text} · form {fields} · identity {phone, bsuid}
    preference {stop} · web {stamp, way, phone}: what was confirmed there, a cart as `carts.stamp` names it or an order
    order_taken {order_id, number, amount, currency}: by hand, at the counter; its guest pays in the chat
    payment_link {order_id, number, payment_id, amount, currency, link, provider}
    payment_settled {order_id, number, payment_id, receipt, amount, currency, total, due, status, refund,
                     provider?, over?}
        `due` above 0: part-paid. `refund` true: this money buys nothing (order cancelled, paid twice) and goes back.
        `over`: what was paid beyond what was due
    payment_failed {order_id, number, payment_id, reason, provider?, unsaid (true where there is nothing to pay
                    any more)}
    payment_checking, payment_expired, payment_review {order_id, number, payment_id, provider?}
    order_status {order_id, number, status} · order_failed {order_id, number}
    document_ready {order_id, number, link (the id of one), file (its name)}
    report_ready {first, last, orders, amount, currency, link, file}, for somebody of the house
    money_returned {order_id, number, amount, currency} · staff_said {text} · staff_done {}
    Amounts are decimal strings of whole shillings. `down`: providers that do not answer just now.
    """

    id: str
    kind: str
    at: datetime
    data: dict[str, Any] = field(default_factory=dict)
    guest_name: str = ""
    guest_phone: str = ""
    profile: Profile = UNKNOWN
    down: tuple[str, ...] = ()
