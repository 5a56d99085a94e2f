"""PINs, each for one person on one device."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.store.sql.base import Row


class DevicePin(Row):
    """Takes the place of the password on one device, until the password changes (`session_version`)."""

    __tablename__ = "device_pins"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    device_hash: Mapped[str]
    pin_hash: Mapped[str]
    session_version: Mapped[int]

    __table_args__ = (UniqueConstraint("user_id", "device_hash"), Index("ix_device_pins_device_hash", "device_hash"))
