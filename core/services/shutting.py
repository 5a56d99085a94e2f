"""What of an order is not sold at this moment, by the clock of the server and the hours of house and product."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.conversation.effects import Outcome
from core.domain.hours import Schedule, Shut, served
from core.domain.statuses import Station
from core.domain.timetables import read_hours, read_schedule
from core.store.sql.tables import Category, Product, Workspace


def shut(
    db: Session, workspace: Workspace, products: Iterable[Product], now: datetime, ordered: bool = False
) -> Outcome | None:
    """The outcome `closed` with its reason and products; None where all of them may be sold."""
    hours, products = read_hours(workspace.hours, workspace.timezone), list(products)
    schedules = _schedules(db, workspace, products)
    refused: list[tuple[Shut, Product]] = []
    for product in products:
        why = hours.shut(product.station is Station.KITCHEN, product.alcoholic, now, ordered)
        if why is None and product.alcoholic and not workspace.serves_alcohol:
            why = Shut.ALCOHOL
        if why is None and not served(schedules[product.id], now, ordered):
            why = Shut.ITEM
        if why is not None:
            refused.append((why, product))
    if not refused:
        return None
    return {"result": "closed", "reason": refused[0][0], "products": [_named(why, product) for why, product in refused]}


def _schedules(db: Session, workspace: Workspace, products: list[Product]) -> dict[UUID, list[Schedule]]:
    """What each product and its heading keep of hours."""
    headings = select(Category.id, Category.hours).where(Category.id.in_({p.category_id for p in products}))
    kept: dict[UUID | None, dict[str, Any]] = {
        row.id: row.hours for row in db.execute(headings.where(Category.workspace_id == workspace.id))
    }
    return {
        p.id: [read_schedule("hours", one, workspace.timezone) for one in (kept.get(p.category_id), p.hours) if one]
        for p in products
    }


def _named(why: Shut, product: Product) -> dict[str, Any]:
    return {"product_id": str(product.id), "name": product.name, "reason": why}
