"""Who is signed in on which device."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.store.sql.base import Row


class SignIn(Row):
    """One browser's login, which ends with this row or when the user's `session_version` goes up.

    Only a hash of what the cookie carries is kept.
    """

    __tablename__ = "sign_ins"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    session_version: Mapped[int]
    seen_at: Mapped[datetime]
