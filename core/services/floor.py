"""What staff do to an order besides moving it on: take a tap back, carry it to another table, call it off."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core import clock
from core.conversation.events import ORDER_STATUS
from core.domain.orders import UNDO_SECONDS, may_be_undone
from core.domain.statuses import HoldState, MovementReason, OrderStatus, TicketStatus
from core.errors import Rejected
from core.services.activity import Actor, record
from core.services.followup import Followup
from core.services.ledger import book
from core.services.orders import lock_order, mark_order, tell
from core.services.payment_rows import retire_others
from core.services.practice import call_off_practice
from core.services.refund_desk import Decision, refund_order
from core.services.refunds import propose_refunds
from core.services.stock import move_stock, release_holds
from core.store.sql.outbox import owe_board
from core.store.sql.tables import Order, OrderEvent, StockHold, Ticket, VenueTable

UNDONE = "undone"


def undo_move(db: Session, workspace_id: UUID, order_id: UUID, user_id: UUID, version: int) -> Followup:
    """Take back one's own last tap within `UNDO_SECONDS`. A guest who was told too much is told how it stands now.

    Raises Rejected: not_found, version_conflict, too_late.
    """
    order = _as_seen(db, workspace_id, order_id, version)
    last = db.scalars(select(OrderEvent).where(OrderEvent.order_id == order.id).order_by(OrderEvent.seq.desc())).first()
    if last is None or last.from_status is None or not _own_and_recent(last, user_id):
        raise Rejected("too_late")
    undone, order.status, order.version = order.status, last.from_status, order.version + 1
    db.add(
        OrderEvent(
            workspace_id=workspace_id, order_id=order.id, from_status=undone, to_status=order.status,
            user_id=user_id, cause=UNDONE,
        )
    )  # fmt: skip
    if order.status in (OrderStatus.PAID, OrderStatus.PREPARING):
        reopened = (Ticket.order_id == order.id, Ticket.status == TicketStatus.DONE)
        db.execute(update(Ticket).where(*reopened).values(status=TicketStatus.OPEN))
    change = ({"status": undone}, {"status": order.status})
    record(db, Actor(workspace_id, user_id), "order_move_undone", "order", order.id, *change, {"number": order.number})
    return tell(db, order, ORDER_STATUS, status=order.status)


def move_to_table(
    db: Session, workspace_id: UUID, order_id: UUID, number: int, user_id: UUID, version: int
) -> Followup:
    """The guests sit elsewhere now. Raises Rejected: not_found, version_conflict, no_such_table."""
    order = _as_seen(db, workspace_id, order_id, version)
    mine = (VenueTable.workspace_id == workspace_id, VenueTable.number == number, VenueTable.deleted_at.is_(None))
    if db.scalar(select(VenueTable.id).where(*mine)) is None:
        raise Rejected("no_such_table")
    before, order.table_number, order.version = {"table": order.table_number}, number, order.version + 1
    actor, after = Actor(workspace_id, user_id), {"table": number}
    record(db, actor, "order_changed_tables", "order", order.id, before, after, {"number": order.number})
    owe_board(db, workspace_id, order.id)
    return Followup(boards=frozenset({workspace_id}))


def call_off(
    db: Session,
    workspace_id: UUID,
    order_id: UUID,
    by: Decision,
    version: int,
    *,
    cash: bool = False,
    restock: bool = False,
) -> Followup:
    """A paid order is not made, or went wrong: all of its money goes back; with `restock` its goods, to the shelf.
    Practice took neither.

    Raises Rejected as `refund_order` does, and version_conflict.
    """
    order = _as_seen(db, workspace_id, order_id, version)
    if order.practice:
        call_off_practice(db, order, by.user_id)
        followup = Followup()
    else:
        followup = refund_order(db, workspace_id, order_id, None, by, cash=cash)
    if restock:
        followup |= _to_the_shelf(db, order, by.user_id)
    said = {"number": order.number, "why": by.why, "restock": restock}
    record(db, Actor(workspace_id, by.user_id), "order_called_off", "order", order.id, detail=said)
    return followup | tell(db, order, ORDER_STATUS, status=OrderStatus.CANCELLED)


def call_off_unpaid(db: Session, workspace_id: UUID, order_id: UUID, by: Decision, version: int) -> Followup:
    """An order that waits for its money is not wanted any more: its stock is free again. What was paid of it, and what
    may still come, is to be given back. Raises Rejected: not_found, version_conflict, order_closed.
    """
    order = _as_seen(db, workspace_id, order_id, version)
    if order.status is not OrderStatus.PENDING:
        raise Rejected("order_closed")
    mark_order(db, order, OrderStatus.CANCELLED, by.user_id, "staff")
    retire_others(db, order, None, clock.now())
    followup = release_holds(db, order)
    book(db, "order_called_off", *propose_refunds(db, order, "order_cancelled"), user_id=by.user_id)
    said = {"number": order.number, "why": by.why}
    record(db, Actor(workspace_id, by.user_id), "order_called_off", "order", order.id, detail=said)
    return followup | tell(db, order, ORDER_STATUS, status=OrderStatus.CANCELLED)


def _as_seen(db: Session, workspace_id: UUID, order_id: UUID, version: int) -> Order:
    order = lock_order(db, workspace_id, order_id)
    if order is None:
        raise Rejected("not_found")
    if order.version != version:
        raise Rejected("version_conflict")
    return order


def _own_and_recent(last: OrderEvent, user_id: UUID) -> bool:
    own = last.user_id == user_id and last.cause != UNDONE
    recent = last.created_at > clock.now() - timedelta(seconds=UNDO_SECONDS)
    return own and recent and last.from_status is not None and may_be_undone(last.from_status, last.to_status)


def _to_the_shelf(db: Session, order: Order, user_id: UUID) -> Followup:
    """What was sold for it: of a cocktail, what it was made of."""
    sold = (StockHold.order_id == order.id, StockHold.state == HoldState.SOLD)
    query = select(StockHold.product_id, StockHold.quantity).where(*sold).order_by(StockHold.product_id)
    followup = Followup()
    for product_id, quantity in db.execute(query).all():
        followup |= move_stock(
            db, order.workspace_id, product_id, quantity, MovementReason.RETURNED, user_id, order_id=order.id
        )
    return followup
