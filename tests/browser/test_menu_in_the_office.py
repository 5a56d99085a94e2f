"""A manager with a phone changes a price and takes a drink off: the guest's next message shows it."""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from core.services.demo import OWNER_EMAIL
from sandbox.simulators.control import Simulators
from tests.browser.conftest import Visitor
from tests.product import Product

pytestmark = pytest.mark.browser


@pytest.fixture
def visitor(chromium: Browser, product: Product, tmp_path: Path) -> Iterator[Visitor]:
    pictures = Path(os.environ.get("PICTURES", tmp_path))
    visitor = Visitor(chromium, {"width": 390, "height": 844}, pictures)
    yield visitor
    visitor.context.close()
    assert visitor.complaints == []
    assert visitor.hosts == {urlsplit(product.url).netloc}


def signed_in(visitor: Visitor, product: Product) -> Page:
    page = visitor.opens(f"{product.url}/admin/products")
    page.get_by_label("E-mail").fill(OWNER_EMAIL)
    page.get_by_label("Password").fill(product.settings["DEMO_OWNER_PASSWORD"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Products")).to_be_visible()
    return page


def adds(page: Page, name: str, price: str) -> None:
    page.get_by_role("link", name="New product").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Price in whole shillings").fill(price)
    page.get_by_label("Category", exact=True).select_option(label="Soft drinks")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Every chat follows")).to_be_visible()


def receives(page: Page, product: Product, name: str, quantity: str) -> None:
    page.goto(f"{product.url}/admin/stock")
    page.get_by_role("link", name=name).click()
    page.get_by_label("How many").fill(quantity)
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_role("cell", name="+12")).to_be_visible()


def taps(page: Page, act: str) -> None:
    page.get_by_role("button", name="What to do with this row").click()
    page.get_by_role("menuitem", name=act).click()


def test_a_new_price_and_a_sold_out_drink_are_in_the_guest_s_next_message(
    visitor: Visitor, product: Product, simulators: Simulators
) -> None:
    name, page = f"Baobab {uuid4().hex[:6]}", signed_in(visitor, product)
    guest = simulators.guest(f"2547{uuid4().int % 10**8:08d}", name="Achieng")
    adds(page, name, "250")
    receives(page, product, name, "12")
    guest.says(name)
    guest.reads("KES 250")

    page.goto(f"{product.url}/admin/products?q={name}")
    page.get_by_role("link", name=name).click()
    page.get_by_label("Price in whole shillings").fill("275")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Every chat follows")).to_be_visible()
    visitor.takes_picture(page, "products")
    guest.says(name)
    guest.reads("KES 275")

    page.goto(f"{product.url}/admin/products?q={name}")
    taps(page, "Sold out")
    expect(page.get_by_role("gridcell", name="Sold out")).to_be_visible()
    guest.says(f"1 {name}")
    guest.reads("sold out")
    taps(page, "Back on sale")
    expect(page.get_by_role("gridcell", name="There")).to_be_visible()
    guest.says(f"1 {name}")
    guest.reads("KES 275")

    page.get_by_role("link", name=name).click()
    page.get_by_role("button", name="Take it off for good").click()
    page.get_by_role("button", name="Take it off", exact=True).click()
    expect(page.get_by_text("Taken off the menu")).to_be_visible()
    guest.says("checkout")
    guest.reads(f"{name} is not available any more")
