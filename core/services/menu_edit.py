"""Staff edit the menu: categories and products come, change and go, and what is out for tonight is said in one tap.

The caller follows up after the commit: every chat reads the menu anew.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.conversation.catalogues import ENGLISH, LOCALES
from core.errors import Rejected
from core.services.activity import Actor, record
from core.services.editing import add, change, found, remove
from core.services.followup import Followup
from core.services.recipes import still_used
from core.services.setup import slug
from core.services.stock import menu_changed
from core.store.sql.tables import Category, Product

LANGUAGES = tuple(language for language in LOCALES if language != ENGLISH)

Values = Mapping[str, Any]


def save_product(
    db: Session, actor: Actor, product_id: UUID | None, version: int | None, values: Values
) -> tuple[UUID, Followup]:
    """A new product, or another of what is named in `values`, as `core.domain.menu_fields` read them.

    `category_id` is a UUID; `name_sw` and `description_sw` say it in Swahili. Raises Rejected: `gone`, `changed`,
    `no_category`, `sku_taken`, `name_taken`.
    """
    _check_category(db, actor.workspace_id, values.get("category_id"))
    if product_id is None:
        product = Product(
            workspace_id=actor.workspace_id, slug=free_slug(db, Product, actor.workspace_id, values["name"])
        )
        _write(product, _columns(product, values))
        add(db, actor, product, values)
    else:
        product = _sold(db, actor, product_id, version)
        if not change(db, actor, product, _columns(product, values)):
            return product.id, Followup()
    return product.id, menu_changed(actor.workspace_id)


def remove_product(db: Session, actor: Actor, product_id: UUID, version: int) -> Followup:
    """It is not sold any more: its name and code are free again.

    Raises Rejected: `gone`, `changed`, `in_use` with what is made of it.
    """
    product = _sold(db, actor, product_id, version)
    still_used(db, actor.workspace_id, product.id)
    product.sku, product.slug = None, f"{product.slug}~{product.id}"
    remove(db, actor, product, product.name)
    return menu_changed(actor.workspace_id)


def mark_sold_out(db: Session, actor: Actor, product_id: UUID, sold_out: bool) -> Followup:
    """A tap: out for now, whatever the count says, or back again. Raises Rejected: `gone`."""
    product = found(db, Product, actor.workspace_id, product_id)
    if product.sold_out == sold_out:
        return Followup()
    product.sold_out = sold_out
    record(db, actor, "product_sold_out" if sold_out else "product_back", "product", product.id,
           before={"sold_out": not sold_out}, after={"sold_out": sold_out})  # fmt: skip
    return menu_changed(actor.workspace_id)


def save_category(
    db: Session, actor: Actor, category_id: UUID | None, version: int | None, values: Values
) -> tuple[UUID, Followup]:
    """A new category, or another of what is named. Raises Rejected: `gone`, `changed`, `slug_taken`."""
    if category_id is None:
        category = Category(
            workspace_id=actor.workspace_id, slug=free_slug(db, Category, actor.workspace_id, values["name"])
        )
        _write(category, {"position": _last_place(db, actor.workspace_id)} | _columns(category, values))
        add(db, actor, category, values)
    else:
        category = found(db, Category, actor.workspace_id, category_id, version)
        if not change(db, actor, category, _columns(category, values)):
            return category.id, Followup()
    return category.id, menu_changed(actor.workspace_id)


def remove_category(db: Session, actor: Actor, category_id: UUID, version: int) -> Followup:
    """An empty heading goes. Raises Rejected: `gone`, `changed`, `not_empty`."""
    category = found(db, Category, actor.workspace_id, category_id, version)
    db.refresh(category, with_for_update=True)  # against whoever puts a product into it meanwhile
    inside = (Product.workspace_id == actor.workspace_id, Product.category_id == category.id)
    if db.scalar(select(func.count()).where(*inside, Product.deleted_at.is_(None))):
        raise Rejected("not_empty")
    category.slug = f"{category.slug}~{category.id}"
    remove(db, actor, category, category.name)
    return menu_changed(actor.workspace_id)


def shift_category(db: Session, actor: Actor, category_id: UUID, by: int) -> Followup:
    """One heading changes places with its neighbour before (-1) or after (1). Raises Rejected: `gone`."""
    mine = (Category.workspace_id == actor.workspace_id, Category.deleted_at.is_(None))
    query = select(Category).where(*mine).order_by(Category.position, Category.name, Category.id)
    rows = list(db.scalars(query.with_for_update(key_share=True).execution_options(populate_existing=True)))
    place = next((place for place, row in enumerate(rows) if row.id == category_id), None)
    if place is None:
        raise Rejected("gone")
    to = min(max(place + by, 0), len(rows) - 1)
    rows.insert(to, rows.pop(place))
    for position, row in enumerate(rows):
        row.position = position
    record(db, actor, "category_shifted", "category", category_id, {"place": place + 1}, {"place": to + 1})
    return menu_changed(actor.workspace_id)


def _sold(db: Session, actor: Actor, product_id: UUID, version: int | None) -> Product:
    """What guests can order; an ingredient has its own page (`core.services.ingredients`)."""
    product = found(db, Product, actor.workspace_id, product_id, version)
    if product.category_id is None:
        raise Rejected("gone")
    return product


def _last_place(db: Session, workspace_id: UUID) -> int:
    mine = (Category.workspace_id == workspace_id, Category.deleted_at.is_(None))
    return (db.scalar(select(func.max(Category.position)).where(*mine)) or 0) + 1


def _check_category(db: Session, workspace_id: UUID, category_id: UUID | None) -> None:
    """It is there, and stays until the product is in it."""
    if category_id is None:
        return
    mine = (Category.workspace_id == workspace_id, Category.id == category_id, Category.deleted_at.is_(None))
    if db.scalar(select(Category.id).where(*mine).with_for_update(read=True, key_share=True)) is None:
        raise Rejected("no_category")


def _columns(row: Category | Product, values: Values) -> dict[str, Any]:
    """The columns of a row: its names in other languages are one of them."""
    plain = {name: value for name, value in values.items() if name in row.__table__.columns}
    for column, prefix in (("names", "name_"), ("descriptions", "description_")):
        said = {one: values[prefix + one] for one in LANGUAGES if prefix + one in values}
        if said:
            plain[column] = {one: text for one, text in ((getattr(row, column) or {}) | said).items() if text}
    return plain


def _write(row: Category | Product, columns: Mapping[str, Any]) -> None:
    for name, value in columns.items():
        setattr(row, name, value)


def free_slug(db: Session, kind: type[Category] | type[Product], workspace_id: UUID, name: str) -> str:
    """The word for a new row in addresses, which no other of its kind has."""
    wanted = slug(name) or kind.__name__.lower()
    alike = select(kind.slug).where(kind.workspace_id == workspace_id, kind.slug.startswith(wanted))
    taken = set(db.scalars(alike))
    return next(one for one in (wanted, *(f"{wanted}-{n}" for n in range(2, len(taken) + 3))) if one not in taken)
