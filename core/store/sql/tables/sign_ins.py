"""Who is signed in on which device, and with what besides a password."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.store.sql.base import Row
from core.store.sql.encrypted import EncryptedText


class SignIn(Row):
    """One browser's login, which ends with this row or when the user's `session_version` goes up.

    Only a hash of what the cookie carries is kept. `second_factor_at`: when it proved more than a password. `device`
    and `address` are for whoever looks where they are signed in. A `remembered` one lasts though nobody uses it.
    `workspace_id`: the house it is in; empty for the one they came to first.
    """

    __tablename__ = "sign_ins"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    session_version: Mapped[int]
    seen_at: Mapped[datetime]
    second_factor_at: Mapped[datetime | None]
    remembered: Mapped[bool] = mapped_column(default=False, server_default="false")
    device: Mapped[str] = mapped_column(default="", server_default="")
    address: Mapped[str] = mapped_column(default="", server_default="")
    workspace_id: Mapped[UUID | None] = mapped_column(ForeignKey("workspaces.id"))


class SecondFactor(Row):
    """The secret an authenticator app shares with us. It counts from `confirmed_at`; `last_step` is that of the last
    code that was used, so that none opens twice."""

    __tablename__ = "second_factors"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    secret: Mapped[str] = mapped_column(EncryptedText)
    last_step: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    confirmed_at: Mapped[datetime | None]


class RecoveryCode(Row):
    """A code for when the phone is gone, as a hash; it counts once."""

    __tablename__ = "recovery_codes"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str]
    used_at: Mapped[datetime | None]
