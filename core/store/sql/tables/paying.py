"""What stands between a guest's word that they pay and the money: codes for the bar, M-Pesa codes they typed."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.store.sql.base import Owned, within


class CashCode(Owned):
    """A guest said they pay at the bar. The code is theirs until it is used; another order may have it after that."""

    __tablename__ = "cash_codes"

    order_id: Mapped[UUID]
    code: Mapped[str]
    used_at: Mapped[datetime | None]

    __table_args__ = (
        within("orders", "order_id"),
        UniqueConstraint("order_id"),
        Index("uq_cash_codes_open", "workspace_id", "code", unique=True, postgresql_where="used_at is null"),
        Index("ix_cash_codes_code", "workspace_id", "code"),
    )


class CashEntry(Owned):
    """Money that went into the drawer for an order: who took it, what was handed over, what was handed back.

    Never changed, never deleted. `reference` is that of its receipt.
    """

    __tablename__ = "cash_entries"

    order_id: Mapped[UUID]
    payment_id: Mapped[UUID]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    reference: Mapped[str]
    amount: Mapped[Decimal]
    received: Mapped[Decimal]
    change: Mapped[Decimal]
    currency: Mapped[str]

    __table_args__ = (
        within("orders", "order_id"),
        within("payments", "payment_id"),
        UniqueConstraint("workspace_id", "reference"),
        UniqueConstraint("payment_id"),
        CheckConstraint("amount > 0 and change >= 0 and received = amount + change", name="adds_up"),
        Index("ix_cash_entries_time", "workspace_id", "created_at"),
    )


class PaymentClaim(Owned):
    """A guest typed the code of money they sent by hand. It waits for that money; whoever typed it first has it."""

    __tablename__ = "payment_claims"

    customer_id: Mapped[UUID]
    conversation_id: Mapped[UUID]
    order_id: Mapped[UUID]
    code: Mapped[str]
    payment_id: Mapped[UUID | None]
    matched_at: Mapped[datetime | None]

    __table_args__ = (
        within("customers", "customer_id"),
        within("conversations", "conversation_id"),
        within("orders", "order_id"),
        within("payments", "payment_id"),
        UniqueConstraint("customer_id", "code"),
        CheckConstraint("(payment_id is null) = (matched_at is null)", name="matched"),
        Index("ix_payment_claims_customer_id_created_at", "customer_id", "created_at"),
        Index("ix_payment_claims_code", "workspace_id", "code"),
        Index("ix_payment_claims_order_id", "order_id"),
    )
