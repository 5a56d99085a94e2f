"""What staff decide about giving money back: how much, which way, what became of it; with who, when and why."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.domain.orders import BOUGHT
from core.domain.refunds import CONFIRM_AFTER, OPEN
from core.domain.statuses import OrderStatus, Provider, ReceiptState, RefundStatus
from core.errors import IllegalTransition, Rejected
from core.services.activity import Actor, record
from core.services.diary import note_receipt
from core.services.followup import Followup
from core.services.ledger import book
from core.services.orders import lock_order, mark_order
from core.services.refund_calls import lock_refund, went_back
from core.services.refunds import approve, move, propose_refund
from core.store.sql.outbox import owe_board
from core.store.sql.tables import Order, Receipt, Refund


@dataclass(frozen=True)
class Decision:
    """A member of staff decided something: who, and why. `key` makes the same form sent twice count once."""

    user_id: UUID
    why: str
    key: str


def refund_order(
    db: Session, workspace_id: UUID, order_id: UUID, amount: Decimal | None, by: Decision, *, cash: bool = False
) -> Followup:
    """Give back part of what was paid for an order, or all of it, which ends the order.

    Raises Rejected: not_found, not_paid, more_than_was_paid, refunded_before.
    """
    order = lock_order(db, workspace_id, order_id)
    if order is None:
        raise Rejected("not_found")
    if order.status is OrderStatus.REFUNDED:
        raise Rejected("refunded_before")
    if order.status not in BOUGHT:
        raise Rejected("not_paid")
    receipts = _receipts(db, order)
    left = sum((one.amount - one.refunding for one in receipts), Decimal(0))
    amount = left if amount is None else amount
    if not 0 < amount <= left:
        raise Rejected("more_than_was_paid" if left else "refunded_before")
    return _give_back(db, order, receipts, amount, by, cash)


def approve_refund(db: Session, workspace_id: UUID, refund_id: UUID, by: Decision, *, cash: bool = False) -> Followup:
    """A proposed or failed refund is sent, or paid out of the drawer. Raises Rejected: not_found, decided_before.

    What is on its way is neither sent a second time nor paid out beside it, whatever an old page still offers.
    """
    receipt, refund = _locked(db, workspace_id, refund_id)
    if refund.status not in (RefundStatus.PROPOSED, RefundStatus.FAILED):
        raise Rejected("decided_before")
    _note(db, receipt, refund, "refund_approved", by)
    if not cash and refund.provider is not Provider.CASH:
        return approve(db, refund, by.user_id)
    refund.provider, refund.approved_by = Provider.CASH, by.user_id
    return went_back(db, receipt, refund, "", by.user_id)


def confirm_refund(db: Session, workspace_id: UUID, refund_id: UUID, by: Decision, *, went: bool) -> Followup:
    """Somebody looked at the provider's own page: the money went, or it surely did not.

    Raises Rejected as above, and on_its_way where a call may still be under way, so that nobody can know.
    """
    receipt, refund = _locked(db, workspace_id, refund_id)
    if not went and refund.status is RefundStatus.REQUESTED and not _long_on_its_way(refund):
        raise Rejected("on_its_way")
    _note(db, receipt, refund, "refund_confirmed" if went else "refund_denied", by)
    try:
        if went:
            return went_back(db, receipt, refund, "", by.user_id)
        move(refund, RefundStatus.FAILED)
    except IllegalTransition:
        raise Rejected("decided_before") from None
    refund.error, refund.next_check_at = "not_sent", None
    return Followup()


def withdraw_refunds(db: Session, receipt: Receipt) -> None:
    """The money of a locked receipt is for something else. Raises Rejected where some of it may be on its way."""
    open_ones = select(Refund).where(Refund.receipt_id == receipt.id, Refund.status != RefundStatus.WITHDRAWN)
    for refund in db.scalars(open_ones.order_by(Refund.id).with_for_update()):
        if refund.status not in (RefundStatus.PROPOSED, RefundStatus.APPROVED, RefundStatus.FAILED):
            raise Rejected("on_its_way")
        move(refund, RefundStatus.WITHDRAWN)
        refund.next_check_at = None
    db.flush()
    db.refresh(receipt, ["refunding", "refunded", "refunded_cash"])


def refunds_waiting(db: Session, workspace_id: UUID) -> list[dict[str, Any]]:
    """Refunds that need a person: to decide, to try again, or to confirm on the provider's page. The oldest first."""
    mine = (Refund.workspace_id == workspace_id, Refund.status.in_(OPEN - {RefundStatus.APPROVED}))
    query = select(Refund, Order.number, Receipt.reference).join(Receipt, Receipt.id == Refund.receipt_id)
    rows = db.execute(query.outerjoin(Order, Order.id == Refund.order_id).where(*mine).order_by(Refund.created_at))
    return [
        {"refund": refund, "number": number, "reference": reference}
        for refund, number, reference in rows
        if refund.status is not RefundStatus.REQUESTED or _long_on_its_way(refund)
    ]


