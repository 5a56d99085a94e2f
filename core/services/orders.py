"""An order moves on: under its lock, by the table of legal moves, and those concerned are told."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ColumnElement, Select, SQLColumnExpression, Text, case, cast, func, literal, select, update
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert
from sqlalchemy.orm import Session

from core import clock
from core.conversation.events import ORDER_STATUS
from core.domain.orders import OPEN, check_move
from core.domain.printing import read_printers
from core.domain.statuses import Method, OrderStatus, ReceiptState, TicketStatus
from core.errors import Rejected
from core.services.activity import Actor, record
from core.services.followup import Followup
from core.services.invoices import issue_invoice
from core.services.stock import menu_changed
from core.store.sql.outbox import owe, owe_board
from core.store.sql.tables import Order, OrderEvent, OrderItem, Payment, Receipt, Ticket, Workspace

TICKETS_AFTER = {
    OrderStatus.READY: TicketStatus.DONE,
    OrderStatus.SERVED: TicketStatus.DONE,
    OrderStatus.REFUNDED: TicketStatus.CANCELLED,
}


def lock_order(db: Session, workspace_id: UUID, order_id: UUID) -> Order | None:
    """The first lock of everything that touches an order, its payments or its stock."""
    query = select(Order).where(Order.workspace_id == workspace_id, Order.id == order_id)
    return db.scalar(query.with_for_update(key_share=True).execution_options(populate_existing=True))


def mark_order(db: Session, order: Order, to: OrderStatus, user_id: UUID | None = None, cause: str = "") -> None:
    """Move a locked order on. Raises IllegalTransition where the table has no such move."""
    check_move(order.status, to)
    db.add(
        OrderEvent(
            workspace_id=order.workspace_id,
            order_id=order.id,
            from_status=order.status,
            to_status=to,
            user_id=user_id,
            cause=cause,
        )
    )
    order.status = to
    order.version += 1
    if to is OrderStatus.PAID and not order.practice:
        order.paid_at = clock.now()
        issue_invoice(db, order)
    if to in TICKETS_AFTER:
        _close_tickets(db, order, TICKETS_AFTER[to])
    db.flush()


def buy_order(db: Session, order: Order, cause: str, user_id: UUID | None = None) -> Followup:
    """A locked order whose stock was just sold is paid: each station hears what to make."""
    was_lapsed = order.status is OrderStatus.FAILED
    mark_order(db, order, OrderStatus.PAID, user_id, cause)
    _make_tickets(db, order)
    # A lapsed order took its stock a second time, perhaps the last of it.
    return menu_changed(order.workspace_id) if was_lapsed else Followup()


def advance_order(
    db: Session,
    workspace_id: UUID,
    order_id: UUID,
    to: OrderStatus,
    user_id: UUID | None,
    expected_version: int | None = None,
) -> Followup:
    """A member of staff tapped an order on. The same tap twice tells the guest once.

    Raises Rejected ("not_found", "version_conflict" where it has changed since they looked) or IllegalTransition.
    """
    order = lock_order(db, workspace_id, order_id)
    if order is None:
        raise Rejected("not_found")
    if order.status is to:
        return Followup()
    if expected_version not in (None, order.version):
        raise Rejected("version_conflict")
    before = {"status": order.status}
    mark_order(db, order, to, user_id, cause="staff")
    actor, after = Actor(workspace_id, user_id), {"status": to}
    record(db, actor, "order_moved", "order", order.id, before, after, {"number": order.number})
    return tell(db, order, ORDER_STATUS, status=order.status)


def tell(db: Session, order: Order, kind: str, **data: Any) -> Followup:
    """Guest and board will hear of a change of this order."""
    owe(db, order.conversation_id, kind, {**in_news(order), **data}, order.workspace_id)
    owe_board(db, order.workspace_id, order.id)
    conversations = {order.conversation_id} if order.conversation_id else set()
    return Followup(conversations=frozenset(conversations), boards=frozenset({order.workspace_id}))


def in_news(order: Order) -> dict[str, Any]:
    """How news of an order name it; those of practice stay in the house (`core.domain.practice`)."""
    return {"order_id": str(order.id), "number": order.number, "practice": order.practice}


def paid_so_far(db: Session, order_id: UUID) -> Decimal:
    """What arrived for this order and counts towards it."""
    matched = (Receipt.order_id == order_id, Receipt.state == ReceiptState.MATCHED)
    return db.scalar(select(func.coalesce(func.sum(Receipt.amount), 0)).where(*matched)) or Decimal(0)


def open_orders(db: Session, workspace_id: UUID) -> str:
    """The board, oldest first, as JSON: a list of cards."""
    cards = func.json_agg(aggregate_order_by(_CARD, Order.paid_at, Order.number))
    query = select(func.coalesce(cast(cards, Text), "[]"))
    return db.execute(query.where(Order.workspace_id == workspace_id, Order.status.in_(OPEN))).scalar_one()


def board_order(db: Session, workspace_id: UUID, order_id: UUID) -> dict[str, Any] | None:
    """One order as the board shows it, open or not."""
    return db.scalar(select(_CARD).where(Order.workspace_id == workspace_id, Order.id == order_id))


def _make_tickets(db: Session, order: Order) -> None:
    """One ticket for each station that must make something, printed where it has a printer; any number of times."""
    printers = read_printers(db.get_one(Workspace, order.workspace_id).printers)
    printed_at_once = case((OrderItem.station.in_(printers), clock.now()))
    new = (literal(order.workspace_id), literal(order.id), cast(TicketStatus.OPEN, Ticket.status.type))
    stations = select(OrderItem.station, *new, printed_at_once).where(OrderItem.order_id == order.id).distinct()
    columns = ["station", "workspace_id", "order_id", "status", "print_due_at"]
    db.execute(insert(Ticket).from_select(columns, stations, include_defaults=False).on_conflict_do_nothing())


def _close_tickets(db: Session, order: Order, status: TicketStatus) -> None:
    """What was called off is taken from the printer, or said on paper where it is on paper already."""
    still_open = (Ticket.order_id == order.id, Ticket.status == TicketStatus.OPEN)
    values: dict[str, Any] = {"status": status}
    if status is TicketStatus.CANCELLED:
        values["print_due_at"] = case((Ticket.prints > 0, clock.now()))
    db.execute(update(Ticket).where(*still_open).values(values))


def _written(amount: SQLColumnExpression[Decimal]) -> ColumnElement[str]:
    """As `core.domain.money.plain` writes it."""
    return func.replace(cast(amount, Text), ".00", "")


def _all(parts: Select[Any]) -> ColumnElement[Any]:
    """A list within the card, empty rather than null."""
    return func.coalesce(parts.scalar_subquery(), cast([], JSON))


_LINE = func.json_build_object(
    *("product_id", OrderItem.product_id, "name", OrderItem.name, "quantity", OrderItem.quantity),
    *("options", func.jsonb_path_query_array(OrderItem.options, "$[*].name")),
    *("note", OrderItem.note, "station", OrderItem.station),
)
_LINES = select(func.json_agg(aggregate_order_by(_LINE, OrderItem.position))).where(OrderItem.order_id == Order.id)
# What was paid to the till by hand has no attempt, and is M-Pesa.
_WAY = func.coalesce(cast(Payment.method, Text), Method.MPESA.value)
_WAYS = (
    select(func.json_agg(aggregate_order_by(_WAY.distinct(), _WAY)))
    .outerjoin_from(Receipt, Payment, Payment.id == Receipt.payment_id)
    .where(Receipt.order_id == Order.id, Receipt.state == ReceiptState.MATCHED)
)
# With three hundred orders on the board, rows and lines as objects took most of its time: PostgreSQL writes the cards.
_CARD = func.json_build_object(
    *("id", Order.id, "number", Order.number, "status", Order.status, "version", Order.version),
    *("table", Order.table_number, "address", Order.address, "pickup", Order.pickup, "note", Order.note),
    *("delivery_fee", _written(Order.delivery_fee), "guest", Order.customer_name),
    *("items", _all(_LINES), "paid_by", _all(_WAYS)),
    *("total", _written(Order.total), "currency", Order.currency),
    *("placed_at", Order.created_at, "paid_at", Order.paid_at, "practice", Order.practice),
    type_=JSON,
)
