"""The list of products: what is on the menu, what it costs, and how many of it can be sold."""

from sqlalchemy import Integer, Select, Text, and_, case, cast, func, select
from sqlalchemy.orm import aliased

from core.domain.listing.asked import Sort
from core.domain.listing.columns import Column, Kind, Mark
from core.domain.listing.words import (
    AVAILABLE,
    AVAILABLE_TONES,
    BAD,
    IN_MENU,
    LOW,
    NONE_LEFT,
    OUT,
    STATION,
    SWITCH_TONES,
    THERE,
    WARN,
)
from core.services.listing.conditions import in_text
from core.services.listing.declared import Field, Listing
from core.services.stock import free
from core.store.sql.tables import Category, Product, RecipeLine

FULL = 4  # times the mark at which somebody buys more

_part = aliased(Product)
_of_part = case((_part.sold_out, 0), else_=(_part.on_hand - _part.held) / RecipeLine.quantity)
_by_parts = (
    select(func.coalesce(func.min(func.floor(_of_part)), 0))
    .select_from(RecipeLine)
    .join(_part, _part.id == RecipeLine.ingredient_id)
    .where(RecipeLine.product_id == Product.id)
    .correlate(Product)
    .scalar_subquery()
)
# As `core.services.recipes.servings` counts them: what is mixed ends with the first of its ingredients.
_LEFT = case((~Product.mixed, free), (Product.counted, func.least(free, _by_parts)), else_=_by_parts)
_MARK = case((Product.counted, func.nullif(Product.low_stock, 0)))
_RUNS_LOW = and_(_MARK.is_not(None), _LEFT <= _MARK)
_STANDING = case((Product.sold_out, OUT), (_LEFT <= 0, NONE_LEFT), (_RUNS_LOW, LOW), else_=THERE)
_MARKS = (Mark(BAD, most=0), Mark(WARN, most="low_mark"))
_LOOKED_THROUGH = (Product.name, Product.sku, Category.name, Product.names, Product.nicknames, Product.attributes)


def _sold(query: Select[tuple[object]]) -> Select[tuple[object]]:
    """An ingredient stands under no category, and is no product."""
    return query.join(Category, Category.id == Product.category_id).where(Product.deleted_at.is_(None))


PRODUCTS = Listing(
    name="products",
    title="Products",
    many="products",
    table=Product,
    fields=(
        Field(Column("name", "Name", sortable=True), Product.name),
        Field(Column("picture", "Picture", Kind.IMAGE), Product.picture_id),
        Field(Column("price", "Price", Kind.MONEY, sortable=True), Product.price),
        Field(Column("availability", "Can be had", Kind.STATUS, AVAILABLE, AVAILABLE_TONES, sortable=True), _STANDING),
        Field(Column("left", "Left", Kind.PROGRESS, marks=_MARKS, sortable=True), cast(_LEFT, Integer)),
        Field(Column("category", "Category", Kind.RELATION, sortable=True), Category.name),
        Field(Column("position", "Place", Kind.NUMBER, sortable=True), Product.position),
        Field(Column("low_stock", "Warn at", Kind.NUMBER, sortable=True), Product.low_stock),
        Field(
            Column("in_menu", "Shown to guests", Kind.STATUS, IN_MENU, SWITCH_TONES, sortable=True),
            cast(Product.in_menu, Text),
        ),
        Field(Column("attributes", "Attributes", Kind.TAGS), Product.attributes, cast(Product.attributes, Text)),
        Field(Column("allergens", "Contains", Kind.TAGS), Product.allergens, cast(Product.allergens, Text)),
        Field(Column("sku", "Code", sortable=True), Product.sku),
        Field(Column("station", "Made by", Kind.STATUS, STATION, sortable=True, shown=False), Product.station),
        Field(Column("edited_at", "Changed", Kind.MOMENT, sortable=True, shown=False), Product.edited_at),
        Field(Column("heading", "Category's place", Kind.NUMBER, sortable=True, shown=False), Category.position),
    ),
    sorts=(Sort("heading"), Sort("category"), Sort("position"), Sort("name")),
    looking=tuple(in_text(cast(one, Text)) for one in _LOOKED_THROUGH),
    keys={"version": Product.version, "category_id": Product.category_id, "low_mark": _MARK, "left_full": _MARK * FULL},
    joined=_sold,
)
