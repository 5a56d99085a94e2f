"""The list of products, and what is changed in it without opening a form."""

from uuid import UUID

from sqlalchemy.orm import Session

from core.domain.listing.words import OUT, THERE
from core.domain.menu_fields import PRODUCT
from core.domain.permissions import Permission
from core.domain.typed import Reader, one_of
from core.errors import Rejected
from core.services.activity import Actor
from core.services.followup import Followup
from core.services.listing.acts import Options
from core.services.listing.every import ACTS, category_choices
from core.services.listing.products import PRODUCTS
from core.services.menu_edit import mark_sold_out, save_product
from core.services.menu_pages import product_of
from webapp.admin.listed import Edit, Link, ListPage, Overtaken, Unfitting, fitting

EDITS = Permission.EDIT_MENU
PROBLEMS = {
    "gone": "This product was taken away meanwhile.",
    "no_category": "That category is gone. Choose another one.",
    "sku_taken": "Another product has this code.",
}


def _category(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError:
        raise ValueError("Choose a category.") from None


def _column(name: str, reader: Reader, options: Options | None = None, raw: str = "", kept_as: str = "") -> Edit:
    """A column of the product's own, changed as its form would."""

    def write(db: Session, by: Actor, row_id: UUID, version: int, typed: str) -> Followup:
        value = fitting(reader, typed)
        try:
            return save_product(db, by, row_id, version, {kept_as or name: value})[1]
        except Rejected as error:
            raise _said(db, by, row_id, error) from None

    return Edit(EDITS, write, options, raw)


def _out_or_back(db: Session, by: Actor, row_id: UUID, _version: int, typed: str) -> Followup:
    """A tap, whatever else was changed meanwhile: it is out, or it is not."""
    sold_out = fitting(one_of({OUT: True, THERE: False}), typed)
    try:
        return mark_sold_out(db, by, row_id, sold_out)
    except Rejected as error:
        raise _said(db, by, row_id, error) from None


def _said(db: Session, by: Actor, row_id: UUID, error: Rejected) -> Overtaken | Unfitting:
    row = product_of(db, by.workspace_id, row_id) if error.reason == "changed" else None
    return Overtaken(error.detail, row.edited_at) if row else Unfitting(PROBLEMS.get(error.reason, PROBLEMS["gone"]))


def _either(*options: tuple[str, str]) -> Options:
    return lambda *_: list(options)


_LOW = _column("low_stock", PRODUCT["low_stock"])
_STANDING = Edit(Permission.MARK_OUT, _out_or_back, _either((THERE, "On sale"), (OUT, "Sold out")))
_CATEGORY = _column("category", _category, category_choices, raw="category_id", kept_as="category_id")
_ON_MENU = _column("in_menu", PRODUCT["in_menu"], _either(("true", "On the menu"), ("false", "Not on the menu")))
_OUT, _LOW_NOW = ("Sold out", "where=availability.in.out,none"), ("Running low", "where=availability.in.low,none")

LISTS = (
    ListPage(
        PRODUCTS,
        needs=Permission.SEE_MENU,
        opens="/admin/products/{id}",
        opens_needs=EDITS,
        beneath="What is sold out here is off every chat at once.",
        cells={"picture": "/pictures/{picture}.jpg"},
        above=(
            Link("New product", "/admin/products/new", EDITS, "plus"),
            Link("As guests see it", "/admin/menu/preview", EDITS, "smartphone"),
            Link("As a file", "/admin/products/sheet", EDITS, "file-spreadsheet"),
        ),
        views=(_OUT, _LOW_NOW, ("Not on the menu", "where=in_menu.in.false")),
        edits={
            "price": _column("price", PRODUCT["price"]),
            "availability": _STANDING,
            "category": _CATEGORY,
            "position": _column("position", PRODUCT["position"]),
            "low_stock": _LOW,
            "in_menu": _ON_MENU,
            "sku": _column("sku", PRODUCT["sku"]),
        },
        acts=ACTS[PRODUCTS.name],
        hears=("products", "orders"),
        empty="The menu is empty. Begin with a category, then add what you sell.",
    ),
)
