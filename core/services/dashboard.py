"""The dashboard: how the venue does, in a handful of statements, each along an index of its workspace."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, extract, func, select
from sqlalchemy.orm import Session, aliased

from core.domain.orders import OPEN
from core.domain.periods import Period
from core.domain.statuses import OrderStatus
from core.services.conversation_history import name_of
from core.services.floor import UNDONE
from core.store.sql.tables import Customer, Message, Order, OrderEvent, OrderItem, Workspace

TOP, RECENT, TABLES = 5, 8, 10
HANDED_OVER = (OrderStatus.SERVED, OrderStatus.DELIVERED)


@dataclass(frozen=True)
class Figure:
    """A number of this period and of the one before."""

    now: int
    before: int


@dataclass(frozen=True)
class Cards:
    """The four cards, and what came in. `to_pay` and `to_make` are as of now; `usage` counts messages both ways."""

    orders: Figure
    revenue: Figure
    to_pay: int
    to_make: int
    guests: Figure
    usage: Figure


@dataclass(frozen=True)
class Top:
    """One row of a top five. `id` is of what it names, and None for a guest nobody knows."""

    id: UUID | None
    name: str
    count: int
    amount: Decimal


def cards(db: Session, workspace_id: UUID, period: Period) -> Cards:
    """Two statements, whatever the period."""
    orders, revenue = _sold(db, workspace_id, period)
    guests, messages = _in(Customer, Customer.created_at), _in(Message, Message.at)
    columns = [guests(workspace_id, *span) for span in _spans(period)]
    columns += [messages(workspace_id, *span) for span in _spans(period)]
    columns += [_standing(workspace_id, [OrderStatus.PENDING]), _standing(workspace_id, sorted(OPEN))]
    new, new_before, said, said_before, to_pay, to_make = db.execute(select(*columns)).one()
    return Cards(orders, revenue, to_pay, to_make, Figure(new, new_before), Figure(said, said_before))


def top_products(db: Session, workspace_id: UUID, period: Period) -> list[Top]:
    """What was sold most, by pieces."""
    pieces = func.sum(OrderItem.quantity)
    worth = func.sum(OrderItem.quantity * OrderItem.price_at_time)
    query = (
        select(OrderItem.product_id, func.max(OrderItem.name), pieces, worth)
        .join(Order, and_(Order.workspace_id == OrderItem.workspace_id, Order.id == OrderItem.order_id))
        .where(*_paid(workspace_id, period.since, period.until))
        .group_by(OrderItem.product_id)
        .order_by(pieces.desc(), OrderItem.product_id)
    )
    return [Top(id, name, count, Decimal(amount)) for id, name, count, amount in db.execute(query.limit(TOP))]


def top_clients(db: Session, workspace_id: UUID, period: Period) -> list[Top]:
    """Who spent most."""
    spent = func.sum(Order.total - Order.returned)
    query = (
        select(Order.customer_id, func.max(Order.customer_name), func.count(), spent)
        .where(*_paid(workspace_id, period.since, period.until), Order.customer_id.is_not(None))
        .group_by(Order.customer_id)
        .order_by(spent.desc(), Order.customer_id)
    )
    found = [Top(*row) for row in db.execute(query.limit(TOP))]
    known = db.scalars(select(Customer).where(Customer.id.in_([one.id for one in found])))
    names = {customer.id: name_of(customer) for customer in known}
    return [Top(one.id, names.get(one.id) or one.name, one.count, one.amount) for one in found if one.id]


def top_orders(db: Session, workspace_id: UUID, period: Period) -> list[Top]:
    """The dearest orders: `count` is the number of the order."""
    worth = Order.total - Order.returned
    query = select(Order.id, Order.customer_name, Order.number, worth)
    dearest = query.where(*_paid(workspace_id, period.since, period.until)).order_by(worth.desc(), Order.number)
    return [Top(*row) for row in db.execute(dearest.limit(TOP))]


def recent_orders(db: Session, workspace_id: UUID) -> Sequence[Order]:
    """The newest, paid or not."""
    mine = select(Order).where(Order.workspace_id == workspace_id, ~Order.practice)
    return db.scalars(mine.order_by(Order.created_at.desc(), Order.id.desc()).limit(RECENT)).all()


def charts(db: Session, workspace_id: UUID, period: Period) -> dict[str, Any]:
    """What the charts draw: money by the hour of the venue's clock, minutes from paid to served, the busiest tables."""
    zone = db.scalar(select(Workspace.timezone).where(Workspace.id == workspace_id))
    hour = extract("hour", func.timezone(zone, Order.paid_at))
    return {
        "revenue": _by_hour(db, workspace_id, period, hour),
        "waiting": _waiting(db, workspace_id, period, hour),
        "tables": _tables(db, workspace_id, period),
    }


