"""Something of ours is down: what was acknowledged is kept, what can go on goes on, the rest completes by itself."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from time import monotonic

import psutil
import pytest
import requests

from core.jobs import WORKER_GROUPS
from sandbox.simulators.control import Simulators
from sandbox.simulators.guest import PATIENCE, Guest
from sandbox.simulators.inbound import Sender, inbound_text
from tests.functional.conftest import Newcomer
from tests.functional.outside import Outside
from tests.product import Product
from tests.waiting import eventually

BROKER, MAILBOXES, POSTGRES = "data/broker/", "data/redis/", "data/postgres"
POSTS = 50
TURN_WORKERS = next(group.concurrency for group in WORKER_GROUPS if group.name == "turns")


@pytest.fixture(autouse=True)
def well_again(product: Product) -> Iterator[None]:
    """The next test finds everything in order."""
    yield
    ready = f"{product.url}/readyz"
    eventually(lambda: requests.get(ready, timeout=PATIENCE).status_code == 200, what="everything in order")


def servers(product: Product, which: str) -> list[psutil.Process]:
    """The processes of one server, the one that leads them first."""
    leaders = [one for one in product.processes(which) if "python" not in one.name()]
    assert leaders, which
    return [leaders[0], *leaders[0].children(recursive=True)]


@contextmanager
def frozen(product: Product, which: str) -> Iterator[None]:
    """Whoever asks this server gets no answer."""
    stopped = servers(product, which)
    for process in stopped:
        process.suspend()
    try:
        yield
    finally:
        for process in stopped:
            process.resume()


@contextmanager
def gone(product: Product, which: str) -> Iterator[None]:
    """Nobody listens there, until whoever keeps it running may look again."""
    assert product.process is not None
    keeper = psutil.Process(product.process.pid)
    keeper.suspend()
    try:
        for process in servers(product, which):
            process.send_signal(signal.SIGKILL)
        yield
    finally:
        keeper.resume()


HURTS = pytest.mark.parametrize("hurt", [frozen, gone], ids=["frozen", "gone"])


def greetings(outside: Outside, guests: list[Guest]) -> list[bytes]:
    """One "hi" of each guest, as Meta would post it."""
    return [inbound_text(outside.number, Sender(guest.bsuid, guest.phone, guest.name), "hi") for guest in guests]


def post_at_once(outside: Outside, bodies: list[bytes]) -> list[tuple[int, float, str]]:
    """How each was answered, after how long, and when to come back."""

    def post(raw: bytes) -> tuple[int, float, str]:
        began = monotonic()
        answer = outside.meta_posts(raw)
        return answer.status_code, monotonic() - began, answer.headers.get("Retry-After", "")

    with ThreadPoolExecutor(len(bodies)) as pool:
        return list(pool.map(post, bodies))


@HURTS
def test_without_a_broker_every_message_is_taken_and_answered(
    product: Product, outside: Outside, newcomer: Newcomer, hurt: object
) -> None:
    guests = [newcomer() for _ in range(POSTS)]
    with hurt(product, BROKER):  # type: ignore[operator]
        answers = post_at_once(outside, greetings(outside, guests))
        assert {status for status, _, _ in answers} == {200}
        assert max(seconds for _, seconds, _ in answers) < 2.5
        for guest in guests:
            guest.reads("Karibu")


@HURTS
def test_without_the_mailboxes_meta_is_asked_to_come_again_and_no_thread_piles_up(
    product: Product, outside: Outside, newcomer: Newcomer, hurt: object
) -> None:
    guests = [newcomer() for _ in range(POSTS)]
    bodies = greetings(outside, guests)
    with hurt(product, MAILBOXES):  # type: ignore[operator]
        for _ in range(2):
            answers = post_at_once(outside, bodies)
            assert {status for status, _, _ in answers} == {503}
            assert all(later.isdigit() for _, _, later in answers)
            assert max(seconds for _, seconds, _ in answers) < 2.5
        assert requests.get(f"{product.url}/healthz", timeout=1).status_code == 200
    eventually(lambda: {status for status, _, _ in post_at_once(outside, bodies)} == {200}, every=1)
    for guest in guests:
        guest.reads("Karibu")
        assert len(guest.messages) == 1


@HURTS
def test_without_postgres_guests_browse_on_and_a_checkout_completes_afterwards(
    product: Product, outside: Outside, newcomer: Newcomer, hurt: object
) -> None:
    buyer, reader = newcomer(), newcomer()
    buyer.says("1 coke to table 4")
    review = buyer.reads("Your order")
    reader.says("hi")
    reader.reads("Karibu")
    with hurt(product, POSTGRES):  # type: ignore[operator]
        assert buyer.taps("M-Pesa", review).status == 200
        for said, read in (("menu", ""), ("2 coke", "Coca-Cola"), ("cart", "300")):
            assert reader.says(said).status == 200
            reader.reads(read)
        assert requests.get(f"{product.url}/readyz", timeout=PATIENCE).json()["broken"].keys() >= {"postgresql"}
    buyer.reads("check your phone")
    buyer.reads("receipt")
    orders = outside.rows("select status from orders where customer_name = %s", buyer.name)
    assert orders == [{"status": "PAID"}]


def test_money_that_comes_while_postgres_hangs_holds_up_no_turn(
    product: Product, outside: Outside, simulators: Simulators, newcomer: Newcomer
) -> None:
    reader = newcomer()
    reader.says("hi")
    reader.reads("Karibu")
    with frozen(product, POSTGRES):
        receipts = [str(simulators.kopokopo.pays_till(reader.phone, 100 + n)) for n in range(TURN_WORKERS * 2)]
        for said in ("menu", "cart", "menu"):
            reader.says(said)
            reader.reads()
    kept = "select count(*) from receipts where reference = any(%s)"
    eventually(lambda: outside.rows(kept, receipts) == [{"count": len(receipts)}], what="all of the money")


def test_bookkeeping_stands_back_behind_replies(product: Product) -> None:
    nice = {group.name: {one.nice() for one in product.processes(f"-n {group.name}@")} for group in WORKER_GROUPS}
    assert nice == {group.name: {os.nice(0) + group.niceness} for group in WORKER_GROUPS}


@pytest.mark.parametrize("group", ["turns", "messages", "payments"])
def test_a_killed_worker_costs_seconds(product: Product, newcomer: Newcomer, group: str) -> None:
    buyer = newcomer()
    buyer.says("1 coke to table 4")
    review = buyer.reads("Your order")
    assert product.kill_workers(group)
    assert buyer.taps("M-Pesa", review).status == 200
    buyer.reads("check your phone")
    buyer.reads("receipt")
    assert sum("Check your phone" in message.text for message in buyer.messages) == 1


def test_a_killed_web_process_is_replaced_and_nothing_acknowledged_is_lost(
    product: Product, newcomer: Newcomer
) -> None:
    guests = [newcomer() for _ in range(8)]
    for process in product.processes("gunicorn")[-1:]:
        process.send_signal(signal.SIGKILL)
    for guest in guests:
        guest.says("hi")
    for guest in guests:
        guest.reads("Karibu")
        assert len(guest.messages) == 1
