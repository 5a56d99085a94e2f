"""Links that let somebody in: to a venue, or to a new password. Only hashes of their tokens are kept."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.statuses import Role
from core.store.sql.base import Owned, Row, words


class Invitation(Owned):
    """Somebody is to work in a venue. `ended_at`: it was accepted, taken back, or another took its place."""

    __tablename__ = "invitations"

    email: Mapped[str]
    role: Mapped[Role] = mapped_column(words(Role, "role"))
    token_hash: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    invited_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None]
    accepted_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        Index("uq_invitations_open", "workspace_id", "email", unique=True, postgresql_where="ended_at is null"),
    )


class PasswordLink(Row):
    """Its holder chooses a password, once."""

    __tablename__ = "password_links"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
