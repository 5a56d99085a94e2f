"""Money without an order: which orders it may be for, and what staff decide about it, finally; who and why is kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import clock
from core.conversation.events import PAYMENT_SETTLED
from core.domain.matching import Arrived, Asked, Candidate, candidates
from core.domain.money import plain, vat_in
from core.domain.settlement import OVER, UNSOLD
from core.domain.statuses import OrderStatus, PaymentStatus, Provider, ReceiptState
from core.errors import Rejected
from core.providers.contract import payer_hash
from core.services.activity import Actor, record
from core.services.diary import note_receipt
from core.services.followup import Followup
from core.services.holds import hold_for_the_rest
from core.services.ledger import book
from core.services.orders import buy_order, lock_order, paid_so_far, tell
from core.services.payment_rows import lock_attempt, move, retire_others
from core.services.refund_calls import went_back
from core.services.refund_desk import Decision, withdraw_refunds
from core.services.refunds import approve, propose_refund
from core.services.stock import sell_holds
from core.store.sql.tables import Order, Payment, Receipt, Workspace

SHOWN = 100
LOOK_BACK = timedelta(hours=12)
WAITING = (ReceiptState.UNMATCHED, ReceiptState.REFUND_DUE)


@dataclass(frozen=True)
class Unmatched:
    """Money that waits for a decision, with the orders it may be for."""

    receipt: Receipt
    candidates: list[Candidate]


def unmatched(db: Session, workspace_id: UUID) -> tuple[int, list[Unmatched]]:
    """How much there is, and the newest of it."""
    mine = (Receipt.workspace_id == workspace_id, Receipt.state == ReceiptState.UNMATCHED)
    count = db.scalar(select(func.count()).select_from(Receipt).where(*mine)) or 0
    receipts = db.scalars(select(Receipt).where(*mine).order_by(Receipt.received_at.desc()).limit(SHOWN)).all()
    if not receipts:
        return count, []
    asked = _asked(db, workspace_id, min(receipt.received_at for receipt in receipts) - LOOK_BACK)
    return count, [Unmatched(receipt, candidates(_arrived(receipt), asked)) for receipt in receipts]


def assign(db: Session, workspace_id: UUID, receipt_id: UUID, number: int, by: Decision) -> Followup:
    """This money is for order `number`. Part of the price counts as such; what is too much is proposed for refund.

    Raises Rejected: not_found, decided_before, no_such_order, order_closed, other_currency, stock_gone, on_its_way.
    """
    named = (Order.workspace_id == workspace_id, Order.number == number, ~Order.practice)
    order_id = db.scalar(select(Order.id).where(*named))
    if order_id is None:
        raise Rejected("no_such_order")
    receipt, payment = _lock(db, workspace_id, receipt_id, order_id)
    order = db.get_one(Order, order_id)
    if order.status not in UNSOLD:
        raise Rejected("order_closed")
    if order.currency != receipt.currency:
        raise Rejected("other_currency")
    withdraw_refunds(db, receipt)
    due = order.total - paid_so_far(db, order.id)
    followup = _credit(db, order, receipt, due, by)
    _decide(db, receipt, payment, "assigned", by, {"order": order.number})
    book(db, "assigned", receipt, order if order.paid_at else None, user_id=by.user_id)
    return followup | _tell(db, order, receipt, max(due - receipt.amount, Decimal(0)))


def take_as_sales(db: Session, workspace_id: UUID, receipt_id: UUID, by: Decision) -> None:
    """It paid for something that was sold without an order.

    Raises Rejected: not_found, decided_before, on_its_way, other_currency (of which no closing could give account).
    """
    receipt, payment = _lock(db, workspace_id, receipt_id)
    venue = db.get_one(Workspace, workspace_id)
    if receipt.currency != venue.currency:
        raise Rejected("other_currency")
    withdraw_refunds(db, receipt)
    receipt.state = ReceiptState.TAKINGS
    receipt.vat = vat_in(receipt.amount, venue.vat_percent)
    _decide(db, receipt, payment, "taken_as_sales", by, {})
    book(db, "taken_as_sales", receipt, user_id=by.user_id)


def give_back(db: Session, workspace_id: UUID, receipt_id: UUID, by: Decision, *, cash: bool = False) -> Followup:
    """Nobody's money goes back to its payer. Raises Rejected: not_found, decided_before."""
    receipt, payment = _lock(db, workspace_id, receipt_id)
    if receipt.state is not ReceiptState.UNMATCHED:
        raise Rejected("decided_before")
    receipt.state = ReceiptState.REFUND_DUE
    db.flush()
    way = Provider.CASH if cash or receipt.provider is Provider.CASH else None
    key = f"unmatched:{receipt.id}"
    refund = propose_refund(
        db, receipt, receipt.amount, "unmatched", key=key, provider=way, note=by.why, user_id=by.user_id
    )
    if refund is None:
        raise Rejected("decided_before")
    _decide(db, receipt, payment, "given_back", by, {})
    refund.approved_by = by.user_id
    followup = went_back(db, receipt, refund, "", by.user_id) if way else approve(db, refund, by.user_id)
    book(db, "given_back", receipt, user_id=by.user_id)
    return followup


