"""The books: what lies on which account, the shifts and their closings, and what providers' lists say otherwise."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.ledger import Account
from core.domain.statuses import DifferenceKind, Provider
from core.store.sql.base import Owned, is_parent, within, words
from core.store.sql.tables.connections import PROVIDER


class Shift(Owned):
    """The time between two closings. There is always one open: money that comes while nobody is there is in it, too."""

    __tablename__ = "shifts"

    number: Mapped[int]
    opened_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    opened_at: Mapped[datetime] = mapped_column(server_default=func.now())
    cash_float: Mapped[Decimal] = mapped_column(default=Decimal(0), server_default="0")
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        is_parent(),
        UniqueConstraint("workspace_id", "number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("cash_float >= 0", name="cash_float"),
        Index("uq_shifts_open", "workspace_id", unique=True, postgresql_where="closed_at is null"),
    )


class LedgerLine(Owned):
    """One line of an entry: above zero a debit, below a credit. The lines of an entry come in one statement and add up
    to zero, or none of them is written. Never changed, never deleted."""

    __tablename__ = "ledger_lines"

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    entry_id: Mapped[UUID]
    kind: Mapped[str]
    account: Mapped[Account] = mapped_column(words(Account, "ledger_account"))
    provider: Mapped[Provider | None] = mapped_column(PROVIDER)
    amount: Mapped[Decimal]
    currency: Mapped[str]
    receipt_id: Mapped[UUID | None]
    order_id: Mapped[UUID | None]
    shift_id: Mapped[UUID]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        within("receipts", "receipt_id"),
        within("orders", "order_id"),
        within("shifts", "shift_id"),
        CheckConstraint("amount <> 0", name="amount"),
        CheckConstraint("(account = 'CLEARING') = (provider is not null)", name="provider"),
        CheckConstraint("(receipt_id is null) <> (order_id is null)", name="subject"),
        Index("ix_ledger_lines_entry_id", "entry_id"),
        Index("ix_ledger_lines_receipt_id", "receipt_id", postgresql_where="receipt_id is not null"),
        Index("ix_ledger_lines_order_id", "order_id", postgresql_where="order_id is not null"),
        Index("ix_ledger_lines_shift_id", "shift_id"),
        Index("ix_ledger_lines_created_at", "workspace_id", "created_at"),
    )


class Closing(Owned):
    """What one shift came to, as it was when it was closed. Numbered without gaps. Never changed, never deleted."""

    __tablename__ = "closings"

    shift_id: Mapped[UUID] = mapped_column(unique=True)
    number: Mapped[int]
    report: Mapped[dict[str, Any]]
    closed_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (is_parent(), within("shifts", "shift_id"), UniqueConstraint("workspace_id", "number"))


class Reconciliation(Owned):
    """A provider's list of one day laid beside ours. `error` is set where the list could not be had."""

    __tablename__ = "reconciliations"

    provider: Mapped[Provider] = mapped_column(PROVIDER)
    day: Mapped[date]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    theirs: Mapped[int] = mapped_column(default=0, server_default="0")
    theirs_amount: Mapped[Decimal] = mapped_column(default=Decimal(0), server_default="0")
    ours: Mapped[int] = mapped_column(default=0, server_default="0")
    ours_amount: Mapped[Decimal] = mapped_column(default=Decimal(0), server_default="0")
    error: Mapped[str] = mapped_column(default="", server_default="")

    __table_args__ = (is_parent(), Index("ix_reconciliations_day", "workspace_id", "day"))


class ReconciliationDifference(Owned):
    """One thing in which the lists disagree, and what to do about it."""

    __tablename__ = "reconciliation_differences"

    reconciliation_id: Mapped[UUID]
    kind: Mapped[DifferenceKind] = mapped_column(words(DifferenceKind, "difference_kind"))
    reference: Mapped[str]
    theirs: Mapped[str] = mapped_column(default="", server_default="")
    ours: Mapped[str] = mapped_column(default="", server_default="")
    action: Mapped[str]
    receipt_id: Mapped[UUID | None]
    seen_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    seen_at: Mapped[datetime | None]

    __table_args__ = (
        within("reconciliations", "reconciliation_id"),
        within("receipts", "receipt_id"),
        Index("ix_reconciliation_differences_reconciliation_id", "reconciliation_id"),
    )
