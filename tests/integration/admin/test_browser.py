"""The board in a real browser: what staff see, and what nobody can make them run."""

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select, update

from core.domain.statuses import OrderStatus, Role, Station
from core.store.sql.tables import Order, OrderItem, Product, VenueTable
from tests.integration.admin.browsing import window
from tests.integration.admin.test_cash import promise, take
from tests.integration.admin.venue import PASSWORD, Venue

PAYLOADS = (
    "<img src=x onerror=document.title='run'>",
    "<script>document.title='run'</script>",
    "\"><svg onload=document.title='run'>",
    "{{7*7}}",
    "javascript:alert(1)",
    "\u202eevil",
)

pytestmark = pytest.mark.browser


@pytest.fixture
def page(chromium: Browser, address: str, venue: Venue, complaints: list[str]) -> Iterator[Page]:
    page = window(chromium, address, complaints)
    page.goto(f"{address}/admin/board")
    page.get_by_label("E-mail").fill(venue.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("status")).to_have_text("Live")
    yield page
    page.context.close()


def test_a_paid_order_comes_without_reloading_and_is_tapped_to_the_end(
    page: Page, venue: Venue, complaints: list[str]
) -> None:
    order_id = venue.order(guest="Amina", item="Dawa")
    for column, button in (("New", "Start preparing"), ("Preparing", "Ready"), ("Ready", "Served")):
        shown = page.get_by_role("region", name=column).locator("li.order")
        expect(shown).to_contain_text("Table 7")
        expect(shown).to_contain_text("Dawa")
        shown.get_by_role("button", name=button).click()
    expect(page.locator("li.order")).to_have_count(0)
    assert venue.shown(order_id)["status"] == OrderStatus.SERVED
    assert complaints == []


def test_a_tap_too_many_is_taken_back(page: Page, venue: Venue, complaints: list[str]) -> None:
    order_id = venue.order()
    page.get_by_role("button", name="Start preparing").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("region", name="New").locator("li.order")).to_contain_text("Table 7")
    expect(page.locator("#undo")).to_be_hidden()
    assert venue.shown(order_id)["status"] == OrderStatus.PAID and complaints == []


def test_what_is_new_flashes_until_somebody_touches_it(page: Page, venue: Venue) -> None:
    page.get_by_role("button", name="Sound off").click()
    expect(page.get_by_role("button", name="Sound on")).to_have_attribute("aria-pressed", "true")
    venue.order()
    card = page.locator("li.order")
    expect(card).to_have_class(re.compile("unseen"))
    card.get_by_text("Table 7").click()
    expect(card).not_to_have_class(re.compile("unseen"))
    page.reload()
    expect(page.get_by_role("button", name="Sound on")).to_be_visible()
    expect(page.locator("li.order")).not_to_have_class(re.compile("unseen"))


def test_what_came_while_the_board_was_shut_flashes_and_what_was_touched_does_not(page: Page, venue: Venue) -> None:
    venue.order(guest="Amina")
    page.locator("li.order").get_by_text("Table 7").click()
    board = page.url
    page.goto(board.replace("/board", "/cash"))
    venue.order(guest="Otieno")
    page.goto(board)
    expect(page.locator("li.order.unseen")).to_have_count(1)
    expect(page.locator("li.order.unseen")).to_contain_text("Otieno")


def test_tables_stand_in_their_order_whichever_ordered_first(page: Page, venue: Venue) -> None:
    for table in (7, 3, 12, 1):
        with venue.program.sessions.begin() as db:
            db.get_one(Order, venue.order()).table_number = table
    page.reload()
    page.get_by_role("button", name="Table", exact=True).click()
    expect(page.locator("[data-heading]")).to_have_text(["Table 1", "Table 3", "Table 7", "Table 12"])


def test_the_board_by_table_and_by_station(page: Page, venue: Venue, complaints: list[str]) -> None:
    order_id = venue.order(item="Dawa")
    with venue.program.sessions.begin() as db:
        bar = db.scalars(select(OrderItem).where(OrderItem.order_id == order_id)).one()
        wings = {"name": "Wings", "station": Station.KITCHEN, "position": 2, "note": "no chilli"}
        kept = {
            name: getattr(bar, name) for name in ("workspace_id", "order_id", "product_id", "quantity", "price_at_time")
        }
        db.add(OrderItem(**kept, **wings))
    page.reload()
    page.get_by_role("button", name="Station").click()
    expect(page.get_by_role("region", name="Bar").locator(".items")).to_have_text("2 ×Dawa")
    expect(page.get_by_role("region", name="Kitchen").locator(".items")).to_have_text("2 ×Wingsno chilli")
    page.get_by_role("button", name="Table", exact=True).click()
    expect(page.get_by_role("region", name="Table 7").locator(".items li")).to_have_count(2)
    page.get_by_role("button", name="Start preparing").click()
    expect(page.get_by_role("region", name="Table 7")).to_contain_text("Preparing")
    page.reload()
    expect(page.get_by_role("region", name="Table 7")).to_contain_text("Preparing")
    page.get_by_role("button", name="Ready").click()
    page.get_by_role("button", name="Served").click()
    expect(page.get_by_text("No open orders")).to_be_visible()
    assert complaints == []


