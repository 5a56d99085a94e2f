"""A guest taps Pay: one attempt to collect the money, written down before anybody is asked for it."""

from contextlib import suppress
from dataclasses import dataclass, field
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
from core.domain.paying import read_paying
from core.domain.payments import DIALOG_WINDOW, RESEND_AFTER, may_prompt_again, may_stand_beside
from core.domain.statuses import LIVE_PAYMENTS, Method, OrderStatus, PaymentStatus, Provider, ReceiptState, Start
from core.services.customers import Buyer
from core.services.diary import note_event
from core.services.followup import Followup
from core.services.orders import lock_order, paid_so_far
from core.services.payment_rows import lock_attempt, move, retire
from core.services.practice import pay_in_practice
from core.services.prompt_limit import asked_too_often
from core.services.shutting import shut
from core.store.sql.tables import Order, OrderItem, Payment, Product, Receipt, Workspace

COLLECTS = {Method.MPESA: Provider.KOPOKOPO, Method.CARD: Provider.PESAPAL, Method.CASH: Provider.CASH}
STARTS = {Method.MPESA: Start.PROMPT, Method.CARD: Start.LINK, Method.CASH: Start.HANDOVER}


@dataclass(frozen=True)
class Wanted:
    """What the guest chose: how, with whom, and on which phone (none for a page or the bar)."""

    method: Method
    provider: Provider
    start: Start
    phone: str = field(repr=False)


def ask_payment(db: Session, buyer: Buyer, order_id: UUID, effect: Effect) -> tuple[Outcome, Followup]:
    """Write the attempt, unless the order is not to be paid (any more) or another attempt is still open."""
    found = lock_unpaid(db, buyer, order_id)
    if not isinstance(found, Order):
        return found, Followup()
    return _practise(db, buyer, found, effect) if found.practice else (_ask(db, buyer, found, effect), Followup())


def _practise(db: Session, buyer: Buyer, order: Order, effect: Effect) -> tuple[Outcome, Followup]:
    """As if the PIN were entered at once. The attempt is named and never written: what is not there nobody asks for."""
    attempt = _attempt(buyer, order, _wanted(effect), order.total, clock.now())
    attempt.id = payment_id_of(order.id, 0)
    return _requested(order, attempt), pay_in_practice(db, order, attempt.provider, str(attempt.id))


def lock_unpaid(db: Session, buyer: Buyer, order_id: UUID) -> Order | Outcome:
    """The guest's locked order, or why nothing is to be paid for it."""
    order = lock_order(db, buyer.workspace_id, order_id)
    if order is None or order.customer_id != buyer.customer_id:
        return {"result": "order_closed", "order_id": str(order_id), "number": 0, "status": OrderStatus.CANCELLED}
    named = {"order_id": str(order.id), "number": order.number}
    if order.status in BOUGHT:
        return {"result": "already_paid", **named, "receipt": receipt_of(db, order.id)}
    if order.status is not OrderStatus.PENDING:
        return {"result": "order_closed", **named, "status": order.status}
    closed = _shut(db, order)
    return closed | named if closed else order


def _shut(db: Session, order: Order) -> Outcome | None:
    """An order placed in time is paid until the doors close; who has paid a part may pay the rest."""
    if paid_so_far(db, order.id):
        return None
    ours = select(Product).join(OrderItem, OrderItem.product_id == Product.id).where(OrderItem.order_id == order.id)
    products = db.scalars(ours.distinct().order_by(Product.name)).all()
    return shut(db, db.get_one(Workspace, order.workspace_id), products, clock.now(), ordered=True)


def receipt_of(db: Session, order_id: UUID) -> str:
    """The reference of the money that paid for an order, as the guest knows it."""
    bought = (Receipt.order_id == order_id, Receipt.state == ReceiptState.MATCHED)
    newest = select(Receipt.reference).where(*bought).order_by(Receipt.received_at.desc()).limit(1)
    return db.scalar(newest) or ""


