"""Mail that is owed to somebody."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from core.store.sql.base import Row
from core.store.sql.encrypted import EncryptedText


class Mail(Row):
    """One letter. `next_try_at` is empty once it is out of our hands; then its text is forgotten, for it may hold a
    link."""

    __tablename__ = "mails"

    recipient: Mapped[str] = mapped_column(EncryptedText)
    subject: Mapped[str]
    text: Mapped[str | None] = mapped_column(EncryptedText)
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    next_try_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="", server_default="")

    __table_args__ = (Index("ix_mails_due", "next_try_at", postgresql_where="next_try_at is not null"),)
