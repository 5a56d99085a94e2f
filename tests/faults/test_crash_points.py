"""Kill the process at every named point of a turn, of placing an order, of asking for and settling a payment.

One guest per point, in a product that goes on running: nothing lost, nothing doubled, and the guest has the reply.
"""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from sandbox.simulators.control import Simulators
from sandbox.simulators.guest import Guest, Message
from tests.product import PROJECT, Product
from tests.waiting import eventually

POINT = re.compile(r'crashpoint\("([a-z_.]+)"\)')
EFFECTS = ("effects.place_order", "effects.request_payment")
# Only a guest whose callback never comes gets this far: 45 s after the prompt the provider is asked.
POLLED = re.compile(r"(check_payment|sweep_payments|poll)\.")
# Only an order that is never paid gets this far.
UNPAID = re.compile(r"expire_holds\.")
# Only a dead letter that is replayed gets this far: `tests/functional/test_talking.py`.
REPLAYED = re.compile(r"letters\.")


def points(of_unpaid: bool = False) -> list[str]:
    """Every crash point in the source that an order can reach: one that is paid, or one that never is."""
    found = {name for path in (PROJECT / "core").rglob("*.py") for name in POINT.findall(path.read_text())}
    reached = sorted(name for name in found if bool(UNPAID.match(name)) == of_unpaid and not REPLAYED.match(name))
    return reached if of_unpaid else [*reached, *EFFECTS]


@pytest.fixture(scope="module")
def armed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("armed")


@pytest.fixture(scope="module")
def product(armed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with Product(tmp_path_factory.mktemp("product"), CRASHPOINTS=str(armed)) as running:
        yield running


@pytest.mark.timeout(900)
def test_a_guest_is_served_whatever_line_the_process_died_at(product: Product, armed: Path) -> None:
    simulators = product.simulators
    guests = {point: simulators.guest(f"2547120{n:05d}", name="Achieng") for n, point in enumerate(points())}
    polled = {point: guest for point, guest in guests.items() if POLLED.match(point)}
    for point, guest in polled.items():
        simulators.kopokopo.rule("success", phone=guest.phone, callback="never")
        order(guest)
        (armed / point).touch()
    others = sorted(guests.keys() - polled.keys())
    for point, before in zip(others, [None, None, *others], strict=False):
        # An event that three deaths fall on is given up, so that no guest may meet the points of two others.
        if before is not None:
            eventually(partial(served, simulators, guests[before]), 240, what=f"{before}: the guest is served")
        (armed / point).touch()
        order(guests[point])
        eventually(partial(gone, armed / point), 60, what=f"the death at {point}")
    for point, guest in guests.items():
        check_paid_once(simulators, guest, point)
    assert [left.name for left in armed.iterdir()] == [], "never reached"
    eventually(lambda: product.flask("audit").returncode == 0, 90, every=2, what="a clean audit")


@pytest.mark.timeout(300)
def test_an_unpaid_order_is_let_go_once_whatever_line_the_process_died_at(product: Product, armed: Path) -> None:
    simulators = product.simulators
    for number, point in enumerate(points(of_unpaid=True)):
        guest = simulators.guest(f"2547121{number:05d}", name="Achieng")
        simulators.kopokopo.rule("cancelled", phone=guest.phone)
        order(guest)
        guest.reads("cancelled", timeout=60)
        (armed / point).touch()
        time_is_up(product)
        eventually(partial(gone, armed / point), 60, what=f"the death at {point}")
        guest.reads("not paid in time", timeout=60)
    eventually(lambda: product.flask("audit").returncode == 0, 90, every=2, what="a clean audit")


def time_is_up(product: Product) -> None:
    """Ten minutes have passed for every unpaid order."""
    with psycopg2.connect(product.settings["DATABASE_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE orders SET expires_at = now() - interval '1 second' WHERE status = 'PENDING'")


def paid_prompts(simulators: Simulators, guest: Guest) -> list[dict[str, Any]]:
    return [prompt for prompt in simulators.kopokopo.prompts(phone=guest.phone) if prompt["status"] == "Success"]


def read(guest: Guest) -> list[str]:
    return [message.text[:40] for message in guest.messages]


def gone(path: Path) -> bool:
    return not path.exists()


def order(guest: Guest) -> None:
    """A one-line order up to the tap that asks for the money."""
    guest.says("2 dawa and 1 tusker to table 7")
    guest.taps("I am 18", timeout=60)
    guest.taps("M-Pesa", timeout=60)


def check_paid_once(simulators: Simulators, guest: Guest, point: str) -> None:
    """One prompt, one receipt; a guest whose prompt was never sent is told so and asks again."""
    what = f"{point}: an outcome, read {read(guest)}"
    if eventually(partial(outcome, simulators, guest), 240, what=what) == "never asked":
        guest.taps("Try again")
    paid = eventually(partial(paid_prompts, simulators, guest), 60, what=f"{point}: payment")
    thanks = eventually(partial(reading, guest, paid[0]["receipt"]), 120, what=f"{point}: the thanks")
    again = 1 if point.startswith("send.") else 0
    assert len(thanks) <= 1 + again, f"{point}: the receipt was sent {len(thanks)} times"
    prompts = simulators.kopokopo.prompts(phone=guest.phone)
    assert len(prompts) == 1, f"{point}: {len(prompts)} prompts"


def served(simulators: Simulators, guest: Guest) -> bool:
    """Thanked for the money, or told that nothing was asked for."""
    paid = paid_prompts(simulators, guest)
    return bool(reading(guest, paid[0]["receipt"])) if paid else outcome(simulators, guest) == "never asked"


def outcome(simulators: Simulators, guest: Guest) -> str:
    """Paid, or told that nothing was asked for; "" while neither."""
    if paid_prompts(simulators, guest):
        return "paid"
    offers = any(message.find("Try again") for message in guest.messages)
    return "never asked" if offers and not simulators.kopokopo.prompts(phone=guest.phone) else ""


def reading(guest: Guest, containing: str) -> list[Message]:
    return [message for message in guest.messages if containing in message.text]
