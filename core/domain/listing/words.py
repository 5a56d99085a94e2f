"""What staff call the statuses in lists, and how each looks."""

from collections.abc import Mapping

from core.domain.statuses import Direction, MessageStatus, Method, OrderStatus, PaymentStatus, Provider, Station

GOOD, WARN, BAD, BUSY = "good", "warn", "bad", "busy"

ORDER: Mapping[str, str] = {
    OrderStatus.PENDING: "Not paid yet",
    OrderStatus.PAID: "Paid",
    OrderStatus.PREPARING: "Being made",
    OrderStatus.READY: "Ready",
    OrderStatus.SERVED: "Served",
    OrderStatus.OUT_FOR_DELIVERY: "On its way",
    OrderStatus.DELIVERED: "Delivered",
    OrderStatus.FAILED: "Not paid in time",
    OrderStatus.CANCELLED: "Cancelled",
    OrderStatus.REFUNDED: "Given back",
}
ORDER_TONES: Mapping[str, str] = {
    OrderStatus.PENDING: WARN,
    OrderStatus.PAID: BUSY,
    OrderStatus.PREPARING: BUSY,
    OrderStatus.READY: BUSY,
    OrderStatus.OUT_FOR_DELIVERY: BUSY,
    OrderStatus.SERVED: GOOD,
    OrderStatus.DELIVERED: GOOD,
    OrderStatus.FAILED: BAD,
    OrderStatus.CANCELLED: BAD,
    OrderStatus.REFUNDED: BAD,
}
PAYMENT: Mapping[str, str] = {
    PaymentStatus.CREATED: "About to be asked",
    PaymentStatus.REQUESTED: "Asked",
    PaymentStatus.PENDING: "Waiting for the PIN",
    PaymentStatus.SUCCEEDED: "Paid",
    PaymentStatus.FAILED: "Failed",
    PaymentStatus.EXPIRED: "Too late",
    PaymentStatus.UNKNOWN: "No answer",
    PaymentStatus.NEEDS_REVIEW: "Needs you",
    PaymentStatus.REVERSED: "Taken back",
}
PAYMENT_TONES: Mapping[str, str] = {
    PaymentStatus.CREATED: BUSY,
    PaymentStatus.REQUESTED: BUSY,
    PaymentStatus.PENDING: BUSY,
    PaymentStatus.SUCCEEDED: GOOD,
    PaymentStatus.FAILED: BAD,
    PaymentStatus.EXPIRED: BAD,
    PaymentStatus.UNKNOWN: WARN,
    PaymentStatus.NEEDS_REVIEW: WARN,
    PaymentStatus.REVERSED: BAD,
}
WELCOME, BLOCKED = "welcome", "blocked"
STANDING: Mapping[str, str] = {WELCOME: "Welcome", BLOCKED: "Blocked"}
STANDING_TONES: Mapping[str, str] = {BLOCKED: BAD}
METHOD: Mapping[str, str] = {Method.MPESA: "M-Pesa", Method.CARD: "Card", Method.CASH: "Cash"}
PROVIDER: Mapping[str, str] = {
    Provider.KOPOKOPO: "Kopo Kopo (M-Pesa)",
    Provider.PESAPAL: "Pesapal",
    Provider.PAYSTACK: "Paystack",
    Provider.CASH: "Cash",
}
# By what money came: the way the guest chose, else, where there was no attempt, through whom.
PAID_BY: Mapping[str, str] = {**PROVIDER, **METHOD}
DIRECTION: Mapping[str, str] = {Direction.IN: "From the guest", Direction.OUT: "To the guest"}
MESSAGE: Mapping[str, str] = {
    MessageStatus.QUEUED: "On its way",
    MessageStatus.SENT: "Sent",
    MessageStatus.DELIVERED: "Delivered",
    MessageStatus.READ: "Read",
    MessageStatus.FAILED: "Did not arrive",
    MessageStatus.UNKNOWN: "May not have arrived",
    MessageStatus.PRACTICE: "Not sent (practice)",
}
MESSAGE_TONES: Mapping[str, str] = {
    MessageStatus.QUEUED: BUSY,
    MessageStatus.DELIVERED: GOOD,
    MessageStatus.READ: GOOD,
    MessageStatus.FAILED: BAD,
    MessageStatus.UNKNOWN: WARN,
    MessageStatus.PRACTICE: WARN,
}
# How a product can be had: as the shelf and staff say.
THERE, LOW, NONE_LEFT, OUT = "there", "low", "none", "out"
AVAILABLE: Mapping[str, str] = {THERE: "There", LOW: "Running low", NONE_LEFT: "None left", OUT: "Sold out"}
AVAILABLE_TONES: Mapping[str, str] = {THERE: GOOD, LOW: WARN, NONE_LEFT: BAD, OUT: BAD}
YES, NO = "true", "false"
IN_MENU: Mapping[str, str] = {YES: "On the menu", NO: "Not on the menu"}
SWITCH_TONES: Mapping[str, str] = {NO: WARN}
STATION: Mapping[str, str] = {Station.BAR: "Bar", Station.KITCHEN: "Kitchen"}
