"""What is sold, how much of it is there, and how much is set aside."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.domain.statuses import HoldState, MovementReason, Station, Unit
from core.store.sql.base import Edited, Owned, Versioned, is_parent, within, words

STATION = words(Station, "station")
UNIT = words(Unit, "stock_unit")
LARGEST_PICTURE = 1_000_000


class Category(Owned, Edited, Versioned):
    """A heading of the menu. Where it is not `active`, guests see neither it nor its products.

    `hours`, of it and of a product, are one schedule as `core.domain.timetables` reads it; empty: at any hour.
    """

    __tablename__ = "categories"

    name: Mapped[str]
    names: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    slug: Mapped[str]
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    active: Mapped[bool] = mapped_column(default=True, server_default="true")
    hours: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")

    __table_args__ = (is_parent(), UniqueConstraint("workspace_id", "slug"))


class Product(Owned, Edited, Versioned):
    """One thing on the menu, or an ingredient. `held` of the `on_hand` are set aside for unpaid orders.

    `name` and `description` are English; `names` and `descriptions` say it in other languages, by code.
    `sold_out`: staff say so, whatever the count. At `low_stock` or less free, somebody should buy more; 0: never.
    `photo` is the link that WhatsApp fetches; `picture_id` names the one we serve, where staff gave us one.
    An ingredient stands under no category, is counted in its `unit`, and is never sold by itself.
    `mixed`: it has a recipe (`RecipeLine`), and selling one takes from what is in it. `counted`: it has a count of its
    own; what is mixed may have none.
    """

    __tablename__ = "products"

    category_id: Mapped[UUID | None]
    name: Mapped[str]
    slug: Mapped[str]
    sku: Mapped[str | None]
    description: Mapped[str] = mapped_column(default="", server_default="")
    names: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    descriptions: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    photo: Mapped[str] = mapped_column(default="", server_default="")
    picture_id: Mapped[UUID | None]
    nicknames: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    attributes: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    allergens: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    price: Mapped[Decimal]
    alcoholic: Mapped[bool] = mapped_column(default=False, server_default="false")
    station: Mapped[Station] = mapped_column(STATION)
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    in_menu: Mapped[bool] = mapped_column(default=True, server_default="true")
    on_hand: Mapped[int] = mapped_column(default=0, server_default="0")
    held: Mapped[int] = mapped_column(default=0, server_default="0")
    sold_out: Mapped[bool] = mapped_column(default=False, server_default="false")
    low_stock: Mapped[int] = mapped_column(default=0, server_default="0")
    unit: Mapped[Unit] = mapped_column(UNIT, default=Unit.PIECE, server_default=Unit.PIECE.value)
    counted: Mapped[bool] = mapped_column(default=True, server_default="true")
    mixed: Mapped[bool] = mapped_column(default=False, server_default="false")
    hours: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")

    __table_args__ = (
        is_parent(),
        within("categories", "category_id"),
        within("pictures", "picture_id"),
        UniqueConstraint("workspace_id", "slug"),
        UniqueConstraint("workspace_id", "sku"),
        CheckConstraint("price > 0 or category_id is null", name="price"),
        CheckConstraint("counted or mixed", name="counted"),
        CheckConstraint("category_id is not null or not (in_menu or mixed)", name="ingredient"),
        CheckConstraint("category_id is null or unit = 'PIECE'", name="unit"),
        CheckConstraint("photo = '' or photo like 'https://%'", name="photo"),
        CheckConstraint("held >= 0 and on_hand >= held", name="stock"),
        CheckConstraint("low_stock >= 0", name="low_stock"),
    )


class RecipeLine(Owned):
    """One of a product takes this much of an ingredient, in the ingredient's unit; `position`: its place."""

    __tablename__ = "recipe_lines"

    product_id: Mapped[UUID]
    ingredient_id: Mapped[UUID]
    quantity: Mapped[int]
    position: Mapped[int] = mapped_column(default=0, server_default="0")

    __table_args__ = (
        within("products", "product_id"),
        within("products", "ingredient_id"),
        UniqueConstraint("product_id", "ingredient_id"),
        Index("ix_recipe_lines_ingredient_id", "ingredient_id", "quantity"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("product_id <> ingredient_id", name="itself"),
    )


class Picture(Owned):
    """A picture of a product, a JPEG, never changed. `digest` is of its content: the same one is kept once."""

    __tablename__ = "pictures"

    digest: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)

    __table_args__ = (
        is_parent(),
        UniqueConstraint("workspace_id", "digest"),
        CheckConstraint(f"octet_length(content) between 1 and {LARGEST_PICTURE}", name="size"),
    )


class StockMovement(Owned):
    """One line of the stock ledger; a product's movements add up to its `on_hand`. Never changed, never deleted."""

    __tablename__ = "stock_movements"

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    product_id: Mapped[UUID]
    order_id: Mapped[UUID | None]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    quantity: Mapped[int]
    reason: Mapped[MovementReason] = mapped_column(words(MovementReason, "movement_reason"))
    note: Mapped[str] = mapped_column(default="", server_default="")

    __table_args__ = (
        within("products", "product_id"),
        within("orders", "order_id"),
        CheckConstraint("quantity <> 0", name="quantity"),
        CheckConstraint("reason not in ('SOLD') or (quantity < 0 and order_id is not null)", name="sale"),
        Index("ix_stock_movements_product_id", "product_id"),
        Index("ix_stock_movements_created_at", "workspace_id", "created_at"),
        # One sale per order and product, whoever settles twice.
        Index(
            "uq_stock_movements_sale", "order_id", "product_id", "reason", unique=True,
            postgresql_where="order_id is not null",
        ),
    )  # fmt: skip


class StockHold(Owned):
    """Stock set aside for one order. The active holds of a product add up to its `held`; expiry is the order's."""

    __tablename__ = "stock_holds"

    order_id: Mapped[UUID]
    product_id: Mapped[UUID]
    quantity: Mapped[int]
    state: Mapped[HoldState] = mapped_column(words(HoldState, "hold_state"), default=HoldState.ACTIVE)

    __table_args__ = (
        within("orders", "order_id"),
        within("products", "product_id"),
        UniqueConstraint("order_id", "product_id"),
        CheckConstraint("quantity > 0", name="quantity"),
        Index("ix_stock_holds_active", "product_id", postgresql_where="state = 'ACTIVE'"),
    )
