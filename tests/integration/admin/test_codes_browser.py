"""The way in, in a real browser, on a phone: an invitation, codes set up and asked for, a PIN, a forgotten password."""

import re
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from core.domain.statuses import Role
from tests.integration.admin.test_codes import house  # noqa: F401
from tests.integration.admin.test_pages_browser import faults, tab
from tests.integration.admin.test_users import invited
from tests.integration.admin.venue import PASSWORD, Venue

pytestmark = pytest.mark.browser


def sign_in(page: Page, venue: Venue) -> None:
    page.get_by_label("E-mail").fill(venue.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def looked_at(page: Page, folder: Path, name: str) -> None:
    """Everybody can use it, and its picture is kept."""
    page.screenshot(path=folder / f"{name}.png", full_page=True)
    assert faults(page) == [], name


@pytest.mark.parametrize(("width", "theme"), [(360, "dark"), (1280, "light")])
def test_an_owner_comes_in_with_a_code_of_the_phone_and_later_with_one_from_paper(
    chromium: Browser,
    house: Venue,  # noqa: F811
    address: str,
    complaints: list[str],
    tmp_path: Path,
    width: int,
    theme: str,
) -> None:
    page = tab(chromium, address, complaints, width, theme)
    page.goto(f"{address}/admin/users")
    looked_at(page, tmp_path, "sign-in")
    sign_in(page, house)
    looked_at(page, tmp_path, "setup")
    key = page.get_by_text(re.compile("^Key:")).locator("code").inner_text().replace(" ", "")
    page.get_by_label("Six digits").fill(pyotp.TOTP(key).now())
    page.get_by_role("button", name="Set up").click()
    codes = page.get_by_role("listitem").all_inner_texts()
    looked_at(page, tmp_path, "recovery")
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("heading", name="Users")).to_be_visible()
    looked_at(page, tmp_path, "users")
    page.goto(f"{address}/admin/profile")
    looked_at(page, tmp_path, "profile")
    page.get_by_role("button", name="Wanjiru").click()
    page.get_by_role("button", name="Sign out").first.click()
    sign_in(page, house)
    looked_at(page, tmp_path, "code")
    page.get_by_label("Six digits").fill(codes[0])
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url(f"{address}/admin/**")
    expect(page.get_by_role("button", name="Wanjiru")).to_be_visible()
    assert complaints == []


def test_somebody_new_comes_in_and_takes_the_tablet_over_with_a_pin(
    chromium: Browser,
    venue: Venue,
    address: str,
    complaints: list[str],
    tmp_path: Path,
) -> None:
    venue.role(Role.OWNER)
    link, _ = invited(venue.signed_in())
    page = tab(chromium, address, complaints, 360, "light")
    page.goto(f"{address}{link}")
    page.get_by_label("Your name, as colleagues read it").fill("Njeri")
    page.get_by_label("A password").fill(PASSWORD)
    looked_at(page, tmp_path, "invitation")
    page.get_by_role("button", name="Come in").click()
    page.goto(f"{address}/admin/profile")
    page.get_by_label("A PIN of four to eight digits").fill("4711")
    page.get_by_role("region", name="PIN on this device").get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Save the PIN").click()
    page.get_by_role("button", name="Njeri").click()
    page.get_by_role("button", name="Sign out").first.click()
    looked_at(page, tmp_path, "names")
    page.get_by_role("link", name="Forgotten your password?").click()
    looked_at(page, tmp_path, "forgotten")
    page.get_by_role("link", name="Back to sign in").click()
    page.get_by_role("link", name="Njeri").click()
    looked_at(page, tmp_path, "pin")
    page.get_by_label("Your PIN on this device").fill("4711")
    page.get_by_role("button", name="Take over").click()
    expect(page.get_by_role("button", name="Njeri")).to_be_visible()
    assert complaints == []
