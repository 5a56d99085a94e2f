"""The rules of a house in the office, as guests meet them."""

import socket
from collections.abc import Iterator
from html import unescape
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import select

from core.domain.menu import Menu
from core.domain.statuses import Role
from core.services.menu import load_menu
from core.store.sql.tables import Activity, Workspace
from tests.integration.admin.venue import DID, Browser, Venue, open_venue

VENUE = {
    "name": "The Bar", "timezone": "Africa/Nairobi", "accepts_orders": "yes", "age_gate": "yes", "minimum_age": "18",
    "minimum_order": "0", "features.payments": "yes", "features.recognition": "yes", "features.tracking": "yes",
    "features.languages": "yes", "lateness.amber": "10", "lateness.red": "20",
}  # fmt: skip
PAYMENTS = {
    "placed.MPESA": "1", "placed.CASH": "2", "paying.page": "yes", "paying.cash_minutes": "30", "hold_seconds": "10",
    "refund_limit": "5000",
}  # fmt: skip
PAGES = ("venue", "hours", "delivery", "payments", "invoices", "printers")


def row(venue: Venue) -> Workspace:
    with venue.program.sessions.begin() as db:
        return db.get_one(Workspace, venue.workspace_id)


def menu(venue: Venue) -> Menu:
    with venue.program.sessions.begin() as db:
        return load_menu(db, venue.workspace_id)


def save(browser: Browser, page: str, typed: dict[str, Any], version: int | None = None) -> Any:
    counted = row(browser.venue).version if version is None else version
    return browser.post(f"/admin/settings/{page}", data=typed | {"version": str(counted)})


def test_the_gear_leads_a_manager_to_every_page_and_nobody_else_to_any(venue: Venue) -> None:
    bar = venue.signed_in()
    assert all(bar.get(f"/admin/settings/{page}").status_code == 403 for page in PAGES)
    assert save(bar, "venue", VENUE | {"name": "Mine"}).status_code == 403
    venue.role(Role.MANAGER)
    assert bar.get("/admin/settings").location.endswith("/admin/settings/venue")
    assert all(bar.get(f"/admin/settings/{page}").status_code == 200 for page in PAGES)
    assert bar.get("/admin/settings/nothing").status_code == 404
    assert save(bar, "nothing", {}).status_code == 404


def test_a_page_saved_as_it_is_changes_nothing(venue: Venue, manager: Browser) -> None:
    assert save(manager, "venue", VENUE).status_code == 302
    assert save(manager, "payments", PAYMENTS | {"placed.CASH": ""}).status_code == 302
    assert save(manager, "invoices", {"vat_percent": "16"}).status_code == 302
    assert all(save(manager, page, {}).status_code == 302 for page in ("hours", "delivery", "printers"))
    assert row(venue).version == 1


def test_what_is_changed_counts_with_the_next_message_and_is_written_down(venue: Venue, manager: Browser) -> None:
    before = venue.program.store.menus.version(str(venue.workspace_id))
    typed = VENUE | {
        "name": "Bar “Ñandú” 🍸",
        "serves_alcohol": "yes",
        "minimum_order": "1,500",
        "asks": ["name", "email"],
    }
    typed.pop("features.tracking")
    assert save(manager, "venue", typed | {"lateness.amber": "5"}).status_code == 302
    assert venue.program.store.menus.version(str(venue.workspace_id)) != before
    known = menu(venue).venue
    assert known.name == "Bar “Ñandú” 🍸" and known.serves_alcohol and known.minimum_order == 1500
    assert known.asks == ("name", "email") and not known.features.tracking and row(venue).lateness["amber"] == 5
    with venue.program.sessions.begin() as db:
        said = db.scalars(select(Activity).where(Activity.workspace_id == venue.workspace_id, DID)).all()
    line = next(one for one in said if one.action == "workspace_changed")
    assert line.who == "Wanjiru" and (line.before or {})["serves_alcohol"] is False
    assert (line.after or {})["minimum_order"] == "1500"


