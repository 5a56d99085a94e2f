"""Guests who asked for somebody."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.statuses import CallStatus
from core.store.sql.base import Owned, within, words


class StaffCall(Owned):
    """One call, open until somebody has seen it. `called_at` is the latest asking, `version` goes up with every change.

    Name and table are those of the moment of the call.
    """

    __tablename__ = "staff_calls"

    conversation_id: Mapped[UUID]
    customer_name: Mapped[str] = mapped_column(default="", server_default="")
    table_number: Mapped[int | None]
    reason: Mapped[str]
    status: Mapped[CallStatus] = mapped_column(words(CallStatus, "call_status"), default=CallStatus.OPEN)
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    called_at: Mapped[datetime] = mapped_column(server_default=func.now())
    seen_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    seen_at: Mapped[datetime | None]

    __table_args__ = (
        within("conversations", "conversation_id"),
        CheckConstraint("(status = 'SEEN') = (seen_at is not null)", name="seen"),
        CheckConstraint("table_number is null or table_number > 0", name="table"),
        Index("uq_staff_calls_open", "conversation_id", unique=True, postgresql_where="status = 'OPEN'"),
        Index("ix_staff_calls_open", "workspace_id", postgresql_where="status = 'OPEN'"),
    )
