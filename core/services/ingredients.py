"""What is poured into cocktails and stands on no menu: it comes, is called otherwise, and goes."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.domain.statuses import Station
from core.errors import Rejected
from core.services.activity import Actor
from core.services.editing import add, change, found, remove
from core.services.menu_edit import free_slug
from core.services.recipes import still_used
from core.store.sql.tables import Product


def ingredient_of(db: Session, workspace_id: UUID, ingredient_id: UUID) -> Product | None:
    """One ingredient of this venue."""
    mine = (Product.workspace_id == workspace_id, Product.id == ingredient_id, Product.deleted_at.is_(None))
    return db.scalar(select(Product).where(*mine, Product.category_id.is_(None)))


def save_ingredient(
    db: Session, actor: Actor, ingredient_id: UUID | None, version: int, values: Mapping[str, Any]
) -> UUID:
    """A new one, or another of what is named in `values`, as `core.domain.recipes` read them.

    Raises Rejected: `gone`, `changed`, `name_taken`.
    """
    _check_name(db, actor.workspace_id, values["name"], ingredient_id)
    if ingredient_id is not None:
        row = _found(db, actor, ingredient_id, version)
        change(db, actor, row, values)
        return row.id
    slug = free_slug(db, Product, actor.workspace_id, values["name"])
    nowhere = {"category_id": None, "price": Decimal(0), "station": Station.BAR, "in_menu": False}
    row = Product(workspace_id=actor.workspace_id, slug=slug, **nowhere, **values)
    add(db, actor, row, values)
    return row.id


def remove_ingredient(db: Session, actor: Actor, ingredient_id: UUID, version: int) -> None:
    """It is not kept any more. Raises Rejected: `gone`, `changed`, `in_use` with what is made of it."""
    row = _found(db, actor, ingredient_id, version)
    still_used(db, actor.workspace_id, row.id)
    row.slug = f"{row.slug}~{row.id}"
    remove(db, actor, row, row.name)


def _found(db: Session, actor: Actor, ingredient_id: UUID, version: int) -> Product:
    row = found(db, Product, actor.workspace_id, ingredient_id, version)
    if row.category_id is not None:
        raise Rejected("gone")
    return row


def _check_name(db: Session, workspace_id: UUID, name: str, but: UUID | None) -> None:
    """Recipes call it by its name."""
    mine = (Product.workspace_id == workspace_id, Product.category_id.is_(None), Product.deleted_at.is_(None))
    others = mine if but is None else (*mine, Product.id != but)
    if db.scalar(select(Product.id).where(*others, func.lower(Product.name) == name.lower()).limit(1)):
        raise Rejected("name_taken")
