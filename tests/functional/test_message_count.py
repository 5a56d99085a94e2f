"""Messages cost money: how many a guest is sent from the first word to the paid order."""

from collections.abc import Iterator

import pytest

from sandbox.simulators.control import Simulators
from sandbox.simulators.guest import Guest
from tests.functional.test_main_job import receipt_of, thanks
from tests.waiting import eventually


@pytest.fixture
def regular(guest: Guest) -> Iterator[Guest]:
    """Somebody the house knows: of age, and nothing in the cart."""
    guest.holds_the_phone()
    guest.says("1 dawa")
    guest.taps("I am 18")
    guest.reads("Your order")
    guest.says("clear cart")
    guest.reads("empty")
    yield guest


def sent_until_paid(simulators: Simulators, guest: Guest, before: int) -> list[str]:
    """All that was sent since, the thank-you included; and nothing comes after it."""
    guest.pays()
    receipt = receipt_of(simulators, guest)
    eventually(lambda: thanks(guest, receipt), what="the thank-you")
    guest.says("status")  # whoever comes after it has been answered, so that nothing else can still be waiting
    guest.reads("paid")
    sent = [message.text.partition("\n")[0] for message in guest.messages[before:-1]]
    print(f"\n{len(sent)} messages:", *sent, sep="\n  ")
    return sent


def test_a_one_line_order_costs_three_messages(simulators: Simulators, regular: Guest) -> None:
    before = len(regular.messages)
    regular.says("2 dawa and 1 tusker to table 7")
    regular.taps("M-Pesa", regular.reads("Your order"))
    assert len(sent_until_paid(simulators, regular, before)) <= 3


def test_an_order_of_two_things_costs_seven_messages_from_hello_to_paid(simulators: Simulators, regular: Guest) -> None:
    before = len(regular.messages)
    regular.says("hi")
    regular.reads("Karibu")
    regular.says("2 dawa")
    regular.reads("2 × Dawa")
    regular.says("1 tusker")
    regular.taps("Checkout", regular.reads("1 × Tusker"))
    regular.reads("table")
    regular.says("7")
    regular.taps("M-Pesa", regular.reads("Table 7"))
    assert len(sent_until_paid(simulators, regular, before)) <= 7