def test_hours_past_midnight_several_spans_and_a_holiday(venue: Venue, manager: Browser) -> None:
    typed = {
        "hours.house.week.fri": "12-15, 18:00-03:00", "hours.house.last_orders": "30", "hours.food_only": "yes",
        "hours.house.dates": "2026-12-25 closed\n2026-12-31 12:00-06:00", "hours.alcohol.week.fri": "17-2",
    }  # fmt: skip
    assert save(manager, "hours", typed).status_code == 302
    assert row(venue).hours == {
        "house": {
            "week": {"fri": [["12:00", "15:00"], ["18:00", "03:00"]]},
            "dates": {"2026-12-25": [], "2026-12-31": [["12:00", "06:00"]]},
            "last_orders": 30,
        },
        "alcohol": {"week": {"fri": [["17:00", "02:00"]]}},
        "food_only": True,
    }
    page = manager.get("/admin/settings/hours").text
    assert 'value="12:00-15:00, 18:00-03:00"' in page and "2026-12-25 closed\n2026-12-31 12:00-06:00" in page
    assert save(manager, "hours", {}).status_code == 302
    assert row(venue).hours == {}


@pytest.mark.parametrize(
    ("page", "typed", "said"),
    [
        ("venue", VENUE | {"name": " "}, "This is needed."),
        ("venue", VENUE | {"name": "x" * 81}, "80 fit"),
        ("venue", VENUE | {"timezone": "Mars/Olympus"}, "Write a time zone like Africa/Nairobi."),
        ("venue", VENUE | {"minimum_age": "old"}, "Write a whole number."),
        ("venue", VENUE | {"lateness.amber": "20"}, "Whole minutes, amber before red"),
        ("venue", VENUE | {"asks": "shoe size"}, "Must be a list of"),
        ("hours", {"hours.bar.week.mon": "evening"}, "Monday: write hours like 17:00-19:00"),
        ("hours", {"hours.bar.week.mon": "12-15, 14-16"}, "Monday: these hours overlap"),
        ("hours", {"hours.house.dates": "Christmas closed"}, "begin each line with a date"),
        ("hours", {"hours.house.dates": "2026-12-25\n2026-12-25 12-14"}, "stands there twice"),
        ("delivery", {"delivery.fee": "-5"}, "whole shillings"),
        ("delivery", {"delivery.latitude": "91"}, "Write a number from -90 to 90."),
        ("delivery", {"delivery.latitude": "-1.29"}, "Latitude and longitude go together"),
        ("invoices", {"vat_percent": "lots"}, "Write a number from 0 to 100."),
        ("invoices", {"vat_percent": "16", "invoicing.pin": "123"}, "PIN of the KRA, such as P051234567X"),
        ("payments", PAYMENTS | {"placed.MPESA": "", "placed.CASH": ""}, "at least one way to pay"),
        ("payments", PAYMENTS | {"paying.tips": "10%, much"}, "Write shares like 10%"),
        ("payments", PAYMENTS | {"hold_seconds": "0.5"}, "Write a number from 1 to 1440"),
        ("payments", PAYMENTS | {"placed.CASH": "9"}, "first"),
        (
            "payments",
            PAYMENTS | {"paying.limits.CASH.least": "500", "paying.limits.CASH.most": "100"},
            "CASH takes nothing between 500 and 100",
        ),
        ("printers", {"printers.BAR.host": "192.168.1.9", "printers.BAR.port": "70000"}, "from 1 to 65,535"),
    ],
)
def test_what_cannot_be_meant_is_said_what_was_typed_stays(
    venue: Venue, manager: Browser, page: str, typed: dict[str, str], said: str
) -> None:
    answer = save(manager, page, typed)
    assert answer.status_code == 400 and said in unescape(answer.text), unescape(answer.text)
    assert row(venue).version == 1


def test_what_was_typed_is_shown_again_harmlessly(venue: Venue, manager: Browser) -> None:
    answer = save(manager, "venue", VENUE | {"name": '<b>"Bar"</b>', "lateness.red": "soon"})
    assert "&lt;b&gt;&#34;Bar&#34;&lt;/b&gt;" in answer.text and 'value="soon"' in answer.text
    assert save(manager, "venue", {"version": "x"}).status_code == 400


