"""A list that is worked in: cells changed in place, acts on many rows, and rows that change by themselves meanwhile."""

from collections.abc import Iterator
from decimal import Decimal
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from core.domain.statuses import OrderStatus, Role, Station
from core.services.activity import Actor
from core.services.menu_edit import save_product
from core.services.orders import advance_order
from core.services.relay import follow_up
from core.store.sql.tables import Product
from tests.integration.admin.browsing import window
from tests.integration.admin.venue import PASSWORD, Venue

pytestmark = pytest.mark.browser


@pytest.fixture
def page(chromium: Browser, address: str, venue: Venue, complaints: list[str]) -> Iterator[Page]:
    venue.role(Role.MANAGER)
    venue.write(*(product(venue, name, price) for name, price in (("Mojito", 800), ("<i>Fanta</i>", 150))))
    page = window(chromium, address, complaints, width=1280, height=900)
    page.goto(f"{address}/admin/login?next=/admin/products")
    page.get_by_label("E-mail").fill(venue.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(rows(page)).to_have_count(3, timeout=30_000)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    yield page
    page.context.close()


def product(venue: Venue, name: str, price: int) -> Product:
    with venue.program.sessions.begin() as db:
        category_id = db.get_one(Product, venue.product_id).category_id
    return Product(
        workspace_id=venue.workspace_id, category_id=category_id, name=name, slug=uuid4().hex, price=Decimal(price),
        station=Station.BAR, on_hand=20, low_stock=30, attributes=["sweet"],
    )  # fmt: skip


def rows(page: Page) -> Locator:
    return page.locator(".tabulator-row")


def cell(page: Page, name: str, column: str) -> Locator:
    return rows(page).filter(has_text=name).locator(f'[tabulator-field="{column}"]')


def amina_changes(venue: Venue, **values: object) -> None:
    """Somebody else does, in another office."""
    actor = Actor(venue.workspace_id, None, "Amina")
    with venue.program.sessions.begin() as db:
        followup = save_product(db, actor, venue.product_id, None, values)[1]
    follow_up(venue.program, followup)


def row(venue: Venue, name: str) -> Product:
    with venue.program.sessions.begin() as db:
        return db.query(Product).filter_by(workspace_id=venue.workspace_id, name=name).one()


def test_a_price_is_changed_in_place_and_nobody_writes_over_another(
    page: Page, venue: Venue, complaints: list[str]
) -> None:
    price = cell(page, "Dawa", "price")
    price.click()
    field = page.get_by_role("textbox", name="Price", exact=True)
    expect(field).to_have_value("700")
    field.fill("7.5")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("whole shillings")
    expect(field).to_have_value("7.5")
    amina_changes(venue, price=Decimal(750), description="With honey")
    field.fill("800")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("changed this just now. It is KES 750 now.")
    assert row(venue, "Dawa").price == 750
    page.keyboard.press("Enter")
    expect(price).to_have_text("KES 800")
    expect(price).to_be_focused()
    assert (row(venue, "Dawa").price, row(venue, "Dawa").description) == (800, "With honey")
    cell(page, "Dawa", "availability").click()
    page.get_by_role("combobox", name="Can be had", exact=True).select_option("Sold out")
    expect(cell(page, "Dawa", "availability")).to_have_text("Sold out")
    assert row(venue, "Dawa").sold_out
    assert [one for one in complaints if "409" not in one and "422" not in one] == []


def test_acts_on_many_rows_ask_first_and_say_what_became_of_it(page: Page, venue: Venue, complaints: list[str]) -> None:
    page.get_by_role("searchbox", name="Attributes contains").fill("sweet")
    expect(rows(page)).to_have_count(2)
    page.get_by_role("button", name="Take away: Attributes contains sweet").click()
    for name in ("Dawa", "Mojito"):
        rows(page).filter(has_text=name).get_by_label("Choose this row").check()
    page.get_by_role("region", name="Chosen rows").get_by_role("button", name="Sold out").click()
    expect(page.get_by_role("dialog")).to_contain_text("Take 2 products off every chat")
    page.get_by_role("dialog").get_by_role("button", name="Sold out").click()
    expect(page.get_by_role("status").filter(has_text="Sold out: 2 products.")).to_be_visible()
    for name in ("Dawa", "Mojito"):
        expect(cell(page, name, "availability")).to_have_text("Sold out")
        assert row(venue, name).sold_out
    rows(page).filter(has_text="Fanta").get_by_role("button", name="What to do with this row").click()
    page.get_by_role("menuitem", name="Sold out").click()
    expect(cell(page, "Fanta", "availability")).to_have_text("Sold out")
    page.get_by_role("link", name="Sold out", exact=True).click()
    expect(page.get_by_role("button", name="Take away: Can be had is Sold out or None left")).to_be_visible()
    assert complaints == []


def test_a_list_is_changed_without_a_mouse(page: Page, venue: Venue, complaints: list[str]) -> None:
    rows(page).filter(has_text="Mojito").focus()
    for key in ("ArrowRight", "End", "Home"):
        page.keyboard.press(key)
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(cell(page, "Mojito", "price")).to_be_focused()
    page.keyboard.press("F2")
    page.keyboard.type("850")
    page.keyboard.press("Enter")
    expect(cell(page, "Mojito", "price")).to_have_text("KES 850")
    expect(cell(page, "Mojito", "price")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('.tabulator-row')")
    page.route("**/choices/availability", lambda _: None)  # is not answered: whoever leaves the cell has chosen nothing
    cell(page, "Mojito", "availability").click()
    expect(page.get_by_role("combobox", name="Can be had", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("combobox", name="Can be had", exact=True)).to_have_count(0)
    assert complaints == []


def test_rows_change_where_they_stand_while_somebody_works_in_the_list(
    page: Page, venue: Venue, complaints: list[str]
) -> None:
    cell(page, "Mojito", "price").click()
    field = page.get_by_role("textbox", name="Price", exact=True)
    field.fill("82")
    amina_changes(venue, price=Decimal(750))
    expect(cell(page, "Dawa", "price")).to_have_text("KES 750")
    expect(field).to_have_value("82")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    orders = [venue.order(OrderStatus.PAID, f"Guest {number}") for number in range(3)]
    page.goto(page.url.partition("/admin/")[0] + "/admin/orders")
    first = rows(page).filter(has_text="Guest 0")
    first.get_by_role("button", name="Unfold this row").click()
    expect(page.locator(".list-inside")).to_contain_text("2 × Dawa")
    first.get_by_label("Choose this row").check()
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    with venue.program.sessions.begin() as db:
        followup = advance_order(db, venue.workspace_id, orders[0], OrderStatus.READY, venue.user_id)
    follow_up(venue.program, followup)
    expect(first.locator('[tabulator-field="status"]')).to_have_text("Ready")
    expect(page.locator(".list-inside")).to_contain_text("2 × Dawa")
    expect(first).to_have_attribute("aria-selected", "true")
    venue.order(OrderStatus.PAID, "Guest 3")
    expect(page.get_by_text("Other rows belong here now.")).to_be_visible()
    expect(rows(page)).to_have_count(3)
    page.get_by_role("button", name="Show them").click()
    expect(rows(page)).to_have_count(4)
    expect(first).to_have_attribute("aria-selected", "true")
    assert complaints == []
