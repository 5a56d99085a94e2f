"""Venues, the people who work there, and the guests."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.statuses import Role
from core.store.sql.base import Base, Edited, Owned, Row, Versioned, is_parent, within, words
from core.store.sql.encrypted import EncryptedJson, EncryptedText


class Workspace(Row, Versioned):
    """One venue; every other row hangs off one.

    A second payment for one order goes back by itself up to `refund_limit`; above it staff approve.
    `hours`, `delivery`, `features`, `paying`, `invoicing`, `printers` and `lateness` are as `core.domain` reads them;
    `table_key` signs the tables' codes; `wordings` is the venue's own words by language and English text.
    While `debug_phone` is set, the bot answers nobody else; in `dev_mode` nothing leaves the house.
    """

    __tablename__ = "workspaces"

    name: Mapped[str]
    slug: Mapped[str] = mapped_column(unique=True)
    currency: Mapped[str] = mapped_column(default="KES", server_default="KES")
    timezone: Mapped[str] = mapped_column(default="Africa/Nairobi", server_default="Africa/Nairobi")
    vat_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2), default=Decimal(16), server_default="16")
    accepts_orders: Mapped[bool] = mapped_column(default=True, server_default="true")
    serves_alcohol: Mapped[bool] = mapped_column(default=False, server_default="false")
    age_gate: Mapped[bool] = mapped_column(default=True, server_default="true")
    minimum_age: Mapped[int] = mapped_column(default=18, server_default="18")
    delivers: Mapped[bool] = mapped_column(default=False, server_default="false")
    payment_methods: Mapped[list[str]] = mapped_column(default=lambda: ["MPESA"], server_default='["MPESA"]')
    asks: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    hold_seconds: Mapped[int] = mapped_column(default=600, server_default="600")
    minimum_order: Mapped[Decimal] = mapped_column(default=Decimal(0), server_default="0")
    refund_limit: Mapped[Decimal] = mapped_column(default=Decimal(5000), server_default="5000")
    hours: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    delivery: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    features: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    paying: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    invoicing: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    printers: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    lateness: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    debug_phone: Mapped[str | None] = mapped_column(EncryptedText)
    dev_mode: Mapped[bool] = mapped_column(default=False, server_default="false")
    wordings: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    table_key: Mapped[UUID] = mapped_column(default=uuid4, server_default=func.gen_random_uuid())
    updated_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        CheckConstraint("vat_percent between 0 and 100", name="vat"),
        CheckConstraint("hold_seconds between 60 and 86400", name="hold"),
        CheckConstraint("minimum_age between 0 and 99", name="age"),
        CheckConstraint("length(currency) = 3", name="currency"),
        CheckConstraint("minimum_order >= 0", name="minimum_order"),
        CheckConstraint("refund_limit >= 0", name="refund_limit"),
    )


class OrderCounter(Base):
    """The last order number of a workspace, apart from its row, so that placing an order never waits for an edit."""

    __tablename__ = "order_counters"

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    last: Mapped[int]


class User(Row):
    """A person with a staff login. `session_version` goes up when all their sessions must end.

    `second_factor_exempt`: outside production a password is enough, whatever the role (the demo owner).
    """

    __tablename__ = "users"

    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True, server_default="true")
    session_version: Mapped[int] = mapped_column(default=1, server_default="1")
    last_login_at: Mapped[datetime | None]
    second_factor_exempt: Mapped[bool] = mapped_column(default=False, server_default="false")

    __table_args__ = (CheckConstraint("email = lower(email)", name="email_in_lower_case"),)


class Membership(Owned):
    """A user's role in a workspace, while they work there."""

    __tablename__ = "memberships"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    role: Mapped[Role] = mapped_column(words(Role, "role"))
    active: Mapped[bool] = mapped_column(default=True, server_default="true")

    __table_args__ = (UniqueConstraint("workspace_id", "user_id"),)


class Customer(Owned):
    """A guest, known by business-scoped id, by phone, or by both. Since `messages_stopped_at`: nothing unasked.

    Since `blocked_at` they order from staff only: the bot does not talk with them. `former`: {phones, bsuids} that were
    theirs once; what came from there is found by them when they are to be forgotten.
    """

    __tablename__ = "customers"

    name: Mapped[str] = mapped_column(default="", server_default="")
    bsuid: Mapped[str | None]
    phone: Mapped[str | None] = mapped_column(EncryptedText)
    phone_index: Mapped[str | None] = mapped_column(info={"blind_index_of": "phone"})
    age_confirmed_at: Mapped[datetime | None]
    messages_stopped_at: Mapped[datetime | None]
    given_name: Mapped[str] = mapped_column(default="", server_default="")
    email: Mapped[str | None] = mapped_column(EncryptedText)
    birthday: Mapped[str] = mapped_column(default="", server_default="")
    language: Mapped[str] = mapped_column(default="", server_default="")
    asked: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    discount_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2), default=Decimal(0), server_default="0")
    discount_active: Mapped[bool] = mapped_column(default=True, server_default="true")
    blocked_at: Mapped[datetime | None]
    former: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJson)
    deleted_at: Mapped[datetime | None]

    __table_args__ = (
        is_parent(),
        UniqueConstraint("workspace_id", "phone_index"),
        UniqueConstraint("workspace_id", "bsuid"),
        CheckConstraint("(phone is null) = (phone_index is null)", name="phone_indexed"),
        CheckConstraint("discount_percent between 0 and 99", name="discount"),
        CheckConstraint("deleted_at is not null or bsuid is not null or phone is not null", name="identified"),
    )


class CustomerNote(Owned):
    """What staff wrote down of a guest. `who` is the writer's name as it was then."""

    __tablename__ = "customer_notes"

    customer_id: Mapped[UUID]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    who: Mapped[str]
    body: Mapped[str] = mapped_column(EncryptedText)

    __table_args__ = (
        within("customers", "customer_id"),
        Index("ix_customer_notes_customer", "customer_id", "created_at"),
    )


class Erasure(Owned):
    """A guest who was erased, until what came in of them `since` they were known is gone from the journal, too.

    `traces` are by what they are found there, and how far it was gone through; they go as the last.
    """

    __tablename__ = "erasures"

    customer_id: Mapped[UUID]
    since: Mapped[datetime]
    traces: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJson)
    done_at: Mapped[datetime | None]

    __table_args__ = (
        within("customers", "customer_id"),
        Index("ix_erasures_due", "created_at", postgresql_where="done_at is null"),
    )


class VenueTable(Owned, Edited, Versioned):
    """A table guests sit at."""

    __tablename__ = "tables"

    number: Mapped[int]
    name: Mapped[str] = mapped_column(default="", server_default="")
    active: Mapped[bool] = mapped_column(default=True, server_default="true")

    __table_args__ = (UniqueConstraint("workspace_id", "number"), CheckConstraint("number > 0", name="number"))


class Conversation(Owned):
    """One customer on one channel. `mailbox` is the opaque key of its events in the mailbox store."""

    __tablename__ = "conversations"

    channel_id: Mapped[UUID]
    customer_id: Mapped[UUID]
    mailbox: Mapped[str]

    __table_args__ = (
        is_parent(),
        within("channels", "channel_id"),
        within("customers", "customer_id"),
        UniqueConstraint("channel_id", "customer_id"),
        UniqueConstraint("workspace_id", "mailbox"),
    )
