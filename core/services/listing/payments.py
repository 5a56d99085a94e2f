"""The list of payments: every attempt to collect money."""

from sqlalchemy import ColumnElement, select, union_all

from core.cipher import installed
from core.domain.listing.asked import Sort
from core.domain.listing.columns import Column, Kind
from core.domain.listing.words import METHOD, PAYMENT, PAYMENT_TONES
from core.domain.phone import normalise
from core.domain.statuses import Provider
from core.services.listing.conditions import NUMBER_DIGITS
from core.services.listing.declared import Field, Listing
from core.services.payment_accounts import provider_name
from core.store.sql.tables import Order, Payment, Receipt

PROVIDERS = {provider.value: provider_name(provider.value) for provider in Provider}


def _looked_up(word: str) -> ColumnElement[bool]:
    """By the order's number, the payer's whole phone number, or the reference on the receipt; each by its own index."""
    number = int(word) if word.isdecimal() and len(word) <= NUMBER_DIGITS else 0
    of_order = select(Payment.id).join(Order, Order.id == Payment.order_id)
    places = (
        of_order.where(Order.workspace_id == Payment.workspace_id, Order.number == number),
        select(Payment.id).where(Payment.phone_index.in_(installed().indexes(normalise(word) or ""))),
        select(Receipt.payment_id).where(Receipt.reference == word.upper(), Receipt.payment_id.is_not(None)),
    )
    return Payment.id.in_(union_all(*places))


PAYMENTS = Listing(
    name="payments",
    title="Payments",
    many="payments",
    table=Payment,
    fields=(
        Field(Column("created_at", "Asked", Kind.MOMENT, sortable=True), Payment.created_at),
        Field(Column("number", "Order", Kind.NUMBER), Order.number),
        Field(Column("customer_name", "Guest"), Order.customer_name),
        Field(Column("amount", "Amount", Kind.MONEY, sortable=True), Payment.amount),
        Field(Column("status", "Status", Kind.STATUS, PAYMENT, PAYMENT_TONES), Payment.status),
        Field(Column("method", "By", Kind.STATUS, METHOD), Payment.method),
        Field(Column("provider", "Through", Kind.STATUS, PROVIDERS), Payment.provider),
        Field(Column("phone", "Phone", Kind.PHONE), Payment.phone, Payment.phone_index),
        Field(Column("reason", "Why not"), Payment.reason),
        Field(Column("succeeded_at", "Paid", Kind.MOMENT, shown=False), Payment.succeeded_at),
    ),
    sorts=(Sort("created_at", descending=True),),
    looking=(_looked_up,),
    keys={"order_id": Payment.order_id},
    joined=lambda query: query.join(Order, Order.id == Payment.order_id),
)