def _ask(db: Session, buyer: Buyer, order: Order, effect: Effect) -> Outcome:
    now, wanted = clock.now(), _wanted(effect)
    if (open_one := _open_attempt(db, order, wanted, now)) is not None:
        return _live(db, open_one)
    if asked_too_often(db, buyer, wanted.phone, now):
        return {"result": "too_many", "order_id": str(order.id), "number": order.number}
    workspace = db.get_one(Workspace, order.workspace_id)
    expires_at = now + timedelta(seconds=workspace.hold_seconds)
    payment = _attempt(buyer, order, wanted, order.total - paid_so_far(db, order.id), now)
    payment.id = payment_id_of(order.id, db.scalar(_attempts_at(order)) or 0)
    payment.expires_at = None if wanted.start is Start.PROMPT else _link_until(workspace, now) or expires_at
    # The indexes decide: a prompt for this phone may have been written by another order a moment ago.
    with suppress(IntegrityError), db.begin_nested():
        db.add(payment)
        db.flush()
        order.expires_at = expires_at
        crashpoint("ask_payment.written")
        return _requested(order, payment)
    open_one = _open_attempt(db, order, wanted, now)
    if open_one is None:
        raise LookupError("a payment was refused, and no other attempt is open")
    return _live(db, open_one)


def payment_id_of(order_id: UUID, attempts_before: int) -> UUID:
    """The same in every replay of the night: callbacks name it. Attempts are counted under the order's lock."""
    return uuid5(order_id, f"payment:{attempts_before}")


def _attempts_at(order: Order) -> Select[int]:
    return select(func.count(Payment.id)).where(Payment.order_id == order.id)


def _link_until(workspace: Workspace, now: datetime) -> datetime | None:
    minutes = read_paying(workspace.paying).link_minutes
    return now + timedelta(minutes=minutes) if minutes else None


def _wanted(effect: Effect) -> Wanted:
    method = Method(effect["method"])
    start = Start(effect.get("start") or STARTS[method])
    provider = Provider(effect.get("provider") or COLLECTS[method])
    return Wanted(method, provider, start, effect.get("phone", "") if start is Start.PROMPT else "")


def _open_attempt(db: Session, order: Order, wanted: Wanted, now: datetime) -> Payment | None:
    """The attempt for this order or phone that forbids the wanted one (rule 13), if there is one.

    What need not be waited for any more makes room: a link for another one, a prompt that no dialog can belong to.
    """
    same_phone = Payment.phone_index.in_(installed().indexes(wanted.phone)) if wanted.phone else false()
    recent = or_(Payment.status.in_(LIVE_PAYMENTS), Payment.posted_at > now - DIALOG_WINDOW)
    mine = (Payment.workspace_id == order.workspace_id, or_(Payment.order_id == order.id, same_phone), recent)
    attempts = db.scalars(select(Payment).where(*mine).order_by(Payment.created_at.desc())).all()
    forbidding = next((one for one in attempts if _forbids(order, one, wanted, now)), None)
    if forbidding is None:
        for one in attempts:
            _make_room(db, order, one, wanted, now)
    return forbidding


def _forbids(order: Order, one: Payment, wanted: Wanted, now: datetime) -> bool:
    live = one.status in LIVE_PAYMENTS
    if live and one.order_id != order.id:
        return True
    if one.start is not wanted.start:
        return live and not may_stand_beside(wanted.start, one.start, one.posted_at, now)
    if one.start is Start.PROMPT:
        return not may_prompt_again(one.status, one.failed_by, one.posted_at, now)
    return live and one.provider is wanted.provider and one.expires_at is not None and one.expires_at > now


def _make_room(db: Session, order: Order, one: Payment, wanted: Wanted, now: datetime) -> None:
    """Only this order's, which is locked; another order's prompt on the same phone is left to its own time."""
    if one.order_id != order.id or one.start is not wanted.start:
        return
    locked = lock_attempt(db, one.id)
    if locked.start is not Start.PROMPT:
        retire(locked, now)
    elif locked.status in (PaymentStatus.PENDING, PaymentStatus.UNKNOWN):
        move(locked, PaymentStatus.EXPIRED)
        note_event(db, locked, "may_be_paid_twice", f"again:{locked.id}")
    db.flush()


def _attempt(buyer: Buyer, order: Order, wanted: Wanted, amount: Decimal, now: datetime) -> Payment:
    phone = wanted.phone or None
    return Payment(
        workspace_id=order.workspace_id,
        order_id=order.id,
        customer_id=buyer.customer_id,
        conversation_id=buyer.conversation_id,
        provider=wanted.provider,
        method=wanted.method,
        start=wanted.start,
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
        "start": payment.start.value,
        "provider": payment.provider.value,
    }


def _live(db: Session, payment: Payment) -> Outcome:
    number = db.get_one(Order, payment.order_id).number
    return {
        "result": "live_attempt",
        "payment_id": str(payment.id),
        "order_id": str(payment.order_id),
        "number": number,
        "start": payment.start.value,
        "provider": payment.provider.value,
        "link": payment.link or "",
    }
