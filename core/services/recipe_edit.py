"""Staff decide what a product is made of: selling one takes it from the shelves."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.domain.recipes import Line, Part, measured, written_recipe
from core.domain.statuses import Unit
from core.errors import Rejected
from core.services.activity import Actor, record
from core.services.editing import found, stamp
from core.services.followup import Followup
from core.services.recipes import still_used
from core.services.stock import menu_changed
from core.store.sql.tables import Product, RecipeLine


@dataclass(frozen=True)
class Ingredient:
    """One line of a recipe. `free`: what is left on the shelf; `sold_out`: staff took it off."""

    id: UUID
    name: str
    unit: Unit
    quantity: int
    free: int
    sold_out: bool

    @property
    def enough_for(self) -> int:
        """How many can be made of what is left of it."""
        return 0 if self.sold_out else self.free // self.quantity


def parts_of(db: Session, workspace_id: UUID) -> list[Part]:
    """Everything that stands on a shelf: ingredients first, then what is sold as it stands, each by name."""
    sold = Product.category_id.is_not(None)
    there = (Product.workspace_id == workspace_id, Product.deleted_at.is_(None))
    query = select(Product.id, Product.name, Product.unit, Product.mixed, sold).where(*there)
    return [Part(*row) for row in db.execute(query.order_by(sold, Product.name, Product.id))]


def recipe_of(db: Session, workspace_id: UUID, product_id: UUID) -> list[Ingredient]:
    """What one of it is made of, in order."""
    free = Product.on_hand - Product.held
    columns = (Product.id, Product.name, Product.unit, RecipeLine.quantity, free, Product.sold_out)
    query = select(*columns).join(RecipeLine, RecipeLine.ingredient_id == Product.id)
    mine = (RecipeLine.workspace_id == workspace_id, RecipeLine.product_id == product_id)
    return [Ingredient(*row) for row in db.execute(query.where(*mine).order_by(RecipeLine.position, Product.id))]


def recipes_in_words(db: Session, workspace_id: UUID) -> dict[UUID, str]:
    """Every recipe of the house, as a sheet has it, by product."""
    query = select(RecipeLine.product_id, RecipeLine.quantity, RecipeLine.ingredient_id)
    ordered = query.order_by(RecipeLine.product_id, RecipeLine.position, RecipeLine.ingredient_id)
    parts = {part.id: part for part in parts_of(db, workspace_id)}
    found: dict[UUID, list[tuple[Part, int]]] = defaultdict(list)
    for product_id, quantity, ingredient_id in db.execute(ordered.where(RecipeLine.workspace_id == workspace_id)):
        found[product_id] += [(parts[ingredient_id], quantity)] if ingredient_id in parts else []
    return {product_id: written_recipe(lines) for product_id, lines in found.items()}


def set_recipe(
    db: Session, actor: Actor, product_id: UUID, version: int, lines: Sequence[Line], counted: bool
) -> Followup:
    """What one takes from the shelves; no lines: it has no recipe. `counted`: its own count is kept beside that.

    Raises Rejected: `gone`, `changed`, `part_gone`, `part_mixed` with its name, `in_use` with what is made of it.
    """
    parts = _locked(db, actor.workspace_id, {product_id, *(part for part, _ in lines)})
    product = found(db, Product, actor.workspace_id, product_id, version)
    if product.category_id is None:
        raise Rejected("gone")
    _check(db, product, parts, lines)
    before, was_counted = recipe_of(db, actor.workspace_id, product_id), product.counted
    counted = counted or not lines
    if [(one.id, one.quantity) for one in before] == list(lines) and was_counted == counted:
        return Followup()
    product.mixed, product.counted = bool(lines), counted
    _write(db, product, lines)
    stamp(product, actor)
    after = recipe_of(db, actor.workspace_id, product_id)
    record(db, actor, "recipe_changed", "product", product_id, _said(before, was_counted), _said(after, counted))
    return menu_changed(actor.workspace_id)


def _locked(db: Session, workspace_id: UUID, ids: set[UUID]) -> dict[UUID, Product]:
    """The product and its ingredients, by id like everywhere: none of them is taken away or mixed meanwhile."""
    there = (Product.workspace_id == workspace_id, Product.id.in_(ids), Product.deleted_at.is_(None))
    query = select(Product).where(*there).order_by(Product.id).with_for_update(key_share=True)
    return {row.id: row for row in db.scalars(query.execution_options(populate_existing=True))}


def _check(db: Session, product: Product, parts: dict[UUID, Product], lines: Sequence[Line]) -> None:
    for part_id, _ in lines:
        if part_id not in parts or part_id == product.id:
            raise Rejected("part_gone")
        if parts[part_id].mixed:
            raise Rejected("part_mixed", parts[part_id].name)
    if lines:
        still_used(db, product.workspace_id, product.id)


def _write(db: Session, product: Product, lines: Sequence[Line]) -> None:
    db.execute(delete(RecipeLine).where(RecipeLine.product_id == product.id))
    keys = {"workspace_id": product.workspace_id, "product_id": product.id}
    if lines:
        rows = [{"ingredient_id": id, "quantity": many, "position": place} for place, (id, many) in enumerate(lines)]
        db.execute(insert(RecipeLine), [keys | row for row in rows])
    db.flush()


def _said(recipe: Sequence[Ingredient], counted: bool) -> dict[str, object]:
    """As the log keeps it."""
    return {"recipe": [f"{measured(one.quantity, one.unit)} {one.name}" for one in recipe], "counted": counted}
