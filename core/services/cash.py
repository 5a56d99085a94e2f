"""Cash: a guest gets a code for the bar, staff take the money for it, and the drawer knows who took what."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import clock
from core.conversation.effects import Outcome
from core.crashpoint import crashpoint
from core.domain.money import plain
from core.domain.orders import BOUGHT
from core.domain.paying import read_paying
from core.domain.receipts import Notice, Source
from core.domain.receipts import Outcome as Fate
from core.domain.settlement import UNSOLD
from core.domain.statuses import LIVE_PAYMENTS, Method, OrderStatus, PaymentStatus, Provider, Start
from core.domain.table_codes import LETTERS
from core.errors import Rejected
from core.services.activity import Actor, record
from core.services.ask_payment import lock_unpaid
from core.services.customers import Guest
from core.services.followup import Followup
from core.services.orders import lock_order, paid_so_far
from core.services.practice import pay_in_practice
from core.services.settle import settle_in
from core.store.sql.tables import CashCode, CashEntry, Order, Payment, User, Workspace

LENGTH = 4
SHOWN = 100


@dataclass(frozen=True)
class Taken:
    """What went into the drawer, and what of the order is still missing. `practice`: nothing did."""

    number: int
    amount: Decimal
    received: Decimal
    change: Decimal
    due: Decimal
    currency: str
    practice: bool = False


def promise_cash(db: Session, guest: Guest, order_id: UUID) -> Outcome:
    """The guest pays at the bar: a code for their order, which waits for it. Asking again shows the same code."""
    order = lock_unpaid(db, guest.buyer, order_id)
    if not isinstance(order, Order):
        return order
    minutes = read_paying(db.get_one(Workspace, order.workspace_id).paying).cash_minutes
    order.expires_at = max(order.expires_at, clock.now() + timedelta(minutes=minutes))
    return {
        "result": "cash_code",
        "order_id": str(order.id),
        "number": order.number,
        "code": _code_of(db, order),
        "amount": plain(order.total - paid_so_far(db, order.id)),
        "currency": order.currency,
        "until": order.expires_at.isoformat(),
    }


def take_cash(
    db: Session, workspace_id: UUID, user_id: UUID, entry_id: UUID, code: str, received: Decimal
) -> tuple[Taken, Followup]:
    """A member of staff has the money in hand. The same `entry_id` again answers what was taken the first time.

    Raises Rejected: cash_unknown, cash_paid, cash_closed, cash_gone (too late: nothing was taken), cash_form (the id is
    another payment's), cash_part (practice takes all of it).
    """
    return take_for(db, _order_of(db, workspace_id, code), user_id, entry_id, received)


def take_for(db: Session, order: Order, user_id: UUID, entry_id: UUID, received: Decimal) -> tuple[Taken, Followup]:
    """The same for a locked order, with a code or without one. Raises Rejected as `take_cash` does."""
    workspace_id = order.workspace_id
    if before := taken_before(db, workspace_id, entry_id):
        return before, Followup()
    if db.get(Payment, entry_id):
        raise Rejected("cash_form")
    if order.status not in UNSOLD:
        raise Rejected("cash_paid" if order.status in BOUGHT else "cash_closed")
    if order.practice:
        return _practise(db, order, user_id, received)
    credited = paid_so_far(db, order.id)
    entry = _enter(db, order, user_id, entry_id, received, order.total - credited)
    notice = Notice(
        Provider.CASH, Source.STAFF, Fate.PAID, str(entry_id),
        receipt=entry.reference, amount=entry.amount, currency=order.currency,
    )  # fmt: skip
    followup = settle_in(db, notice, (workspace_id,), user_id)
    if paid_so_far(db, order.id) == credited:
        raise Rejected("cash_gone")
    if order.status in BOUGHT:
        _use_up(db, order)
    said = {"number": order.number, "amount": entry.amount, "received": entry.received}
    record(db, Actor(workspace_id, user_id), "cash_taken", "order", order.id, detail=said)
    crashpoint("take_cash.before_commit")
    return _taken(db, order, entry), followup


def _practise(db: Session, order: Order, user_id: UUID, received: Decimal) -> tuple[Taken, Followup]:
    """No drawer is opened: the change is worked out, and the order goes on."""
    if received < order.total:
        raise Rejected("cash_part")
    followup = pay_in_practice(db, order, Provider.CASH, user_id=user_id)
    _use_up(db, order)
    sums = (order.total, received, received - order.total, Decimal(0))
    return Taken(order.number, *sums, order.currency, practice=True), followup


def _use_up(db: Session, order: Order) -> None:
    db.execute(update(CashCode).where(CashCode.order_id == order.id).values(used_at=clock.now()))


def taken_before(db: Session, workspace_id: UUID, entry_id: UUID) -> Taken | None:
    """What was taken under this id, if anything was."""
    taken = (CashEntry.workspace_id == workspace_id, CashEntry.payment_id == entry_id)
    entry = db.scalar(select(CashEntry).where(*taken))
    return _taken(db, db.get_one(Order, entry.order_id), entry) if entry else None


def waiting_for_cash(db: Session, workspace_id: UUID) -> list[dict[str, Any]]:
    """Orders whose guests said they pay at the bar, the oldest first. `prompted`: an M-Pesa request is open for it."""
    unpaid = (CashCode.workspace_id == workspace_id, CashCode.used_at.is_(None), Order.status == OrderStatus.PENDING)
    query = select(CashCode.code, Order).join(Order, Order.id == CashCode.order_id).where(*unpaid)
    found = db.execute(query.order_by(Order.created_at).limit(SHOWN)).all()
    live = (Payment.order_id.in_([order.id for _, order in found]), Payment.status.in_(LIVE_PAYMENTS))
    prompted = set(db.scalars(select(Payment.order_id).where(*live, Payment.start == Start.PROMPT)))
    return [_waiting(db, code, order) | {"prompted": order.id in prompted} for code, order in found]


def drawer(db: Session, workspace_id: UUID, since: datetime) -> Sequence[tuple[str, int, Decimal]]:
    """Who took how often how much since then, by name."""
    mine = (CashEntry.workspace_id == workspace_id, CashEntry.created_at >= since)
    sums = (func.count(), func.coalesce(func.sum(CashEntry.amount), 0))
    query = select(User.name, *sums).join(User, User.id == CashEntry.user_id).where(*mine)
    return [(name, count, total) for name, count, total in db.execute(query.group_by(User.id).order_by(User.name))]


def _code_of(db: Session, order: Order) -> str:
    """Letters that cannot be misread and make no word; drawn again where another order has them."""
    while (known := db.scalar(select(CashCode.code).where(CashCode.order_id == order.id))) is None:
        code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        row = insert(CashCode).values(workspace_id=order.workspace_id, order_id=order.id, code=code)
        db.execute(row.on_conflict_do_nothing())
    return known


def _order_of(db: Session, workspace_id: UUID, code: str) -> Order:
    mine = (CashCode.workspace_id == workspace_id, CashCode.code == code.strip().upper())
    newest = CashCode.used_at.is_not(None), CashCode.created_at.desc()
    order_id = db.scalar(select(CashCode.order_id).where(*mine).order_by(*newest).limit(1))
    order = lock_order(db, workspace_id, order_id) if order_id else None
    if order is None:
        raise Rejected("cash_unknown")
    return order


def _enter(db: Session, order: Order, user_id: UUID, entry_id: UUID, received: Decimal, due: Decimal) -> CashEntry:
    """The attempt and its line in the drawer; what is above the due is handed back at once."""
    amount = min(received, due)
    db.add(
        Payment(
            id=entry_id, workspace_id=order.workspace_id, order_id=order.id, customer_id=order.customer_id,
            conversation_id=order.conversation_id, provider=Provider.CASH, method=Method.CASH, start=Start.HANDOVER,
            status=PaymentStatus.PENDING, amount=amount, currency=order.currency,
        )
    )  # fmt: skip
    db.flush()
    count = db.scalar(select(func.count()).select_from(CashEntry).where(CashEntry.order_id == order.id)) or 0
    entry = CashEntry(
        workspace_id=order.workspace_id, order_id=order.id, payment_id=entry_id, user_id=user_id,
        reference=f"CASH-{order.number}-{count + 1}", amount=amount, received=received, change=received - amount,
        currency=order.currency,
    )  # fmt: skip
    db.add(entry)
    db.flush()
    return entry


def _taken(db: Session, order: Order, entry: CashEntry) -> Taken:
    due = max(order.total - paid_so_far(db, order.id), Decimal(0))
    return Taken(order.number, entry.amount, entry.received, entry.change, due, entry.currency)


def _waiting(db: Session, code: str, order: Order) -> dict[str, Any]:
    return {
        "code": code,
        "number": order.number,
        "table": order.table_number,
        "guest": order.customer_name,
        "due": order.total - paid_so_far(db, order.id),
        "currency": order.currency,
        "until": order.expires_at,
    }
