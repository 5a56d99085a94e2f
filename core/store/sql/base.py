"""What every table has in common."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import DateTime, Enum, ForeignKey, ForeignKeyConstraint, MetaData, Numeric, Text, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """UUID keys, times in UTC with their zone, money as numeric(12,2), objects as jsonb."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {
        str: Text,
        datetime: DateTime(timezone=True),
        Decimal: Numeric(12, 2),
        dict[str, Any]: JSONB,
        list[str]: JSONB,
    }


class Row(Base):
    """A table with a key of its own and the times of its making and last change."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(
        primary_key=True, default=uuid4, server_default=func.gen_random_uuid(), sort_order=-2
    )
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), sort_order=98)
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now(), sort_order=99)


class Owned(Row):
    """A table whose rows belong to a workspace."""

    __abstract__ = True

    @declared_attr
    def workspace_id(self) -> Mapped[UUID]:
        """Whose row it is."""
        return mapped_column(ForeignKey("workspaces.id"), sort_order=-1)


class Edited:
    """Who changed a row that staff may edit, and whether they took it away."""

    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), sort_order=95)
    updated_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), sort_order=96)
    deleted_at: Mapped[datetime | None] = mapped_column(sort_order=97)


class Versioned:
    """Counts the edits by staff, so that nobody writes over what another has just changed; a sale is no edit."""

    version: Mapped[int] = mapped_column(default=1, server_default="1", sort_order=93)
    edited_at: Mapped[datetime | None] = mapped_column(sort_order=94)


def words(kind: type[StrEnum], name: str) -> Enum:
    """A native enum of the words' values."""
    return Enum(kind, name=name, values_callable=lambda enum: [word.value for word in enum])


def is_parent() -> UniqueConstraint:
    """What `within` points at."""
    return UniqueConstraint("workspace_id", "id")


def within(table: str, column: str) -> ForeignKeyConstraint:
    """A foreign key that cannot reach into another workspace."""
    return ForeignKeyConstraint(["workspace_id", column], [f"{table}.workspace_id", f"{table}.id"])
