"""A settlement, written down: payment, receipt, refund, order, and what guest and board are owed."""

from typing import Any

from sqlalchemy.orm import Session

from core import clock
from core.conversation.events import MONEY_RETURNED, PAYMENT_REVIEW, PAYMENT_SETTLED
from core.crashpoint import crashpoint
from core.domain.money import plain
from core.domain.receipts import Notice
from core.domain.settlement import Settlement, Tell
from core.domain.statuses import FailedBy, OrderStatus, PaymentStatus, ReceiptState
from core.services.followup import Followup
from core.services.holds import hold_for_the_rest
from core.services.ledger import book
from core.services.notices import notice_of_money, save_notices
from core.services.orders import buy_order, mark_order
from core.services.payment_rows import fail, move, retire_others, tell_failed, tell_guest
from core.services.refunds import propose_refunds, refund_came_about, settle_refund
from core.services.settle_case import Case
from core.store.sql.outbox import owe_board
from core.store.sql.tables import Order, Payment, PaymentEvent, Receipt


def write(db: Session, case: Case, decision: Settlement, line: PaymentEvent) -> Followup:
    """Everything the decision says, in the caller's transaction; the ledger last, so that all else leaves together."""
    if case.payment and case.order and decision.payment:
        _write_payment(db, case.order, case.payment, case.notice, decision.payment)
    followup = _write_receipt(db, case, case.receipt, decision) if case.receipt else Followup()
    if case.order and decision.buys:
        followup |= _buy(db, case, case.order, decision)
    if case.order and case.payment:
        followup |= _tell(db, case.order, case.payment, case, decision)
    db.add(line)
    return followup | _book(db, case, decision)


def _book(db: Session, case: Case, decision: Settlement) -> Followup:
    """The ledger follows; an order whose money was taken back is stopped first, so that one entry says it all."""
    stopped: list[Order | Receipt] = []
    if case.order and decision.stops and case.receipt and case.receipt.order_id == case.order.id:
        stopped = _stop(db, case.order)
    if case.order and case.receipt and decision.alarms:
        save_notices(db, [_alarm(case, case.order, case.receipt, stopped=bool(stopped))])
    order = case.order if decision.buys else None
    fresh = not stopped and (case.receipt is None or case.is_new)
    book(db, decision.note, case.receipt, order, *stopped, user_id=case.user_id, new=fresh)
    crashpoint("settle.booked")
    return Followup(boards=frozenset({case.workspace_id} if stopped else ()))


def _alarm(case: Case, order: Order, receipt: Receipt, *, stopped: bool) -> dict[str, Any]:
    what = "nothing more of it is to be served" if stopped else "it was handed over already, or never bought"
    said = f"order {order.number}, {case.notice.currency} {plain(case.notice.amount)}: {what}"
    about = ("money_taken_back", receipt.reference, said)
    return notice_of_money(receipt.workspace_id, receipt.provider, *about)


def _stop(db: Session, order: Order) -> list[Order | Receipt]:
    """Nobody makes or serves what is no longer paid for; what else was paid for it goes back."""
    mark_order(db, order, OrderStatus.REFUNDED, cause="money_taken_back")
    order.returned = order.total
    owe_board(db, order.workspace_id, order.id)
    return [order, *propose_refunds(db, order, "money_taken_back")]


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


def _write_receipt(db: Session, case: Case, receipt: Receipt, decision: Settlement) -> Followup:
    if case.payment and receipt.payment_id is None and decision.note != "known":
        receipt.payment_id = case.payment.id
    if decision.receipt in (ReceiptState.MATCHED, ReceiptState.REFUND_DUE) and case.order:
        receipt.order_id = case.order.id
    if decision.receipt:
        receipt.state = decision.receipt
    db.flush()
    if decision.receipt is ReceiptState.REVERSED:
        refund_came_about(db, receipt)
    return settle_refund(db, receipt, decision.refund, decision.note) if decision.refund else Followup()


def _buy(db: Session, case: Case, order: Order, decision: Settlement) -> Followup:
    followup = buy_order(db, order, decision.note)
    if case.others:
        retire_others(db, order, case.payment.id if case.payment else None, clock.now())
    owe_board(db, order.workspace_id, order.id)
    return followup | Followup(boards=frozenset({order.workspace_id}))


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
        hold_for_the_rest(db, order)
    return tell_guest(
        db, order, payment, PAYMENT_SETTLED,
        receipt=case.notice.receipt,
        amount=plain(case.notice.amount),
        currency=case.notice.currency,
        total=plain(order.total),
        due=plain(decision.due),
        **({"over": plain(decision.refund)} if decision.buys and decision.refund else {}),
        status=order.status.value,
        refund=case.receipt is not None and case.receipt.state is ReceiptState.REFUND_DUE,
    )  # fmt: skip


def _tell_returned(db: Session, order: Order, payment: Payment, case: Case) -> Followup:
    """Money went back after the order was paid: the bar should see it, too."""
    money = {"amount": plain(case.notice.amount), "currency": case.notice.currency}
    owe_board(db, order.workspace_id, order.id)
    told = tell_guest(db, order, payment, MONEY_RETURNED, **money)
    return told | Followup(boards=frozenset({order.workspace_id}))