def test_two_managers_do_not_write_over_each_other(venue: Venue, manager: Browser) -> None:
    assert save(manager, "delivery", {"delivers": "yes", "delivery.fee": "200"}).status_code == 302
    late = save(manager, "delivery", {"delivery.fee": "300"}, version=1)
    assert late.status_code == 409 and "Wanjiru changed this" in late.text
    assert "To the guest: Fee" in late.text and "<bdi>200</bdi>" in late.text and "<bdi>300</bdi>" in late.text
    assert 'name="version" value="2"' in late.text and row(venue).delivery == {"fee": "200"}


def test_ways_to_pay_in_the_houses_own_order_within_its_limits(venue: Venue, manager: Browser) -> None:
    typed = PAYMENTS | {
        "placed.MPESA": "2", "placed.CASH": "1", "paying.limits.CASH.most": "20000", "paying.tips": "5%, 10 %, 100",
        "hold_seconds": "7.5", "paying.link_minutes": "15", "refund_limit": "0", "paying.cash_minutes": "45",
    }  # fmt: skip
    typed.pop("paying.page")
    assert save(manager, "payments", typed).status_code == 302
    known = row(venue)
    assert known.payment_methods == ["CASH", "MPESA"] and known.hold_seconds == 450 and known.refund_limit == 0
    assert menu(venue).venue.payment_methods == ("CASH", "MPESA")
    paying = menu(venue).venue.paying
    assert paying.limits == {"CASH": (1, 20000)} and paying.tips == ("5%", "10%", "100")
    assert (paying.cash_minutes, paying.link_minutes, paying.page) == (45, 15, False)
    page = manager.get("/admin/settings/payments").text
    assert 'value="7.5"' in page and 'value="5%, 10%, 100"' in page


def test_taxes_and_what_stands_on_invoices(venue: Venue, manager: Browser) -> None:
    typed = {"vat_percent": "8,5", "invoicing.seller": "Destination Ltd", "invoicing.pin": "P051234567X"}
    assert save(manager, "invoices", typed | {"invoicing.send": "yes"}).status_code == 302
    assert float(row(venue).vat_percent) == 8.5
    assert row(venue).invoicing == {"seller": "Destination Ltd", "pin": "P051234567X", "send": True}


def test_one_house_never_changes_another(app: Any, venue: Venue, manager: Browser) -> None:
    other = open_venue(app)
    assert save(manager, "venue", VENUE | {"name": "Ours"}).status_code == 302
    assert row(venue).name == "Ours" and row(other).name == "The Bar" and row(other).version == 1


@pytest.fixture
def paper() -> Iterator[tuple[int, list[bytes]]]:
    """A printer: its port, and what came out of it."""
    slips: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def take() -> None:
            connection, _ = listening.accept()
            with connection, connection.makefile("rb") as read:
                slips.append(read.read())

        printing = Thread(target=take, daemon=True)
        printing.start()
        yield listening.getsockname()[1], slips
        printing.join(10)


def test_a_printer_is_set_up_and_shows_that_it_works(
    venue: Venue, manager: Browser, paper: tuple[int, list[bytes]]
) -> None:
    port, slips = paper
    assert (
        save(manager, "printers", {"printers.BAR.host": "127.0.0.1", "printers.BAR.port": str(port)}).status_code == 302
    )
    assert row(venue).printers == {"BAR": {"host": "127.0.0.1", "port": port}}
    said = manager.post("/admin/settings/printers/BAR/test", follow_redirects=True).text
    assert "A test slip is on its way" in said and b"It prints" in slips[0]


def test_a_printer_that_is_not_there_is_told_in_plain_words(venue: Venue, manager: Browser) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    save(manager, "printers", {"printers.BAR.host": "127.0.0.1", "printers.BAR.port": port})
    answer = manager.post("/admin/settings/printers/BAR/test", follow_redirects=True).text
    assert "The printer does not answer" in answer
    answer = manager.post("/admin/settings/printers/KITCHEN/test", follow_redirects=True).text
    assert "Write its address first" in answer
    assert manager.post("/admin/settings/printers/CELLAR/test").status_code == 404
