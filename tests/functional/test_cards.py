"""A guest without M-Pesa pays by card on a page, comes back to the chat, and the bar sees it."""

import pytest
import requests

from sandbox.simulators.control import Simulators
from sandbox.simulators.guest import PATIENCE, Guest, Message
from tests.functional.outside import Outside
from tests.waiting import eventually


def link_in(message: Message) -> str:
    """Where the button leads."""
    return str(message.body["interactive"]["action"]["parameters"]["url"])


def asks_for_card(guest: Guest) -> str:
    """The address of the page."""
    guest.says("1 coke to table 5")
    guest.reads()
    guest.says("card")
    return link_in(guest.reads("Tap below to pay"))


@pytest.mark.parametrize("times", ["once", "twice", "never"])
def test_a_guest_pays_by_card_and_is_thanked_once(
    outside: Outside, simulators: Simulators, guest: Guest, times: str
) -> None:
    simulators.pesapal.set(notice=times)
    link = asks_for_card(guest)
    assert "Pay by card" in requests.get(link, timeout=PATIENCE).text
    back = requests.post(f"{link}/pay", timeout=PATIENCE)
    assert back.ok and "/pay/" in back.url, "the browser comes back to the guest's own page"
    receipt = simulators.pesapal.pages(id=link.rpartition("/")[2])[0]["receipt"]
    eventually(lambda: [message for message in guest.messages if receipt in message.text], what="the thank-you")
    order = outside.order_of(guest.name)
    assert order is not None and order["status"] == "PAID"
    guest.says("status")
    guest.reads("paid")
    assert len([message for message in guest.messages if receipt in message.text]) == 1


def test_a_declined_card_is_told_and_the_same_page_still_takes_money(simulators: Simulators, guest: Guest) -> None:
    link = asks_for_card(guest)
    page = link.rpartition("/")[2]
    requests.post(f"{link}/fail", timeout=PATIENCE)
    guest.reads("declined", timeout=90)
    assert simulators.pesapal.decide(page, "mpesa")
    receipt = simulators.pesapal.pages(id=page)[0]["receipt"]
    eventually(lambda: [message for message in guest.messages if receipt in message.text], what="the thank-you")
