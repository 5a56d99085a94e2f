"""Guests order and pay, every webhook delivered twice, while everything is killed, frozen or cut off."""

import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import psutil
import psycopg2
import pytest

from core.jobs import WORKER_GROUPS
from core.store.redis.outbox import BLOCKED_SECONDS
from sandbox.simulators.control import Simulators
from sandbox.simulators.guest import PATIENCE, Guest
from tests.product import Product, StandIns
from tests.waiting import eventually

SECONDS = 120 if os.environ.get("PROVE") else 30
GUESTS = 300 if os.environ.get("PROVE") else 150
# A reply may lose its sender as long as there are faults, and once more at their end: each time it is held back.
LONGEST = SECONDS + BLOCKED_SECONDS + PATIENCE


@pytest.fixture(scope="module")
def stand_ins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIns]:
    with StandIns(tmp_path_factory.mktemp("stand-ins")) as running:
        yield running


@pytest.fixture(scope="module")
def product(stand_ins: StandIns, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with Product(tmp_path_factory.mktemp("product"), **stand_ins.settings) as running:
        yield running


@pytest.mark.timeout(900)
def test_every_guest_is_answered_in_order_and_thanked_once_while_everything_is_killed(
    product: Product, stand_ins: StandIns
) -> None:
    simulators = stand_ins.simulators
    simulators.graph.set(repeat=2)
    guests = [simulators.guest(f"2547130{number:05d}", name="Achieng") for number in range(GUESTS)]
    with ThreadPoolExecutor(GUESTS) as pool, Chaos(product) as chaos:
        nights = [pool.submit(spend_the_evening, guest, chaos.over) for guest in guests]
        for night in nights:
            night.result()
    for guest in guests:
        check(simulators, guest)
    print(f"\n{GUESTS} guests, faults {dict(chaos.faults)}")
    eventually(product.is_clean, every=3)


def spend_the_evening(guest: Guest, late: threading.Event) -> None:
    """Come at some time of the evening, ask something, order, pay, and be thanked."""
    late.wait(random.uniform(0, SECONDS * 0.7))
    guest.says("hi")
    guest.reads("Karibu", LONGEST)
    guest.says("2 dawa and 1 tusker to table 7")
    guest.taps("I am 18", timeout=LONGEST)
    guest.taps("M-Pesa", timeout=LONGEST)
    guest.reads("check your phone", LONGEST)
    while "receipt" not in (said := guest.reads(timeout=LONGEST)).text:
        if "could not reach your phone" in said.text:  # who was to ask died before asking, and nobody asks later
            guest.taps("Try again", said)


def check(simulators: Simulators, guest: Guest) -> None:
    """One prompt, one payment, one receipt; replies in the order of what was written."""
    prompts = simulators.kopokopo.prompts(phone=guest.phone)
    assert len(prompts) == 1, f"{guest.phone} had {len(prompts)} prompts"
    texts = [message.text for message in guest.messages]
    thanks = {
        message.body["biz_opaque_callback_data"].rpartition(":")[0]
        for message in guest.messages
        if prompts[0]["receipt"] in message.text
    }
    assert len(thanks) == 1, f"{guest.phone} was thanked {len(thanks)} times"
    assert first(texts, "Karibu") < first(texts, "18") < first(texts, "Your order") < first(texts, "Check your phone")


def first(texts: list[str], containing: str) -> int:
    return next(place for place, text in enumerate(texts) if containing in text)


class Chaos:
    """Faults, one after the other, until the time is over."""

    def __init__(self, product: Product) -> None:
        self._product = product
        self.over = threading.Event()
        self.faults: Counter[str] = Counter()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        end = monotonic() + SECONDS
        while monotonic() < end:
            fault = random.choice((self.kill_workers, self.kill_redis, self.freeze_redis, self.cut_connections))
            self.faults[fault.__name__] += 1
            fault()
            self.over.wait(random.uniform(0.5, 3))

    def kill_workers(self) -> None:
        self._product.kill_workers(random.choice(WORKER_GROUPS).name)

    def kill_redis(self) -> None:
        for server in self._redis():
            server.send_signal(signal.SIGKILL)

    def freeze_redis(self) -> None:
        [server] = self._redis()[:1] or [None]
        if server is not None:
            server.send_signal(signal.SIGSTOP)
            self.over.wait(random.uniform(0.5, 3))
            server.send_signal(signal.SIGCONT)

    def cut_connections(self) -> None:
        with psycopg2.connect(self._product.settings["DATABASE_URL"]) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")

    def _redis(self) -> list[psutil.Process]:
        found = self._product.processes("valkey-server") + self._product.processes("redis-server")
        return random.sample(found, 1) if found else []

    def __enter__(self) -> "Chaos":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join()
        self.over.set()
