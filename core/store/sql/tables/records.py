"""What was said, what is owed to whom, what could not be handled, and who did what."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    UniqueConstraint,
    Uuid,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.statuses import DeadLetterState, Direction, MessageStatus, Topic
from core.store.sql.base import Base, Owned, Row, within, words
from core.store.sql.encrypted import EncryptedText


class Message(Owned):
    """One message of a conversation. The id of an outgoing one is the id of its outbox item.

    `important`: staff must know when it does not arrive (the thank-you, an order that is ready).
    """

    __tablename__ = "messages"

    conversation_id: Mapped[UUID | None]
    mailbox: Mapped[str]
    direction: Mapped[Direction] = mapped_column(words(Direction, "direction"))
    event_id: Mapped[str | None]
    external_id: Mapped[str | None]
    kind: Mapped[str]
    body: Mapped[str] = mapped_column(default="", server_default="")
    status: Mapped[MessageStatus | None] = mapped_column(words(MessageStatus, "message_status"))
    error_code: Mapped[str | None]
    important: Mapped[bool] = mapped_column(default=False, server_default="false")
    at: Mapped[datetime]

    __table_args__ = (
        within("conversations", "conversation_id"),
        CheckConstraint("direction = 'in' or status is not null", name="outgoing_has_a_status"),
        Index("ix_messages_mailbox_at", "workspace_id", "mailbox", "at"),
        Index("ix_messages_at", "workspace_id", "at", "id"),
        Index("ix_messages_external_id", "workspace_id", "external_id"),
        Index("ix_messages_event_id", "workspace_id", "event_id"),
        Index(
            "ix_messages_undelivered",
            "workspace_id",
            "at",
            postgresql_where="important and status in ('failed', 'unknown')",
        ),
        # Meta's id of what a guest wrote: saved once, however often the history is replayed.
        Index(
            "uq_messages_incoming", "workspace_id", "external_id", unique=True, postgresql_where="direction = 'in'"
        ),
    )  # fmt: skip


class WebhookEvent(Row):
    """What WhatsApp and payment providers say of a venue's accounts, and what the history could not write down. Each
    webhook itself is in the journal."""

    __tablename__ = "webhook_events"

    workspace_id: Mapped[UUID | None] = mapped_column(ForeignKey("workspaces.id"))
    source: Mapped[str]
    reason: Mapped[str]
    digest: Mapped[str]
    body: Mapped[str | None] = mapped_column(EncryptedText)
    received_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(default="", server_default="")
    subject: Mapped[str] = mapped_column(default="", server_default="")
    loud: Mapped[bool] = mapped_column(default=False, server_default="false")
    seen_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("source", "digest"),)


class JournalEntry(Base):
    """One webhook as it arrived, sealed; partitioned by month, so that old months go away as a whole.

    `position` is the order of arrival. `size` counts the bytes as they came. `others`: as many more of a kind came of
    which no body was kept. `signature`: none where its sender signs nothing.
    """

    __tablename__ = "webhook_journal"

    arrived_at: Mapped[datetime] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    source: Mapped[str]
    signature: Mapped[str]
    outcome: Mapped[str]
    workspaces: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default="{}")
    size: Mapped[int]
    others: Mapped[int] = mapped_column(default=0, server_default="0")
    body: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        CheckConstraint("signature in ('good', 'bad', 'none')", name="signature"),
        {"postgresql_partition_by": "RANGE (arrived_at)"},
    )


class Outbox(Owned):
    """What a change in PostgreSQL owes a conversation or the board, in the order of `seq`."""

    __tablename__ = "outbox"

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    conversation_id: Mapped[UUID | None]
    topic: Mapped[Topic] = mapped_column(words(Topic, "topic"))
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    relayed_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]

    __table_args__ = (
        within("conversations", "conversation_id"),
        CheckConstraint("(topic = 'conversation') = (conversation_id is not null)", name="addressed"),
        Index("ix_outbox_unrelayed", "topic", "seq", postgresql_where="relayed_at is null"),
        Index("ix_outbox_undone", "conversation_id", "seq", postgresql_where="done_at is null"),
    )


class TurnEffects(Base):
    """What the effects of one event came to; its row is the first thing their transaction writes."""

    __tablename__ = "turn_effects"

    event_id: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"))
    outcome: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class DeadLetter(Owned):
    """An event that failed too often, kept for staff to look at, and to replay or drop.

    `error` names what went wrong and where, never what a guest wrote. `decided_by` is null where that was by command;
    `replayed_as` is the id under which the event went back into its mailbox.
    """

    __tablename__ = "dead_letters"

    lane: Mapped[str]
    mailbox: Mapped[str]
    event_id: Mapped[str]
    body: Mapped[str] = mapped_column(EncryptedText)
    attempts: Mapped[int]
    error: Mapped[str] = mapped_column(default="", server_default="")
    state: Mapped[DeadLetterState] = mapped_column(
        words(DeadLetterState, "dead_letter_state"), default=DeadLetterState.DEAD, server_default="dead"
    )
    at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(default="", server_default="")
    replayed_as: Mapped[str] = mapped_column(default="", server_default="")

    __table_args__ = (
        UniqueConstraint("lane", "event_id"),
        CheckConstraint("(state = 'dead') = (decided_at is null)", name="decided"),
        CheckConstraint("state <> 'dropped' or reason <> ''", name="dropped_for_a_reason"),
        Index("ix_dead_letters_state", "workspace_id", "state", "at"),
    )


class Activity(Owned):
    """Who did what to what, and from where. Never changed, never deleted: the database refuses both.

    `who` is their name as it was then. `before` and `after` hold what changed, by name; `detail` what else was said
    (why, which reference). No phones, no messages, no tokens. `address` is empty for commands and the program itself.
    """

    __tablename__ = "activity_log"

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    who: Mapped[str] = mapped_column(default="", server_default="")
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID | None]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    address: Mapped[str] = mapped_column(default="", server_default="")

    __table_args__ = (
        Index("ix_activity_log_workspace_id_seq", "workspace_id", "seq"),
        Index("ix_activity_log_created_at", "workspace_id", "created_at", "id"),
        Index("ix_activity_log_user_id", "workspace_id", "user_id", "created_at"),
        Index("ix_activity_log_action", "workspace_id", "action", "created_at"),
        Index("ix_activity_log_subject", "workspace_id", "subject_kind", "subject_id", "created_at"),
    )
