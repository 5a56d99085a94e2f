"""Reports: what some days, or one shift, came to. The figures are those of the closings, read off the same lines."""

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Integer, cast, extract, func, select
from sqlalchemy.orm import Session

from core.domain.closing import Figure
from core.domain.ledger import Account
from core.domain.periods import DAY_BEGINS
from core.domain.reporting import Days, Interval, Report, Vat
from core.errors import Rejected
from core.services.closing_figures import (
    Lines,
    categories,
    methods,
    people,
    products,
    sold_lines,
    sold_orders,
    sums,
)
from core.services.stock_outs import stock_outs
from core.store.sql.tables import LedgerLine, Order, OrderEvent, Shift, User, Workspace

TAPPED = "staff"
NO_TABLE = "No table"
WITHOUT_ORDER = "Takings without an order"


def report_of_days(db: Session, workspace_id: UUID, days: Days) -> Report:
    """The days of the venue's own clock."""
    venue = db.get_one(Workspace, workspace_id)
    span = days.span(ZoneInfo(venue.timezone))
    return report_of(db, venue, lines_between(workspace_id, span), days.said, span, days.each())


def lines_between(workspace_id: UUID, span: Interval) -> Lines:
    """What was booked from then until then."""
    line = LedgerLine
    return line.workspace_id == workspace_id, line.created_at >= span[0], line.created_at < span[1]


def report_of_shift(db: Session, workspace_id: UUID, number: int, now: datetime) -> Report:
    """One shift, to the shilling as its closing. Raises Rejected("not_found")."""
    shift = db.scalar(select(Shift).where(Shift.workspace_id == workspace_id, Shift.number == number))
    if shift is None:
        raise Rejected("not_found")
    venue = db.get_one(Workspace, workspace_id)
    span = (shift.opened_at, shift.closed_at or now)
    return report_of(db, venue, (LedgerLine.shift_id == shift.id,), f"Shift {number}", span, [])


def report_of(db: Session, venue: Workspace, when: Lines, title: str, span: Interval, days: list[date]) -> Report:
    """What these lines say. `days` are there even where nothing was sold; `span` is when things may have run out."""
    mine, zone = (*when, LedgerLine.currency == venue.currency), ZoneInfo(venue.timezone)
    by_day, by_hour = _by_time(db, mine, venue.timezone, days)
    return Report(
        venue=venue.name,
        title=title,
        currency=venue.currency,
        timezone=venue.timezone,
        since=span[0],
        until=span[1],
        **sums(db, mine),
        days=by_day,
        hours=by_hour,
        products=products(db, mine),
        categories=categories(db, mine),
        methods=methods(db, mine),
        people=people(db, mine),
        movers=_movers(db, mine),
        tables=_tables(db, mine),
        rates=_rates(db, mine),
        outs=stock_outs(db, venue.id, span, zone),
    )


def _by_time(
    db: Session, mine: Lines, timezone: str, days: list[date]
) -> tuple[tuple[Figure, ...], tuple[Figure, ...]]:
    """What was sold by the day and by the hour; days on which nothing was are there as well."""
    local = func.timezone(timezone, LedgerLine.created_at)
    day, hour = func.date(local - DAY_BEGINS), cast(extract("hour", local), Integer)
    counted = (func.count(LedgerLine.order_id.distinct()), -func.sum(LedgerLine.amount))
    by_day: dict[Any, list[Any]] = {one: [0, Decimal(0)] for one in days}
    by_hour: dict[Any, list[Any]] = defaultdict(lambda: [0, Decimal(0)])
    for at, hour_of, count, amount in db.execute(
        select(day, hour, *counted).where(*mine, sold_lines()).group_by(day, hour).order_by(day, hour)
    ):
        for line in (by_day.setdefault(at, [0, Decimal(0)]), by_hour[hour_of]):
            line[0] += count
            line[1] += amount
    named = tuple(Figure(at.isoformat(), *line) for at, line in sorted(by_day.items()))
    return named, tuple(Figure(f"{at:02}:00", *by_hour[at]) for at in _night(by_hour))


def _night(hours: dict[int, Any]) -> list[int]:
    """From the morning on, as a bar's day goes."""
    begins = DAY_BEGINS.seconds // 3600
    return sorted(hours, key=lambda hour: (hour - begins) % 24)


def _tables(db: Session, mine: Lines) -> tuple[Figure, ...]:
    counted = (func.count(LedgerLine.order_id.distinct()), -func.sum(LedgerLine.amount))
    query = select(Order.table_number, *counted).join(Order, Order.id == LedgerLine.order_id)
    by_table = query.where(*mine, sold_lines()).group_by(Order.table_number)
    found = db.execute(by_table.order_by(Order.table_number.nulls_last()))
    return tuple(Figure(f"Table {table}" if table else NO_TABLE, count, amount) for table, count, amount in found)


def _movers(db: Session, mine: Lines) -> tuple[Figure, ...]:
    """Each order once for whoever tapped it on, however often."""
    sold = OrderEvent.order_id.in_(sold_orders(mine))
    moved = (
        select(OrderEvent.user_id, OrderEvent.order_id).where(sold, OrderEvent.cause == TAPPED).distinct().subquery()
    )
    query = (
        select(User.name, func.count(), func.sum(Order.total))
        .join(moved, moved.c.user_id == User.id)
        .join(Order, Order.id == moved.c.order_id)
        .group_by(User.id)
        .order_by(User.name)
    )
    return tuple(Figure(*row) for row in db.execute(query))


def _rates(db: Session, mine: Lines) -> tuple[Vat, ...]:
    """What was earned by the rate of its VAT; what staff took as sales has none of its own written down."""
    line = LedgerLine
    net = line.account.in_((Account.SALES, Account.DISCOUNTS, Account.RETURNS))
    vat = line.account == Account.VAT
    without, contained = (func.coalesce(-func.sum(line.amount).filter(which), 0) for which in (net, vat))
    query = select(Order.vat_percent, without, contained).outerjoin(Order, Order.id == line.order_id)
    earned = query.where(*mine, net | vat).group_by(Order.vat_percent)
    found = db.execute(earned.order_by(Order.vat_percent.nulls_last()))
    return tuple(Vat(_rate(percent), *parts) for percent, *parts in found)


def _rate(percent: Decimal | None) -> str:
    return WITHOUT_ORDER if percent is None else f"{percent.normalize():f} %"
