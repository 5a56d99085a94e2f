"""A newcomer opens the phone in the browser, orders a Dawa and pays; the bar beside it sees the order at once."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect

from core.services.demo import OWNER_EMAIL
from sandbox.simulators.control import Simulators
from tests.browser.conftest import Visitor
from tests.product import Product

pytestmark = pytest.mark.browser


@pytest.fixture(params=[(1280, 800), (390, 844)], ids=["wide", "narrow"])
def visitor(
    request: pytest.FixtureRequest, chromium: Browser, product: Product, simulators: Simulators, tmp_path: Path
) -> Iterator[Visitor]:
    width, height = request.param
    pictures = Path(os.environ.get("PICTURES", tmp_path))
    visitor = Visitor(chromium, {"width": width, "height": height}, pictures)
    yield visitor
    visitor.context.close()
    assert visitor.complaints == []
    assert visitor.hosts == {urlsplit(product.url).netloc}


def signs_in(visitor: Visitor, product: Product) -> Page:
    page = visitor.opens(f"{product.url}/admin/")
    visitor.takes_picture(page, "login")
    page.get_by_label("E-mail").fill(OWNER_EMAIL)
    page.get_by_label("Password").fill(product.settings["DEMO_OWNER_PASSWORD"])
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{product.url}/admin/board")
    return page


def takes_a_phone(visitor: Visitor, product: Product) -> tuple[Page, str]:
    """The phone page for a guest nobody has seen before, and the guest's name."""
    number = f"2547{uuid4().int % 10**8:08d}"
    name = f"Wanjiru {number[-4:]}"
    return visitor.opens(f"{product.url}/sandbox/?guest={number}&name={name}"), name


def newest_tap(phone: Page, title: str) -> Locator:
    return phone.get_by_role("button", name=re.compile(title)).last


def orders_a_dawa(visitor: Visitor, phone: Page) -> None:
    expect(phone.locator("#presence")).to_have_text("online")
    visitor.takes_picture(phone, "phone-new")
    phone.get_by_role("button", name="2 dawa to table 7").click()
    newest_tap(phone, "I am 18").click()
    newest_tap(phone, "M-Pesa").click()
    dialog = phone.get_by_role("dialog", name="M-PESA")
    expect(dialog).to_contain_text("1,400")
    visitor.takes_picture(phone, "phone-pin")
    phone.get_by_label("Enter your PIN").fill("1234")
    phone.keyboard.press("Enter")
    expect(phone.locator(".bubble.theirs").last).to_contain_text("receipt")
    visitor.takes_picture(phone, "phone-paid")


def card_on(board: Page | FrameLocator, guest: str) -> Locator:
    return board.locator("li.order", has_text=guest)


def test_a_dawa_is_ordered_paid_seen_and_brought(visitor: Visitor, product: Product) -> None:
    board = signs_in(visitor, product)
    board.evaluate("window.sameVisit = true")
    phone, name = takes_a_phone(visitor, product)
    orders_a_dawa(visitor, phone)

    card = card_on(board, name)
    expect(card).to_contain_text("Dawa")
    expect(card).to_contain_text("7")
    visitor.takes_picture(board, "board-paid")
    card.get_by_role("button", name="Start preparing").click()
    card.get_by_role("button", name="Ready").click()
    expect(card.get_by_role("button", name="Served")).to_be_visible()
    expect(phone.locator(".bubble.theirs").last).to_contain_text("ready")
    visitor.takes_picture(board, "board-ready")
    visitor.takes_picture(phone, "phone-ready")
    card.get_by_role("button", name="Served").click()
    expect(card).to_have_count(0)
    assert board.evaluate("window.sameVisit"), "the board was loaded again"


def test_phone_and_board_stand_side_by_side(visitor: Visitor, product: Product) -> None:
    signs_in(visitor, product)
    page, name = takes_a_phone(visitor, product)
    orders_a_dawa(visitor, page)
    expect(card_on(page.frame_locator("section.board iframe"), name)).to_contain_text("Dawa")
    page.locator("section.board").scroll_into_view_if_needed()
    visitor.takes_picture(page, "side-by-side")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= visitor.size["width"], "something sticks out of the page"
