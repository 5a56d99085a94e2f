"""Kill the process at every named point of a turn, of placing an order, of asking for and settling a payment.

One guest per point, in a product that goes on running: nothing lost, nothing doubled, and the guest has the reply.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg2
import pytest
import requests

from sandbox.simulators.control import Simulators
from sandbox.simulators.guest import PATIENCE, Guest, Message
from tests.functional.outside import Outside
from tests.functional.test_cards import link_in
from tests.functional.test_other_ways import CODE, reviews, thanked
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
# Only money that goes back, shifts that end and lists that are compared: tests/integration/books/test_deaths.py.
ELSEWHERE = re.compile(r"(send_refund|sweep_refunds|refund_told|check_refund|close_shift|reconcile)\.")
# Only a guest who asks for the receipt in writing gets this far.
WRITTEN = re.compile(r"documents\.")
# Only a guest who pays at the bar gets this far.
AT_THE_BAR = re.compile(r"take_cash\.")
# Only reports that come by themselves: tests/integration/documents/test_report_schedules.py.
SCHEDULED = re.compile(r"reports\.")


def points(of_unpaid: bool = False) -> list[str]:
    """Every crash point in the source that an order can reach: one that is paid, or one that never is."""
    found = {name for path in (PROJECT / "core").rglob("*.py") for name in POINT.findall(path.read_text())}
    elsewhere = (REPLAYED, ELSEWHERE, WRITTEN, AT_THE_BAR, SCHEDULED)
    reached = sorted(n for n in found if bool(UNPAID.match(n)) == of_unpaid and not any(p.match(n) for p in elsewhere))
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
        eventually(partial(gone, armed / point), what=f"the death at {point}")
    for point, guest in guests.items():
        check_paid_once(simulators, guest, point)
    assert [left.name for left in armed.iterdir()] == [], "never reached"
    eventually(product.is_clean, every=2, what="a clean audit")


@pytest.mark.timeout(300)
def test_an_unpaid_order_is_let_go_once_whatever_line_the_process_died_at(product: Product, armed: Path) -> None:
    simulators = product.simulators
    for number, point in enumerate(points(of_unpaid=True)):
        guest = simulators.guest(f"2547121{number:05d}", name="Achieng")
        simulators.kopokopo.rule("cancelled", phone=guest.phone)
        order(guest)
        guest.reads("cancelled")
        (armed / point).touch()
        time_is_up(product)
        eventually(partial(gone, armed / point), what=f"the death at {point}")
        guest.reads("not paid in time")
    eventually(product.is_clean, every=2, what="a clean audit")


@pytest.mark.timeout(600)
def test_a_receipt_is_brought_once_whatever_line_its_maker_died_at(product: Product, armed: Path) -> None:
    simulators = product.simulators
    source = (PROJECT / "core/services/documents.py").read_text()
    guests = {
        point: simulators.guest(f"2547122{n:05d}", name="Achieng") for n, point in enumerate(POINT.findall(source))
    }
    for guest in guests.values():
        order(guest)
    for point, guest in guests.items():
        check_paid_once(simulators, guest, point)
        (armed / point).touch()
        guest.says("receipt")
        eventually(partial(gone, armed / point), what=f"the death at {point}")
    for point, guest in guests.items():
        eventually(partial(files, guest), 120, what=f"{point}: the document")
    eventually(product.is_clean, every=2, what="a clean audit")
    assert {point: len(files(guest)) for point, guest in guests.items()} == dict.fromkeys(guests, 1)


@pytest.mark.timeout(400)
def test_another_way_to_pay_counts_once_whatever_line_the_process_died_at(product: Product, armed: Path) -> None:
    outside, simulators = Outside(product), product.simulators
    for number, way in enumerate((pays_at_the_bar, pays_the_till_by_hand, pays_on_a_page)):
        guest = simulators.guest(f"2547123{number:05d}", name="Achieng")
        reviews(guest)
        receipt = way(outside, armed, guest)
        eventually(partial(thanked, guest, receipt), 120, what=f"{way.__name__}: the thanks")
        guest.says("status")
        guest.reads("paid")
        assert len(thanked(guest, receipt)) == 1, way.__name__
    assert [left.name for left in armed.iterdir()] == [], "never reached"
    eventually(product.is_clean, every=2, what="a clean audit")


def dies_at(armed: Path, point: str, what: Callable[[], object]) -> None:
    (armed / point).touch()
    what()
    eventually(partial(gone, armed / point), what=f"the death at {point}")


def pays_at_the_bar(outside: Outside, armed: Path, guest: Guest) -> str:
    """The web dies before and after the cash is in the books; whoever took it taps again."""
    dies_at(armed, "effects.pay_cash", lambda: guest.says("cash"))
    code = CODE.search(guest.reads("at the bar").text)
    assert code
    staff, form = outside.staff(), {"code": code[1], "received": "200", "entry": str(uuid4())}

    def takes() -> requests.Response | None:
        try:
            return staff.posts("/admin/cash", **form)
        except (requests.ConnectionError, requests.Timeout):
            return None

    def dies(point: str) -> bool:
        takes()
        return gone(armed / point)

    for point in ("take_cash.before_commit", "take_cash.committed"):
        (armed / point).touch()
        eventually(partial(dies, point), what=f"the death at {point}")
    page = eventually(takes, what="the drawer answers again")
    assert page and "Change KES&nbsp;50" in page.text
    return str(outside.rows("select reference from cash_entries order by created_at desc limit 1")[0]["reference"])


def pays_the_till_by_hand(outside: Outside, armed: Path, guest: Guest) -> str:
    """The money is there; the worker dies over the code."""
    kopokopo = outside.product.simulators.kopokopo
    kopokopo.rule("cancelled", phone=guest.phone)
    guest.taps("M-Pesa")
    guest.reads("cancelled")
    receipt = str(kopokopo.pays_till(guest.phone, 150))
    eventually(lambda: outside.rows("select 1 from receipts where reference = %s", receipt), what="the money")
    dies_at(armed, "effects.claim_receipt", lambda: guest.says(receipt))
    return receipt


def pays_on_a_page(outside: Outside, armed: Path, guest: Guest) -> str:
    """The worker dies with the page made and nobody told; the guest gets it, and its money counts once."""
    dies_at(armed, "request_payment.committed", lambda: guest.says("card"))
    link = link_in(guest.reads("Tap below to pay", timeout=90))
    assert requests.post(f"{link}/pay", timeout=PATIENCE).ok
    return str(outside.product.simulators.pesapal.pages(id=link.rpartition("/")[2])[0]["receipt"])


def files(guest: Guest) -> list[Message]:
    return [message for message in guest.messages if message.type == "document"]


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
    guest.taps("I am 18")
    guest.taps("M-Pesa")


def check_paid_once(simulators: Simulators, guest: Guest, point: str) -> None:
    """One prompt, one receipt; a guest whose prompt was never sent is told so and asks again."""
    what = f"{point}: an outcome, read {read(guest)}"
    if eventually(partial(outcome, simulators, guest), 240, what=what) == "never asked":
        guest.taps("Try again")
    paid = eventually(partial(paid_prompts, simulators, guest), what=f"{point}: payment")
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
