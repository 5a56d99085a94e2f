"""A settlement, written down: payment, receipt, refund, order, and what guest and board are owed."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from core import clock
from core.conversation.events import MONEY_RETURNED, PAYMENT_REVIEW, PAYMENT_SETTLED
from core.domain.money import plain
from core.domain.receipts import Notice
from core.domain.settlement import Settlement, Tell
from core.domain.statuses import FailedBy, OrderStatus, PaymentStatus, ReceiptState
from core.services.followup import Followup
from core.services.orders import make_tickets, mark_order
from core.services.payment_rows import fail, move, tell_failed, tell_guest
from core.services.receipts import propose_refund, refund_came_about
from core.services.stock import menu_changed
from core.store.sql.outbox import owe_board
from core.store.sql.tables import Order, Payment, Receipt, Workspace


@dataclass(frozen=True)
class Case:
    """A notice and the locked rows it is about. `is_new`: nobody had told us of this money."""

    notice: Notice
    workspace_id: UUID
    order: Order | None
    payment: Payment | None
    receipt: Receipt | None
    is_new: bool


def write(db: Session, case: Case, decision: Settlement) -> Followup:
    """Everything the decision says, in the caller's transaction."""
    if case.payment and case.order and decision.payment:
        _write_payment(db, case.order, case.payment, case.notice, decision.payment)
    if case.receipt:
        _write_receipt(db, case, case.receipt, decision)
    followup = _buy(db, case.order, decision) if case.order and decision.buys else Followup()
    db.flush()
    if case.order and case.payment:
        followup |= _tell(db, case.order, case.payment, case, decision)
    return followup


def _write_payment(db: Session, order: Order, payment: Payment, notice: Notice, status: PaymentStatus) -> None:
    now = clock.now()
    if status is PaymentStatus.FAILED:
        return fail(db, order, payment, notice.reason, FailedBy(notice.source.value), now)
    if payment.status is not status:
        move(payment, status)
    payment.next_check_at = None
    if status is PaymentStatus.SUCCEEDED:
        payment.succeeded_at, payment.reason, payment.failed_by = now, None, None
    return None


def _write_receipt(db: Session, case: Case, receipt: Receipt, decision: Settlement) -> None:
    if case.payment and receipt.payment_id is None and decision.note != "known":
        receipt.payment_id = case.payment.id
    if decision.receipt in (ReceiptState.MATCHED, ReceiptState.REFUND_DUE) and case.order:
        receipt.order_id = case.order.id
    if decision.receipt:
        receipt.state = decision.receipt
    db.flush()
    if decision.refund:
        propose_refund(db, receipt, decision.refund, decision.note)
    if decision.receipt is ReceiptState.REVERSED:
        refund_came_about(db, receipt)


def _buy(db: Session, order: Order, decision: Settlement) -> Followup:
    was_lapsed = order.status is OrderStatus.FAILED
    mark_order(db, order, OrderStatus.PAID, cause=decision.note)
    make_tickets(db, order)
    owe_board(db, order.workspace_id, order.id)
    board = Followup(boards=frozenset({order.workspace_id}))
    # A lapsed order took its stock a second time, perhaps the last of it.
    return board | menu_changed(order.workspace_id) if was_lapsed else board


def _tell(db: Session, order: Order, payment: Payment, case: Case, decision: Settlement) -> Followup:
    if decision.tell is Tell.SETTLED:
        return _tell_settled(db, order, payment, case, decision)
    if decision.tell is Tell.FAILED:
        return tell_failed(db, order, payment)
    if decision.tell is Tell.REVIEW:
        return tell_guest(db, order, payment, PAYMENT_REVIEW)
    if decision.tell is Tell.RETURNED:
        return _tell_returned(db, order, payment, case)
    return Followup()


def _tell_settled(db: Session, order: Order, payment: Payment, case: Case, decision: Settlement) -> Followup:
    if decision.due:
        # Who paid a part gets the time of a new attempt for the rest.
        hold = timedelta(seconds=db.get_one(Workspace, order.workspace_id).hold_seconds)
        order.expires_at = max(order.expires_at, clock.now() + hold)
    return tell_guest(
        db, order, payment, PAYMENT_SETTLED,
        receipt=case.notice.receipt,
        amount=plain(case.notice.amount),
        currency=case.notice.currency,
        total=plain(order.total),
        due=plain(decision.due),
        status=order.status.value,
        refund=case.receipt is not None and case.receipt.state is ReceiptState.REFUND_DUE,
    )  # fmt: skip


def _tell_returned(db: Session, order: Order, payment: Payment, case: Case) -> Followup:
    """Money went back after the order was paid: the bar should see it, too."""
    money = {"amount": plain(case.notice.amount), "currency": case.notice.currency}
    owe_board(db, order.workspace_id, order.id)
    told = tell_guest(db, order, payment, MONEY_RETURNED, **money)
    return told | Followup(boards=frozenset({order.workspace_id}))
