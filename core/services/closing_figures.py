"""What closings and reports say, read off the same lines of the ledger: those of one shift, or of some days."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, func, select
from sqlalchemy.orm import Session

from core.domain.closing import Figure
from core.domain.ledger import Account
from core.domain.refunds import OPEN
from core.domain.statuses import ReceiptState
from core.store.sql.tables import (
    Category,
    LedgerLine,
    Order,
    OrderItem,
    Payment,
    Product,
    Receipt,
    Refund,
    User,
)

BY_THEMSELVES = "Guests in the chat"
DELIVERY = "Delivery"
NOTHING = Decimal(0)

# Which lines are looked at: conditions on `LedgerLine`, one workspace's and one currency's.
Lines = tuple[ColumnElement[bool], ...]


def figures_of(db: Session, workspace_id: UUID, shift_id: UUID, currency: str) -> dict[str, Any]:
    """Everything of a closing that can be added up; money in another currency is in none of it."""
    mine: Lines = (LedgerLine.shift_id == shift_id, LedgerLine.currency == currency)
    return {
        **sums(db, mine),
        "refunds_open": _open_refunds(db, workspace_id, currency),
        "unmatched": _unmatched(db, workspace_id, currency),
        "methods": methods(db, mine),
        "categories": categories(db, mine),
        "people": people(db, mine),
    }


def sold_lines() -> ColumnElement[bool]:
    """Lines whose amounts, taken as credits, are what was sold at its price."""
    earned = LedgerLine.account.in_((Account.SALES, Account.VAT))
    return LedgerLine.order_id.is_not(None) & earned & (LedgerLine.amount < 0)


def sums(db: Session, mine: Lines) -> dict[str, Any]:
    """By the names that closings and reports have for them."""
    line, order = LedgerLine, LedgerLine.order_id.is_not(None)
    credit, earned = line.amount < 0, line.account.in_((Account.SALES, Account.VAT))
    held = line.account.in_((Account.CLEARING, Account.DRAWER))
    returned = order & ((line.account == Account.RETURNS) | ((line.account == Account.VAT) & ~credit))
    found = {
        "sales": -_sum(sold_lines()),
        "discounts": _sum(line.account == Account.DISCOUNTS),
        "returns": _sum(returned),
        "takings": -_sum(~order & earned),
        "vat": -_sum(line.account == Account.VAT),
        "tips": -_sum(line.account == Account.TIPS),
        "refunds": -_sum(held & (line.kind == "refunded")),
        "reversals": -_sum(held & credit & (line.kind != "refunded")),
        "cash_taken": _sum((line.account == Account.DRAWER) & ~credit),
        "cash_refunded": -_sum((line.account == Account.DRAWER) & credit),
        "orders": func.count(line.order_id.distinct()).filter((line.account == Account.SALES) & credit),
    }
    row = db.execute(select(*(value.label(name) for name, value in found.items())).where(*mine))
    return dict(row.mappings().one())


def _sum(which: Any) -> Any:
    return func.coalesce(func.sum(LedgerLine.amount).filter(which), 0)


def _open_refunds(db: Session, workspace_id: UUID, currency: str) -> Decimal:
    mine = (Refund.workspace_id == workspace_id, Refund.status.in_(OPEN), Refund.currency == currency)
    return db.scalar(select(func.coalesce(func.sum(Refund.amount), 0)).where(*mine)) or NOTHING


def _unmatched(db: Session, workspace_id: UUID, currency: str) -> Decimal:
    unmatched = (Receipt.state == ReceiptState.UNMATCHED, Receipt.currency == currency)
    mine = (Receipt.workspace_id == workspace_id, *unmatched)
    return db.scalar(select(func.coalesce(func.sum(Receipt.amount), 0)).where(*mine)) or NOTHING


def methods(db: Session, mine: Lines) -> tuple[Figure, ...]:
    """The money that paid for orders, by how."""
    name = func.coalesce(cast(Payment.method, Text), cast(Receipt.provider, Text))
    query = _paid(mine, name).outerjoin(Payment, Payment.id == Receipt.payment_id)
    return tuple(Figure(*row) for row in db.execute(query))


def people(db: Session, mine: Lines) -> tuple[Figure, ...]:
    """The money that paid for orders, by who took it."""
    name = func.coalesce(User.name, BY_THEMSELVES)
    found = db.execute(_paid(mine, name).outerjoin(User, User.id == LedgerLine.user_id))
    return tuple(Figure(*row) for row in found)


def categories(db: Session, mine: Lines) -> tuple[Figure, ...]:
    """What was sold, at its price; how it was brought is a line of its own."""
    query = _items(mine, Category.name).group_by(Category.id).order_by(Category.position, Category.name)
    return (*_figures(db, query), *_brought(db, mine))


def products(db: Session, mine: Lines) -> tuple[Figure, ...]:
    """As `categories`, by what it was; the dearest sum first."""
    query = _items(mine, Product.name).group_by(Product.id)
    return (*_figures(db, query.order_by(_WORTH.desc(), Product.name)), *_brought(db, mine))


def sold_orders(mine: Lines) -> Any:
    """Ids of the orders that were sold."""
    sale = (LedgerLine.account == Account.SALES, LedgerLine.amount < 0, LedgerLine.order_id.is_not(None))
    return select(LedgerLine.order_id).where(*mine, *sale)


_WORTH = func.sum(OrderItem.quantity * OrderItem.price_at_time)


def _paid(mine: Lines, name: Any) -> Any:
    """Money that paid for orders, by something of its line, receipt or attempt."""
    credited = (*mine, LedgerLine.account == Account.GUEST, LedgerLine.amount < 0)
    counted = (func.count(LedgerLine.receipt_id.distinct()), -func.sum(LedgerLine.amount))
    query = select(name, *counted).join(Receipt, Receipt.id == LedgerLine.receipt_id).where(*credited)
    return query.group_by(name).order_by(name)


def _items(mine: Lines, name: Any) -> Any:
    query = select(name, func.sum(OrderItem.quantity), _WORTH).join(Product, Product.id == OrderItem.product_id)
    of_category = query.join(Category, Category.id == Product.category_id)
    return of_category.where(OrderItem.order_id.in_(sold_orders(mine)))


def _figures(db: Session, query: Any) -> list[Figure]:
    return [Figure(name, count, Decimal(amount)) for name, count, amount in db.execute(query)]


def _brought(db: Session, mine: Lines) -> tuple[Figure, ...]:
    brought = (Order.id.in_(sold_orders(mine)), Order.delivery_fee > 0)
    count, fees = db.execute(select(func.count(), func.coalesce(func.sum(Order.delivery_fee), 0)).where(*brought)).one()
    return (Figure(DELIVERY, count, Decimal(fees)),) if count else ()
