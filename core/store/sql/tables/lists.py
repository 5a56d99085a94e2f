"""Indexes of the lists staff read: each is an order in which a list comes, whole or with one value of its column."""

from typing import Any

from sqlalchemy import Index, Text, literal_column

from core.store.sql.tables.money import Payment
from core.store.sql.tables.orders import Order
from core.store.sql.tables.people import Customer


def together(*columns: Any) -> Any:
    """Several texts as one to look through, written in queries exactly as its index has it."""
    first, *others = columns
    for column in others:
        first = first.op("||", return_type=Text())(literal_column("' '", Text)).op("||", return_type=Text())(column)
    return first


ORDERS_SEARCHED = together(Order.customer_name, Order.note, Order.address)
CUSTOMERS_SEARCHED = together(Customer.given_name, Customer.name)

Index("ix_orders_list", Order.workspace_id, Order.created_at, Order.id)
Index("ix_orders_list_status", Order.workspace_id, Order.status, Order.created_at)
Index("ix_orders_list_total", Order.workspace_id, Order.total, Order.created_at)
Index("ix_orders_list_guest", Order.workspace_id, Order.customer_name, Order.created_at)
Index(
    "ix_orders_searched", ORDERS_SEARCHED.label("searched"), postgresql_using="gin",
    postgresql_ops={"searched": "gin_trgm_ops"},
)  # fmt: skip

# What the dashboard counts along.
Index("ix_orders_paid", Order.workspace_id, Order.paid_at, postgresql_where=Order.paid_at.is_not(None))
Index("ix_customers_created_at", Customer.workspace_id, Customer.created_at)

Index("ix_payments_list", Payment.workspace_id, Payment.created_at, Payment.id)
Index("ix_payments_list_status", Payment.workspace_id, Payment.status, Payment.created_at)
Index("ix_payments_list_amount", Payment.workspace_id, Payment.amount, Payment.created_at)

Index("ix_customers_list", Customer.workspace_id, Customer.created_at, Customer.id)
Index(
    "ix_customers_searched", CUSTOMERS_SEARCHED.label("searched"), postgresql_using="gin",
    postgresql_ops={"searched": "gin_trgm_ops"},
)  # fmt: skip
