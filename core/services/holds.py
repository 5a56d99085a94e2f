"""Nobody paid in time: the stock goes back and the order is over. Swept every few seconds."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, sessionmaker

from core import clock
from core.conversation.events import ORDER_FAILED
from core.crashpoint import crashpoint
from core.domain.statuses import LIVE_PAYMENTS, OrderStatus
from core.errors import TryAgain
from core.log import get_logger
from core.services.followup import Followup
from core.services.ledger import book
from core.services.orders import mark_order, tell
from core.services.refunds import propose_refunds
from core.services.stock import release_holds
from core.store.sql.engine import transaction
from core.store.sql.tables import Order, Payment, Workspace

AT_ONCE = 100

log = get_logger(__name__)


def expire_holds(sessions: sessionmaker[Session], now: datetime | None = None) -> Followup:
    """Expire what is due, one short transaction per order; what a settlement holds at the moment waits its turn."""
    now = now or clock.now()
    with transaction(sessions) as db:
        due = db.scalars(select(Order.id).where(*_is_due(now)).order_by(Order.expires_at).limit(AT_ONCE)).all()
    followup = Followup()
    for order_id in due:
        crashpoint("expire_holds.before")
        try:
            with transaction(sessions) as db:
                followup |= expire_order(db, order_id, now)
                crashpoint("expire_holds.before_commit")
        except TryAgain as error:  # the next sweep is soon; what came back until now is to be seen in every chat
            log.warning("expiry_left_to_the_next_sweep", error=str(error))
            break
        crashpoint("expire_holds.committed")
    return followup


def expire_order(db: Session, order_id: UUID, now: datetime) -> Followup:
    """End one order, if it is still unpaid and due once it is locked (rule 14)."""
    locked = select(Order).where(Order.id == order_id).with_for_update(skip_locked=True, key_share=True)
    order = db.scalar(locked)
    # A second look, after the lock: what was read before it may have been paid meanwhile.
    if order is None or db.scalar(select(Order.id).where(Order.id == order_id, *_is_due(now))) is None:
        return Followup()
    mark_order(db, order, OrderStatus.FAILED, cause="not_paid_in_time")
    followup = release_holds(db, order)
    book(db, "order_lapsed", *propose_refunds(db, order, "order_not_paid_in_full"))
    return followup | tell(db, order, ORDER_FAILED)


def hold_for_the_rest(db: Session, order: Order) -> None:
    """Who paid a part of a locked order gets the time of a new attempt for the rest."""
    seconds = db.get_one(Workspace, order.workspace_id).hold_seconds
    order.expires_at = max(order.expires_at, clock.now() + timedelta(seconds=seconds))


def _is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    live = exists().where(Payment.order_id == Order.id, Payment.status.in_(LIVE_PAYMENTS))
    return Order.status == OrderStatus.PENDING, Order.expires_at <= now, ~live
