"""A guest taps Pay: one attempt to collect the money, written down before anybody is asked for it."""

from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid5

from sqlalchemy import Select, false, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core import clock
from core.cipher import installed
from core.conversation.effects import Effect, Outcome
from core.crashpoint import crashpoint
from core.domain.money import plain
from core.domain.orders import BOUGHT
from core.domain.payments import DIALOG_WINDOW, RESEND_AFTER, may_prompt_again
from core.domain.statuses import LIVE_PAYMENTS, Method, OrderStatus, Provider, ReceiptState
from core.services.customers import Guest
from core.services.orders import lock_order, paid_so_far
from core.services.prompt_limit import asked_too_often
from core.services.shutting import shut
from core.store.sql.tables import Order, OrderItem, Payment, Product, Receipt, Workspace

COLLECTS = {Method.MPESA: Provider.KOPOKOPO, Method.CARD: Provider.PESAPAL, Method.CASH: Provider.CASH}


def ask_payment(db: Session, guest: Guest, order_id: UUID, effect: Effect) -> Outcome:
    """Write the attempt, unless the order is not to be paid (any more) or another attempt is still open."""
    order = lock_order(db, guest.customer.workspace_id, order_id)
    if order is None or order.customer_id != guest.customer.id:
        return {"result": "order_closed", "order_id": str(order_id), "number": 0, "status": OrderStatus.CANCELLED}
    named = {"order_id": str(order.id), "number": order.number}
    if order.status in BOUGHT:
        return {"result": "already_paid", **named, "receipt": receipt_of(db, order.id)}
    if order.status is not OrderStatus.PENDING:
        return {"result": "order_closed", **named, "status": order.status}
    if closed := _shut(db, order):
        return closed | named
    return _ask(db, guest, order, effect)


def _shut(db: Session, order: Order) -> Outcome | None:
    """An order placed in time is paid until the doors close; who has paid a part may pay the rest."""
    if paid_so_far(db, order.id):
        return None
    ours = select(Product).join(OrderItem, OrderItem.product_id == Product.id).where(OrderItem.order_id == order.id)
    products = db.scalars(ours.distinct().order_by(Product.name)).all()
    return shut(db.get_one(Workspace, order.workspace_id), products, clock.now(), ordered=True)


def receipt_of(db: Session, order_id: UUID) -> str:
    """The reference of the money that paid for an order, as the guest knows it."""
    bought = (Receipt.order_id == order_id, Receipt.state == ReceiptState.MATCHED)
    newest = select(Receipt.reference).where(*bought).order_by(Receipt.received_at.desc()).limit(1)
    return db.scalar(newest) or ""


def _ask(db: Session, guest: Guest, order: Order, effect: Effect) -> Outcome:
    now = clock.now()
    if (open_one := _open_attempt(db, order, effect["phone"], now)) is not None:
        return _live(db, open_one)
    if asked_too_often(db, guest, effect["phone"], now):
        return {"result": "too_many", "order_id": str(order.id), "number": order.number}
    payment = _attempt(guest, order, effect, order.total - paid_so_far(db, order.id), now)
    payment.id = payment_id_of(order.id, db.scalar(_attempts_at(order)) or 0)
    # The indexes decide: a prompt for this phone may have been written by another order a moment ago.
    with suppress(IntegrityError), db.begin_nested():
        db.add(payment)
        db.flush()
        order.expires_at = now + timedelta(seconds=db.get_one(Workspace, order.workspace_id).hold_seconds)
        crashpoint("ask_payment.written")
        return _requested(order, payment)
    open_one = _open_attempt(db, order, effect["phone"], now)
    if open_one is None:
        raise LookupError("a payment was refused, and no other attempt is open")
    return _live(db, open_one)


def payment_id_of(order_id: UUID, attempts_before: int) -> UUID:
    """The same in every replay of the night: callbacks name it. Attempts are counted under the order's lock."""
    return uuid5(order_id, f"payment:{attempts_before}")


def _attempts_at(order: Order) -> Select[int]:
    return select(func.count(Payment.id)).where(Payment.order_id == order.id)


def _open_attempt(db: Session, order: Order, phone: str, now: datetime) -> Payment | None:
    """The attempt for this order or phone that forbids another prompt (rule 13), if there is one."""
    same_phone = Payment.phone_index.in_(installed().indexes(phone)) if phone else false()
    recent = or_(Payment.status.in_(LIVE_PAYMENTS), Payment.posted_at > now - DIALOG_WINDOW)
    mine = (Payment.workspace_id == order.workspace_id, or_(Payment.order_id == order.id, same_phone), recent)
    attempts = db.scalars(select(Payment).where(*mine).order_by(Payment.created_at.desc()))
    return next((one for one in attempts if not may_prompt_again(one.status, one.failed_by, one.posted_at, now)), None)


def _attempt(guest: Guest, order: Order, effect: Effect, amount: Decimal, now: datetime) -> Payment:
    method = Method(effect["method"])
    phone = effect["phone"] or None
    return Payment(
        workspace_id=order.workspace_id,
        order_id=order.id,
        customer_id=guest.customer.id,
        conversation_id=guest.conversation.id,
        provider=COLLECTS[method],
        method=method,
        amount=amount,
        currency=order.currency,
        phone=phone,
        phone_index=phone and installed().index(phone),
        # Rule 12: if Celery loses the job that sends it, the sweep finds it here.
        next_check_at=now + RESEND_AFTER,
    )


def _requested(order: Order, payment: Payment) -> Outcome:
    return {
        "result": "requested",
        "payment_id": str(payment.id),
        "order_id": str(order.id),
        "number": order.number,
        "amount": plain(payment.amount),
        "currency": payment.currency,
    }


def _live(db: Session, payment: Payment) -> Outcome:
    number = db.get_one(Order, payment.order_id).number
    return {
        "result": "live_attempt",
        "payment_id": str(payment.id),
        "order_id": str(payment.order_id),
        "number": number,
    }
