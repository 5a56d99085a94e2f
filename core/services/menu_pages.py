"""The menu as staff see it: everything, also what guests do not see just now."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.store.sql.tables import Category, Product


@dataclass(frozen=True)
class Heading:
    """A category with its products, in the order of the menu."""

    category: Category
    products: list[Product]


def headings(db: Session, workspace_id: UUID) -> list[Heading]:
    """All categories, the empty ones too."""
    mine = (Product.workspace_id == workspace_id, Product.deleted_at.is_(None))
    products = list(db.scalars(select(Product).where(*mine).order_by(Product.position, Product.name)))
    return [
        Heading(category, [product for product in products if product.category_id == category.id])
        for category in categories(db, workspace_id)
    ]


def categories(db: Session, workspace_id: UUID) -> Sequence[Category]:
    """In the order of the menu."""
    mine = (Category.workspace_id == workspace_id, Category.deleted_at.is_(None))
    return db.scalars(select(Category).where(*mine).order_by(Category.position, Category.name)).all()


def product_of(db: Session, workspace_id: UUID, product_id: UUID) -> Product | None:
    """One product of this venue; an ingredient is none."""
    mine = (Product.workspace_id == workspace_id, Product.id == product_id, Product.deleted_at.is_(None))
    return db.scalar(select(Product).where(*mine, Product.category_id.is_not(None)))


def category_of(db: Session, workspace_id: UUID, category_id: UUID) -> Category | None:
    """One category of this venue."""
    mine = (Category.workspace_id == workspace_id, Category.id == category_id, Category.deleted_at.is_(None))
    return db.scalar(select(Category).where(*mine))
