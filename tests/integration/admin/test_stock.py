"""The shelves in the office: what came, what went, and a history that adds up."""

import re
from typing import Any
from uuid import uuid4

from core.domain.statuses import Role, Unit
from core.services import notices
from core.services.activity import Actor
from core.services.ingredients import save_ingredient
from core.services.stock import hold
from core.services.stock_alerts import warn_of_low_stock
from core.services.stock_edit import history, running_low
from core.store.sql.tables import Product
from tests.integration import shelf
from tests.integration.admin.venue import Browser, Venue, open_venue


def move(browser: Browser, kind: str, quantity: object, note: str = "", entry: str = "") -> Any:
    data = {"kind": kind, "quantity": str(quantity), "note": note, "entry": entry or str(uuid4())}
    return browser.post(f"/admin/stock/{browser.venue.product_id}", data=data)


def on_hand(venue: Venue) -> int:
    with venue.program.sessions.begin() as db:
        return db.get_one(Product, venue.product_id).on_hand


def test_what_came_and_went_adds_up_line_by_line(venue: Venue) -> None:
    browser = venue.signed_in()
    for kind, quantity, note in (("received", "1,024", ""), ("wasted", 4, "Fell off the tray"), ("counted", 1000, ""),
                                 ("adjusted", -30, "Two cases were never ours"), ("counted", 970, "")):  # fmt: skip
        assert move(browser, kind, quantity, note).status_code == 302, kind
    with venue.program.sessions.begin() as db:
        lines = history(db, venue.workspace_id, venue.product_id)
    told = [(line.reason.value, line.quantity, line.balance, line.note, line.who) for line in reversed(lines)]
    assert told == [
        ("RECEIVED", 1024, 1024, "", "Wanjiru"),
        ("WASTED", -4, 1020, "Fell off the tray", "Wanjiru"),
        ("CORRECTED", -20, 1000, "", "Wanjiru"),
        ("ADJUSTED", -30, 970, "Two cases were never ours", "Wanjiru"),
    ]
    page = browser.get(f"/admin/stock/{venue.product_id}").text
    assert "Fell off the tray" in page and re.search(r">-30</td>\s*<td class=\"number\">970<", page)


def test_a_form_sent_twice_counts_once(venue: Venue) -> None:
    browser, entry = venue.signed_in(), str(uuid4())
    for _ in range(2):
        assert move(browser, "received", 12, entry=entry).status_code == 302
    assert on_hand(venue) == 12


def test_what_guests_are_paying_for_stays_on_the_shelf(venue: Venue) -> None:
    browser = venue.signed_in()
    move(browser, "received", 10)
    with venue.program.sessions.begin() as db:
        hold(db, venue.product_id, 3)
    for kind, quantity in (("counted", 2), ("wasted", 8), ("adjusted", -8)):
        answer = move(browser, kind, quantity, "broken")
        assert answer.status_code == 409 and "3 of these are in orders" in answer.text, kind
    assert on_hand(venue) == 10 and move(browser, "counted", 3).status_code == 302


def test_what_cannot_be_meant_is_said_beside_its_field(venue: Venue) -> None:
    browser = venue.signed_in()
    assert "Write a whole number" in move(browser, "received", "a crate").text
    assert "Write a number from 1" in move(browser, "received", -5).text
    assert "This is needed." in move(browser, "wasted", 1).text
    assert "Choose what happened" in move(browser, "stolen", 1).text
    assert on_hand(venue) == 0


def test_what_runs_low_stands_first(venue: Venue) -> None:
    browser = venue.signed_in()
    move(browser, "received", 6)
    with venue.program.sessions.begin() as db:
        db.get_one(Product, venue.product_id).low_stock = 6
    with venue.program.sessions.begin() as db:
        assert [one.name for one in running_low(db, venue.workspace_id)] == ["Dawa"]
    assert "Running low:" in browser.get("/admin/stock").text
    move(browser, "received", 1)
    assert "Running low:" not in browser.get("/admin/stock").text
    assert "Nothing fits" in browser.get("/admin/stock?show=low").text


def test_an_ingredient_that_runs_low_is_said_with_its_unit(venue: Venue) -> None:
    sessions, actor = venue.program.sessions, Actor(venue.workspace_id)
    with sessions.begin() as db:
        said = {"name": "Vodka", "unit": Unit.MILLILITRE, "low_stock": 1500}
        vodka = save_ingredient(db, actor, None, 0, said)
        shelf.receive(db, venue.workspace_id, vodka, 1400)
        product = db.get_one(Product, venue.product_id)
        product.low_stock, product.mixed, product.counted = 5, True, False
    warn_of_low_stock(sessions)
    assert venue.signed_in().board()["urgent"] == ["Stock low: Vodka, 1,400 ml left"]


def test_nobody_counts_another_venues_shelves(venue: Venue) -> None:
    other, browser = open_venue(venue.app), venue.signed_in()
    address = f"/admin/stock/{other.product_id}"
    assert browser.get(address).status_code == 404
    data = {"kind": "received", "quantity": "5", "entry": str(uuid4())}
    assert browser.post(address, data=data).status_code == 404 and on_hand(other) == 0
    venue.role(Role.VIEWER)
    assert browser.get("/admin/stock").status_code == 403


def test_what_runs_low_is_said_on_every_board_once_until_more_has_come(venue: Venue) -> None:
    browser, sessions = venue.signed_in(), venue.program.sessions
    move(browser, "received", 4)
    with sessions.begin() as db:
        db.get_one(Product, venue.product_id).low_stock = 5
    for _ in range(2):
        warn_of_low_stock(sessions)
    assert browser.board()["urgent"] == ["Stock low: Dawa, 4 left"]
    with sessions.begin() as db:
        notices.see(db, Actor(venue.workspace_id, venue.user_id), notices.unseen(db, venue.workspace_id)[0].id)
    move(browser, "wasted", 1, "broken")
    warn_of_low_stock(sessions)
    assert browser.board()["urgent"] == []
    move(browser, "received", 1)
    warn_of_low_stock(sessions)
    assert browser.board()["urgent"] == ["Stock low: Dawa, 4 left"]
