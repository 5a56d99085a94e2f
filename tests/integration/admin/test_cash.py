"""The bar's till on a phone: codes, change, and nobody else's drawer."""

from typing import Any
from uuid import UUID, uuid4

from core.domain.statuses import OrderStatus
from core.services.effects import GuestRef, perform
from core.services.relay import follow_up
from core.store.sql.engine import transaction
from tests.integration import shelf
from tests.integration.admin.venue import Browser, Venue, open_venue


def promise(venue: Venue, guest: str = "Amina", quantity: int = 1) -> tuple[str, str]:
    """A guest who pays at the bar: order and code."""
    phone = f"2547{uuid4().int % 10**8:08d}"
    ref = GuestRef(venue.workspace_id, venue.channel_id, f"box-{phone}", "", phone, guest)
    line = {"product_id": str(venue.product_id), "name": "Dawa", "quantity": quantity, "unit_price": "700", "note": ""}
    place = {"kind": "place_order", "cart_id": uuid4().hex, "lines": [line], "table": 7, "address": "",
             "customer_name": guest, "currency": "KES"}  # fmt: skip
    with transaction(venue.program.sessions) as db:
        shelf.receive(db, venue.workspace_id, venue.product_id, quantity)
        outcomes, followup = perform(db, ref, uuid4().hex, [place, {"kind": "pay_cash", "order_id": None}])
    follow_up(venue.program, followup)
    return outcomes[1]["order_id"], outcomes[1]["code"]


def take(browser: Browser, code: str, received: object, entry: str = "") -> Any:
    given = {"code": code, "received": str(received), "entry": entry or str(uuid4())}
    return browser.post("/admin/cash", data=given, follow_redirects=True)


def test_the_change_stands_in_large_and_the_order_on_the_board(venue: Venue) -> None:
    order_id, code = promise(venue, quantity=2)
    browser = venue.signed_in()
    assert code in browser.get("/admin/cash").text
    page = take(browser, f" {code.lower()} ", 2000).text
    assert "KES&nbsp;1,400 taken" in page and "Change KES&nbsp;600" in page and "Wanjiru, 1 ×" in page
    assert [order["id"] for order in browser.board()["orders"]] == [order_id]
    assert code not in browser.get("/admin/cash").text


def test_a_form_sent_twice_takes_the_money_once(venue: Venue) -> None:
    order_id, code = promise(venue)
    browser, entry = venue.signed_in(), str(uuid4())
    for _ in range(2):
        assert "KES&nbsp;500 taken" in take(browser, code, 500, entry).text
    assert "KES&nbsp;200" in browser.get("/admin/cash").text
    assert venue.shown(UUID(order_id))["status"] == OrderStatus.PENDING


def test_what_cannot_be_taken_is_explained(venue: Venue) -> None:
    _, code = promise(venue)
    browser = venue.signed_in()
    assert "No order waits under this code" in take(browser, "ZZZZ", 700).text
    for received in ("", "0", "-5", "700.5", "a lot", "99999999"):
        assert "whole shillings" in take(browser, code, received).text, received
    take(browser, code, 700)
    assert "already paid" in take(browser, code, 700).text


def test_an_entry_that_is_another_venue_s_payment_takes_nothing(venue: Venue) -> None:
    other = open_venue(venue.app)
    (_, theirs), (_, mine), entry = promise(other), promise(venue), str(uuid4())
    assert take(other.signed_in(), theirs, 700, entry).status_code == 200
    answer = take(venue.signed_in(), mine, 700, entry)
    assert answer.status_code == 409 and "Nothing was taken" in answer.text


def test_nobody_takes_another_venue_s_money(venue: Venue) -> None:
    _, code = promise(open_venue(venue.app))
    assert "No order waits" in take(venue.signed_in(), code, 700).text
    assert code not in venue.signed_in().get("/admin/cash").text


def test_without_a_token_nothing_is_taken(venue: Venue) -> None:
    _, code = promise(venue)
    browser = venue.signed_in()
    assert browser.post("/admin/cash", token="", data={"code": code, "received": "700"}).status_code == 400
    assert browser.client.post("/admin/cash", data={"code": code}).status_code == 400
