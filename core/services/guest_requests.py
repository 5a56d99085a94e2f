"""The smaller things a guest asks for: call an order off, see what is running, say they are of age."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.conversation.effects import Outcome
from core.domain.money import plain
from core.domain.statuses import OrderStatus
from core.services.ask_payment import receipt_of
from core.services.customers import Guest
from core.services.followup import Followup
from core.services.orders import lock_order, mark_order, paid_so_far
from core.services.stock import release_holds
from core.services.waiting import minutes_left
from core.store.sql.tables import Order

SHOWN_FOR = timedelta(hours=24)
SHOWN = 5
CALLED_OFF = (OrderStatus.PENDING, OrderStatus.FAILED)


def cancel_order(db: Session, guest: Guest, order_id: UUID) -> tuple[Outcome, Followup]:
    """Call an unpaid order off. An attempt still open is not sent any more, or its money goes back."""
    order = lock_order(db, guest.customer.workspace_id, order_id)
    if order is None or order.customer_id != guest.customer.id:
        return {
            "result": "too_late",
            "order_id": str(order_id),
            "number": 0,
            "status": OrderStatus.CANCELLED,
        }, Followup()
    named = {"order_id": str(order.id), "number": order.number}
    if order.status is OrderStatus.CANCELLED:
        return {"result": "cancelled", **named}, Followup()
    if order.status not in CALLED_OFF or paid_so_far(db, order.id):
        return {"result": "too_late", **named, "status": order.status}, Followup()
    mark_order(db, order, OrderStatus.CANCELLED, cause="guest")
    return {"result": "cancelled", **named}, release_holds(db, order)


def find_orders(db: Session, guest: Guest) -> Outcome:
    """What this guest ordered lately, newest first."""
    since = clock.now() - SHOWN_FOR
    query = select(Order).where(Order.customer_id == guest.customer.id, Order.created_at > since)
    orders = db.scalars(query.order_by(Order.created_at.desc(), Order.number.desc()).limit(SHOWN)).all()
    return {"result": "found", "orders": [_summary(db, order) for order in orders]}


def confirm_age(guest: Guest) -> Outcome:
    """The guest said they are old enough; the first time counts."""
    guest.customer.age_confirmed_at = guest.customer.age_confirmed_at or clock.now()
    return {"result": "confirmed"}


def stop_messages(guest: Guest) -> Outcome:
    """The guest wants nothing unasked; the first time counts."""
    guest.customer.messages_stopped_at = guest.customer.messages_stopped_at or clock.now()
    return {"result": "stopped"}


def resume_messages(guest: Guest) -> Outcome:
    """The guest may be written to again."""
    was_stopped = guest.customer.messages_stopped_at is not None
    guest.customer.messages_stopped_at = None
    return {"result": "resumed", "was_stopped": was_stopped}


def _summary(db: Session, order: Order) -> dict[str, Any]:
    unpaid = order.status is OrderStatus.PENDING
    return {
        "order_id": str(order.id),
        "number": order.number,
        "status": order.status,
        "total": plain(order.total),
        "due": plain(order.total - paid_so_far(db, order.id)) if unpaid else "0",
        "currency": order.currency,
        "receipt": receipt_of(db, order.id),
        "wait": minutes_left(db, order, clock.now()),
    }
