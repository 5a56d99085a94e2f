"""Something runs low: every board says so until somebody has seen to it, once for each time it was filled up."""

from typing import Any

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session, sessionmaker

from core import clock
from core.domain.recipes import measured
from core.services.notices import save_notices
from core.store.sql.engine import transaction
from core.store.sql.tables import Product, RecipeLine, StockMovement

SOURCE, KIND = "stock", "stock_low"


def warn_of_low_stock(sessions: sessionmaker[Session]) -> None:
    """Look at what is left for guests of every product and ingredient that has a mark."""
    with transaction(sessions) as db:
        if low := _low(db):
            save_notices(db, [_notice(product, filled) for product, filled in low])


def _low(db: Session) -> list[tuple[Product, int]]:
    """What is at its mark or below, with the place in the ledger where some last came."""
    came = (StockMovement.product_id == Product.id, StockMovement.quantity > 0)
    filled = select(func.coalesce(func.max(StockMovement.seq), 0)).where(*came).scalar_subquery()
    used = or_(Product.in_menu, Product.category_id.is_(None), exists().where(RecipeLine.ingredient_id == Product.id))
    marked = (Product.low_stock > 0, Product.counted, Product.deleted_at.is_(None), used)
    query = select(Product, filled).where(*marked, Product.on_hand - Product.held <= Product.low_stock)
    return [(row[0], row[1]) for row in db.execute(query.order_by(Product.id))]


def _notice(product: Product, filled: int) -> dict[str, Any]:
    return {
        "workspace": str(product.workspace_id),
        "source": SOURCE,
        "kind": KIND,
        "event": "",
        "moment": f"{product.id}:{filled}",
        "subject": f"{product.name}, {measured(product.on_hand - product.held, product.unit)} left",
        "loud": True,
        "body": "",
        "at": clock.now().timestamp(),
    }
