"""Tickets on paper: each printed once by itself; what may have been printed before says so on its head."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core import clock
from core.crashpoint import crashpoint
from core.documents.ticket import ticket
from core.domain.practice import leaves
from core.domain.printing import Printer, TicketLine, TicketSheet, read_printers
from core.domain.statuses import Station, TicketStatus
from core.errors import Rejected, TryAgain
from core.log import bind, get_logger
from core.services.activity import Actor, record
from core.services.program import Program
from core.store.sql.engine import transaction
from core.store.sql.tables import Order, OrderItem, Ticket, Workspace

SERVE_SECONDS = 20.0
SLOWEST_AGAIN = 30
# So often in vain, and the board says that the printer does not answer.
NOTICED_AFTER = 2

log = get_logger(__name__)


class Line(Protocol):
    """A printer that listens."""

    def send(self, slip: bytes) -> None:
        """All of it. Raises TryAgain where some of it may be on paper."""


# Raises TryAgain where nobody listens: then surely nothing was printed.
Dial = Callable[[Printer], AbstractContextManager[Line]]


@dataclass(frozen=True)
class Due:
    """A ticket to print."""

    ticket_id: UUID
    printer: Printer


def print_due(program: Program, dial: Dial) -> None:
    """Print what waits until nothing does, or the doorbell's time is up. A printer that is away stops no other."""
    end = time.monotonic() + SERVE_SECONDS
    while time.monotonic() < end and (due := _claim(program)):
        bind(ticket=str(due.ticket_id))
        try:
            with dial(due.printer) as line:
                slip = _begin(program, due.ticket_id)
                crashpoint("tickets.begun")
                line.send(slip)
        except TryAgain as error:
            log.warning("ticket_not_printed", error=str(error))
            _put_off(program, due.ticket_id)
            continue
        crashpoint("tickets.sent")
        _done(program, due.ticket_id)


def wanted_at(workspace: Workspace) -> list[Station]:
    """The stations whose tickets go to a printer."""
    return list(read_printers(workspace.printers))


def print_again(db: Session, workspace_id: UUID, order_id: UUID, user_id: UUID) -> int:
    """Staff want an order's tickets once more; answers how many printers will do it. Raises Rejected: not_found."""
    mine = (Ticket.workspace_id == workspace_id, Ticket.order_id == order_id)
    if db.scalar(select(Ticket.id).where(*mine).limit(1)) is None:
        raise Rejected("not_found")
    again = update(Ticket).where(*mine, Ticket.station.in_(wanted_at(db.get_one(Workspace, workspace_id))))
    asked = db.scalars(again.values(print_due_at=clock.now(), print_tries=0).returning(Ticket.id)).all()
    record(db, Actor(workspace_id, user_id), "tickets_printed_again", "order", order_id, detail={"tickets": len(asked)})
    return len(asked)


def silent_printers(db: Session, workspace_id: UUID) -> dict[str, int]:
    """Stations whose printer does not answer, and how many tickets wait for each."""
    waiting = (Ticket.workspace_id == workspace_id, Ticket.print_due_at.is_not(None))
    query = select(Ticket.station, func.count()).where(*waiting).group_by(Ticket.station)
    return {station.value: n for station, n in db.execute(query.having(func.max(Ticket.print_tries) >= NOTICED_AFTER))}


def sheet_of(db: Session, slip: Ticket) -> TicketSheet:
    """What stands on it now."""
    order, venue = db.get_one(Order, slip.order_id), db.get_one(Workspace, slip.workspace_id)
    paid_at = order.paid_at.astimezone(ZoneInfo(venue.timezone)) if order.paid_at else None
    return TicketSheet(
        venue=venue.name, station=slip.station, number=order.number, where=_where(order), guest=order.customer_name,
        note=order.note, paid_at=paid_at, lines=_lines(db, slip), copy=slip.prints,
        called_off=slip.status is TicketStatus.CANCELLED,
    )  # fmt: skip


def tickets_of(db: Session, workspace_id: UUID, order_id: UUID) -> list[TicketSheet]:
    """An order's tickets, one for each station."""
    mine = (Ticket.workspace_id == workspace_id, Ticket.order_id == order_id)
    return [sheet_of(db, slip) for slip in db.scalars(select(Ticket).where(*mine).order_by(Ticket.station))]


def _claim(program: Program) -> Due | None:
    """The ticket that is due longest, kept from others for as long as a try may take."""
    with transaction(program.sessions) as db:
        query = (
            select(Ticket)
            .where(Ticket.print_due_at <= clock.now())
            .order_by(Ticket.print_due_at, Ticket.created_at)
            .limit(1)
        )
        while (slip := db.scalar(query.with_for_update(skip_locked=True))) is not None:
            printer = read_printers(db.get_one(Workspace, slip.workspace_id).printers).get(slip.station)
            if printer is not None and leaves(db.get_one(Order, slip.order_id).practice, house=False):
                slip.print_tries += 1
                slip.print_due_at = clock.now() + timedelta(seconds=min(5 * slip.print_tries, SLOWEST_AGAIN))
                return Due(slip.id, printer)
            slip.print_due_at = None  # its printer was taken away meanwhile, or it is practice
            db.flush()
    return None


def _put_off(program: Program, ticket_id: UUID) -> None:
    """What else waits for this printer waits as long: asked for each of a hundred tickets, one that is switched off
    would stop those of every other venue. What another holds is left alone, so that nobody waits in a ring."""
    with transaction(program.sessions) as db:
        slip = db.get_one(Ticket, ticket_id)
        if slip.print_due_at is not None:
            same = (Ticket.workspace_id == slip.workspace_id, Ticket.station == slip.station)
            waiting = select(Ticket.id).where(*same, Ticket.print_due_at < slip.print_due_at)
            ids = list(db.scalars(waiting.with_for_update(skip_locked=True)))
            db.execute(update(Ticket).where(Ticket.id.in_(ids)).values(print_due_at=slip.print_due_at))


def _begin(program: Program, ticket_id: UUID) -> bytes:
    """The slip's bytes. From here on it may be on paper, and whoever prints it after a death heads it as a copy."""
    with transaction(program.sessions) as db:
        slip = db.get_one(Ticket, ticket_id, with_for_update=True)
        sheet = sheet_of(db, slip)
        slip.prints += 1
    return ticket(sheet)


def _done(program: Program, ticket_id: UUID) -> None:
    with transaction(program.sessions) as db:
        slip = db.get_one(Ticket, ticket_id, with_for_update=True)
        slip.print_due_at, slip.print_tries, slip.printed_at = None, 0, clock.now()


def _where(order: Order) -> str:
    if order.table_number:
        return f"Table {order.table_number}"
    return "Pickup" if order.pickup else "Delivery"


def _lines(db: Session, slip: Ticket) -> tuple[TicketLine, ...]:
    mine = (OrderItem.order_id == slip.order_id, OrderItem.station == slip.station)
    items = db.scalars(select(OrderItem).where(*mine).order_by(OrderItem.position))
    return tuple(TicketLine(item.quantity, item.name, _choices(item)) for item in items)


def _choices(item: OrderItem) -> tuple[str, ...]:
    chosen: list[Any] = [option["name"] for option in item.options]
    return tuple([*chosen, item.note] if item.note else chosen)
