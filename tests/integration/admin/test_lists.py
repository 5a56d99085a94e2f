"""Lists over HTTP: what is refused with a sentence, what a file holds, and that nobody sees another house's rows."""

import io
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import update

from core.domain.statuses import OrderStatus, Role
from core.services import exports
from core.store.sql.tables import Order
from tests.integration.admin.venue import Browser, Venue, open_venue

AS_JSON = {"Accept": "application/json"}


@pytest.fixture
def bar(venue: Venue) -> Browser:
    venue.role(Role.BAR)
    return venue.signed_in()


def rows(browser: Browser, query: str = "") -> Any:
    return browser.get(f"/admin/orders/rows{query}", headers=AS_JSON)


def test_rows_come_as_people_read_them(bar: Browser, venue: Venue) -> None:
    order_id = venue.order(OrderStatus.SERVED, "Amina")
    answer = rows(bar).json
    assert (answer["last_row"], answer["last_page"], answer["about"]) == (1, 1, False)
    (row,) = answer["data"]
    assert row["id"] == str(order_id) and row["status"] == "SERVED" and row["customer_name"] == "Amina"
    assert row["total"] == "KES 1,400" and row["table_number"] == 7
    assert row["created_at"][2:].startswith(" ") and row["created_at"][-3] == ":"


@pytest.mark.parametrize(
    "query",
    ["?where=status.in.500", "?where=x", "?sort=password", "?size=7", "?page=99999", "?q=ab", "?where=number.is.%00",
     "?where=created_at.from.9999-99-99", "?where=total.from.%F0%9F%8D%B9", "?or9=x&or1=y", "?page=%D9%A1%D9%A1"],
)  # fmt: skip
def test_what_cannot_be_asked_is_a_400_with_a_sentence(bar: Browser, query: str) -> None:
    answer = rows(bar, query)
    assert answer.status_code == 400 and answer.json["error"].endswith(".")
    page = bar.get(f"/admin/orders{query}")
    assert page.status_code == 400 and 'role="alert"' in page.text
    assert bar.get(f"/admin/orders/file.csv{query}").status_code == 400


def test_another_houses_orders_are_never_there(bar: Browser, venue: Venue) -> None:
    other = open_venue(venue.app)
    theirs = other.order(guest="Njeri")
    assert rows(bar, "?q=njeri").json["data"] == []
    chosen = bar.post("/admin/orders/file.csv", data={"ids": [str(theirs)]})
    assert chosen.status_code == 200 and "Njeri" not in chosen.text


def test_who_may_not_see_orders_is_refused(venue: Venue) -> None:
    venue.role(Role.KITCHEN)
    browser = venue.signed_in()
    for address in ("/admin/orders", "/admin/orders/rows", "/admin/orders/file.csv"):
        assert browser.get(address).status_code == 403


@pytest.fixture
def hostile(venue: Venue) -> None:
    for guest in ("=HYPERLINK(1)", "Amina"):
        venue.order(OrderStatus.SERVED, guest)


@pytest.mark.usefixtures("hostile")
def test_a_file_has_what_is_filtered_with_the_columns_asked_for_and_no_formula(bar: Browser) -> None:
    answer = bar.get("/admin/orders/file.csv?cols=customer_name,total,status&sort=customer_name")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="orders.csv"'
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert lines == ["Guest,Total,Status", "'=HYPERLINK(1),1400.00,Served", "Amina,1400.00,Served"]
    filtered = bar.get("/admin/orders/file.csv?cols=customer_name&where=customer_name.is.amina")
    assert filtered.data.decode("utf-8-sig").splitlines() == ["Guest", "Amina"]


@pytest.mark.usefixtures("hostile")
def test_a_sheet_has_figures_and_a_paper_has_words(bar: Browser) -> None:
    sheet = load_workbook(io.BytesIO(bar.get("/admin/orders/file.xlsx?sort=customer_name").data)).active
    lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert lines[0][:3] == ["Order", "Ordered", "Status"]
    guests = [line[4] for line in lines]
    assert guests == ["Guest", "'=HYPERLINK(1)", "Amina"]
    assert Decimal(str(lines[1][5])) == 1400 and lines[1][1].tzinfo is None
    assert bar.get("/admin/orders/file.pdf").data.startswith(b"%PDF")
    assert bar.get("/admin/orders/file.doc").status_code == 404


@pytest.mark.usefixtures("hostile")
def test_a_file_that_would_be_too_large_says_so(bar: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(exports.MOST_ROWS, "csv", 1)
    answer = bar.get("/admin/orders/file.csv")
    assert answer.status_code == 400 and "2 orders" in answer.json["error"]


@pytest.mark.parametrize("ids", [[], ["x"], ["0" * 32] * 501])
def test_chosen_rows_that_are_none_are_refused(bar: Browser, ids: list[str]) -> None:
    assert bar.post("/admin/orders/file.csv", data={"ids": ids}).status_code == 400


def test_names_with_markup_stay_text_in_the_page(bar: Browser, venue: Venue) -> None:
    page = bar.get("/admin/orders?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
    assert page.status_code == 200 and "<script>alert" not in page.text


def test_a_total_is_sorted_as_a_number(bar: Browser, venue: Venue) -> None:
    ids = [venue.order(OrderStatus.SERVED) for _ in range(3)]
    with venue.program.sessions.begin() as db:
        for order_id, total in zip(ids, (900, 10_000, 2_000), strict=True):
            db.execute(update(Order).where(Order.id == order_id).values(total=total))
    totals = [row["total"] for row in rows(bar, "?sort=-total").json["data"]]
    assert totals == ["KES 10,000", "KES 2,000", "KES 900"]
