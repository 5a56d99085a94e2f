"""The tables of a venue: which there are, what they are called, and who sits at them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from core.domain.orders import OPEN
from core.domain.statuses import OrderStatus
from core.domain.table_codes import code
from core.domain.venue_tables import written
from core.errors import Rejected
from core.services.activity import Actor
from core.services.editing import add, change, found, remove
from core.services.followup import Followup
from core.services.stock import menu_changed
from core.store.sql.tables import Order, VenueTable, Workspace

BUSY = (*OPEN, OrderStatus.PENDING)


@dataclass(frozen=True)
class Seat:
    """A table and what is open at it: how many orders, how many are ready or unpaid, since when, for how much; each
    order's id and number, the oldest first."""

    id: UUID
    number: int
    name: str
    active: bool
    version: int
    code: str
    orders: int = 0
    ready: int = 0
    unpaid: int = 0
    since: datetime | None = None
    total: Decimal = Decimal(0)
    ids: Sequence[UUID] = ()
    numbers: Sequence[int] = ()


def seats(db: Session, workspace_id: UUID) -> list[Seat]:
    """Every table, with its state."""
    key = db.get_one(Workspace, workspace_id).table_key
    here = (Order.table_number, func.count(), _count(OrderStatus.READY), _count(OrderStatus.PENDING),
            func.min(Order.created_at), func.sum(Order.total), _listed(Order.id), _listed(Order.number))  # fmt: skip
    mine = (Order.workspace_id == workspace_id, Order.status.in_(BUSY), Order.table_number.is_not(None))
    busy = {number: rest for number, *rest in db.execute(select(*here).where(*mine).group_by(Order.table_number))}
    return [
        Seat(row.id, row.number, row.name, row.active, row.version, code(key, row.number), *busy.get(row.number, ()))
        for row in _all(db, workspace_id)
        if row.deleted_at is None
    ]


def add_tables(db: Session, actor: Actor, numbers: Sequence[int]) -> tuple[list[int], Followup]:
    """Those of them that are not there yet; one that was taken away comes back. Answers which came."""
    known = {row.number: row for row in _all(db, actor.workspace_id)}
    fresh = [number for number in numbers if number not in known]
    back = [known[number] for number in numbers if number in known and known[number].deleted_at is not None]
    for number in fresh:
        add(db, actor, VenueTable(workspace_id=actor.workspace_id, number=number), {"number": number})
    for row in back:
        change(db, actor, row, {"deleted_at": None, "active": True, "name": ""})
    return sorted(fresh + [row.number for row in back]), menu_changed(actor.workspace_id)


def remove_tables(db: Session, actor: Actor, numbers: Sequence[int]) -> tuple[list[int], Followup]:
    """Nobody orders to them any more. Raises Rejected `busy` with those that have open orders: none is taken away."""
    busy = [seat.number for seat in seats(db, actor.workspace_id) if seat.number in numbers and seat.orders]
    if busy:
        raise Rejected("busy", written(busy))
    gone = [row for row in _all(db, actor.workspace_id) if row.number in numbers and row.deleted_at is None]
    for row in gone:
        remove(db, actor, row, str(row.number))
    return [row.number for row in gone], menu_changed(actor.workspace_id)


def save_table(db: Session, actor: Actor, table_id: UUID, version: int, values: Mapping[str, Any]) -> Followup:
    """Its name, and whether guests may order to it. Raises Rejected: `gone`, `changed`."""
    row = found(db, VenueTable, actor.workspace_id, table_id, version)
    return menu_changed(actor.workspace_id) if change(db, actor, row, values) else Followup()


def _all(db: Session, workspace_id: UUID) -> list[VenueTable]:
    """Those taken away, too: their numbers are kept."""
    return list(
        db.scalars(select(VenueTable).where(VenueTable.workspace_id == workspace_id).order_by(VenueTable.number))
    )


def _listed(column: Any) -> Any:
    return func.array_agg(aggregate_order_by(column, Order.number))


def _count(status: OrderStatus) -> Any:
    return func.count().filter(Order.status == status)
