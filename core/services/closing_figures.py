"""The figures of one shift, read off the ledger."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, func, select
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


def figures_of(db: Session, workspace_id: UUID, shift_id: UUID, currency: str) -> dict[str, Any]:
    """Everything of a closing that can be added up; money in another currency is in none of it."""
    return {
        **_sums(db, shift_id, currency),
        "refunds_open": _open_refunds(db, workspace_id, currency),
        "unmatched": _unmatched(db, workspace_id, currency),
        "methods": _methods(db, shift_id),
        "categories": _categories(db, shift_id),
        "people": _people(db, shift_id),
    }


def _sums(db: Session, shift_id: UUID, currency: str) -> dict[str, Any]:
    line, order = LedgerLine, LedgerLine.order_id.is_not(None)
    credit, earned = line.amount < 0, line.account.in_((Account.SALES, Account.VAT))
    held = line.account.in_((Account.CLEARING, Account.DRAWER))
    returned = order & ((line.account == Account.RETURNS) | ((line.account == Account.VAT) & ~credit))
    sums = {
        "sales": -_sum(order & earned & credit),
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
    mine = (line.shift_id == shift_id, line.currency == currency)
    row = db.execute(select(*(value.label(name) for name, value in sums.items())).where(*mine))
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


def _paid(shift_id: UUID, name: Any) -> Any:
    """Money that paid for orders, by something of its line, receipt or attempt."""
    credited = (LedgerLine.shift_id == shift_id, LedgerLine.account == Account.GUEST, LedgerLine.amount < 0)
    sums = (func.count(LedgerLine.receipt_id.distinct()), -func.sum(LedgerLine.amount))
    query = select(name, *sums).join(Receipt, Receipt.id == LedgerLine.receipt_id).where(*credited)
    return query.group_by(name).order_by(name)


def _methods(db: Session, shift_id: UUID) -> tuple[Figure, ...]:
    name = func.coalesce(cast(Payment.method, Text), cast(Receipt.provider, Text))
    query = _paid(shift_id, name).outerjoin(Payment, Payment.id == Receipt.payment_id)
    return tuple(Figure(*row) for row in db.execute(query))


def _people(db: Session, shift_id: UUID) -> tuple[Figure, ...]:
    name = func.coalesce(User.name, BY_THEMSELVES)
    return tuple(
        Figure(*row) for row in db.execute(_paid(shift_id, name).outerjoin(User, User.id == LedgerLine.user_id))
    )


def _categories(db: Session, shift_id: UUID) -> tuple[Figure, ...]:
    """What was sold, at its price; how it was brought is a line of its own."""
    sale = (LedgerLine.shift_id == shift_id, LedgerLine.account == Account.SALES, LedgerLine.amount < 0)
    sold = select(LedgerLine.order_id).where(*sale, LedgerLine.order_id.is_not(None))
    sums = (func.sum(OrderItem.quantity), func.sum(OrderItem.quantity * OrderItem.price_at_time))
    query = select(Category.name, *sums).join(Product, Product.id == OrderItem.product_id)
    query = query.join(Category, Category.id == Product.category_id).where(OrderItem.order_id.in_(sold))
    rows = db.execute(query.group_by(Category.id).order_by(Category.position, Category.name))
    figures = [Figure(name, count, Decimal(amount)) for name, count, amount in rows]
    brought = (Order.id.in_(sold), Order.delivery_fee > 0)
    count, fees = db.execute(select(func.count(), func.coalesce(func.sum(Order.delivery_fee), 0)).where(*brought)).one()
    return (*figures, Figure(DELIVERY, count, Decimal(fees))) if count else tuple(figures)
