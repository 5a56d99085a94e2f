"""The lists of the menu and of the shelves: the same products, as who sells them and as who counts them sees them."""

from sqlalchemy import Select, Text, and_, case, cast, func

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
from core.store.sql.tables import Category, Product

FULL = 4  # times the mark at which somebody buys more

_FREE = Product.on_hand - Product.held
_MARK = func.nullif(Product.low_stock, 0)
_STANDING = case(
    (Product.sold_out, OUT), (_FREE <= 0, NONE_LEFT), (and_(_MARK.is_not(None), _FREE <= _MARK), LOW), else_=THERE
)
_LEFT_MARKS = (Mark(BAD, most=0), Mark(WARN, most="low_stock"))

_NAME = Field(Column("name", "Name", sortable=True), Product.name)
_CATEGORY = Field(Column("category", "Category", Kind.RELATION, sortable=True), Category.name)
_STANDS = Field(Column("availability", "Can be had", Kind.STATUS, AVAILABLE, AVAILABLE_TONES, sortable=True), _STANDING)
_LEFT = Field(Column("left", "Left", Kind.PROGRESS, marks=_LEFT_MARKS, sortable=True), _FREE)
_LOW = Field(Column("low_stock", "Warn at", Kind.NUMBER, sortable=True), Product.low_stock)
_PLACE = Field(Column("position", "Place", Kind.NUMBER, sortable=True), Product.position)
_SKU = Field(Column("sku", "Code", sortable=True), Product.sku)
_HEADING = Field(Column("heading", "Category's place", Kind.NUMBER, sortable=True, shown=False), Category.position)

_AS_ON_THE_MENU = (Sort("heading"), Sort("category"), Sort("position"), Sort("name"))
_LOOKING = tuple(
    in_text(one)
    for one in (
        Product.name,
        Product.sku,
        Category.name,
        cast(Product.names, Text),
        cast(Product.nicknames, Text),
        cast(Product.attributes, Text),
    )
)
_KEYS = {"version": Product.version, "left_full": _MARK * FULL}


def _sold(query: Select[tuple[object]]) -> Select[tuple[object]]:
    return query.join(Category, Category.id == Product.category_id).where(Product.deleted_at.is_(None))


PRODUCTS = Listing(
    name="products",
    title="Products",
    many="products",
    table=Product,
    fields=(
        Field(Column("picture", "Picture", Kind.IMAGE), Product.picture_id),
        _NAME,
        Field(Column("price", "Price", Kind.MONEY, sortable=True), Product.price),
        _STANDS,
        _LEFT,
        _CATEGORY,
        _PLACE,
        _LOW,
        Field(
            Column("in_menu", "Shown to guests", Kind.STATUS, IN_MENU, SWITCH_TONES, sortable=True),
            cast(Product.in_menu, Text),
        ),
        Field(Column("attributes", "Attributes", Kind.TAGS), Product.attributes, cast(Product.attributes, Text)),
        Field(Column("allergens", "Contains", Kind.TAGS), Product.allergens, cast(Product.allergens, Text)),
        _SKU,
        Field(Column("station", "Made by", Kind.STATUS, STATION, sortable=True, shown=False), Product.station),
        Field(Column("edited_at", "Changed", Kind.MOMENT, sortable=True, shown=False), Product.edited_at),
        _HEADING,
    ),
    sorts=_AS_ON_THE_MENU,
    looking=_LOOKING,
    keys=_KEYS | {"category_id": Product.category_id},
    joined=_sold,
)

STOCK = Listing(
    name="stock",
    title="Stock",
    many="products",
    table=Product,
    fields=(
        _NAME,
        _CATEGORY,
        _LEFT,
        Field(Column("held", "Being paid for", Kind.NUMBER, sortable=True), Product.held),
        Field(Column("on_hand", "On the shelf", Kind.NUMBER, sortable=True), Product.on_hand),
        _LOW,
        _STANDS,
        _SKU,
        _PLACE,
        _HEADING,
    ),
    sorts=_AS_ON_THE_MENU,
    looking=_LOOKING,
    keys=_KEYS,
    joined=_sold,
)
