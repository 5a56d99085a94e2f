"""An order is called off on its own page: its money goes back, its goods too, whoever ordered it and how."""

import re
from typing import Any
from uuid import UUID, uuid4

import pytest

from core.domain.statuses import HoldState, OrderStatus, RefundStatus, Role, TicketStatus
from core.services.audit import breaches_of
from core.store.sql.engine import transaction
from core.store.sql.invariants import QUERIES
from core.store.sql.tables import Activity, Order, Outbox, Product, Refund, StockHold, Ticket
from tests.integration.admin.test_by_hand import Counter, rows, stocked
from tests.integration.admin.venue import Browser, Venue, open_venue


def taken(venue: Venue, browser: Browser, way: str = "cash", received: str = "700", **typed: str) -> UUID:
    """One Dawa, taken by hand."""
    counter = Counter(venue, browser)
    counter.add()
    counter.tap("pay", **typed)
    assert counter.tap(way, received=received, payer="0712 345 678").status_code == 303
    return UUID(str(max(rows(venue, Order), key=lambda order: order.number).id))


def calls_off(browser: Browser, order_id: UUID, **typed: str) -> Any:
    """With what the form of the page carries."""
    page = browser.get(f"/admin/orders/{order_id}").text
    form = page.partition('id="off"')[2]
    fields = dict(re.findall(r'<input type="hidden" name="(version|key)" value="([^"]+)"', form))
    data = {"why": "the ice ran out", "back": "same"} | fields | typed
    return browser.post(f"/admin/orders/{order_id}/call-off", data=data)


def shelf(venue: Venue) -> tuple[int, int]:
    with transaction(venue.program.sessions) as db:
        product = db.get_one(Product, venue.product_id)
        return product.on_hand, product.held


def breaches(venue: Venue, order_id: UUID) -> list[dict[str, Any]]:
    with transaction(venue.program.sessions) as db:
        return [row for name in QUERIES for row in breaches_of(db, name) if row.get("order_id") == str(order_id)]


def test_an_order_of_the_counter_goes_back_in_money_and_goods(venue: Venue) -> None:
    browser = stocked(venue)
    order_id = taken(venue, browser)
    venue.role(Role.MANAGER)
    assert shelf(venue) == (19, 0)
    assert calls_off(browser, order_id, restock="yes").status_code == 303
    assert venue.shown(order_id)["status"] == OrderStatus.REFUNDED and browser.board()["orders"] == []
    assert shelf(venue) == (20, 0)
    [refund], [ticket] = rows(venue, Refund), rows(venue, Ticket)
    assert (refund.amount, refund.status, ticket.status) == (700, RefundStatus.DONE, TicketStatus.CANCELLED)
    assert "order_called_off" in {line.action for line in rows(venue, Activity)}
    page = browser.get(f"/admin/orders/{order_id}").text
    assert 'id="off"' not in page and "KES&nbsp;700 back" in page
    again = {"why": "x", "back": "cash", "key": uuid4().hex, "version": "9"}
    assert browser.post(f"/admin/orders/{order_id}/call-off", data=again).status_code == 409
    assert len(rows(venue, Refund)) == 1 and not breaches(venue, order_id)


def test_who_takes_orders_calls_one_off_that_is_not_paid(venue: Venue) -> None:
    browser = stocked(venue)
    order_id = taken(venue, browser, "mpesa")
    assert shelf(venue) == (20, 1)
    assert f"/admin/orders/{order_id}#off" in browser.get(f"/admin/by-hand/{order_id}").text
    assert calls_off(browser, order_id).status_code == 303
    assert venue.shown(order_id)["status"] == OrderStatus.CANCELLED and shelf(venue) == (20, 0)
    assert [held.state for held in rows(venue, StockHold)] == [HoldState.RELEASED]
    assert "Over" in browser.get(f"/admin/by-hand/{order_id}").text and not breaches(venue, order_id)


def test_what_was_paid_of_an_order_called_off_waits_to_be_given_back(venue: Venue) -> None:
    browser = stocked(venue)
    order_id = taken(venue, browser, received="500")
    assert calls_off(browser, order_id).status_code == 303
    [refund] = rows(venue, Refund)
    assert (refund.amount, refund.status) == (500, RefundStatus.PROPOSED)
    venue.role(Role.MANAGER)
    assert "KES 500" in browser.get("/admin/money").text.replace("&nbsp;", " ") and not breaches(venue, order_id)


def test_a_guest_hears_in_their_chat_that_it_was_called_off(venue: Venue) -> None:
    browser = stocked(venue)
    venue.hears("hi", "254712345678")
    order_id = taken(venue, browser, "chat", phone="0712 345 678")
    assert calls_off(browser, order_id).status_code == 303
    told = [row.payload["status"] for row in rows(venue, Outbox) if row.kind == "order_status"]
    assert told == ["CANCELLED"]


def test_money_that_is_here_goes_back_by_who_decides_about_money_alone(venue: Venue) -> None:
    browser = stocked(venue)
    order_id = taken(venue, browser)
    assert 'id="off"' not in browser.get(f"/admin/orders/{order_id}").text
    wish = {"why": "x", "back": "same", "key": uuid4().hex, "version": str(venue.shown(order_id)["version"])}
    refused = browser.post(f"/admin/orders/{order_id}/call-off", data=wish)
    assert refused.status_code == 403 and not rows(venue, Refund)
    assert venue.shown(order_id)["status"] == OrderStatus.PAID


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"why": " "}, 400), ({"why": "\0"}, 400), ({"why": "x" * 501}, 400), ({"back": "elsewhere"}, 400),
        ({"version": "x"}, 400), ({"version": "9" * 5000}, 400), ({"key": "\0"}, 400), ({"version": "77"}, 409),
    ],
)  # fmt: skip
def test_nonsense_and_old_pages_call_nothing_off(venue: Venue, typed: dict[str, str], status: int) -> None:
    browser = stocked(venue)
    order_id = taken(venue, browser)
    venue.role(Role.MANAGER)
    answer = calls_off(browser, order_id, **{"why": "<b>spilt", "restock": "yes"} | typed)
    assert answer.status_code == status and 'role="alert"' in answer.text
    if "why" not in typed:
        assert 'value="&lt;b&gt;spilt"' in answer.text
    assert venue.shown(order_id)["status"] == OrderStatus.PAID and not rows(venue, Refund)
    stranger = open_venue(venue.app)
    stranger.role(Role.OWNER)
    wish = {"why": "x", "back": "same", "key": uuid4().hex, "version": str(venue.shown(order_id)["version"])}
    assert stranger.signed_in().post(f"/admin/orders/{order_id}/call-off", data=wish).status_code == 404
