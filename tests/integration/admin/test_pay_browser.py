"""The guest's page in a real browser: from the link to "paid" without a reload by hand, on a phone and on a desk."""

import os
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.integration.admin.browsing import window
from tests.integration.admin.test_pay import Guest, guest
from tests.integration.admin.venue import PASSWORD

__all__ = ["guest"]

SIZES = {"narrow": {"width": 360, "height": 740}, "wide": {"width": 1280, "height": 800}}
PICTURES = os.environ.get("PICTURES", "")  # a folder to look at the pages afterwards

pytestmark = pytest.mark.browser


@pytest.fixture
def workers(guest: Guest) -> Iterator[None]:
    """Somebody takes the turns while the browser waits."""
    over = Event()

    def work() -> None:
        while not over.wait(0.1):
            guest.serve()

    thread = Thread(target=work, daemon=True)
    thread.start()
    yield
    over.set()
    thread.join()


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


@pytest.mark.usefixtures("workers")
@pytest.mark.parametrize("size", SIZES)
def test_from_the_link_to_paid(chromium: Browser, address: str, guest: Guest, complaints: list[str], size: str) -> None:
    page = window(chromium, address, complaints, **SIZES[size])
    page.goto(address + guest.link())
    expect(page.get_by_text("2 × Dawa")).to_be_visible()
    picture(page, f"pay-review-{size}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_label("Cash at the bar").check()
    expect(page.get_by_label("M-Pesa number")).to_be_hidden()
    page.get_by_role("button", name="Confirm and pay").click()
    expect(page.get_by_role("status")).to_contain_text("at the bar")
    picture(page, f"pay-cash-{size}")
    page.get_by_text("Other ways").click()
    page.get_by_label("Pay with M-Pesa").check()
    page.get_by_label("M-Pesa number").fill("0722000111")
    page.get_by_role("button", name="Confirm and pay").click()
    expect(page.get_by_role("status")).to_contain_text("Check your phone")
    picture(page, f"pay-asking-{size}")
    guest.pays(receipt=f"UC65K2T9{size[:2].upper()}")
    expect(page.get_by_role("status")).to_contain_text("Paid, thank you")
    picture(page, f"pay-paid-{size}")
    assert complaints == []
    page.context.close()


@pytest.mark.parametrize("size", SIZES)
def test_the_till_on_a_phone_in_the_dark(
    chromium: Browser, address: str, guest: Guest, complaints: list[str], size: str
) -> None:
    guest.confirms(guest.link(), way="CASH")
    page = window(chromium, address, complaints, **SIZES[size])
    page.emulate_media(color_scheme="dark")
    page.goto(f"{address}/admin/cash")
    page.get_by_label("E-mail").fill(guest.venue.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Take KES 1,400").click()
    picture(page, f"cash-waiting-{size}")
    page.get_by_label("What they gave you").fill("2000")
    page.get_by_role("button", name="Take the money").click()
    expect(page.get_by_role("status")).to_contain_text("Change KES 600")
    picture(page, f"cash-taken-{size}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert complaints == []
    page.context.close()
