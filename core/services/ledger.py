"""The ledger is brought to where receipts and orders stand, in the transaction that moved them."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, insert, or_, select
from sqlalchemy.orm import Session

from core.domain.ledger import Money, Position, Sale, entry, of_money, of_sale
from core.store.sql.tables import LedgerLine, Order, Receipt

Subject = Receipt | Order


def book(db: Session, kind: str, *subjects: Subject | None, user_id: UUID | None = None, new: bool = False) -> None:
    """One entry that says what became of these locked rows; none where nothing did.

    `new`: none of them has ever been booked, so nobody needs to look.
    """
    found = [subject for subject in subjects if subject is not None]
    db.flush()
    booked = {} if new else _booked(db, found)
    entry_id = uuid4()
    lines = [
        {"entry_id": entry_id, "kind": kind, "user_id": user_id} | line
        for subject in found
        for line in _lines(subject, booked.get(subject.id, {}))
    ]
    if lines:
        shift = select(func.open_shift(found[0].workspace_id)).scalar_subquery()
        db.execute(insert(LedgerLine).values([line | {"shift_id": shift} for line in lines]))


def position_of(subject: Subject) -> Position:
    """What this row should have on the accounts."""
    return of_money(_money(subject)) if isinstance(subject, Receipt) else of_sale(_sale(subject))


def _lines(subject: Subject, booked: Position) -> Iterable[dict[str, Any]]:
    name = "receipt_id" if isinstance(subject, Receipt) else "order_id"
    common = {"receipt_id": None, "order_id": None, "workspace_id": subject.workspace_id, "currency": subject.currency}
    for (account, provider), amount in entry(booked, position_of(subject)).items():
        yield common | {name: subject.id, "account": account, "provider": provider, "amount": amount}


def _booked(db: Session, subjects: list[Subject]) -> dict[UUID, Position]:
    """What each has on the accounts, by one look."""
    receipts = [one.id for one in subjects if isinstance(one, Receipt)]
    orders = [one.id for one in subjects if isinstance(one, Order)]
    about = func.coalesce(LedgerLine.receipt_id, LedgerLine.order_id)
    mine = or_(LedgerLine.receipt_id.in_(receipts), LedgerLine.order_id.in_(orders))
    columns = (about, LedgerLine.account, LedgerLine.provider)
    found: dict[UUID, Position] = defaultdict(dict)
    query = select(*columns, func.sum(LedgerLine.amount)).where(mine).group_by(*columns)
    for subject_id, account, provider, amount in db.execute(query):
        found[subject_id][account, provider] = amount
    return found


def _money(receipt: Receipt) -> Money:
    return Money(
        receipt.provider,
        receipt.amount,
        receipt.state,
        receipt.refunding,
        receipt.refunded,
        receipt.refunded_cash,
        receipt.reversed,
        receipt.vat,
    )


def _sale(order: Order) -> Sale:
    return Sale(
        order.paid_at is not None,
        order.total,
        order.vat,
        order.vat_percent,
        order.tip,
        order.discount,
        order.returned,
    )
