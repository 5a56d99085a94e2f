"""A manager with a phone writes down what is in a cocktail, from the empty bottle to the menu."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.integration.admin.test_pages_browser import faults, sign_in, tab
from tests.integration.admin.venue import Venue

pytestmark = pytest.mark.browser

WIDTH = int(os.environ.get("WIDTH", "360"))


def look(page: Page, name: str) -> None:
    """Nothing is wrong with the page; its picture is kept where somebody wants to look at it."""
    assert faults(page) == [], name
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}-{WIDTH}.png", full_page=True)


def test_from_a_new_bottle_to_a_cocktail_that_knows_how_many_it_is(
    chromium: Browser, address: str, venue: Venue, complaints: list[str]
) -> None:
    page = tab(chromium, address, complaints, WIDTH, "light")
    sign_in(page, address, venue)
    page.goto(f"{address}/admin/products/{venue.product_id}")
    page.get_by_role("link", name="Make it of ingredients").click()
    look(page, "recipe-of-nothing")
    page.get_by_role("link", name="Add the first ingredient").click()
    page.get_by_role("textbox", name="Name").fill("Vodka")
    page.get_by_label("Warn when so much is left").fill("400")
    look(page, "ingredient")
    page.get_by_role("button", name="Save").click()
    page.get_by_label("How many").fill("750")
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_text("750 ml").first).to_be_visible()
    page.goto(f"{address}/admin/products/{venue.product_id}/recipe")
    line = page.get_by_role("group", name="Line 1")
    line.get_by_label("Ingredient").select_option("Vodka (ml)")
    line.get_by_label("How much").fill("half a glass")
    page.get_by_role("button", name="Save").click()
    expect(line.get_by_text("Write a whole number.")).to_be_visible()
    look(page, "recipe-refused")
    line.get_by_label("How much").fill("50")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Enough for 15 more")).to_be_visible()
    look(page, "recipe")
    page.get_by_role("link", name="Vodka").click()
    expect(page.get_by_text("Dawa (50 ml)")).to_be_visible()
    look(page, "shelf-of-an-ingredient")
    page.get_by_role("button", name="sold out now").click()
    expect(page.get_by_text("marked sold out")).to_be_visible()
    for path in ("stock", "products", f"products/{venue.product_id}"):
        page.goto(f"{address}/admin/{path}")
        look(page, path.replace("/", "-").replace(str(venue.product_id), "dawa"))
    expect(page.get_by_text("Enough for 0 more")).to_be_visible()
    assert [one for one in complaints if "400" not in one] == []
    page.context.close()
