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

FROM_GUESTS = frozenset({TEXT, TAP, LOCATION, UNREADABLE, CARDS, CATALOGUE, FORM})

# What WhatsApp says of a guest, who said nothing: nobody is answered.
IDENTITY = "identity"
PREFERENCE = "preference"

# What the rest of the house tells the conversation.
PAYMENT_SETTLED = "payment_settled"
PAYMENT_FAILED = "payment_failed"
PAYMENT_CHECKING = "payment_checking"
PAYMENT_EXPIRED = "payment_expired"
PAYMENT_REVIEW = "payment_review"
ORDER_STATUS = "order_status"
ORDER_FAILED = "order_failed"
MONEY_RETURNED = "money_returned"
STAFF_SAID = "staff_said"
STAFF_DONE = "staff_done"
NEWS = frozenset(
    {
        PAYMENT_SETTLED,
        PAYMENT_FAILED,
        PAYMENT_CHECKING,
        PAYMENT_EXPIRED,
        PAYMENT_REVIEW,
        ORDER_STATUS,
        ORDER_FAILED,
        MONEY_RETURNED,
        STAFF_SAID,
        STAFF_DONE,
    }
)


@dataclass(frozen=True)
class Event:
    """`at` is the sender's clock (Meta's timestamp), UTC. `data` by kind:

    text {text, media?} · tap {id, title} · location {latitude, longitude, name?, address?} · unreadable {type}
    cards {phones, own} · catalogue {lines: [{sku, quantity}], text} · form {fields} · identity {phone, bsuid}
    preference {stop}
    payment_settled {order_id, number, payment_id, receipt, amount, currency, total, due, status, refund}
        `due` above 0: part-paid. `refund` true: this money does not buy the order (cancelled, paid twice) and goes back
    payment_failed {order_id, number, payment_id, reason, unsaid (true where there is nothing to pay any more)}
    payment_checking, payment_expired, payment_review {order_id, number, payment_id}
    order_status {order_id, number, status} · order_failed {order_id, number}
    money_returned {order_id, number, amount, currency} · staff_said {text} · staff_done {}
    Amounts are decimal strings of whole shillings.
    """

    id: str
    kind: str
    at: datetime
    data: dict[str, Any] = field(default_factory=dict)
    guest_name: str = ""
    guest_phone: str = ""
    profile: Profile = UNKNOWN
