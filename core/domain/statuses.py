"""The words the bar uses for where things stand. The database knows the same words as native enums."""

from enum import StrEnum


class OrderStatus(StrEnum):
    """Where an order stands; the legal moves are in `core.domain.orders`."""

    PENDING = "PENDING"
    PAID = "PAID"
    PREPARING = "PREPARING"
    READY = "READY"
    SERVED = "SERVED"
    OUT_FOR_DELIVERY = "OUT_FOR_DELIVERY"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    REFUNDED = "REFUNDED"


class PaymentStatus(StrEnum):
    """Where one attempt to collect money stands; the legal moves are in `core.domain.payments`."""

    CREATED = "CREATED"
    REQUESTED = "REQUESTED"
    PENDING = "PENDING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"
    UNKNOWN = "UNKNOWN"
    NEEDS_REVIEW = "NEEDS_REVIEW"
    REVERSED = "REVERSED"


LIVE_PAYMENTS = (PaymentStatus.CREATED, PaymentStatus.REQUESTED, PaymentStatus.PENDING, PaymentStatus.UNKNOWN)


class Method(StrEnum):
    """How a guest pays."""

    MPESA = "MPESA"
    CARD = "CARD"
    CASH = "CASH"


class Start(StrEnum):
    """How an attempt begins: a prompt on a phone, a page behind a link, or a code shown at the bar."""

    PROMPT = "PROMPT"
    LINK = "LINK"
    HANDOVER = "HANDOVER"


class Provider(StrEnum):
    """Who collects the money."""

    KOPOKOPO = "kopokopo"
    PESAPAL = "pesapal"
    PAYSTACK = "paystack"
    CASH = "cash"


class FailedBy(StrEnum):
    """How a failure was learnt: only the provider's own word ends the PIN dialog at once (rule 13)."""

    CALLBACK = "callback"
    POLL = "poll"
    ANSWER = "answer"


class ReceiptState(StrEnum):
    """What money that really arrived is for."""

    MATCHED = "MATCHED"
    UNMATCHED = "UNMATCHED"
    REFUND_DUE = "REFUND_DUE"
    REFUNDED = "REFUNDED"
    REVERSED = "REVERSED"
    TAKINGS = "TAKINGS"


class RefundStatus(StrEnum):
    """How far a refund is."""

    PROPOSED = "PROPOSED"
    APPROVED = "APPROVED"
    REQUESTED = "REQUESTED"
    DONE = "DONE"
    FAILED = "FAILED"
    WITHDRAWN = "WITHDRAWN"


class DifferenceKind(StrEnum):
    """In what a provider's list and our receipts disagree."""

    MISSING_HERE = "MISSING_HERE"
    MISSING_THERE = "MISSING_THERE"
    AMOUNT = "AMOUNT"
    STATUS = "STATUS"
    DUPLICATE = "DUPLICATE"


class Station(StrEnum):
    """Who makes a product."""

    BAR = "BAR"
    KITCHEN = "KITCHEN"


class Unit(StrEnum):
    """In what stock is counted: always whole ones. What is sold as it stands is counted in pieces."""

    PIECE = "PIECE"
    MILLILITRE = "MILLILITRE"
    GRAM = "GRAM"


class TicketStatus(StrEnum):
    """Whether the station still has work on an order."""

    OPEN = "OPEN"
    DONE = "DONE"
    CANCELLED = "CANCELLED"


class HoldState(StrEnum):
    """What became of stock set aside."""

    ACTIVE = "ACTIVE"
    SOLD = "SOLD"
    RELEASED = "RELEASED"


class MovementReason(StrEnum):
    """Why stock on hand changed."""

    RECEIVED = "RECEIVED"
    CORRECTED = "CORRECTED"
    SOLD = "SOLD"
    RETURNED = "RETURNED"
    WASTED = "WASTED"
    ADJUSTED = "ADJUSTED"


class ChannelKind(StrEnum):
    """How a workspace is reached."""

    WHATSAPP = "whatsapp"
    TWILIO = "twilio"


class Role(StrEnum):
    """What somebody is in a workspace; what each may do is in `core.domain.permissions`."""

    OWNER = "owner"
    MANAGER = "manager"
    BAR = "bar"
    KITCHEN = "kitchen"
    VIEWER = "viewer"


class Direction(StrEnum):
    """Whether a message came from the guest or went to the guest."""

    IN = "in"
    OUT = "out"


class MessageStatus(StrEnum):
    """How far an outgoing message got."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    UNKNOWN = "unknown"
    PRACTICE = "practice"  # it stayed in the house


class DeadLetterState(StrEnum):
    """What staff did with an event that could not be handled."""

    DEAD = "dead"
    REPLAYED = "replayed"
    DROPPED = "dropped"


class CallStatus(StrEnum):
    """Whether a guest who asked for somebody was seen."""

    OPEN = "OPEN"
    SEEN = "SEEN"


class Topic(StrEnum):
    """Who is told by a row of the outbox."""

    CONVERSATION = "conversation"
    BOARD = "board"
