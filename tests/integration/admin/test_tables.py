"""The tables in the office: which there are, who sits at them, and the codes that stand on them."""

import re
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from core.domain.statuses import OrderStatus, Role
from core.services.table_edit import _all, seats
from core.store.sql.tables import Channel, VenueTable
from tests.integration.admin.venue import Browser, Venue, open_venue

NUMBER = "254700000000"


@pytest.fixture
def manager(venue: Venue) -> Browser:
    with venue.program.sessions.begin() as db:
        db.execute(update(Channel).where(Channel.id == venue.channel_id).values(display_number=NUMBER))
    venue.role(Role.MANAGER)
    return venue.signed_in()


def change(browser: Browser, what: str, numbers: str) -> Any:
    return browser.post("/admin/tables", data={"do": what, "numbers": numbers})


def numbers(venue: Venue) -> list[int]:
    with venue.program.sessions.begin() as db:
        return [seat.number for seat in seats(db, venue.workspace_id)]


def on_menu(venue: Venue) -> tuple[int, ...]:
    workspace_id = str(venue.workspace_id)
    return venue.program.menus.menu(workspace_id, venue.program.store.menus.version(workspace_id)).venue.tables


def table(venue: Venue, number: int) -> VenueTable:
    with venue.program.sessions.begin() as db:
        return db.query(VenueTable).filter_by(workspace_id=venue.workspace_id, number=number).one()


def test_ranges_come_and_go_and_every_chat_knows(venue: Venue, manager: Browser) -> None:
    assert on_menu(venue) == ()
    assert change(manager, "add", "1-4, 7").status_code == 302 and on_menu(venue) == (1, 2, 3, 4, 7)
    assert change(manager, "remove", "2 - 3").status_code == 302 and on_menu(venue) == (1, 4, 7)
    assert change(manager, "add", "3").status_code == 302 and numbers(venue) == [1, 3, 4, 7]
    assert "Added: 3." in manager.get("/admin/tables").text
    for typed, said in (("", "Write numbers and ranges"), ("x", "is no table"), ("9-3", "is no range"),
                        ("1-9999", "At most 500 tables")):  # fmt: skip
        answer = change(manager, "add", typed)
        assert answer.status_code == 400 and said in answer.text, typed


def test_a_table_with_open_orders_stays(venue: Venue, manager: Browser) -> None:
    change(manager, "add", "7, 8")
    order_id = venue.order(OrderStatus.READY)
    page = manager.get("/admin/tables").text
    assert f'href="/admin/orders/{order_id}"' in page, "a tap leads to what is open there"
    assert "1 open order" in page and "1 ready" in page and "KES&nbsp;1,400" in page
    answer = change(manager, "remove", "7-8")
    assert answer.status_code == 409 and "open orders at 7." in answer.text and numbers(venue) == [7, 8]


def test_two_people_who_add_the_same_tables_at_once_are_told_so(
    venue: Venue, manager: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = venue.signed_in()

    def meanwhile(*wanted: Any) -> Any:
        monkeypatch.undo()
        found = _all(*wanted)
        assert change(other, "add", "7").status_code == 302
        return found

    monkeypatch.setattr("core.services.table_edit._all", meanwhile)
    late = change(manager, "add", "7-8")
    assert late.status_code == 409 and "Somebody added" in late.text and "open orders at" not in late.text
    assert numbers(venue) == [7]
    assert change(manager, "add", "7-8").status_code == 302 and numbers(venue) == [7, 8]


def test_a_table_called_anything_is_on_the_printed_sheet(venue: Venue, manager: Browser) -> None:
    change(manager, "add", "7")
    for name in ("<b>日本 🍹", "شرفة", "ทรงเครื่อง", "x" * 40):
        row = table(venue, 7)
        saved = manager.post(f"/admin/tables/{row.id}", data={"name": name, "active": "y", "version": row.version})
        assert saved.status_code == 302
        assert manager.get("/admin/tables/codes.pdf").data.startswith(b"%PDF")
        assert "<b>日本" not in manager.get("/admin/tables/codes").text


def test_the_code_on_a_table_opens_the_chat_with_its_signed_text(venue: Venue, manager: Browser) -> None:
    change(manager, "add", "7")
    page = manager.get(f"/admin/tables/{table(venue, 7).id}").text
    with venue.program.sessions.begin() as db:
        code = seats(db, venue.workspace_id)[0].code
    assert f"https://wa.me/{NUMBER}?text=Table%207%20{code}" in page
    picture = manager.get(f"/admin/tables/{table(venue, 7).id}/code.svg")
    assert picture.mimetype == "image/svg+xml" and picture.data.count(b"<path") >= 1
    assert "Table 7" in manager.get("/admin/tables/codes").text
    sheet = manager.get("/admin/tables/codes.pdf")
    assert sheet.mimetype == "application/pdf" and sheet.data.startswith(b"%PDF")


def test_seven_tables_take_two_pages(venue: Venue, manager: Browser) -> None:
    change(manager, "add", "1-7")
    assert len(re.findall(rb"/Type /Page\b", manager.get("/admin/tables/codes.pdf").data)) == 2


def test_without_a_number_to_write_to_there_are_no_codes(venue: Venue) -> None:
    venue.role(Role.MANAGER)
    browser = venue.signed_in()
    change(browser, "add", "7")
    assert "An owner writes it under Channel settings" in browser.get("/admin/tables").text
    assert browser.get("/admin/tables/codes.pdf").status_code == 404
    assert browser.get(f"/admin/tables/{table(venue, 7).id}/code.svg").status_code == 404


def test_two_people_at_one_table_do_not_write_over_each_other(venue: Venue, manager: Browser) -> None:
    change(manager, "add", "7")
    address = f"/admin/tables/{table(venue, 7).id}"
    assert manager.post(address, data={"name": "Terrace", "active": "y", "version": "1"}).status_code == 302
    second = manager.post(address, data={"name": "Window", "version": "1"})
    assert second.status_code == 409 and "Wanjiru changed this" in second.text and "Terrace" in second.text
    assert (table(venue, 7).name, table(venue, 7).active) == ("Terrace", True)


def test_nobody_touches_another_venues_tables(venue: Venue, manager: Browser) -> None:
    other = open_venue(venue.app)
    other.role(Role.MANAGER)
    change(other.signed_in(), "add", "7")
    theirs: UUID = table(other, 7).id
    for path in (f"/admin/tables/{theirs}", f"/admin/tables/{theirs}/code.svg"):
        assert manager.get(path).status_code == 404
    assert manager.post(f"/admin/tables/{theirs}", data={"name": "Mine", "version": "1"}).status_code == 404
    assert change(manager, "remove", "7").status_code == 302 and numbers(other) == [7]
    venue.role(Role.BAR)
    assert change(manager, "add", "1").status_code == 403 and manager.get("/admin/tables").status_code == 200
