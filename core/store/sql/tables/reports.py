"""Who is sent a report by itself."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.report_times import Every, Way
from core.store.sql.base import Owned, within, words


class ReportSchedule(Owned):
    """Somebody of the house gets a report at this `hour` of the venue's clock, the next one at `due_at`: in a
    conversation, or by mail."""

    __tablename__ = "report_schedules"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    every: Mapped[Every] = mapped_column(words(Every, "report_every"))
    way: Mapped[Way] = mapped_column(words(Way, "report_way"))
    conversation_id: Mapped[UUID | None]
    hour: Mapped[int]
    due_at: Mapped[datetime]

    __table_args__ = (
        within("conversations", "conversation_id"),
        UniqueConstraint("workspace_id", "user_id", "every", "way"),
        CheckConstraint("hour between 6 and 23", name="hour"),
        CheckConstraint("(way = 'whatsapp') = (conversation_id is not null)", name="whom"),
        Index("ix_report_schedules_due_at", "due_at"),
    )
