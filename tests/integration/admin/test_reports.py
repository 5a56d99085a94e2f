"""The page of the reports: who sees it, which days it takes, and its files."""

import re
from uuid import UUID

import pytest
from flask import Flask

from core.domain.statuses import Role
from core.services.ledger import book
from core.store.sql.engine import transaction
from core.store.sql.tables import Order
from tests.integration.admin.venue import Venue, open_venue


def sold(venue: Venue, item: str = "Dawa") -> UUID:
    """An order that was paid, and stands in the books."""
    order_id = venue.order(item=item)
    with transaction(venue.program.sessions) as db:
        book(db, "paid", db.get_one(Order, order_id), new=True)
    return order_id


@pytest.fixture
def manager(venue: Venue) -> Venue:
    venue.role(Role.VIEWER)
    return venue


def test_today_is_shown_to_who_may_see_reports_and_to_nobody_else(venue: Venue) -> None:
    sold(venue, "<b>Dawa</b>")
    browser = venue.signed_in()
    assert browser.get("/admin/reports").status_code == 403
    assert browser.get("/admin/reports/report.csv").status_code == 403
    venue.role(Role.VIEWER)
    page = browser.get("/admin/reports")
    assert page.status_code == 200 and "1 order" in page.text and "KES&nbsp;1,400" in page.text
    assert "1,206.90" not in page.text and "<b>Dawa" not in page.text
    assert "Reports" in browser.get("/admin/").text


def test_another_venues_sales_are_not_ours(app: Flask, manager: Venue) -> None:
    sold(open_venue(app))
    page = manager.signed_in().get("/admin/reports?days=30")
    assert "Nothing was sold in this time" in page.text


@pytest.mark.parametrize("asked", ["days=1", "days=7", "days=30", "shift=1", "days=<script>"])
def test_every_period_counts_what_was_sold_now(manager: Venue, asked: str) -> None:
    sold(manager)
    page = manager.signed_in().get(f"/admin/reports?{asked}")
    assert (
        page.status_code == 200 and "KES&nbsp;1,400" in page.text and "<script>" not in page.text.partition("main")[2]
    )


def test_yesterday_and_days_long_ago_are_empty(manager: Venue) -> None:
    sold(manager)
    browser = manager.signed_in()
    for asked in ("days=yesterday", "first=2020-02-28&last=2020-03-01", "first=2020-02-28"):
        page = browser.get(f"/admin/reports?{asked}")
        assert page.status_code == 200 and "Nothing was sold in this time" in page.text


@pytest.mark.parametrize(
    "asked",
    [
        "first=2026-13-01&last=2026-13-02", "first=2026-11-02&last=2026-11-01", "first=1990-01-01&last=2026-01-01",
        "first=0001-01-01", "last=9999-12-31", "first=%00", "shift=99", "shift=²", "shift=99999999999999",
    ],
)  # fmt: skip
def test_days_that_cannot_be_meant_are_answered_beside_todays_figures(manager: Venue, asked: str) -> None:
    browser = manager.signed_in()
    page = browser.get(f"/admin/reports?{asked}")
    assert page.status_code == 400 and 'role="alert"' in page.text
    assert browser.get(f"/admin/reports/report.csv?{asked}").status_code == 404


def test_the_files_say_what_the_page_says(manager: Venue) -> None:
    sold(manager)
    browser = manager.signed_in()
    csv = browser.get("/admin/reports/report.csv?days=7")
    assert "By product,Dawa,2,1400" in csv.text.replace(".00", "") and csv.headers["Content-Type"].startswith(
        "text/csv"
    )
    for form, start in (("pdf", b"%PDF"), ("xlsx", b"PK")):
        assert browser.get(f"/admin/reports/report.{form}?days=7").data.startswith(start)
    assert browser.get("/admin/reports/report.exe").status_code == 404


def test_a_manager_has_a_report_sent_and_ends_it_again(venue: Venue) -> None:
    venue.role(Role.VIEWER)
    browser = venue.signed_in()
    assert browser.get("/admin/reports/schedules").status_code == 403
    venue.role(Role.MANAGER)
    assert "Nothing comes by itself yet" in browser.get("/admin/reports/schedules").text
    wish = {"every": "weekly", "way": "whatsapp", "phone": "0722 000 111", "hour": "9"}
    assert browser.post("/admin/reports/schedules", data=wish).status_code == 302
    page = browser.get("/admin/reports/schedules").text
    assert "Every Monday" in page and "By WhatsApp, at 09:00" in page
    (end,) = re.findall(r'action="(/admin/reports/schedules/[^"]+/end)"', page)
    assert browser.post(end).status_code == browser.post(end).status_code == 302
    assert "Nothing comes by itself yet" in browser.get("/admin/reports/schedules").text


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"way": "whatsapp", "phone": "12"}, "Write the number"),
        ({"way": "mail"}, "has no mail server"),
        ({"way": "pigeon"}, "Choose how it comes"),
        ({"way": "whatsapp", "phone": "0722000111", "hour": "3"}, "Choose an hour"),
        ({"every": "hourly"}, "Choose how often"),
    ],
)
def test_what_cannot_be_meant_stands_beside_its_field_and_stays_typed(
    venue: Venue, wish: dict[str, str], said: str
) -> None:
    venue.role(Role.MANAGER)
    browser = venue.signed_in()
    page = browser.post("/admin/reports/schedules", data={"every": "daily", "way": "mail", "hour": "8", **wish})
    assert page.status_code == 400 and said in page.text and wish.get("phone", "") in page.text
