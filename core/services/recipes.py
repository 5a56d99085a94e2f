"""What the products of a house are made of, and how many of each can be sold."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.domain.stock import Takes, enough_for
from core.errors import Rejected
from core.store.sql.tables import Product, RecipeLine


def recipes_of(db: Session, products: Iterable[Product]) -> dict[UUID, Takes]:
    """What one of each takes, where it has a recipe: one statement, and none where nothing has."""
    mixed = {product.id: product for product in products if product.mixed}
    if not mixed:
        return {}
    takes: dict[UUID, dict[UUID, int]] = defaultdict(dict)
    query = select(RecipeLine.product_id, RecipeLine.ingredient_id, RecipeLine.quantity)
    ordered = query.order_by(RecipeLine.position, RecipeLine.ingredient_id)
    for product_id, ingredient_id, quantity in db.execute(ordered.where(RecipeLine.product_id.in_(mixed))):
        takes[product_id][ingredient_id] = quantity
    # Whose lines were taken away since it was read takes itself again.
    return {id: lines | {id: int(mixed[id].counted)} for id, lines in takes.items()}


def free_of(db: Session, ids: Iterable[UUID]) -> dict[UUID, int]:
    """What the next guest can have of each, as it stands now; what is off sale is not in it."""
    free = Product.on_hand - Product.held
    found = db.execute(select(Product.id, free).where(Product.id.in_(list(ids)), ~Product.sold_out))
    return {row[0]: row[1] for row in found}


def servings(db: Session, products: Sequence[Product]) -> dict[UUID, int]:
    """How many of each could be sold now; two statements where something has a recipe, and none where nothing has."""
    recipes = recipes_of(db, products)
    free = {one.id: one.on_hand - one.held for one in products if not one.sold_out}
    parts = {part for takes in recipes.values() for part in takes} - {one.id for one in products}
    free |= free_of(db, parts) if parts else {}
    return {one.id: enough_for(recipes.get(one.id, {one.id: 1}), free) for one in products}


def used_in(db: Session, workspace_id: UUID, ingredient_id: UUID) -> list[tuple[UUID, str, int]]:
    """What is made of it and still sold, by name, each with how much one takes."""
    mine = (RecipeLine.workspace_id == workspace_id, RecipeLine.ingredient_id == ingredient_id)
    query = select(Product.id, Product.name, RecipeLine.quantity).join(RecipeLine, RecipeLine.product_id == Product.id)
    found = db.execute(query.where(*mine, Product.deleted_at.is_(None)).order_by(Product.name, Product.id))
    return [(row[0], row[1], row[2]) for row in found]


def still_used(db: Session, workspace_id: UUID, ingredient_id: UUID) -> None:
    """Raises Rejected: `in_use`, with what is made of it."""
    if found := used_in(db, workspace_id, ingredient_id):
        raise Rejected("in_use", ", ".join(name for _, name, _ in found))
