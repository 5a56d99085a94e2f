"""An evening of the bar: two tablets and a phone look at one board, guests pay, call and are answered."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from core.domain.statuses import Role
from sandbox.simulators.control import Simulators
from sandbox.simulators.guest import Guest
from tests.browser.conftest import Visitor
from tests.browser.crew import hired
from tests.browser.wifi import Wifi
from tests.functional.conftest import Newcomer
from tests.functional.outside import Outside
from tests.product import Product
from tests.waiting import eventually

pytestmark = pytest.mark.browser

SCREENS: dict[Role, ViewportSize] = {
    Role.MANAGER: {"width": 1024, "height": 768},
    Role.BAR: {"width": 768, "height": 1024},
    Role.KITCHEN: {"width": 360, "height": 740},
}
COLUMNS = {"PAID": "New", "PREPARING": "Preparing", "READY": "Ready"}
# Every card this guest's order is drawn on from now on, by its status: nothing that came twice can hide in it.
WATCH = """guest => {
    window.drawn = [];
    const mine = node => node.matches?.("li.order") && node.textContent.includes(guest);
    const note = node => mine(node) && drawn.push(node.dataset.status);
    new MutationObserver(records => records.forEach(record => record.addedNodes.forEach(note)))
        .observe(document.getElementById("board"), {childList: true, subtree: true});
}"""


@dataclass(frozen=True)
class Device:
    """One colleague's tablet or phone, with the board open."""

    visitor: Visitor
    page: Page
    wifi: Wifi

    def card(self, guest: Guest) -> Locator:
        """The guest's order."""
        return self.page.locator("li.order", has_text=guest.name)

    def shows(self, guest: Guest, status: str) -> None:
        """The guest's order stands in this column, and nowhere else."""
        column = self.page.get_by_role("region", name=COLUMNS[status])
        expect(column.locator("li.order", has_text=guest.name)).to_have_count(1)
        expect(self.card(guest)).to_have_count(1)

    def is_live(self) -> None:
        expect(self.page.locator("#live")).to_have_text("Live")

    @property
    def drawn(self) -> list[str]:
        """Since it watches: each status the order was drawn with."""
        return list(self.page.evaluate("drawn"))


Crew = dict[Role, Device]


@pytest.fixture
def crew(chromium: Browser, product: Product, outside: Outside, tmp_path: Path) -> Iterator[Crew]:
    pictures = Path(os.environ.get("PICTURES", tmp_path))
    with ExitStack() as stack:
        crew: Crew = {}
        for role, size in SCREENS.items():
            wifi = stack.enter_context(Wifi(int(product.environ["PORT"])).on())
            visitor = Visitor(chromium, size, pictures, wifi.settings)
            stack.enter_context(closing(visitor.context))
            crew[role] = Device(visitor, visitor.opens(f"{product.url}/admin/board"), wifi)
            hired(outside, role).signs_in(crew[role].page)
        everybody(crew, Device.is_live)
        yield crew
    for device in crew.values():
        assert device.visitor.complaints == []
        assert device.visitor.hosts == {urlsplit(product.url).netloc}


def pays_for(guest: Guest, order: str) -> None:
    guest.says(order)
    guest.taps("I am 18")
    guest.taps("M-Pesa")
    guest.pays()
    guest.reads("receipt")


def slips(simulators: Simulators, guest: Guest) -> list[str]:
    found = simulators.get("printer/_slips")["slips"]
    return [slip["text"] for slip in found if guest.name in slip["text"] and slip["cut"]]


def everybody(crew: Crew, sees: Callable[[Device], None]) -> None:
    for device in crew.values():
        sees(device)


def test_an_order_is_on_every_board_and_on_paper_and_no_change_is_lost_or_comes_twice(
    crew: Crew, outside: Outside, simulators: Simulators, newcomer: Newcomer
) -> None:
    guest, later = newcomer(), newcomer()
    bar, kitchen = crew[Role.BAR], crew[Role.KITCHEN]
    everybody(crew, lambda device: device.page.evaluate(WATCH, guest.name))
    pays_for(guest, "2 dawa and 1 chicken wings to table 7")
    everybody(crew, lambda device: device.shows(guest, "PAID"))
    eventually(lambda: len(slips(simulators, guest)) == 2, what="a slip for the bar and one for the kitchen")

    kitchen.card(guest).get_by_role("button", name="Start preparing").click()
    kitchen.page.get_by_role("button", name="Undo").click()
    eventually(lambda: moves(outside, guest) == 2, what="the tap and its undoing in the books")
    everybody(crew, lambda device: device.shows(guest, "PAID"))

    goes_without_network(kitchen, guest)
    bar.card(guest).get_by_role("button", name="Start preparing").click()
    bar.card(guest).get_by_role("button", name="Ready").click()
    guest.reads("ready")
    pays_for(later, "1 mojito to table 8")
    crew[Role.MANAGER].shows(guest, "READY")
    kitchen.shows(guest, "PAID")

    kitchen.wifi.comes_back(kitchen.visitor.context)
    everybody(crew, lambda device: device.shows(guest, "READY"))
    everybody(crew, lambda device: device.shows(later, "PAID"))
    everybody(crew, Device.is_live)
    kitchen.visitor.complaints[:] = [said for said in kitchen.visitor.complaints if "net::ERR" not in said]
    whole = ["PAID", "PREPARING", "PAID", "PREPARING", "READY"]
    assert [bar.drawn, crew[Role.MANAGER].drawn] == [whole, whole]
    assert kitchen.drawn in (whole, ["PAID", "PREPARING", "PAID", "READY"])
    assert moves(outside, guest) == 4 and len(slips(simulators, guest)) == 2
    for device in crew.values():
        device.visitor.takes_picture(device.page, "evening")


def goes_without_network(device: Device, guest: Guest) -> None:
    """Its board says so, and so does a tap, which changes nothing."""
    device.wifi.cut(device.visitor.context)
    expect(device.page.locator("#live")).to_contain_text("Not live")
    device.card(guest).get_by_role("button", name="Start preparing").click()
    expect(device.page.get_by_text("That did not get through")).to_be_visible()


def moves(outside: Outside, guest: Guest) -> int:
    """How often staff moved the order, or took a move back."""
    order = outside.order_of(guest.name)
    assert order is not None
    query = "select count(*) as count from order_events where order_id = %s and user_id is not null"
    return int(outside.rows(query, str(order["id"]))[0]["count"])


def test_a_guest_who_calls_is_on_every_board_and_is_answered_from_the_bar(crew: Crew, newcomer: Newcomer) -> None:
    guest = newcomer()
    guest.says("staff")
    guest.reads("called our staff")
    everybody(crew, lambda device: expect(device.page.locator("li.call", has_text=guest.name)).to_be_visible())

    page = crew[Role.BAR].page
    page.get_by_role("link", name=f"Write to {guest.name}").click()
    page.get_by_label("Message", exact=True).fill("A towel is on its way")
    page.get_by_role("button", name="Send").click()
    guest.reads("A towel is on its way")
    page.get_by_role("button", name="Hand back to the bot").click()
    for role in (Role.MANAGER, Role.KITCHEN):
        expect(crew[role].page.locator("li.call", has_text=guest.name)).to_have_count(0)
    guest.reads("handed you back")
    guest.says("cart")
    guest.reads("empty")
