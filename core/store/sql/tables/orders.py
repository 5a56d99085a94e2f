"""Orders, what is in them, what happened to them, and what the stations must make."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Numeric, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.statuses import OrderStatus, Station, TicketStatus
from core.store.sql.base import Owned, is_parent, within, words
from core.store.sql.tables.menu import STATION

ORDER_STATUS = words(OrderStatus, "order_status")


class Order(Owned):
    """`version` goes up with every status; unpaid at `expires_at` it gives its stock back.

    The total is what the guest pays: fee and tip are in it, the discount is off it; VAT is in all but the tip.

    `returned` is what of its total was taken back after it was sold. `paid_at` is when its money bought it: an order
    made in `practice` has none, and is in no book.
    """

    __tablename__ = "orders"

    conversation_id: Mapped[UUID | None]
    customer_id: Mapped[UUID | None]
    cart_id: Mapped[str]
    number: Mapped[int]
    status: Mapped[OrderStatus] = mapped_column(ORDER_STATUS, default=OrderStatus.PENDING)
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    table_number: Mapped[int | None]
    address: Mapped[str] = mapped_column(default="", server_default="")
    pickup: Mapped[bool] = mapped_column(default=False, server_default="false")
    note: Mapped[str] = mapped_column(default="", server_default="")
    delivery_fee: Mapped[Decimal] = mapped_column(default=Decimal(0), server_default="0")
    discount: Mapped[Decimal] = mapped_column(default=Decimal(0), server_default="0")
    tip: Mapped[Decimal] = mapped_column(default=Decimal(0), server_default="0")
    customer_name: Mapped[str] = mapped_column(default="", server_default="")
    total: Mapped[Decimal]
    currency: Mapped[str]
    vat_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    vat: Mapped[Decimal]
    returned: Mapped[Decimal] = mapped_column(default=Decimal(0), server_default="0")
    practice: Mapped[bool] = mapped_column(default=False, server_default="false")
    expires_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]

    __table_args__ = (
        is_parent(),
        within("conversations", "conversation_id"),
        within("customers", "customer_id"),
        UniqueConstraint("workspace_id", "cart_id"),
        UniqueConstraint("workspace_id", "number"),
        CheckConstraint("total > 0 and vat >= 0 and vat <= total", name="total"),
        CheckConstraint("delivery_fee >= 0 and delivery_fee <= total", name="delivery_fee"),
        CheckConstraint("returned between 0 and total", name="returned"),
        CheckConstraint("tip >= 0 and tip < total and discount >= 0", name="tip"),
        CheckConstraint("not practice or paid_at is null", name="practice_earns_nothing"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("table_number is null or table_number > 0", name="table"),
        Index("ix_orders_customer_id_created_at", "customer_id", "created_at"),
        Index("ix_orders_expiring", "expires_at", postgresql_where="status = 'PENDING'"),
        Index(
            "ix_orders_open", "workspace_id",
            postgresql_where="status in ('PAID', 'PREPARING', 'READY', 'OUT_FOR_DELIVERY')",
        ),
        Index("ix_orders_practice", "workspace_id", "created_at", postgresql_where="practice"),
    )  # fmt: skip


class OrderItem(Owned):
    """One line of an order, at the price the guest agreed to, with its `options` (`core.domain.options`).

    `takes`: what one of it took from the stock, by product id, where it had a recipe; else it took itself.
    """

    __tablename__ = "order_items"

    order_id: Mapped[UUID]
    product_id: Mapped[UUID]
    position: Mapped[int]
    name: Mapped[str]
    quantity: Mapped[int]
    price_at_time: Mapped[Decimal]
    note: Mapped[str] = mapped_column(default="", server_default="")
    options: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default="[]")
    takes: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    station: Mapped[Station] = mapped_column(STATION)

    __table_args__ = (
        within("orders", "order_id"),
        within("products", "product_id"),
        UniqueConstraint("order_id", "position"),
        CheckConstraint("quantity between 1 and 99", name="quantity"),
        CheckConstraint("price_at_time > 0", name="price"),
    )


class OrderEvent(Owned):
    """One move of an order, in the order they happened. Never changed, never deleted."""

    __tablename__ = "order_events"

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    order_id: Mapped[UUID]
    from_status: Mapped[OrderStatus | None] = mapped_column(ORDER_STATUS)
    to_status: Mapped[OrderStatus] = mapped_column(ORDER_STATUS)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    cause: Mapped[str] = mapped_column(default="", server_default="")

    __table_args__ = (within("orders", "order_id"), Index("ix_order_events_order_id_seq", "order_id", "seq"))


class Ticket(Owned):
    """What one station must make for one order: its items.

    `prints`: how often it was sent to a printer; at `print_due_at` it is to be printed (again), after so many tries.
    """

    __tablename__ = "tickets"

    order_id: Mapped[UUID]
    station: Mapped[Station] = mapped_column(STATION)
    status: Mapped[TicketStatus] = mapped_column(words(TicketStatus, "ticket_status"), default=TicketStatus.OPEN)
    prints: Mapped[int] = mapped_column(default=0, server_default="0")
    print_tries: Mapped[int] = mapped_column(default=0, server_default="0")
    print_due_at: Mapped[datetime | None]
    printed_at: Mapped[datetime | None]

    __table_args__ = (
        within("orders", "order_id"),
        UniqueConstraint("order_id", "station"),
        Index("ix_tickets_print_due_at", "print_due_at", postgresql_where="print_due_at is not null"),
    )
