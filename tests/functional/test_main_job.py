"""A guest orders from the table, pays by M-Pesa, and the bar sees it."""

from sandbox.simulators.control import Simulators
from tests.product import Product


def test_one_line_order_is_paid_and_thanked_once(product: Product, simulators: Simulators) -> None:
    guest = simulators.guest("254711000001", name="Achieng")
    guest.says("2 dawa and 1 tusker to table 7")
    guest.taps("I am 18")
    guest.taps("M-Pesa")
    guest.taps("This number")
    guest.pays()
    guest.reads("receipt")
