"""Invoices, what the tax authority says of them, the documents made of them, and who may fetch or gets one."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.documents import DocumentKind, DocumentState, FiscalState
from core.store.sql.base import Base, Owned, is_parent, within, words

LARGEST_BYTES = 16 * 1024 * 1024


class InvoiceCounter(Base):
    """The last invoice number of a workspace: given in the transaction that writes the invoice, so none is lost."""

    __tablename__ = "invoice_counters"

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    last: Mapped[int]


class Invoice(Owned):
    """One paid order, as it was when it was paid. A trigger refuses every change. Holds no names of guests.

    `lines`: [{name, quantity, price}]; `vat_lines`: [{percent, net, vat}]; `seller`: {name, address, pin, vat_number}.
    `fiscal`: the tax authority was to sign it. Who knows `verify_token` may see that the invoice is genuine.
    """

    __tablename__ = "invoices"

    order_id: Mapped[UUID]
    number: Mapped[int]
    issued_at: Mapped[datetime]
    currency: Mapped[str]
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    delivery_fee: Mapped[Decimal]
    discount: Mapped[Decimal]
    tip: Mapped[Decimal]
    total: Mapped[Decimal]
    vat: Mapped[Decimal]
    vat_lines: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    seller: Mapped[dict[str, Any]]
    fiscal: Mapped[bool]
    verify_token: Mapped[str] = mapped_column(unique=True)

    __table_args__ = (
        is_parent(),
        within("orders", "order_id"),
        UniqueConstraint("workspace_id", "number"),
        UniqueConstraint("workspace_id", "order_id"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("total > 0 and vat >= 0 and vat <= total", name="total"),
        CheckConstraint("delivery_fee >= 0 and discount >= 0 and tip >= 0", name="parts"),
    )


class FiscalEntry(Owned):
    """An invoice on its way to the tax authority; then the authority's `number` of it and the text of its QR code."""

    __tablename__ = "fiscal_entries"

    invoice_id: Mapped[UUID] = mapped_column(unique=True)
    state: Mapped[FiscalState] = mapped_column(words(FiscalState, "fiscal_state"), default=FiscalState.WAITING)
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    next_try_at: Mapped[datetime | None]
    number: Mapped[str] = mapped_column(default="", server_default="")
    qr: Mapped[str] = mapped_column(default="", server_default="")
    signed_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="", server_default="")

    __table_args__ = (
        within("invoices", "invoice_id"),
        CheckConstraint("(state = 'SIGNED') = (signed_at is not null)", name="signed"),
        CheckConstraint("(state = 'WAITING') = (next_try_at is not null)", name="waiting"),
        Index("ix_fiscal_entries_due", "next_try_at", postgresql_where="next_try_at is not null"),
    )


class Document(Owned):
    """One document of one kind about one thing, made once. `content` is read only by whoever asks for it by name.

    What is about neither an invoice nor a closing says in `request` what it is; `user_id` wanted it, and `progress`
    says how far it is made, in percent.
    """

    __tablename__ = "documents"

    kind: Mapped[DocumentKind] = mapped_column(words(DocumentKind, "document_kind"))
    invoice_id: Mapped[UUID | None]
    closing_id: Mapped[UUID | None]
    state: Mapped[DocumentState] = mapped_column(words(DocumentState, "document_state"), default=DocumentState.WANTED)
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True, deferred_raiseload=True)
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    next_try_at: Mapped[datetime | None]
    made_at: Mapped[datetime | None]
    request: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    progress: Mapped[int] = mapped_column(default=0, server_default="0")

    __table_args__ = (
        is_parent(),
        within("invoices", "invoice_id"),
        within("closings", "closing_id"),
        UniqueConstraint("kind", "invoice_id"),
        UniqueConstraint("kind", "closing_id"),
        CheckConstraint("(kind = 'receipt') = (invoice_id is not null)", name="invoice"),
        CheckConstraint(
            "(kind in ('closing_pdf', 'closing_csv', 'closing_xlsx')) = (closing_id is not null)", name="closing"
        ),
        CheckConstraint("(invoice_id is null and closing_id is null) = (request <> '{}')", name="request"),
        CheckConstraint("progress between 0 and 100", name="progress"),
        CheckConstraint("(state = 'MADE') = (content is not null)", name="made"),
        CheckConstraint("(state = 'WANTED') = (next_try_at is not null)", name="wanted"),
        CheckConstraint(f"octet_length(content) between 1 and {LARGEST_BYTES}", name="size"),
        Index("ix_documents_due", "next_try_at", postgresql_where="next_try_at is not null"),
    )


class DocumentLink(Owned):
    """Whoever has the link may fetch one document, for a while. The link's token is made from `id` and a key."""

    __tablename__ = "document_links"

    document_id: Mapped[UUID]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        within("documents", "document_id"),
        Index("ix_document_links_document_id", "document_id", "expires_at"),
    )


class DocumentDelivery(Owned):
    """A conversation that waits for a document, or somebody of the house who gets it by mail; done when it is owed."""

    __tablename__ = "document_deliveries"

    document_id: Mapped[UUID]
    conversation_id: Mapped[UUID | None]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    done_at: Mapped[datetime | None]

    __table_args__ = (
        within("documents", "document_id"),
        within("conversations", "conversation_id"),
        CheckConstraint("(conversation_id is null) <> (user_id is null)", name="whom"),
        Index(
            "uq_document_deliveries_open", "document_id", "conversation_id", unique=True,
            postgresql_where="done_at is null",
        ),
    )  # fmt: skip
