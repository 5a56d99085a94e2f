"""A slip that says only that a station's printer works."""

from uuid import UUID
from zoneinfo import ZoneInfo

from core import clock
from core.documents.ticket import ticket
from core.domain.printing import TicketLine, TicketSheet, read_printers
from core.domain.statuses import Station
from core.errors import Rejected
from core.services.program import Program
from core.services.tickets import Dial
from core.store.sql.engine import transaction
from core.store.sql.tables import Workspace


def print_test(program: Program, dial: Dial, workspace_id: UUID, station: Station) -> None:
    """Print it now. Raises Rejected: `no_printer`, and TryAgain where the printer does not take it."""
    with transaction(program.sessions) as db:
        venue = db.get_one(Workspace, workspace_id)
        printer, sheet = read_printers(venue.printers).get(station), _sheet(venue, station)
    if printer is None:
        raise Rejected("no_printer")
    with dial(printer) as line:
        line.send(ticket(sheet))


def _sheet(venue: Workspace, station: Station) -> TicketSheet:
    now = clock.now().astimezone(ZoneInfo(venue.timezone))
    return TicketSheet(
        venue=venue.name, station=station, number=0, where="Test", guest="", note="", paid_at=now,
        lines=(TicketLine(1, "It prints"),),
    )  # fmt: skip
