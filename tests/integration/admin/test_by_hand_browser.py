"""An order taken over the counter, on a phone: taps without reloading, the money, and what the board shows then."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from core.domain.statuses import Station
from core.store.sql.engine import transaction
from core.store.sql.tables import Category, Product
from tests.integration import shelf
from tests.integration.admin.test_browser import page
from tests.integration.admin.test_by_hand import asks_for_size, stocked
from tests.integration.admin.test_pages_browser import faults
from tests.integration.admin.venue import Venue

pytestmark = pytest.mark.browser


__all__ = ["page"]


def with_wings(venue: Venue) -> None:
    """The kitchen sells something, too."""
    kitchen, wings = uuid4(), uuid4()
    own: dict[str, Any] = {"workspace_id": venue.workspace_id}
    own |= {"id": wings, "category_id": kitchen, "station": Station.KITCHEN}
    kitchens = Category(id=kitchen, workspace_id=venue.workspace_id, name="From the kitchen", slug="kitchen")
    venue.write(kitchens, Product(name="Wings", slug="wings", price=Decimal(900), **own))
    with transaction(venue.program.sessions) as db:
        shelf.receive(db, venue.workspace_id, wings, 5)


def test_an_order_for_a_guest_is_tapped_together_paid_and_on_the_board(
    page: Page, venue: Venue, complaints: list[str]
) -> None:
    with_wings(venue)
    asks_for_size(venue)
    stocked(venue)
    page.get_by_role("link", name="New order").first.click()
    page.get_by_role("button", name="One Wings more").click()
    page.get_by_role("button", name="One Dawa more").click()
    page.get_by_role("button", name="Add Dawa").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose a “Size”")
    assert faults(page) == []
    page.get_by_label("Large").check()
    page.get_by_role("button", name="Add Dawa").click()
    expect(page.get_by_role("region", name="In the order")).to_contain_text("Dawa (Large)")
    expect(page.locator(".total-bar")).to_contain_text("1,800")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for box in page.locator(".by-hand .btn, .by-hand .choice").all():
        size = box.bounding_box()
        assert size and size["height"] >= 44
    page.get_by_label("Note for Dawa").fill("no ice")
    page.get_by_label("Table").fill("7")
    page.get_by_role("button", name="To pay").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("1,800")
    page.get_by_label("What they gave you").fill("1500x")
    page.get_by_role("button", name="Take cash").click()
    expect(page.get_by_text("Write a whole number.")).to_be_visible()
    assert faults(page) == []
    expect(page.get_by_label("What they gave you")).to_have_value("1500x")
    page.get_by_label("What they gave you").fill("2000")
    page.get_by_role("button", name="Take cash").click()
    expect(page.get_by_text("Change KES 200")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("link", name="To the board").click()
    card = page.locator("li.order")
    expect(card).to_contain_text("Table 7")
    expect(card).to_contain_text("no ice")
    # The answer to the wrong amount is a 422, which browsers write into their console.
    assert [said for said in complaints if "422" not in said] == []
