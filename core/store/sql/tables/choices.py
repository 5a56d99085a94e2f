"""What a guest chooses of a product, and what it costs at which hour."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.options import MOST_OPTIONS
from core.store.sql.base import Edited, Owned, Versioned, is_parent, within


class OptionGroup(Owned, Edited, Versioned):
    """One question about a product: its size, its mixer. From `least` to `most` options answer it; 0: not required.

    Several products may ask the same question (`ProductGroup`).
    """

    __tablename__ = "option_groups"

    name: Mapped[str]
    names: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    least: Mapped[int] = mapped_column(default=0, server_default="0")
    most: Mapped[int] = mapped_column(default=1, server_default="1")

    __table_args__ = (
        is_parent(),
        CheckConstraint(f"least >= 0 and most between greatest(least, 1) and {MOST_OPTIONS}", name="choices"),
    )


class Option(Owned, Edited):
    """One answer, and how much more (or less) than the product alone it costs."""

    __tablename__ = "options"

    group_id: Mapped[UUID]
    name: Mapped[str]
    names: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    price: Mapped[Decimal] = mapped_column(default=Decimal(0), server_default="0")
    available: Mapped[bool] = mapped_column(default=True, server_default="true")
    position: Mapped[int] = mapped_column(default=0, server_default="0")

    __table_args__ = (
        is_parent(),
        within("option_groups", "group_id"),
        Index("ix_options_group_id", "group_id"),
    )


class ProductGroup(Owned):
    """A product asks this question, in this place among its others."""

    __tablename__ = "product_groups"

    product_id: Mapped[UUID]
    group_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(default=0, server_default="0")

    __table_args__ = (
        within("products", "product_id"),
        within("option_groups", "group_id"),
        UniqueConstraint("product_id", "group_id"),
        Index("ix_product_groups_group_id", "group_id"),
    )


class PriceList(Owned, Edited, Versioned):
    """Other prices at some hours: happy hour. `hours` is one schedule, as `core.domain.timetables` reads it."""

    __tablename__ = "price_lists"

    name: Mapped[str]
    hours: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    active: Mapped[bool] = mapped_column(default=True, server_default="true")

    __table_args__ = (is_parent(),)


class ListPrice(Owned):
    """What one product costs by one list."""

    __tablename__ = "list_prices"

    price_list_id: Mapped[UUID]
    product_id: Mapped[UUID]
    price: Mapped[Decimal]

    __table_args__ = (
        within("price_lists", "price_list_id"),
        within("products", "product_id"),
        UniqueConstraint("price_list_id", "product_id"),
        Index("ix_list_prices_product_id", "product_id"),
        CheckConstraint("price > 0", name="price"),
    )
