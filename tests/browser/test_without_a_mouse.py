"""Somebody whose mouse is broken: in, an order moved on, another found in its list and opened, and out again."""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from core.domain.statuses import Role
from sandbox.simulators.guest import Guest
from tests.browser.conftest import Visitor, settled
from tests.browser.crew import hired
from tests.functional.outside import Outside
from tests.functional.test_main_job import asks_to_pay
from tests.product import Product

pytestmark = pytest.mark.browser

MOST_TABS = 150


@pytest.fixture
def visitor(chromium: Browser, product: Product, tmp_path: Path) -> Iterator[Visitor]:
    visitor = Visitor(chromium, {"width": 1280, "height": 900}, Path(os.environ.get("PICTURES", tmp_path)))
    yield visitor
    visitor.context.close()
    assert visitor.complaints == []
    assert visitor.hosts == {urlsplit(product.url).netloc}


def presses(page: Page, wanted: Locator, key: str = "Enter") -> None:
    """Tab until it has the focus, then this key."""
    expect(wanted).to_be_attached()
    for _ in range(MOST_TABS):
        if wanted.evaluate("wanted => wanted === document.activeElement"):
            return page.keyboard.press(key)
        page.keyboard.press("Tab")
    raise AssertionError(f"{MOST_TABS} tabs do not lead to {wanted}")


def test_everything_is_done_by_keyboard(visitor: Visitor, product: Product, outside: Outside, guest: Guest) -> None:
    asks_to_pay(guest)
    guest.pays()
    guest.reads("receipt")

    page = visitor.opens(f"{product.url}/admin/board")
    hired(outside, Role.BAR).signs_in(page, by_keyboard=True)
    card = page.locator("li.order", has_text=guest.name)
    presses(page, card.get_by_role("button", name="Start preparing"))
    preparing = page.get_by_role("region", name="Preparing").locator("li.order", has_text=guest.name)
    expect(preparing).to_have_count(1)

    presses(page, page.get_by_role("link", name="Orders", exact=True))
    expect(page.get_by_role("heading", name="Orders")).to_be_visible()
    settled(page)
    presses(page, page.get_by_role("searchbox", name="Search all columns"), guest.name[0])
    page.keyboard.type(guest.name[1:])
    row = page.locator(".tabulator-row")
    expect(row).to_have_count(1)
    expect(row).to_contain_text(guest.name)
    presses(page, row)
    expect(page.locator("main h1")).to_contain_text("Order")
    expect(page.locator("main")).to_contain_text(guest.name)

    presses(page, page.get_by_role("button", name="Bar", exact=True))
    presses(page, page.get_by_role("button", name="Sign out"))
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
