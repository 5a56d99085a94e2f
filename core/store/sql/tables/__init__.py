"""All tables, so that one import knows them all."""

from core.store.sql.base import Base
from core.store.sql.tables.books import Closing, LedgerLine, Reconciliation, ReconciliationDifference, Shift
from core.store.sql.tables.choices import ListPrice, Option, OptionGroup, PriceList, ProductGroup
from core.store.sql.tables.connections import Channel, ProviderAccount
from core.store.sql.tables.documents import (
    Document,
    DocumentDelivery,
    DocumentLink,
    FiscalEntry,
    Invoice,
    InvoiceCounter,
)
from core.store.sql.tables.links import Invitation, PasswordLink
from core.store.sql.tables.lists import ORDERS_SEARCHED
from core.store.sql.tables.mails import Mail
from core.store.sql.tables.menu import Category, Picture, Product, RecipeLine, StockHold, StockMovement
from core.store.sql.tables.money import Payment, PaymentEvent, Receipt, Refund
from core.store.sql.tables.orders import Order, OrderEvent, OrderItem, Ticket
from core.store.sql.tables.paying import CashCode, CashEntry, PaymentClaim
from core.store.sql.tables.people import Conversation, Customer, Membership, OrderCounter, User, VenueTable, Workspace
from core.store.sql.tables.pins import DevicePin
from core.store.sql.tables.records import (
    Activity,
    DeadLetter,
    JournalEntry,
    Message,
    Outbox,
    TurnEffects,
    WebhookEvent,
)
from core.store.sql.tables.reports import ReportSchedule
from core.store.sql.tables.sign_ins import RecoveryCode, SecondFactor, SignIn
from core.store.sql.tables.staff_calls import StaffCall

__all__ = [
    "ORDERS_SEARCHED",
    "Activity",
    "Base",
    "CashCode",
    "CashEntry",
    "Category",
    "Channel",
    "Closing",
    "Conversation",
    "Customer",
    "DeadLetter",
    "DevicePin",
    "Document",
    "DocumentDelivery",
    "DocumentLink",
    "FiscalEntry",
    "Invitation",
    "Invoice",
    "InvoiceCounter",
    "JournalEntry",
    "LedgerLine",
    "ListPrice",
    "Mail",
    "Membership",
    "Message",
    "Option",
    "OptionGroup",
    "Order",
    "OrderCounter",
    "OrderEvent",
    "OrderItem",
    "Outbox",
    "PasswordLink",
    "Payment",
    "PaymentClaim",
    "PaymentEvent",
    "Picture",
    "PriceList",
    "Product",
    "ProductGroup",
    "ProviderAccount",
    "Receipt",
    "RecipeLine",
    "Reconciliation",
    "ReconciliationDifference",
    "RecoveryCode",
    "Refund",
    "ReportSchedule",
    "SecondFactor",
    "Shift",
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
