"""Every page of the staff in a real browser: axe-core reads it, it fits the screen, it asks nothing of other hosts."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from core.domain.statuses import OrderStatus, Role
from tests.integration.admin.browsing import window
from tests.integration.admin.venue import PASSWORD, Venue
from webapp.admin.entries import ENTRIES, PROFILE, SETTINGS

AXE = (Path(__file__).resolve().parents[2] / "vendor/axe-core/axe.min.js").read_text()
# Of WCAG 2.1 AA and good practice: what keeps somebody from using the page.
SERIOUS = """async () => (await axe.run({runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}))
    .violations.filter(found => ["serious", "critical"].includes(found.impact))
    .flatMap(found => found.nodes.map(node => `${found.id}: ${node.html.slice(0, 160)}`))"""

pytestmark = pytest.mark.browser


def tab(chromium: Browser, address: str, complaints: list[str], width: int, theme: str) -> Page:
    page = window(chromium, address, complaints, width=width, reduced_motion="reduce")
    page.context.add_init_script(f"localStorage.theme ??= '{theme}'")
    return page


def sign_in(page: Page, address: str, venue: Venue) -> None:
    page.goto(f"{address}/admin/board")
    page.get_by_label("E-mail").fill(venue.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("status")).to_have_text("Live")
    venue.role(Role.OWNER)


def faults(page: Page) -> list[str]:
    unfinished = page.locator('[aria-busy="true"], #list:not(:has([role="grid"]))')
    expect(unfinished).to_have_count(0)
    page.evaluate(AXE)
    found: list[str] = page.evaluate(SERIOUS)
    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*found, *([f"{over} px wider than the screen"] if over > 0 else [])]


def pages(venue: Venue) -> list[str]:
    """The address of every page a menu leads to, and of some behind them."""
    entries = [*(entry for group in ENTRIES.values() for entry in group), *SETTINGS, *PROFILE]
    with venue.app.test_request_context():
        listed = [venue.app.url_for(entry.endpoint) for entry in entries]
        behind = [venue.app.url_for("admin.setting", name=name) for name in ("hours", "payments")]
        return [
            *listed,
            *behind,
            venue.app.url_for("admin.conversation", box=venue.box()),
            venue.app.url_for("admin.letters"),
            venue.app.url_for("admin.report_schedules"),
        ]


@pytest.mark.parametrize(("width", "theme"), [(360, "dark"), (1280, "light")])
def test_every_page_can_be_used_by_everybody(
    chromium: Browser, address: str, venue: Venue, complaints: list[str], width: int, theme: str
) -> None:
    venue.order(guest="Amina")
    venue.order(OrderStatus.READY)
    venue.call()
    venue.hears("hi")
    venue.account_notice()
    page = tab(chromium, address, complaints, width, theme)
    page.goto(f"{address}/admin/login")
    found = {"/admin/login": faults(page)}
    sign_in(page, address, venue)
    for path in pages(venue):
        page.goto(f"{address}{path}")
        expect(page.locator("main h1").first).to_be_attached()
        found[path] = faults(page)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
    assert complaints == []
    page.context.close()


def test_menus_open_by_keyboard_close_on_escape_and_the_theme_stays(
    chromium: Browser, address: str, venue: Venue, complaints: list[str]
) -> None:
    page = tab(chromium, address, complaints, 360, "light")
    sign_in(page, address, venue)
    page.get_by_role("button", name="Menu").press("Enter")
    expect(page.get_by_role("link", name="Cash")).to_be_visible()
    expect(page.get_by_role("link", name="Board")).to_have_attribute("aria-current", "page")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Cash")).to_be_hidden()
    person = page.get_by_role("button", name="Wanjiru")
    person.press("Enter")
    page.get_by_role("button", name="Dark").click()
    page.mouse.click(5, 700)
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    page.goto(f"{address}/admin/cash")
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"
    assert complaints == []
    page.context.close()


def test_the_menu_folds_to_its_icons_and_stays_so(
    chromium: Browser, address: str, venue: Venue, complaints: list[str]
) -> None:
    page = tab(chromium, address, complaints, 1280, "light")
    sign_in(page, address, venue)
    fold, cash = page.get_by_role("button", name="Names in the menu"), page.get_by_role("link", name="Cash")
    expect(fold).to_have_attribute("aria-expanded", "true")
    fold.press("Enter")
    page.goto(f"{address}/admin/orders")
    expect(fold).to_have_attribute("aria-expanded", "false")
    assert page.evaluate("document.getElementById('sidebar').offsetWidth") < 100
    assert faults(page) == []
    expect(cash).to_have_attribute("title", "Cash")
    cash.click()
    expect(page).to_have_url(f"{address}/admin/cash")
    assert complaints == []
    page.context.close()


def test_the_line_of_the_page_one_is_on_is_in_sight_however_long_the_menu(
    chromium: Browser, address: str, venue: Venue, complaints: list[str]
) -> None:
    page = tab(chromium, address, complaints, 1280, "light")
    sign_in(page, address, venue)
    page.goto(f"{address}/admin/tables")
    expect(page.get_by_role("link", name="Tables", exact=True)).to_be_in_viewport(ratio=1)
    assert page.evaluate("scrollY") == 0 and complaints == []
    page.context.close()


def test_on_a_phone_the_board_is_nearly_the_whole_screen(
    chromium: Browser, address: str, venue: Venue, complaints: list[str]
) -> None:
    for _ in range(4):
        venue.order()
    page = tab(chromium, address, complaints, 360, "dark")
    sign_in(page, address, venue)
    card = page.locator("li.order").first
    expect(card).to_be_visible()
    box = card.bounding_box()
    assert box and box["width"] >= 340
    page.evaluate("scrollTo(0, 200)")
    assert page.evaluate("document.querySelector('.topbar').getBoundingClientRect().bottom <= 0")
    page.context.close()