def test_an_order_gets_another_table_and_is_called_off_from_its_card(
    page: Page, venue: Venue, complaints: list[str]
) -> None:
    venue.role(Role.MANAGER)
    venue.write(VenueTable(workspace_id=venue.workspace_id, number=12))
    order_id, code = promise(venue, quantity=2)
    take(venue.signed_in(), code, 1400)
    page.reload()
    card = page.locator("li.order")
    expect(card).to_contain_text("Table 7")
    expect(card.get_by_text("Cash", exact=True)).to_be_visible()
    card.get_by_role("button", name="More").click()
    card.get_by_role("button", name="Another table").click()
    page.get_by_label("Table", exact=True).fill("12")
    page.get_by_role("button", name="Change").click()
    expect(card).to_contain_text("Table 12")
    expect(page.locator("#seat")).to_be_hidden()
    card.get_by_role("button", name="More").click()
    card.get_by_role("button", name="Call it off").click()
    page.get_by_label("Why").fill("The ice ran out")
    page.get_by_label("back in cash, now").check()
    page.locator("#off").get_by_role("button", name="Call it off").click()
    expect(page.locator("li.order")).to_have_count(0)
    assert venue.shown(UUID(order_id))["status"] == OrderStatus.REFUNDED and complaints == []


def test_something_runs_out_in_two_taps(page: Page, venue: Venue, complaints: list[str]) -> None:
    venue.order(item="Dawa")
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Sold out: Dawa").click()
    expect(page.get_by_role("alert")).to_contain_text("sold out now, in every chat")
    with venue.program.sessions.begin() as db:
        assert db.get_one(Product, venue.product_id).sold_out
    assert complaints == []


def test_what_guests_are_called_is_only_text(page: Page, venue: Venue, complaints: list[str]) -> None:
    for payload in PAYLOADS:
        venue.order(guest=payload, item=payload)
    cards = page.locator("li.order")
    expect(cards).to_have_count(len(PAYLOADS))
    assert cards.locator("bdi.guest").all_text_contents() == list(PAYLOADS)
    assert cards.locator(".items bdi").all_text_contents() == list(PAYLOADS)
    assert page.title() == "Board" and page.locator("main img, main svg:not(.icon)").count() == 0
    assert complaints == []


def test_a_colleagues_move_is_shown_instead_of_overwritten(page: Page, venue: Venue) -> None:
    order_id = venue.order()
    button = page.get_by_role("button", name="Start preparing")
    expect(button).to_be_visible()
    with venue.program.sessions.begin() as db:  # a colleague's tap whose news is still on its way
        db.execute(update(Order).where(Order.id == order_id).values(status=OrderStatus.READY, version=5))
    button.click()
    expect(page.get_by_role("alert")).to_contain_text("Somebody else has moved this order")
    expect(page.get_by_role("region", name="Ready").locator("li.order")).to_have_count(1)


def test_nothing_is_wider_than_a_small_phone(page: Page, venue: Venue) -> None:
    venue.order(guest="X" * 200, item="Y" * 200)
    expect(page.locator("li.order")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box = page.get_by_role("button", name="Start preparing").bounding_box()
    assert box and box["height"] >= 44


def test_a_dismissed_users_board_goes_to_the_login(page: Page, venue: Venue) -> None:
    venue.dismiss()
    page.wait_for_url("**/admin/login", timeout=10_000)


def test_a_call_comes_without_reloading_and_one_tap_takes_it_from_every_board(
    page: Page, venue: Venue, complaints: list[str]
) -> None:
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.get_by_role("status")).to_have_text("Live")
    expect(other.locator("#calls")).to_be_hidden()
    venue.call("Amina")
    for board in (page, other):
        expect(board.locator("li.call")).to_contain_text("Amina")
        expect(board.locator("li.call")).to_contain_text("Asks for somebody")
    page.get_by_role("button", name="Seen").click()
    for board in (page, other):
        expect(board.locator("li.call")).to_have_count(0)
        expect(board.locator("#calls")).to_be_hidden()
    assert complaints == []


def test_a_call_is_still_there_after_reloading_and_after_a_reset(page: Page, venue: Venue) -> None:
    venue.call("Amina")
    page.reload()
    expect(page.locator("li.call")).to_contain_text("Amina")
    venue.call("Otieno", "254700000002")
    expect(page.locator("li.call")).to_have_count(2)
    venue.program.store.client.delete(f"board:{venue.workspace_id}")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_role("status")).to_have_text("Live")
    expect(page.locator("li.call")).to_have_count(2)


def test_what_is_urgent_stands_on_the_board_until_seen_to(page: Page, venue: Venue, complaints: list[str]) -> None:
    expect(page.locator("#urgent")).to_be_hidden()
    venue.account_notice()
    page.reload()
    page.get_by_role("link", name="Account violation").click()
    expect(page.get_by_role("button", name="Seen to")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Seen to").click()
    expect(page.get_by_role("button", name="Seen to")).to_have_count(0)
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("link", name="Board").click()
    expect(page.get_by_role("status")).to_have_text("Live")
    expect(page.locator("#urgent")).to_be_hidden()
    assert complaints == []


def test_what_a_caller_is_called_is_only_text_and_fits_a_small_phone(
    page: Page, venue: Venue, complaints: list[str]
) -> None:
    names = [*PAYLOADS, "X" * 200]
    for number, name in enumerate(names):
        venue.call(name, f"2547000000{number:02d}", reason=name)
    expect(page.locator("li.call")).to_have_count(len(names))
    assert page.locator("li.call [data-guest]").all_text_contents() == names
    assert page.locator("li.call [data-reason]").all_text_contents() == names
    assert page.title() == "Board" and page.locator("main img, main svg:not(.icon)").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box = page.get_by_role("button", name="Seen").first.bounding_box()
    assert box and box["height"] >= 44 and box["width"] >= 44
    assert complaints == []
