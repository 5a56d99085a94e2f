"""A list in a real browser: filters, sorting, pages, columns, choosing, files, and the keyboard alone."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from core.cipher import installed
from core.domain.statuses import OrderStatus, Role
from core.store.sql.tables import Customer
from tests.integration.admin.browsing import window
from tests.integration.admin.venue import PASSWORD, Venue

pytestmark = pytest.mark.browser


@pytest.fixture
def page(chromium: Browser, address: str, venue: Venue, complaints: list[str]) -> Iterator[Page]:
    venue.role(Role.BAR)
    for number in range(30):
        guest, status = ("Amina", OrderStatus.SERVED) if number % 3 else ("<b>Otieno</b>", OrderStatus.CANCELLED)
        venue.order(status, guest)
    page = window(chromium, address, complaints, width=1280, height=900, accept_downloads=True)
    page.goto(f"{address}/admin/login?next=/admin/orders")
    page.get_by_label("E-mail").fill(venue.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(rows(page)).to_have_count(25, timeout=30_000)
    yield page
    page.context.close()


def rows(page: Page) -> Locator:
    return page.locator(".tabulator-row")


def column(page: Page, field: str) -> list[str]:
    return page.locator(f'.tabulator-row [tabulator-field="{field}"]').all_inner_texts()


def test_filters_are_asked_anywhere_shown_as_chips_and_kept_in_the_address(page: Page, complaints: list[str]) -> None:
    count = page.get_by_role("status").filter(has_text="orders")
    expect(count).to_have_text("30 orders")
    page.get_by_role("searchbox", name="Guest contains").fill("otieno")
    expect(count).to_have_text("10 orders fit")
    assert set(column(page, "customer_name")) == {"<b>Otieno</b>"}
    page.get_by_role("combobox", name="Status is").select_option("SERVED")
    expect(page.get_by_text("Nothing fits.")).to_be_visible()
    page.get_by_role("button", name="Take away: Guest contains otieno").click()
    expect(count).to_have_text("20 orders fit")
    expect(page.get_by_role("searchbox", name="Guest contains")).to_have_value("")
    page.reload()
    expect(count).to_have_text("20 orders fit")
    assert "where=status.in.SERVED" in page.url
    page.get_by_role("button", name="Filters").click()
    panel = page.get_by_role("region", name="Filters", exact=True)
    panel.get_by_role("button", name="Add a group").click()
    group = panel.get_by_role("group")
    group.get_by_label("Column").select_option("customer_name")
    group.get_by_label("Value").fill("nobody")
    panel.get_by_role("button", name="Show").click()
    expect(count).to_have_text("0 orders fit")
    page.get_by_role("searchbox", name="Search all columns").fill("ab")
    expect(page.get_by_role("alert")).to_contain_text("at least 3 letters")
    page.get_by_role("button", name="Take away: Everything").click()
    expect(count).to_have_text("30 orders")
    expect(page.get_by_role("alert")).to_be_hidden()
    assert [one for one in complaints if "400" not in one] == []


def test_columns_pages_views_and_choices_stay_as_they_were_left(page: Page, complaints: list[str]) -> None:
    page.locator('.tabulator-col[tabulator-field="number"] .tabulator-col-title').click()
    expect(page.locator('.tabulator-col[tabulator-field="number"]')).to_have_attribute("aria-sort", "ascending")
    page.locator('.tabulator-col[tabulator-field="total"] .tabulator-col-title').click(modifiers=["Shift"])
    expect(page).to_have_url(re.compile(r"sort=number%2Ctotal"))
    rows(page).nth(1).get_by_label("Choose this row").check()
    page.get_by_role("button", name="Next Page").click()
    expect(rows(page)).to_have_count(5)
    rows(page).nth(0).get_by_label("Choose this row").check()
    bulk = page.get_by_role("region", name="Chosen rows")
    expect(bulk).to_contain_text("2 chosen")
    with page.expect_download() as file:
        bulk.get_by_role("button", name="Download as CSV").click()
    assert len(Path(file.value.path()).read_text("utf-8-sig").splitlines()) == 3
    bulk.get_by_role("button", name="Choose all 30").click()
    expect(bulk).to_contain_text("30 chosen")
    bulk.get_by_role("button", name="Choose none").click()
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("checkbox", name="Note").uncheck()
    page.get_by_role("checkbox", name="Tip", exact=True).check()
    page.get_by_role("button", name="Views").click()
    page.get_by_label("Name of this view").fill("By number")
    page.get_by_role("button", name="Save what is shown").click()
    page.goto(page.url.partition("?")[0])
    expect(rows(page)).to_have_count(25)
    expect(page.get_by_role("columnheader", name="Tip")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Note")).to_be_hidden()
    page.get_by_role("button", name="Views").click()
    page.get_by_role("button", name="By number", exact=True).click()
    expect(page).to_have_url(re.compile(r"sort=number%2Ctotal"))
    expect(rows(page)).to_have_count(5)
    assert complaints == []


def test_a_list_is_used_without_a_mouse(page: Page, complaints: list[str]) -> None:
    rows(page).nth(0).focus()
    page.keyboard.press("ArrowDown")
    expect(rows(page).nth(1)).to_be_focused()
    page.keyboard.press("Space")
    expect(rows(page).nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("m")
    expect(page.get_by_role("menuitem").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(rows(page).nth(1)).to_be_focused()
    expect(page.get_by_role("grid", name="orders")).to_be_visible()
    for heading, key, sort in (("Total", "Enter", "total"), ("Order", "Shift+Space", "total%2Cnumber")):
        page.get_by_role("button", name=heading, exact=True).press(key)
        expect(page).to_have_url(re.compile(rf"sort={sort}(&|$)"))
        expect(page.get_by_role("button", name=heading, exact=True)).to_be_focused()
    expect(page.locator('[aria-busy="true"]')).to_have_count(0)
    assert complaints == []


def test_a_list_fits_a_small_phone_and_scrolls_without_end(page: Page, complaints: list[str]) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("checkbox", name="Scroll without end").check()
    expect(page.locator(".tabulator-page")).to_have_count(0)
    expect(rows(page).first).to_be_visible()
    page.locator(".tabulator-tableholder").evaluate("holder => holder.scrollTo(0, holder.scrollHeight)")
    expect(page.locator('.tabulator-row [tabulator-field="number"]').last).to_be_visible()
    assert complaints == []


def test_a_row_unfolds_and_a_cell_is_changed_in_place(page: Page, venue: Venue, complaints: list[str]) -> None:
    rows(page).nth(0).get_by_role("button", name="Unfold this row").click()
    expect(page.locator(".list-inside")).to_contain_text("2 × Dawa")
    phone = "254712345678"
    venue.role(Role.MANAGER)
    venue.write(
        Customer(workspace_id=venue.workspace_id, name="Amina", phone=phone, phone_index=installed().index(phone))
    )
    page.goto(page.url.replace("/orders", "/customers"))
    cell = page.locator('.tabulator-row [tabulator-field="discount_percent"]')
    for typed in ("15", "200"):
        cell.click()
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
        if typed == "15":
            expect(cell).to_have_text("15.00")
    expect(page.get_by_role("alert")).to_contain_text("between 0 and 99")
    expect(page.get_by_role("textbox", name="Discount %", exact=True)).to_have_value("200")
    page.keyboard.press("Escape")
    expect(cell).to_have_text("15.00")
    expect(page.get_by_role("alert")).to_be_hidden()
    assert [one for one in complaints if "422" not in one] == []
