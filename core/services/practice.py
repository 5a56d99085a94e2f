"""Orders of a house that practises: paid without money, made and served like any, and in no book."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from core.conversation.events import ORDER_STATUS, PAYMENT_SETTLED
from core.domain.money import plain
from core.domain.orders import BOUGHT, OPEN
from core.domain.practice import practice_code
from core.domain.statuses import OrderStatus, Provider
from core.errors import Rejected
from core.services.followup import Followup
from core.services.orders import buy_order, lock_order, mark_order, tell
from core.services.stock import release_holds
from core.store.sql.engine import transaction
from core.store.sql.tables import Order, Workspace

PAID, OVER = "practice", "practice_over"
AT_ONCE = 100


def pay_in_practice(
    db: Session, order: Order, provider: Provider, payment_id: str = "", user_id: UUID | None = None
) -> Followup:
    """A locked, unpaid practice order goes on as if all of its money were here. Its stock is not sold: it goes back."""
    followup = release_holds(db, order) | buy_order(db, order, PAID, user_id)
    return followup | tell(
        db, order, PAYMENT_SETTLED,
        payment_id=payment_id, provider=provider.value, receipt=practice_code(order.number), amount=plain(order.total),
        currency=order.currency, total=plain(order.total), due="0", status=order.status.value, refund=False,
    )  # fmt: skip


def call_off_practice(db: Session, order: Order, user_id: UUID) -> None:
    """Staff call a locked practice order off: there is no money to give back. Raises Rejected: not_paid."""
    if order.status not in BOUGHT:
        raise Rejected("not_paid")
    mark_order(db, order, OrderStatus.REFUNDED, user_id, "staff")


def end_practice(sessions: sessionmaker[Session]) -> Followup:
    """Practice orders still open where practice is over are ended, one short transaction each."""
    over = (Order.practice, Order.status.in_((OrderStatus.PENDING, *OPEN)), ~Workspace.dev_mode)
    left = select(Order.workspace_id, Order.id).join(Workspace, Workspace.id == Order.workspace_id).where(*over)
    with transaction(sessions) as db:
        found = db.execute(left.order_by(Order.created_at).limit(AT_ONCE)).all()
    followup = Followup()
    for workspace_id, order_id in found:
        with transaction(sessions) as db:
            followup |= _end(db, workspace_id, order_id)
    return followup


def _end(db: Session, workspace_id: UUID, order_id: UUID) -> Followup:
    """What was called off or served meanwhile stays so."""
    order = lock_order(db, workspace_id, order_id)
    if order is None or order.status not in (OrderStatus.PENDING, *OPEN):
        return Followup()
    unpaid = order.status is OrderStatus.PENDING
    mark_order(db, order, OrderStatus.CANCELLED if unpaid else OrderStatus.REFUNDED, cause=OVER)
    return release_holds(db, order) | tell(db, order, ORDER_STATUS, status=OrderStatus.CANCELLED)
