"""All tables, so that one import knows them all."""

from core.store.sql.base import Base
from core.store.sql.tables.connections import Channel, ProviderAccount
from core.store.sql.tables.menu import Category, Product, StockHold, StockMovement
from core.store.sql.tables.money import Payment, PaymentEvent, Receipt, Refund
from core.store.sql.tables.orders import Order, OrderEvent, OrderItem, Ticket
from core.store.sql.tables.people import Conversation, Customer, Membership, OrderCounter, User, VenueTable, Workspace
from core.store.sql.tables.records import (
    Activity,
    DeadLetter,
    JournalEntry,
    Message,
    Outbox,
    TurnEffects,
    WebhookEvent,
)
from core.store.sql.tables.sign_ins import SignIn
from core.store.sql.tables.staff_calls import StaffCall

__all__ = [
    "Activity",
    "Base",
    "Category",
    "Channel",
    "Conversation",
    "Customer",
    "DeadLetter",
    "JournalEntry",
    "Membership",
    "Message",
    "Order",
    "OrderCounter",
    "OrderEvent",
    "OrderItem",
    "Outbox",
    "Payment",
    "PaymentEvent",
    "Product",
    "ProviderAccount",
    "Receipt",
    "Refund",
    "SignIn",
    "StaffCall",
    "StockHold",
    "StockMovement",
    "Ticket",
    "TurnEffects",
    "User",
    "VenueTable",
    "WebhookEvent",
    "Workspace",
]
