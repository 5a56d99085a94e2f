"""The dashboard: what its cards, tops and charts say of a known week."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import event, update

from core import clock
from core.domain.periods import Length, period
from core.domain.statuses import OrderStatus, Role
from core.services import dashboard
from core.store.sql.tables import Customer, Order, OrderEvent
from tests.integration.admin.venue import Venue, open_venue

NOW = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)  # half past eight in the evening in Nairobi
WEEK = period(Length.WEEK, NOW, ZoneInfo("Africa/Nairobi"))


def sold(
    venue: Venue, at: datetime, total: int = 1400, table: int = 7, served_after: int = 0, guest: str = "Amina"
) -> UUID:
    """An order that was paid then, and handed over so many minutes later."""
    order_id = venue.order(OrderStatus.SERVED if served_after else OrderStatus.PAID, guest=guest)
    with venue.program.sessions.begin() as db:
        changed = {"paid_at": at, "created_at": at, "total": Decimal(total), "table_number": table}
        db.execute(update(Order).where(Order.id == order_id).values(**changed))
        if served_after:
            served = at + timedelta(minutes=served_after)
            rest = {"order_id": order_id, "to_status": OrderStatus.SERVED, "created_at": served}
            db.add(OrderEvent(workspace_id=venue.workspace_id, from_status=OrderStatus.READY, **rest))
    return order_id


def test_cards_count_this_week_and_the_one_before(venue: Venue) -> None:
    sold(venue, NOW - timedelta(days=1))
    sold(venue, NOW - timedelta(days=2), served_after=5)
    sold(venue, NOW - timedelta(days=9), total=700)
    venue.order(OrderStatus.PENDING)
    with venue.program.sessions.begin() as db:
        db.execute(update(Order).where(Order.status == OrderStatus.PENDING).values(paid_at=None))
        db.add(Customer(workspace_id=venue.workspace_id, bsuid=uuid4().hex, created_at=NOW - timedelta(days=3)))
    with venue.program.sessions.begin() as db:
        found = dashboard.cards(db, venue.workspace_id, WEEK)
    assert (found.orders.now, found.orders.before) == (2, 1)
    assert (found.revenue.now, found.revenue.before) == (2800, 700)
    assert (found.to_pay, found.to_make) == (1, 2)
    assert (found.guests.now, found.guests.before) == (1, 0)


def test_what_was_not_yet_sold_last_week_at_this_hour_is_not_compared_with(venue: Venue) -> None:
    sold(venue, NOW - timedelta(days=7) + timedelta(hours=1))
    with venue.program.sessions.begin() as db:
        assert dashboard.cards(db, venue.workspace_id, WEEK).orders.before == 0


def test_tops_name_what_sold_who_spent_and_the_dearest(venue: Venue) -> None:
    rich, poor = uuid4(), uuid4()
    with venue.program.sessions.begin() as db:
        for id, name in ((rich, "Otieno"), (poor, "Amina")):
            db.add(Customer(id=id, workspace_id=venue.workspace_id, bsuid=uuid4().hex, name=name))
    orders = [(sold(venue, NOW - timedelta(hours=3), total=total), who) for total, who in ((5000, rich), (900, poor))]
    with venue.program.sessions.begin() as db:
        for order_id, who in orders:
            db.execute(update(Order).where(Order.id == order_id).values(customer_id=who))
    with venue.program.sessions.begin() as db:
        clients = dashboard.top_clients(db, venue.workspace_id, WEEK)
        (product,) = dashboard.top_products(db, venue.workspace_id, WEEK)
        dearest = dashboard.top_orders(db, venue.workspace_id, WEEK)
    assert [(one.name, one.count, one.amount) for one in clients] == [("Otieno", 1, 5000), ("Amina", 1, 900)]
    assert (product.name, product.count, product.amount) == ("Dawa", 4, 2800)
    assert [one.amount for one in dearest] == [5000, 900]


def test_charts_are_by_the_venues_own_clock(venue: Venue) -> None:
    for minutes in (4, 6, 20):
        sold(venue, NOW, table=3, served_after=minutes)
    sold(venue, NOW - timedelta(hours=2), total=500)
    with venue.program.sessions.begin() as db:
        found = dashboard.charts(db, venue.workspace_id, WEEK)
    assert found["revenue"][20] == 4200 and found["revenue"][18] == 500 and sum(found["revenue"]) == 4700
    assert found["waiting"]["typical"][20] == 6.0 and found["waiting"]["slow"][20] == pytest.approx(17.2)
    assert found["waiting"]["typical"][18] is None
    assert [(one["table"], one["orders"]) for one in found["tables"]] == [(3, 3), (7, 1)]


def test_a_tap_that_was_taken_back_served_nobody(venue: Venue) -> None:
    order_id = sold(venue, NOW, served_after=1)
    moved = {"workspace_id": venue.workspace_id, "order_id": order_id}
    back = {"from_status": OrderStatus.SERVED, "to_status": OrderStatus.READY, "cause": "undone"}
    again = {"from_status": OrderStatus.READY, "to_status": OrderStatus.SERVED}
    venue.write(
        OrderEvent(**moved, **back, created_at=NOW + timedelta(minutes=1)),
        OrderEvent(**moved, **again, created_at=NOW + timedelta(minutes=12)),
    )
    with venue.program.sessions.begin() as db:
        assert dashboard.charts(db, venue.workspace_id, WEEK)["waiting"]["typical"][20] == 12.0


def test_who_may_not_see_guests_does_not_see_who_spends_most(venue: Venue) -> None:
    guest = Customer(id=uuid4(), workspace_id=venue.workspace_id, bsuid=uuid4().hex, given_name="Achieng")
    venue.write(guest)
    order_id = venue.order(guest="A guest of table 7")
    with venue.program.sessions.begin() as db:
        db.execute(update(Order).where(Order.id == order_id).values(customer_id=guest.id))
    venue.role(Role.VIEWER)
    browser = venue.signed_in()
    page = browser.get("/admin/").text
    assert "Achieng" not in page and "Top clients" not in page and "A guest of table 7" in page
    venue.role(Role.MANAGER)
    assert "Achieng" in browser.get("/admin/").text


def test_another_venues_evening_is_not_ours(app: Flask, venue: Venue) -> None:
    sold(open_venue(app), NOW)
    with venue.program.sessions.begin() as db:
        assert dashboard.cards(db, venue.workspace_id, WEEK).orders.now == 0
        assert dashboard.charts(db, venue.workspace_id, WEEK)["tables"] == []


def test_who_sees_reports_sees_the_dashboard_and_the_others_the_board(venue: Venue) -> None:
    venue.order(guest="<b>Amina</b>")
    browser = venue.signed_in()
    assert browser.get("/admin/").location == "/admin/board"
    assert browser.get("/admin/dashboard/charts").status_code == 403
    venue.role(Role.VIEWER)
    for asked in ("", "?period=week", "?period=month", "?period=<script>"):
        page = browser.get(f"/admin/{asked}")
        assert page.status_code == 200 and "&lt;b&gt;Amina&lt;/b&gt;" in page.text and "<b>Amina" not in page.text
        assert re.search(r"Total orders</h2><p class=\"large\">1</p>", page.text)
    assert "Recent chats" not in page.text
    assert set(browser.get("/admin/dashboard/charts?period=month").json) == {
        "revenue", "waiting", "tables", "outs", "lost",
    }  # fmt: skip


def test_what_ran_out_stands_beside_the_charts_with_what_it_cost(venue: Venue) -> None:
    for hours in range(24):
        sold(venue, clock.now() - timedelta(days=8, hours=hours))
    venue.role(Role.VIEWER)
    found = venue.signed_in().get("/admin/dashboard/charts?period=week").json
    (out,) = found["outs"]
    assert out["name"] == "Dawa" and out["hours"] > 100, "none was ever on the shelf"
    assert out["cost"] == found["lost"] > 0


def test_the_dashboard_costs_a_handful_of_statements(venue: Venue) -> None:
    orders, guest = [venue.order() for _ in range(12)], uuid4()
    with venue.program.sessions.begin() as db:
        db.add(Customer(id=guest, workspace_id=venue.workspace_id, bsuid=uuid4().hex))
        db.flush()
        db.execute(update(Order).where(Order.id.in_(orders)).values(customer_id=guest))
    venue.role(Role.MANAGER)
    browser, seen = venue.signed_in(), list[str]()

    def note(*args: object) -> None:
        seen.append(str(args[2]))

    event.listen(venue.program.engine, "before_cursor_execute", note)
    page = browser.get("/admin/?period=month").text
    event.remove(venue.program.engine, "before_cursor_execute", note)
    assert f"/admin/customers/{guest}" in page and f"/admin/orders/{orders[-1]}" in page
    assert len([one for one in seen if one.lstrip().upper().startswith("SELECT")]) <= 20
