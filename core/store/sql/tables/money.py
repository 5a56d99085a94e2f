"""Attempts to collect money, money that arrived, money to give back, and the diary of all of it."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.statuses import FailedBy, Method, PaymentStatus, Provider, ReceiptState, RefundStatus, Start
from core.store.sql.base import Owned, is_parent, within, words
from core.store.sql.encrypted import EncryptedText
from core.store.sql.tables.connections import PROVIDER

PAYMENT_STATUS = words(PaymentStatus, "payment_status")
LIVE = "status in ('CREATED', 'REQUESTED', 'PENDING', 'UNKNOWN')"


class Payment(Owned):
    """One attempt to collect money. `handle` is the provider's URL of it, `handle_id` its last segment.

    `requested_at` is the claim, `posted_at` the moment the call left, from which the PIN dialog is counted. A link is
    good until `expires_at`; at `closed_at` the provider was told that it is worth nothing.
    """

    __tablename__ = "payments"

    order_id: Mapped[UUID]
    customer_id: Mapped[UUID | None]
    conversation_id: Mapped[UUID | None]
    provider: Mapped[Provider] = mapped_column(PROVIDER)
    method: Mapped[Method] = mapped_column(words(Method, "payment_method"))
    start: Mapped[Start] = mapped_column(words(Start, "payment_start"), default=Start.PROMPT, server_default="PROMPT")
    status: Mapped[PaymentStatus] = mapped_column(PAYMENT_STATUS, default=PaymentStatus.CREATED)
    amount: Mapped[Decimal]
    currency: Mapped[str]
    phone: Mapped[str | None] = mapped_column(EncryptedText)
    phone_index: Mapped[str | None] = mapped_column(info={"blind_index_of": "phone"})
    handle: Mapped[str | None]
    handle_id: Mapped[str | None]
    link: Mapped[str | None]
    expires_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    failed_by: Mapped[FailedBy | None] = mapped_column(words(FailedBy, "failed_by"))
    requested_at: Mapped[datetime | None]
    posted_at: Mapped[datetime | None]
    next_check_at: Mapped[datetime | None]
    checks: Mapped[int] = mapped_column(default=0, server_default="0")
    succeeded_at: Mapped[datetime | None]

    __table_args__ = (
        is_parent(),
        within("orders", "order_id"),
        within("customers", "customer_id"),
        within("conversations", "conversation_id"),
        UniqueConstraint("provider", "handle_id"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("checks >= 0", name="checks"),
        CheckConstraint("(phone is null) = (phone_index is null)", name="phone_indexed"),
        CheckConstraint("method <> 'MPESA' or start <> 'PROMPT' or phone is not null", name="prompt_needs_a_phone"),
        Index("uq_payments_live_order", "order_id", "start", unique=True, postgresql_where=LIVE),
        Index("uq_payments_live_phone", "workspace_id", "phone_index", unique=True, postgresql_where=LIVE),
        Index("ix_payments_order_id", "order_id"),
        Index("ix_payments_phone_index", "workspace_id", "phone_index", "created_at"),
        Index("ix_payments_review", "workspace_id", postgresql_where="status = 'NEEDS_REVIEW'"),
        Index("ix_payments_due", "next_check_at", postgresql_where="next_check_at is not null"),
    )


class Receipt(Owned):
    """Money that really arrived, once per provider's reference. `decided_by` staff makes its state final.

    `refunding`, `refunded` and `refunded_cash` are the sums of its refunds that stand, that are done, and that went out
    of the drawer: a trigger keeps them. `reversed` was taken back unasked, `vat` is in it where it was taken as sales.
    """

    __tablename__ = "receipts"

    provider: Mapped[Provider] = mapped_column(PROVIDER)
    reference: Mapped[str]
    amount: Mapped[Decimal]
    currency: Mapped[str]
    till: Mapped[str | None]
    payer_hash: Mapped[str | None]
    received_at: Mapped[datetime]
    payment_id: Mapped[UUID | None]
    order_id: Mapped[UUID | None]
    state: Mapped[ReceiptState] = mapped_column(words(ReceiptState, "receipt_state"), default=ReceiptState.UNMATCHED)
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    refunding: Mapped[Decimal] = mapped_column(default=Decimal(0), server_default="0")
    refunded: Mapped[Decimal] = mapped_column(default=Decimal(0), server_default="0")
    refunded_cash: Mapped[Decimal] = mapped_column(default=Decimal(0), server_default="0")
    reversed: Mapped[Decimal] = mapped_column(default=Decimal(0), server_default="0")
    vat: Mapped[Decimal] = mapped_column(default=Decimal(0), server_default="0")

    __table_args__ = (
        is_parent(),
        within("payments", "payment_id"),
        within("orders", "order_id"),
        UniqueConstraint("workspace_id", "provider", "reference"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("state <> 'MATCHED' or order_id is not null", name="matched_to_an_order"),
        # Nobody gets back more than was paid, however many refunds are proposed at once.
        CheckConstraint("refunded_cash between 0 and refunded and refunded <= refunding", name="refunds"),
        CheckConstraint("refunding <= amount", name="refunds_within_what_was_paid"),
        CheckConstraint("reversed between 0 and amount and vat between 0 and amount", name="reversed"),
        Index("ix_receipts_order_id", "order_id"),
        Index("ix_receipts_payment_id", "payment_id"),
        Index("ix_receipts_state", "workspace_id", "state"),
    )


class PaymentEvent(Owned):
    """One line of the money diary, once per `dedupe_key`. Holds no phones and no names. Never changed or deleted."""

    __tablename__ = "payment_events"

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    provider: Mapped[Provider] = mapped_column(PROVIDER)
    payment_id: Mapped[UUID | None]
    receipt_id: Mapped[UUID | None]
    kind: Mapped[str]
    dedupe_key: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")

    __table_args__ = (
        within("payments", "payment_id"),
        within("receipts", "receipt_id"),
        UniqueConstraint("workspace_id", "provider", "dedupe_key"),
        Index("ix_payment_events_payment_id_seq", "payment_id", "seq"),
    )


class Refund(Owned):
    """Money to give back for one receipt, once per `dedupe_key`; `provider` is how it goes (cash: out of the drawer).

    `goods`: it is for what had been sold. `requested_at` is the claim, `posted_at` the moment the call left.
    """

    __tablename__ = "refunds"

    order_id: Mapped[UUID | None]
    payment_id: Mapped[UUID | None]
    receipt_id: Mapped[UUID]
    dedupe_key: Mapped[str]
    provider: Mapped[Provider] = mapped_column(PROVIDER)
    amount: Mapped[Decimal]
    currency: Mapped[str]
    status: Mapped[RefundStatus] = mapped_column(words(RefundStatus, "refund_status"), default=RefundStatus.PROPOSED)
    reason: Mapped[str]
    goods: Mapped[bool] = mapped_column(default=False, server_default="false")
    note: Mapped[str] = mapped_column(default="", server_default="")
    proposed_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    handle: Mapped[str | None]
    handle_id: Mapped[str | None]
    reference: Mapped[str | None]
    error: Mapped[str | None]
    requested_at: Mapped[datetime | None]
    posted_at: Mapped[datetime | None]
    next_check_at: Mapped[datetime | None]
    checks: Mapped[int] = mapped_column(default=0, server_default="0")
    done_at: Mapped[datetime | None]

    __table_args__ = (
        is_parent(),
        within("orders", "order_id"),
        within("payments", "payment_id"),
        within("receipts", "receipt_id"),
        UniqueConstraint("workspace_id", "dedupe_key"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("(status = 'DONE') = (done_at is not null)", name="done"),
        Index("ix_refunds_receipt_id", "receipt_id"),
        Index("ix_refunds_handle_id", "provider", "handle_id", postgresql_where="handle_id is not null"),
        Index("ix_refunds_due", "next_check_at", postgresql_where="next_check_at is not null"),
        Index(
            "ix_refunds_open", "workspace_id",
            postgresql_where="status in ('PROPOSED', 'APPROVED', 'REQUESTED', 'FAILED')",
        ),
    )  # fmt: skip
