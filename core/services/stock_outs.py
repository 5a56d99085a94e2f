"""What guests could not have: shelves that were empty, what staff took off, and what it would have sold.

A product's balance is followed back from what is on hand now; a cocktail is out while there was too little of something
in it, by the recipe of today. What it would have sold is what it sold at these hours in the four weeks before; what
nobody asked for then costs nothing and is not listed.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Integer, bindparam, cast, extract, func, literal, select, union_all
from sqlalchemy.orm import Session

from core import clock
from core.domain.reporting import LOOKED_BACK, Interval, Out, hours_of, lost_pieces, switched_off, together
from core.store.sql.tables import Activity, Order, OrderItem, Product, RecipeLine, StockMovement

WENT_OFF, CAME_BACK = "product_sold_out", "product_back"
TENTH = Decimal("0.1")


def stock_outs(db: Session, workspace_id: UUID, span: Interval, zone: tzinfo) -> tuple[Out, ...]:
    """The dearest first."""
    span = (span[0], min(span[1], clock.now()))
    missing = _missing(db, workspace_id, span)
    usual = _usual(db, workspace_id, span[0], zone, list(missing))
    found = (_out(name, missing[id], sold, zone) for id, (name, sold) in usual.items())
    return tuple(sorted((one for one in found if one.cost), key=lambda one: (-one.cost, one.name)))


def _out(name: str, intervals: list[Interval], sold: dict[int, tuple[int, Decimal]], zone: tzinfo) -> Out:
    pieces, worth = sum(count for count, _ in sold.values()), sum(amount for _, amount in sold.values())
    lost = lost_pieces(intervals, {hour: Decimal(count) for hour, (count, _) in sold.items()}, zone)
    return Out(name, hours_of(intervals), lost.quantize(TENTH), (lost * worth / pieces).quantize(Decimal(1)))


def _missing(db: Session, workspace_id: UUID, span: Interval) -> dict[UUID, list[Interval]]:
    """When each product could not be had."""
    found: dict[UUID, list[Interval]] = defaultdict(list)
    for product_id, since, until in db.execute(_empty(workspace_id, span)):
        found[product_id].append((since, min(until or span[1], span[1])))
    off = _taken_off(db, workspace_id, span)
    for product_id, intervals in off.items():
        found[product_id] += intervals
    lines = select(RecipeLine.product_id, RecipeLine.ingredient_id).where(RecipeLine.ingredient_id.in_(off))
    for product_id, ingredient_id in db.execute(lines).all() if off else ():
        found[product_id] += off[ingredient_id]
    return {product_id: both for product_id, intervals in found.items() if (both := together(intervals))}


def _empty(workspace_id: UUID, span: Interval) -> Any:
    """From which movement until the next one nothing was on the shelf; how it was when the span began is one, too."""
    moved = StockMovement
    ours = (moved.workspace_id == workspace_id, moved.created_at >= span[0])
    moves = select(moved.product_id, moved.created_at.label("at"), moved.seq, moved.quantity).where(*ours)
    begun = literal(span[0], DateTime(timezone=True))
    start = select(Product.id, begun, cast(0, BigInteger), cast(0, Integer)).where(
        Product.workspace_id == workspace_id, Product.deleted_at.is_(None)
    )
    line = union_all(moves, start).subquery().c
    later = func.sum(line.quantity).over(partition_by=line.product_id, order_by=line.seq, rows=(1, None))
    until = func.lead(line.at).over(partition_by=line.product_id, order_by=line.seq)
    left = Product.on_hand - func.coalesce(later, 0)
    balance = select(line.product_id, line.at, until.label("until"), left.label("left"), Product.counted)
    balances = balance.join(Product, Product.id == line.product_id).cte().c
    own = select(balances.product_id, balances.at, balances.until).where(balances.counted, balances.left <= 0)
    made = select(RecipeLine.product_id, balances.at, balances.until).where(
        RecipeLine.ingredient_id == balances.product_id, balances.left < RecipeLine.quantity
    )
    return union_all(*(query.where(balances.at < span[1]) for query in (own, made)))


def _taken_off(db: Session, workspace_id: UUID, span: Interval) -> dict[UUID, list[Interval]]:
    """What staff said is not there, whatever the count."""
    log = Activity
    ours = (log.workspace_id == workspace_id, log.action.in_((WENT_OFF, CAME_BACK)), log.created_at >= span[0])
    switches: dict[UUID | None, list[tuple[datetime, bool]]] = defaultdict(list)
    for product_id, at, action in db.execute(
        select(log.subject_id, log.created_at, log.action).where(*ours).order_by(log.created_at, log.seq)
    ):
        switches[product_id].append((at, action == WENT_OFF))
    off = (Product.sold_out, Product.deleted_at.is_(None))
    off_now = set(db.scalars(select(Product.id).where(Product.workspace_id == workspace_id, *off)))
    return {id: switched_off(switches[id], id in off_now, span) for id in off_now | switches.keys() if id}


def _usual(
    db: Session, workspace_id: UUID, before: datetime, zone: tzinfo, ids: Sequence[UUID]
) -> dict[UUID, tuple[str, dict[int, tuple[int, Decimal]]]]:
    """What these sold in the four weeks before: pieces and money by the hour of the venue's clock."""
    hour = cast(extract("hour", func.timezone(bindparam("zone", str(zone)), Order.paid_at)), Integer)
    query = (
        select(Product.id, Product.name, hour, func.sum(OrderItem.quantity),
               func.sum(OrderItem.quantity * OrderItem.price_at_time))
        .join(Order, Order.id == OrderItem.order_id)
        .join(Product, Product.id == OrderItem.product_id)
        .where(Order.workspace_id == workspace_id, Order.paid_at >= before - LOOKED_BACK, Order.paid_at < before)
        .where(Product.id.in_(ids))
        .group_by(Product.id, hour)
    )  # fmt: skip
    found: dict[UUID, tuple[str, dict[int, tuple[int, Decimal]]]] = {}
    for product_id, name, at, pieces, worth in db.execute(query):
        found.setdefault(product_id, (name, {}))[1][at] = (pieces, Decimal(worth))
    return found