def _lock(
    db: Session, workspace_id: UUID, receipt_id: UUID, order_id: UUID | None = None
) -> tuple[Receipt, Payment | None]:
    """Orders, the attempt, the money, as settlements take them; still to be decided, whoever is quicker."""
    mine = select(Receipt).where(Receipt.workspace_id == workspace_id, Receipt.id == receipt_id)
    seen = db.scalar(mine)
    if seen is None:
        raise Rejected("not_found")
    payment = db.get(Payment, seen.payment_id) if seen.payment_id else None
    for one in sorted({id for id in (order_id, payment and payment.order_id) if id}):
        lock_order(db, workspace_id, one)
    payment = lock_attempt(db, payment.id) if payment else None
    receipt = db.scalars(mine.with_for_update().execution_options(populate_existing=True)).one()
    # A callback may have found its attempt a moment ago: then the money is in its place, or will be looked at again.
    attached = receipt.payment_id != (payment and payment.id)
    if attached or receipt.state not in WAITING or receipt.decided_by is not None:
        raise Rejected("decided_before")
    return receipt, payment


def _credit(db: Session, order: Order, receipt: Receipt, due: Decimal, by: Decision) -> Followup:
    if receipt.amount < due and order.status is OrderStatus.FAILED:
        raise Rejected("order_closed")
    if receipt.amount >= due and not sell_holds(db, order):
        raise Rejected("stock_gone")
    receipt.order_id, receipt.state = order.id, ReceiptState.MATCHED
    db.flush()
    if receipt.amount > due:
        propose_refund(db, receipt, receipt.amount - due, "overpaid", key=f"assigned:{receipt.id}")
    if receipt.amount < due:
        hold_for_the_rest(db, order)
        return Followup()
    retire_others(db, order, None, clock.now())
    return buy_order(db, order, "assigned", by.user_id)


def _decide(
    db: Session, receipt: Receipt, payment: Payment | None, kind: str, by: Decision, detail: dict[str, object]
) -> None:
    """Final: a later match only records. Its attempt, if it has one, did succeed."""
    receipt.decided_by, receipt.decided_at = by.user_id, clock.now()
    if payment is not None and payment.status not in OVER:
        move(payment, PaymentStatus.SUCCEEDED)
        payment.succeeded_at, payment.next_check_at, payment.reason = clock.now(), None, None
    said = {"by": by.user_id, "why": by.why, "amount": receipt.amount, **detail}
    note_receipt(db, receipt, kind, f"{kind}:{receipt.id}", said)
    actor, after = Actor(receipt.workspace_id, by.user_id), {"state": receipt.state, **detail}
    record(db, actor, f"money_{kind}", "receipt", receipt.id, after=after, detail={"why": by.why})
    db.flush()


def _tell(db: Session, order: Order, receipt: Receipt, due: Decimal) -> Followup:
    return tell(
        db, order, PAYMENT_SETTLED,
        payment_id=str(receipt.payment_id or ""), receipt=receipt.reference, amount=plain(receipt.amount),
        currency=receipt.currency, total=plain(order.total), due=plain(due), status=order.status.value, refund=False,
    )  # fmt: skip


def _arrived(receipt: Receipt) -> Arrived:
    return Arrived(receipt.amount, receipt.currency, receipt.payer_hash or "", receipt.received_at)


def _asked(db: Session, workspace_id: UUID, since: datetime) -> list[Asked]:
    """Orders money may still buy, by each attempt at them; and by themselves, where there was none."""
    mine = (Order.workspace_id == workspace_id, Order.status.in_(UNSOLD), Order.created_at > since, ~Order.practice)
    attempts = select(Order, Payment).outerjoin(Payment, Payment.order_id == Order.id).where(*mine)
    return [
        Asked(
            order.id,
            order.number,
            order.total - paid_so_far(db, order.id),
            order.currency,
            payer_hash(payment.phone) if payment and payment.phone else "",
            (payment.posted_at if payment else None) or order.created_at,
        )
        for order, payment in db.execute(attempts.order_by(Order.created_at.desc()).limit(SHOWN))
    ]
