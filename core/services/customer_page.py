"""One customer, as their page and their own copy of it show them, and what staff change of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, func, literal_column, select
from sqlalchemy.orm import Session

from core.conversation.catalogues import LOCALES
from core.domain.money import plain
from core.domain.orders import BOUGHT
from core.errors import Rejected
from core.services.activity import Actor, record
from core.services.customer_standing import boxes, notes_of, theirs
from core.services.customers import profile_of
from core.store.sql.tables import Activity, Customer, Message, Order, OrderItem, Payment
from core.store.sql.tables.people import CustomerNote

SHOWN, MOST_DISCOUNT = 20, 99
# PostgreSQL's own mark of who wrote the row last: staff, and the guest's own chat.
VERSION = literal_column("customers.xmin::text::bigint", BigInteger)


@dataclass(frozen=True)
class Known:
    """A customer with their newest orders; `boxes` are their mailboxes, `count` and `spent` of what they bought."""

    customer: Customer
    version: int
    orders: Sequence[Order]
    boxes: Sequence[str]
    count: int
    spent: Decimal
    notes: Sequence[CustomerNote]


def known(db: Session, workspace_id: UUID, customer_id: UUID) -> Known:
    """Raises Rejected: not_found."""
    customer = theirs(db, workspace_id, customer_id)
    mine = (Order.workspace_id == workspace_id, Order.customer_id == customer_id)
    newest = select(Order).where(*mine).order_by(Order.created_at.desc()).limit(SHOWN)
    bought = select(func.count(), func.coalesce(func.sum(Order.total - Order.returned), 0))
    count, spent = db.execute(bought.where(*mine, Order.status.in_(BOUGHT), ~Order.practice)).one()
    version = db.scalar(select(VERSION).where(Customer.id == customer_id)) or 0
    notes, chats = notes_of(db, workspace_id, customer_id), boxes(db, workspace_id, customer_id)
    return Known(customer, version, db.scalars(newest).all(), chats, count, spent, notes)


def change(
    db: Session, actor: Actor, customer_id: UUID, version: int, values: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """What staff say of them (`language`, `discount_percent`); answers what to keep beside their sessions, by mailbox.

    Raises Rejected: not_found, changed (somebody was quicker), bad_percent, no_such_language.
    """
    customer = theirs(db, actor.workspace_id, customer_id, lock=True)
    if db.scalar(select(VERSION).where(Customer.id == customer_id)) != version:
        raise Rejected("changed")
    before = _said(customer)
    _write(customer, values)
    if (after := _said(customer)) != before:
        record(db, actor, "customer_changed", "customer", customer_id, before, after)
    db.flush()
    return {box: profile_of(db, customer) for box in boxes(db, actor.workspace_id, customer_id)}


def last_change(db: Session, workspace_id: UUID, customer_id: UUID) -> tuple[str, datetime] | None:
    """Who of the staff changed them last, and when; None where nobody has: then the guest's own chat did."""
    about = (Activity.workspace_id == workspace_id, Activity.subject_kind == "customer")
    mine = select(Activity.who, Activity.created_at).where(*about, Activity.subject_id == customer_id)
    found = db.execute(mine.where(Activity.action == "customer_changed").order_by(Activity.created_at.desc())).first()
    return (found.who, found.created_at) if found else None


def copy_of(db: Session, actor: Actor, customer_id: UUID) -> dict[str, Any]:
    """Everything we keep of them, JSON-ready: for the customer themselves, who may ask for it. Raises Rejected."""
    customer = theirs(db, actor.workspace_id, customer_id)
    record(db, actor, "customer_exported", "customer", customer_id)
    mine = (Order.workspace_id == actor.workspace_id, Order.customer_id == customer_id)
    orders = db.scalars(select(Order).where(*mine).order_by(Order.created_at)).all()
    said = select(Message).where(
        Message.workspace_id == actor.workspace_id, Message.mailbox.in_(boxes(db, actor.workspace_id, customer_id))
    )
    notes = notes_of(db, actor.workspace_id, customer_id)
    return {
        "customer": _person(customer),
        "orders": [_order(db, order) for order in orders],
        "payments": [_payment(one) for one in _payments(db, customer)],
        "notes": [{"at": one.created_at.isoformat(), "text": one.body} for one in notes],
        "messages": [
            {"at": one.at.isoformat(), "from": "you" if one.direction.value == "in" else "us", "text": one.body}
            for one in db.scalars(said.order_by(Message.at))
        ],
    }


def _write(customer: Customer, values: Mapping[str, Any]) -> None:
    language, percent = values.get("language"), values.get("discount_percent")
    if language is not None:
        if language and language not in LOCALES:
            raise Rejected("no_such_language")
        customer.language = language
    if percent is not None:
        if not 0 <= percent <= MOST_DISCOUNT:
            raise Rejected("bad_percent")
        customer.discount_percent, customer.discount_active = percent, percent > 0


def _said(customer: Customer) -> dict[str, Any]:
    return {"language": customer.language, "discount_percent": plain(customer.discount_percent)}


def _person(customer: Customer) -> dict[str, Any]:
    moments = ("created_at", "age_confirmed_at", "messages_stopped_at", "blocked_at")
    texts = ("name", "given_name", "phone", "bsuid", "email", "birthday", "language")
    former = customer.former or {}
    return {
        **{name: getattr(customer, name) or "" for name in texts},
        **{name: at.isoformat() if (at := getattr(customer, name)) else "" for name in moments},
        "discount_percent": plain(customer.discount_percent),
        "former_phones": former.get("phones", []),
        "former_bsuids": former.get("bsuids", []),
    }


def _payments(db: Session, customer: Customer) -> Sequence[Payment]:
    mine = (Payment.workspace_id == customer.workspace_id, Payment.customer_id == customer.id)
    return db.scalars(select(Payment).where(*mine).order_by(Payment.created_at)).all()


def _payment(payment: Payment) -> dict[str, Any]:
    return {
        "at": payment.created_at.isoformat(),
        "amount": f"{payment.currency} {plain(payment.amount)}",
        "by": payment.method.value,
        "phone": payment.phone or "",
        "status": payment.status.value,
    }


def _order(db: Session, order: Order) -> dict[str, Any]:
    items = db.scalars(select(OrderItem).where(OrderItem.order_id == order.id).order_by(OrderItem.position))
    return {
        "number": order.number,
        "at": order.created_at.isoformat(),
        "status": order.status.value,
        "table": order.table_number,
        "address": order.address,
        "note": order.note,
        "total": f"{order.currency} {plain(order.total)}",
        "items": [{"name": one.name, "quantity": one.quantity, "note": one.note} for one in items],
    }
