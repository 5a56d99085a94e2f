"""What of an order is not sold at this moment, by the clock of the server and the hours of the workspace."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from core.conversation.effects import Outcome
from core.domain.hours import Shut
from core.domain.statuses import Station
from core.domain.timetables import read_hours
from core.store.sql.tables import Product, Workspace


def shut(workspace: Workspace, products: Iterable[Product], now: datetime, ordered: bool = False) -> Outcome | None:
    """The outcome `closed` with its reason and products; None where all of them may be sold."""
    hours = read_hours(workspace.hours, workspace.timezone)
    refused: list[tuple[Shut, Product]] = []
    for product in products:
        why = hours.shut(product.station is Station.KITCHEN, product.alcoholic, now, ordered)
        if why is None and product.alcoholic and not workspace.serves_alcohol:
            why = Shut.ALCOHOL
        if why is not None:
            refused.append((why, product))
    if not refused:
        return None
    return {"result": "closed", "reason": refused[0][0], "products": [_named(why, product) for why, product in refused]}


def _named(why: Shut, product: Product) -> dict[str, Any]:
    return {"product_id": str(product.id), "name": product.name, "reason": why}
