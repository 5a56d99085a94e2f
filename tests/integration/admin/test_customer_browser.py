"""A guest's page in a real browser: a note typed while the login ended, a block, and being forgotten."""

from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from core.domain.statuses import Role
from tests.integration.admin.test_codes_browser import looked_at, sign_in
from tests.integration.admin.test_pages_browser import tab
from tests.integration.admin.test_unsent import end_login
from tests.integration.admin.venue import Venue

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "theme"), [(360, "dark"), (1280, "light")])
def test_a_note_outlives_a_login_and_a_guest_is_blocked_and_forgotten(
    chromium: Browser,
    venue: Venue,
    client_id: UUID,
    address: str,
    complaints: list[str],
    tmp_path: Path,
    width: int,
    theme: str,
) -> None:
    venue.role(Role.MANAGER)
    page = tab(chromium, address, complaints, width, theme)
    page.goto(f"{address}/admin/customers/{client_id}")
    sign_in(page, venue)
    page.get_by_label("For colleagues only").fill("Likes the corner\nNo nuts")
    end_login(venue)
    page.get_by_role("button", name="Note it").click()
    expect(page.get_by_text("What you typed waits for you")).to_be_visible()
    sign_in(page, venue)
    looked_at(page, tmp_path, "unsent")
    page.get_by_role("button", name="Send it now").click()
    expect(page.get_by_text("No nuts")).to_be_visible()
    answer(page, "Block", "Block")
    expect(page.get_by_text("Blocked since")).to_be_visible()
    looked_at(page, tmp_path, "client")
    page.get_by_role("link", name="Erase…").click()
    page.get_by_label("The guest asked for it").check()
    looked_at(page, tmp_path, "erase")
    answer(page, "Erase for good", "Erase")
    expect(page.get_by_role("heading", name="Clients")).to_be_visible()
    page.goto(f"{address}/admin/switch")
    looked_at(page, tmp_path, "switch")


def answer(page: Page, tap: str, yes: str) -> None:
    """A tap that asks first, and yes to it."""
    page.get_by_role("button", name=tap, exact=True).first.click()
    page.get_by_role("dialog").get_by_role("button", name=yes, exact=True).click()
