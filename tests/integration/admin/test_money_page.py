"""The money page and the closings: what needs a person is shown, a tap decides it once, nobody else's is touched."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from core.domain.receipts import Notice, Outcome, Source
from core.domain.statuses import OrderStatus, Provider, ReceiptState, RefundStatus, Role
from core.services.relay import follow_up
from core.services.settle import settle_in
from core.store.sql.engine import transaction
from core.store.sql.tables import Closing, Receipt, Refund
from tests.integration.admin.test_cash import promise, take
from tests.integration.admin.venue import Browser, Venue, open_venue

SHIFT = re.compile(r'name="shift" value="([^"]+)"')
NASTY = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def manager(venue: Venue) -> None:
    """Who decides about money: test_who_decides.py."""
    venue.role(Role.MANAGER)


def money_comes(venue: Venue, reference: str = "", amount: int = 700) -> UUID:
    """Money to the till that nobody asked for."""
    notice = Notice(
        Provider.KOPOKOPO, Source.CALLBACK, Outcome.PAID, receipt=reference or uuid4().hex[:10].upper(),
        amount=Decimal(amount), currency="KES", payer_hash="ab" * 32, at=datetime.now(UTC),
    )  # fmt: skip
    with transaction(venue.program.sessions) as db:
        follow_up(venue.program, settle_in(db, notice, (venue.workspace_id,)))
        return db.scalars(select(Receipt.id).where(Receipt.reference == notice.receipt)).one()


def tap(browser: Browser, path: str, act: str, **form: Any) -> Any:
    return browser.post(path, data={"act": act, "key": uuid4().hex, **form}, follow_redirects=True)


def receipt(venue: Venue, receipt_id: UUID) -> Receipt:
    with transaction(venue.program.sessions) as db:
        return db.get_one(Receipt, receipt_id)


def test_money_nobody_knows_is_shown_with_its_payer_hidden_and_assigned_with_a_reason(venue: Venue) -> None:
    order_id, _ = promise(venue)
    number = venue.shown(UUID(order_id))["number"]
    receipt_id = money_comes(venue, "WALKIN9001")
    browser = venue.signed_in()
    page = browser.get("/admin/money").text
    assert "WALKIN9001" in page and "abababab" in page and f"For order #{number}" in page and "ab" * 32 not in page
    page = tap(browser, f"/admin/money/receipts/{receipt_id}", "assign", number=number, why="she showed the SMS").text
    assert "WALKIN9001" not in page
    assert venue.shown(UUID(order_id))["status"] == OrderStatus.PAID


def test_a_decision_taken_twice_is_explained(venue: Venue) -> None:
    receipt_id = money_comes(venue)
    browser = venue.signed_in()
    assert tap(browser, f"/admin/money/receipts/{receipt_id}", "sales", why="a bottle").status_code == 200
    again = tap(browser, f"/admin/money/receipts/{receipt_id}", "cash", why="no")
    assert again.status_code == 409 and "decided this already" in again.text
    assert receipt(venue, receipt_id).state is ReceiptState.TAKINGS


def test_an_order_is_given_back_in_cash_once_and_never_more_than_was_paid(venue: Venue) -> None:
    order_id, code = promise(venue, quantity=2)
    browser = venue.signed_in()
    take(browser, code, 1400)
    number = venue.shown(UUID(order_id))["number"]
    too_much = tap(browser, "/admin/money/refunds", "cash", number=number, amount="1500", why="x")
    assert too_much.status_code == 409 and "more than was paid" in too_much.text
    key = uuid4().hex
    form = {"act": "cash", "key": key, "number": number, "amount": "500", "why": NASTY}
    assert browser.post("/admin/money/refunds", data=form, follow_redirects=True).status_code == 200
    twice = browser.post("/admin/money/refunds", data=form, follow_redirects=True)
    assert twice.status_code == 409 and "sent twice" in twice.text
    with transaction(venue.program.sessions) as db:
        (refund,) = db.scalars(select(Refund).where(Refund.workspace_id == venue.workspace_id))
    assert (refund.status, refund.amount, refund.note) == (RefundStatus.DONE, 500, NASTY)
    diary = browser.get(f"/admin/money/payments/{refund.payment_id}").text
    assert "The money went back" in diary and "Wanjiru" in diary and NASTY not in diary


def test_nobody_decides_about_another_venues_money(venue: Venue) -> None:
    other = open_venue(venue.app)
    receipt_id = money_comes(other)
    browser = venue.signed_in()
    for act in ("assign", "sales", "back", "cash"):
        assert tap(browser, f"/admin/money/receipts/{receipt_id}", act, number="1", why="x").status_code in (404, 409)
    assert receipt(other, receipt_id).state is ReceiptState.UNMATCHED
    assert tap(browser, f"/admin/money/refunds/{uuid4()}", "send").status_code == 404
    assert browser.get(f"/admin/money/payments/{uuid4()}").status_code == 404


def test_without_the_token_nothing_is_decided(venue: Venue) -> None:
    receipt_id = money_comes(venue)
    answer = venue.signed_in().post(f"/admin/money/receipts/{receipt_id}", token="wrong", data={"act": "sales"})
    assert answer.status_code == 400
    assert receipt(venue, receipt_id).state is ReceiptState.UNMATCHED


def test_the_drawer_is_counted_and_the_shift_closed_once(venue: Venue) -> None:
    browser = venue.signed_in()
    assert browser.post("/admin/closings/begin", data={"cash": "1000"}, follow_redirects=True).status_code == 200
    _, code = promise(venue)
    take(browser, code, 700)
    page = browser.get("/admin/closings").text
    found = SHIFT.search(page)
    assert found and "1,700" in page
    form = {"shift": found.group(1), "cash": "1650", "note": NASTY}
    page = browser.post("/admin/closings/close", data=form, follow_redirects=True).text
    assert "cash -50" in page and "Shift 2" in page and NASTY not in page
    again = browser.post("/admin/closings/close", data=form, follow_redirects=True)
    assert again.status_code == 409 and "closed already" in again.text
    for wrong in ("", "-1", "1.5", "a lot"):
        assert browser.post("/admin/closings/close", data=form | {"cash": wrong}).status_code == 400
    with transaction(venue.program.sessions) as db:
        (closing,) = db.scalars(select(Closing).where(Closing.workspace_id == venue.workspace_id))
    assert closing.report["cash_counted"] == "1650" and closing.closed_by == venue.user_id


def test_a_day_is_compared_on_demand(venue: Venue) -> None:
    browser = venue.signed_in()
    assert browser.post("/admin/money/reconcile", data={"day": "2026-11-19"}, follow_redirects=True).status_code == 200
    assert browser.post("/admin/money/reconcile", data={"day": "yesterday"}).status_code == 400
