"""Every page of the staff for everybody who works there: those they may see open without a complaint, the others say
whom to ask. The owner's menus name the pages, and each page leads to the first of what lies behind it."""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from core.domain.statuses import Role
from sandbox.simulators.guest import Guest
from tests.browser.conftest import Visitor, settled
from tests.browser.crew import hired
from tests.functional.outside import Outside
from tests.functional.test_main_job import asks_to_pay
from tests.product import Product

pytestmark = pytest.mark.browser

MENUS = 'nav a[href^="/admin"], header a[href^="/admin"]'
# What lies behind a page and is a page itself, not a file.
BEHIND = """links => links.map(link => link.getAttribute("href"))
    .find(href => href.startsWith(location.pathname + "/") && !/[.]/.test(href))"""


@pytest.fixture
def visitors(chromium: Browser, tmp_path: Path) -> Iterator[dict[Role, Visitor]]:
    pictures = Path(os.environ.get("PICTURES", tmp_path))
    visitors = {role: Visitor(chromium, {"width": 1024, "height": 768}, pictures) for role in Role}
    yield visitors
    for visitor in visitors.values():
        visitor.context.close()


def links(page: Page) -> list[str]:
    return list(page.locator(MENUS).evaluate_all("links => [...new Set(links.map(link => link.getAttribute('href')))]"))


def behind(page: Page, path: str) -> str | None:
    page.goto(path)
    settled(page)
    found = page.locator("main a[href]").evaluate_all(BEHIND)
    return None if found is None else str(found)


def test_every_page_opens_for_every_role_or_says_whom_to_ask(
    visitors: dict[Role, Visitor], product: Product, outside: Outside, guest: Guest
) -> None:
    asks_to_pay(guest)
    guest.pays()
    guest.reads("receipt")
    every: list[str] = []
    for role, visitor in visitors.items():  # the owner comes first
        page = visitor.opens(f"{product.url}/admin/board")
        hired(outside, role).signs_in(page)
        expect(page.locator("#live")).to_have_text("Live")
        mine = links(page)
        if not every:
            deeper = [behind(page, product.url + path) for path in mine]
            every = [*mine, *filter(None, deeper)]
            assert len(every) > 30
        closed = {path: refusal(visitor, product.url + path) for path in every}
        for path in mine:
            assert closed[path] == "", f"{role} has {path} in a menu and may not see it"
        for path in [path for path in every if not closed[path] and role is not Role.OWNER]:
            page.goto(product.url + path)
            settled(page)
        assert (role, visitor.complaints, visitor.hosts) == (role, [], {urlsplit(product.url).netloc})
        page.close()


def refusal(visitor: Visitor, address: str) -> str:
    """The sentence with which a page stays closed to them; empty where it is open."""
    answer = visitor.context.request.get(address)
    assert answer.status in (200, 403), f"{answer.status} at {address}"
    words = answer.text() if answer.status == 403 else ""
    assert not words or "ask one of them" in words, address
    return words