def _sold(db: Session, workspace_id: UUID, period: Period) -> tuple[Figure, Figure]:
    now, before = Order.paid_at >= period.since, Order.paid_at < period.compared_until
    worth = func.sum(Order.total - Order.returned)
    columns = (func.count().filter(now), func.count().filter(before), worth.filter(now), worth.filter(before))
    query = select(*columns).where(*_paid(workspace_id, period.before, period.until))
    orders, orders_before, revenue, revenue_before = db.execute(query).one()
    return Figure(orders, orders_before), Figure(int(revenue or 0), int(revenue_before or 0))


def _paid(workspace_id: UUID, since: datetime, until: datetime) -> list[ColumnElement[bool]]:
    return [Order.workspace_id == workspace_id, Order.paid_at >= since, Order.paid_at <= until]


def _spans(period: Period) -> tuple[tuple[datetime, datetime], tuple[datetime, datetime]]:
    return (period.since, period.until), (period.before, period.compared_until)


def _in(table: Any, at: Any) -> Any:
    """Counts the rows of a table in a span."""

    def count(workspace_id: UUID, since: datetime, until: datetime) -> ScalarSelect[int]:
        mine = select(func.count()).select_from(table).where(table.workspace_id == workspace_id)
        return mine.where(at >= since, at <= until).scalar_subquery()

    return count


def _standing(workspace_id: UUID, statuses: Sequence[OrderStatus]) -> ScalarSelect[int]:
    mine = select(func.count()).select_from(Order).where(Order.workspace_id == workspace_id, ~Order.practice)
    return mine.where(Order.status.in_(statuses)).scalar_subquery()


def _by_hour(db: Session, workspace_id: UUID, period: Period, hour: Any) -> list[int]:
    worth = func.sum(Order.total - Order.returned)
    query = select(hour, worth).where(*_paid(workspace_id, period.since, period.until)).group_by(hour)
    found = {int(at): int(amount) for at, amount in db.execute(query)}
    return [found.get(at, 0) for at in range(24)]


def _waiting(db: Session, workspace_id: UUID, period: Period, hour: Any) -> dict[str, Any]:
    """Half of the guests waited no longer than `typical` minutes, nine of ten no longer than `slow`, by hour paid."""
    minutes = extract("epoch", OrderEvent.created_at - Order.paid_at) / 60
    half, most = (func.percentile_cont(part).within_group(minutes) for part in (0.5, 0.9))
    later = aliased(OrderEvent)
    same = and_(later.workspace_id == OrderEvent.workspace_id, later.order_id == OrderEvent.order_id)
    taken_back = exists().where(same, later.seq > OrderEvent.seq, later.from_status == OrderEvent.to_status,
                                later.cause == UNDONE)  # fmt: skip
    query = (
        select(hour, half, most)
        .join(OrderEvent, and_(OrderEvent.workspace_id == Order.workspace_id, OrderEvent.order_id == Order.id))
        .where(*_paid(workspace_id, period.since, period.until), OrderEvent.to_status.in_(HANDED_OVER), ~taken_back)
        .group_by(hour)
    )
    found = {int(at): (round(float(typical), 1), round(float(slow), 1)) for at, typical, slow in db.execute(query)}
    columns = zip(*(found.get(at, (None, None)) for at in range(24)), strict=True)
    return dict(zip(("typical", "slow"), (list(column) for column in columns), strict=True))


def _tables(db: Session, workspace_id: UUID, period: Period) -> list[dict[str, int]]:
    orders = func.count()
    query = select(Order.table_number, orders, func.sum(Order.total - Order.returned))
    seated = query.where(*_paid(workspace_id, period.since, period.until), Order.table_number.is_not(None))
    busiest = seated.group_by(Order.table_number).order_by(orders.desc(), Order.table_number).limit(TABLES)
    return [
        {"table": table or 0, "orders": count, "amount": int(amount)} for table, count, amount in db.execute(busiest)
    ]
