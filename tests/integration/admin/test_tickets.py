"""Tickets on paper: each printed once by itself, and whatever may be on paper already says so on its head."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from core import clock
from core.domain.printing import Printer, may_stand_at, read_printers
from core.domain.statuses import Station
from core.errors import TryAgain
from core.providers.printer.client import dial
from core.services import tickets
from core.services.floor import call_off
from core.services.refund_desk import Decision
from core.services.tickets import Line
from core.store.sql.engine import transaction
from core.store.sql.tables import Order, OrderItem, Ticket, Workspace
from sandbox.servers import free_port
from sandbox.simulators.printer.endpoint import SlipPrinter
from tests.integration.admin.test_cash import promise, take
from tests.integration.admin.venue import Venue, open_venue
from tests.simulating import taking
from tests.waiting import eventually


@dataclass
class Paper:
    """A slip printer of the house, and what it printed."""

    printer: SlipPrinter
    port: int

    @property
    def texts(self) -> list[str]:
        return [slip.text for slip in self.printer.slips]

    def has(self, count: int) -> list[str]:
        return eventually(lambda: self.texts if len(self.texts) >= count else None, what=f"{count} slips")


@pytest.fixture
def paper() -> Iterator[Paper]:
    printer = SlipPrinter()
    with taking(printer.take) as port:
        yield Paper(printer, port)


def printers(venue: Venue, **ports: int) -> None:
    """Which station has a printer."""
    kept = {station: {"host": "127.0.0.1", "port": port} for station, port in ports.items()}
    with transaction(venue.program.sessions) as db:
        db.execute(update(Workspace).where(Workspace.id == venue.workspace_id).values(printers=kept))


def paid(venue: Venue) -> UUID:
    order_id, code = promise(venue, guest="Amina", quantity=2)
    take(venue.signed_in(), code, 1400)
    return UUID(order_id)


def worker_prints(venue: Venue) -> None:
    """What the worker does every second."""
    tickets.print_due(venue.program, dial)


def time_passes(venue: Venue) -> None:
    with transaction(venue.program.sessions) as db:
        waiting = update(Ticket).where(Ticket.workspace_id == venue.workspace_id, Ticket.print_due_at.is_not(None))
        db.execute(waiting.values(print_due_at=Ticket.created_at))


def test_a_paid_order_is_printed_once_at_the_station_that_makes_it(venue: Venue, paper: Paper) -> None:
    printers(venue, BAR=paper.port)
    number = venue.shown(paid(venue))["number"]
    for _ in range(3):
        worker_prints(venue)
    (text,) = paper.has(1)
    assert f"#{number}  Table 7" in text and "2 x Dawa" in text and "Amina" in text and "COPY" not in text
    assert paper.printer.slips[0].cut


def test_a_station_without_a_printer_prints_nothing_and_nothing_waits(venue: Venue, paper: Paper) -> None:
    printers(venue, KITCHEN=paper.port)
    order_id = paid(venue)
    worker_prints(venue)
    with transaction(venue.program.sessions) as db:
        assert db.scalars(select(Ticket.print_due_at).where(Ticket.order_id == order_id)).all() == [None]
    assert paper.texts == []


def test_options_notes_and_a_guest_who_types_commands(venue: Venue, paper: Paper) -> None:
    printers(venue, BAR=paper.port)
    order_id = venue.order(guest="\x1b@\x1dV1Eve")
    with transaction(venue.program.sessions) as db:
        chosen = [{"id": "1", "name": "Tonic", "price": "0"}]
        db.execute(update(OrderItem).where(OrderItem.order_id == order_id).values(note="no ice", options=chosen))
        db.add(
            Ticket(workspace_id=venue.workspace_id, order_id=order_id, station=Station.BAR, print_due_at=clock.now())
        )
    worker_prints(venue)
    (text,) = paper.has(1)
    assert "Tonic" in text and "no ice" in text and "Eve" in text
    assert paper.printer.slips[0].raw.count(b"\x1dV") == 1, "one cut, at the end"


def test_a_printer_that_is_away_gets_it_later_and_the_board_says_so(venue: Venue, paper: Paper) -> None:
    printers(venue, BAR=free_port())
    paid(venue)
    for _ in range(tickets.NOTICED_AFTER):
        worker_prints(venue)
        time_passes(venue)
    assert venue.signed_in().board()["printers"] == {"BAR": 1}
    printers(venue, BAR=paper.port)
    worker_prints(venue)
    assert "COPY" not in paper.has(1)[0]
    assert venue.signed_in().board()["printers"] == {}


def test_a_printer_that_is_away_is_asked_once_however_many_tickets_wait_for_it(venue: Venue) -> None:
    printers(venue, BAR=free_port())
    for _ in range(3):
        paid(venue)
    asked: list[Printer] = []

    def away(printer: Printer) -> AbstractContextManager[Line]:
        asked.append(printer)
        raise TryAgain("nobody listens")

    tickets.print_due(venue.program, away)
    assert len(asked) == 1
    with transaction(venue.program.sessions) as db:
        due = db.scalars(select(Ticket.print_due_at).where(Ticket.workspace_id == venue.workspace_id)).all()
    assert len(due) == 3 and len(set(due)) == 1 and None not in due


def test_what_may_be_on_paper_already_is_headed_as_a_copy(
    venue: Venue, paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    printers(venue, BAR=paper.port)
    paid(venue)

    def dies(point: str) -> None:
        if point == "tickets.sent":
            raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(tickets, "crashpoint", dies)
        with pytest.raises(SystemExit):
            worker_prints(venue)
    time_passes(venue)
    worker_prints(venue)
    first, second = paper.has(2)
    assert "COPY" not in first and "COPY 2" in second
    worker_prints(venue)
    assert len(paper.texts) == 2


def test_staff_print_again_and_it_is_marked(venue: Venue, paper: Paper) -> None:
    printers(venue, BAR=paper.port)
    order_id = paid(venue)
    worker_prints(venue)
    answer = venue.signed_in().post(f"/admin/board/orders/{order_id}/print")
    assert (answer.status_code, answer.json) == (200, {"say": "Printing again, marked as a copy."})
    worker_prints(venue)
    assert "COPY 2" in paper.has(2)[1]


def test_without_a_printer_the_tap_leads_to_the_page(venue: Venue) -> None:
    order_id = paid(venue)
    browser = venue.signed_in()
    answer = browser.post(f"/admin/board/orders/{order_id}/print")
    assert answer.status_code == 409 and "No printer" in answer.json["error"]
    page = browser.get(f"/admin/tickets/{order_id}").text
    assert "2 × Dawa" in page and "Table 7" in page and "Amina" in page


def test_what_is_called_off_is_said_on_paper_only_where_it_is_on_paper(venue: Venue, paper: Paper) -> None:
    printers(venue, BAR=paper.port)
    made, unmade = paid(venue), paid(venue)
    with transaction(venue.program.sessions) as db:
        db.execute(update(Ticket).where(Ticket.order_id == unmade).values(print_due_at=None))
    worker_prints(venue)
    for order_id in (made, unmade):
        with transaction(venue.program.sessions) as db:
            by = Decision(venue.user_id, "no ice", uuid4().hex)
            call_off(db, venue.workspace_id, order_id, by, db.get_one(Order, order_id).version, cash=True)
    worker_prints(venue)
    texts = paper.has(2)
    assert len(texts) == 2 and "CALLED OFF" in texts[1]


@pytest.mark.parametrize("path", ["/admin/tickets/{}", "/admin/board/orders/{}/print"])
def test_another_venue_s_ticket_is_not_there(venue: Venue, path: str) -> None:
    theirs = paid(open_venue(venue.app))
    ask: Any = venue.signed_in()
    answer = ask.post(path.format(theirs)) if path.endswith("print") else ask.get(path.format(theirs))
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "strange",
    [{"BAR": "x"}, {"BAR": {}}, {"CELLAR": {"host": "x"}}, {"BAR": {"host": "x", "port": 0}}, {"BAR": {"host": " "}}],
)
def test_what_is_no_printer_is_refused_by_name(strange: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="printers"):
        read_printers(strange)


@pytest.mark.parametrize("host", ["printer..local", "x" * 70, "", "nowhere.invalid"])
def test_a_name_that_no_printer_has_is_one_that_does_not_answer(host: str) -> None:
    with pytest.raises(TryAgain), dial(Printer(host, free_port())):
        pass


def test_a_printer_is_no_way_to_the_program_s_own_servers(paper: Paper) -> None:
    for port in (paper.port, 9100):
        with pytest.raises(TryAgain), dial(Printer("127.0.0.1", port), guarded=True):
            pass
    assert not [one for one in ("127.0.0.1", "::1", "::ffff:127.0.0.1", "169.254.169.254", "fe80::1%eth0", "0.0.0.0")
                if may_stand_at(one)]  # fmt: skip
    assert may_stand_at("192.168.1.50") and may_stand_at("fd00::50")
    with dial(Printer("127.0.0.1", paper.port)):
        pass