def _long_on_its_way(refund: Refund) -> bool:
    """A refund of which the provider should have told long ago."""
    if refund.status is not RefundStatus.REQUESTED or refund.posted_at is None:
        return False
    return refund.posted_at < clock.now() - CONFIRM_AFTER


def _receipts(db: Session, order: Order) -> list[Receipt]:
    """What paid for the order, the last first."""
    paid = select(Receipt).where(Receipt.order_id == order.id, Receipt.state == ReceiptState.MATCHED)
    fresh = paid.with_for_update().execution_options(populate_existing=True)
    return sorted(db.scalars(fresh.order_by(Receipt.id)), key=lambda one: one.received_at, reverse=True)


def _give_back(
    db: Session, order: Order, receipts: list[Receipt], amount: Decimal, by: Decision, cash: bool
) -> Followup:
    followup, left = Followup(), amount
    if db.scalar(
        select(Refund.id).where(Refund.workspace_id == order.workspace_id, Refund.dedupe_key.like(f"{by.key}:%"))
    ):
        raise Rejected("refunded_before")
    order.returned += amount
    if order.returned == order.total:
        mark_order(db, order, OrderStatus.REFUNDED, by.user_id, "staff")
        owe_board(db, order.workspace_id, order.id)
        followup |= Followup(boards=frozenset({order.workspace_id}))
    for receipt in receipts:
        part = min(left, receipt.amount - receipt.refunding)
        left -= part
        followup |= _one(db, receipt, part, by, cash) if part else Followup()
    book(db, "staff_refund", order, *receipts, user_id=by.user_id)
    return followup


def _one(db: Session, receipt: Receipt, amount: Decimal, by: Decision, cash: bool) -> Followup:
    refund = propose_refund(
        db, receipt, amount, "staff", key=f"{by.key}:{receipt.id}", goods=True, note=by.why, user_id=by.user_id,
        provider=Provider.CASH if cash or receipt.provider is Provider.CASH else None,
    )  # fmt: skip
    if refund is None:
        raise Rejected("refunded_before")
    _note(db, receipt, refund, "refund_approved", by)
    if refund.provider is not Provider.CASH:
        return approve(db, refund, by.user_id)
    refund.approved_by = by.user_id
    return went_back(db, receipt, refund, "", by.user_id)


def _locked(db: Session, workspace_id: UUID, refund_id: UUID) -> tuple[Receipt, Refund]:
    if db.scalar(select(Refund.id).where(Refund.workspace_id == workspace_id, Refund.id == refund_id)) is None:
        raise Rejected("not_found")
    return lock_refund(db, refund_id)


def _note(db: Session, receipt: Receipt, refund: Refund, kind: str, by: Decision) -> None:
    detail = {"by": by.user_id, "why": by.why, "amount": refund.amount}
    note_receipt(db, receipt, kind, f"{kind}:{refund.id}:{by.key}", detail)
    actor, before = Actor(refund.workspace_id, by.user_id), {"status": refund.status}
    record(db, actor, kind, "refund", refund.id, before, detail={"why": by.why, "amount": refund.amount})
