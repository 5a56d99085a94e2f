"""Practice: only owners switch it, every page says so, and no figure counts what was ordered meanwhile."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from core.domain.statuses import Direction, MessageStatus, OrderStatus, Role
from core.services.customers import GuestRef
from core.services.effects import perform
from core.services.relay import follow_up
from core.store.sql.tables import Activity, Message, Order, Workspace
from tests.integration import shelf
from tests.integration.admin.venue import DID, Browser, Venue

HERE = "/admin/settings/practice"
SAID = "Practice:</strong> nothing is sent, nobody is charged."
PHONE = "254700000001"


@pytest.fixture
def owner(venue: Venue) -> Browser:
    venue.role(Role.OWNER)
    return venue.signed_in()


def switch(browser: Browser, on: bool, version: int | None = None) -> Any:
    with browser.venue.program.sessions.begin() as db:
        now = db.get_one(Workspace, browser.venue.workspace_id).version
    typed = {"version": str(now if version is None else version)} | ({} if on else {"off": "yes"})
    return browser.post(HERE, data=typed)


def orders(venue: Venue, quantity: int = 2) -> UUID:
    """A guest orders in the chat and taps Pay."""
    ref = GuestRef(venue.workspace_id, venue.channel_id, venue.box(PHONE), "", PHONE, "Amina")
    line = {"product_id": str(venue.product_id), "name": "Dawa", "quantity": quantity, "unit_price": "700", "note": ""}
    cart = {"kind": "place_order", "cart_id": uuid4().hex, "lines": [line], "table": 7, "address": ""}
    cart |= {"customer_name": "Amina", "currency": "KES"}
    pay = {"kind": "request_payment", "order_id": None, "method": "MPESA", "phone": PHONE}
    with venue.program.sessions.begin() as db:
        shelf.receive(db, venue.workspace_id, venue.product_id, quantity)
        (placed, _), followup = perform(db, ref, uuid4().hex, [cart, pay])
    follow_up(venue.program, followup)
    venue.serve()
    return UUID(placed["order_id"])


def test_every_page_says_so_and_only_owners_switch_it(venue: Venue, owner: Browser) -> None:
    pages = ("/admin/board", "/admin/cash", "/admin/settings/venue", HERE)
    assert not any(SAID in owner.get(page).text for page in pages)
    assert switch(owner, on=True).status_code == 302
    assert all(SAID in owner.get(page).text for page in pages)
    assert switch(owner, on=True, version=1).status_code == 409
    venue.role(Role.MANAGER)
    assert SAID in owner.get("/admin/board").text and "settings/practice" not in owner.get("/admin/settings/venue").text
    assert owner.get(HERE).status_code == 403 and switch(owner, on=False).status_code == 403
    venue.role(Role.OWNER)
    assert switch(owner, on=False).status_code == 302
    assert SAID not in owner.get("/admin/board").text
    with venue.program.sessions.begin() as db:
        mine = (Activity.workspace_id == venue.workspace_id, Activity.action.startswith("dev_mode"), DID)
        done = db.scalars(select(Activity.action).where(*mine).order_by(Activity.seq)).all()
    assert done == ["dev_mode_on", "dev_mode_off"]


def test_what_is_really_open_is_named_and_nothing_is_switched(venue: Venue, owner: Browser) -> None:
    number = venue.shown(venue.order())["number"]
    refused = switch(owner, on=True)
    assert refused.status_code == 409 and "something real is open" in refused.text
    assert f"1 order: #{number}" in " ".join(refused.text.split())
    assert SAID not in owner.get("/admin/board").text


def test_a_practised_evening_stands_on_the_board_and_in_no_figure(venue: Venue, owner: Browser) -> None:
    switch(owner, on=True)
    order_id = orders(venue)
    shown = owner.board()
    (card,) = shown["orders"]
    assert shown["practises"] is True
    assert (card["id"], card["status"], card["practice"], card["paid_by"]) == (str(order_id), "PAID", True, [])
    assert owner.move(order_id, "READY", card["version"]).status_code == 200
    page = owner.get(f"/admin/orders/{order_id}").text
    assert "Practice: nobody is charged" in page and ">Practice</span>" in page
    assert owner.get(f"/admin/receipts/{order_id}.pdf").status_code == 404
    for figures in ("/admin/", "/admin/reports", "/admin/closings", "/admin/money", "/admin/cash"):
        shown = owner.get(figures)
        assert shown.status_code == 200 and "KES&nbsp;1,400" not in shown.text, figures
    assert "Amina · practice" in owner.get("/admin/orders/file.csv").text


def test_the_chat_shows_what_was_not_sent(venue: Venue, owner: Browser) -> None:
    venue.hears("hi", phone=PHONE)
    with venue.program.sessions.begin() as db:
        mine = (Message.workspace_id == venue.workspace_id, Message.direction == Direction.OUT)
        db.execute(update(Message).where(*mine).values(status=MessageStatus.PRACTICE))
    assert "not sent (practice)" in owner.get(f"/admin/conversations/{venue.box(PHONE)}").text
    assert "Not sent (practice)" in owner.get("/admin/messages/file.csv").text


def test_the_end_of_practice_clears_the_board_and_real_orders_are_real_again(venue: Venue, owner: Browser) -> None:
    switch(owner, on=True)
    practised = orders(venue)
    switch(owner, on=False)
    assert owner.board()["orders"] == [] and venue.shown(practised)["status"] == OrderStatus.REFUNDED
    assert str(practised) not in owner.get("/admin/orders/file.csv").text
    real = orders(venue)
    with venue.program.sessions.begin() as db:
        order = db.get_one(Order, real)
        assert (order.practice, order.status) == (False, OrderStatus.PENDING)
