"""A recorded night runs again, twice, and ends as it ended: orders, money, stock, and what every guest heard."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from core.store.redis.store import Store
from sandbox.servers import PostgresServer, RedisServer
from sandbox.simulators.guest import Guest
from tests.functional.conftest import Newcomer
from tests.functional.outside import Outside
from tests.product import PROJECT, Product
from tests.waiting import eventually

# One in eight only looks.
GUESTS = 2288 if os.environ.get("PROVE") else 24
AT_ONCE = 40
PATIENCE = 180
THIRST = ("1 tusker", "2 white cap", "1 guinness", "1 coke and 1 tusker", "3 coke", "1 wings", "2 nyama choma")
# Whoever the guests were: a file names them otherwise. That we are asking is said by the clock of a slow provider.
SUMS = {
    "orders": "select status::text, total, table_number, count(*) from orders where {then} group by 1, 2, 3",
    "lines": "select name, sum(quantity), sum(quantity * price_at_time) from order_items where {then} group by 1",
    "payments": """select case when status in ('PENDING', 'UNKNOWN') then 'OPEN' else status::text end, amount, reason,
                   count(*) from payments where {then} group by 1, 2, 3""",
    "receipts": "select reference, state::text, amount from receipts where {then}",
    "sold": """select p.slug, sum(m.quantity) from stock_movements m join products p on p.id = m.product_id
               where m.reason = 'SOLD' and {then_m} group by 1""",
    "held": """select p.slug, h.state::text, sum(h.quantity) from stock_holds h join products p on p.id = h.product_id
               where {then_h} group by 1, 2""",
    "messages": """select incoming, kinds, count(*) from (
                     select mailbox, count(*) filter (where direction = 'in') as incoming,
                            array_agg(kind order by kind) filter (where direction = 'out') as kinds
                     from messages where {then} and kind <> 'payment_checking' group by 1) as chats group by 1, 2""",
    "chats": "select distinct mailbox from messages where {then}",
}


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A house of its own: whatever guests of another test still hear would belong to the night."""
    with Product(tmp_path_factory.mktemp("night")) as running:
        yield running


class Venue:
    """Books and mailbox store, wherever they are."""

    def __init__(self, database_url: str, redis_url: str, since: datetime) -> None:
        self._database_url, self._since = database_url, since
        self._store = Store(redis_url)

    def rests(self) -> bool:
        """Nothing waits any more, neither guests nor what is to be written down."""
        report = self._store.report()
        lanes = [report[lane]["events"] + report[lane]["leased"] for lane in ("conversations", "payments", "outbox")]
        return not any((*lanes, report["history"], report["journal"]))

    def state(self) -> dict[str, list[Any]]:
        """What the night came to."""
        found = {name: self._rows(query) for name, query in SUMS.items()}
        chats = [self._store.chat(box)[0] or {} for (box,) in found["chats"]]
        found["chats"] = sorted([(one.get("state"), len(one.get("lines", ()))) for one in chats], key=str)
        return found

    def _rows(self, query: str) -> list[Any]:
        words = {f"then{'_' * bool(t)}{t}": f"{t}{'.' * bool(t)}created_at >= %(since)s" for t in ("", "m", "h")}
        with psycopg2.connect(self._database_url) as connection, connection.cursor() as cursor:
            cursor.execute(query.format(**words), {"since": self._since})
            return sorted(cursor.fetchall(), key=str)


@pytest.mark.timeout(3600)
def test_a_recorded_night_runs_twice_to_the_same_state(
    product: Product, outside: Outside, newcomer: Newcomer, tmp_path: Path
) -> None:
    since = outside.now()["now"]
    guests = [newcomer() for _ in range(GUESTS)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(spend_the_evening, range(GUESTS), guests))
    venue = Venue(product.settings["DATABASE_URL"], product.settings["REDIS_URL"], since)
    eventually(venue.rests, PATIENCE, what="the night to be written down")
    before = venue.state()
    assert sum(row[-1] for row in before["orders"]) == GUESTS - GUESTS // 8

    night = tmp_path / "night.jsonl"
    night.write_text(flask(product, {}, "journal", "export", "--from", since.isoformat()))
    assert not [guest.phone for guest in guests if guest.phone in night.read_text() or guest.name in night.read_text()]
    with elsewhere(product, tmp_path) as places:
        for there in places:
            said = flask(product, there, "journal", "replay", "--file", str(night))
            assert Venue(there["DATABASE_URL"], there["REDIS_URL"], since).state() == before
            print(f"\n{said.strip()}")
        # I10 is about what waits too long: the night is over there, and nobody goes on.
        audit = json.loads(run(product, there, "audit").stdout)
        assert [name for name, verdict in audit.items() if not verdict["ok"] and name != "I10"] == []


def test_a_night_runs_into_the_living_house_without_any_effect(
    product: Product, outside: Outside, newcomer: Newcomer
) -> None:
    since = outside.now()["now"]
    guests = [newcomer() for _ in range(4)]
    for number, guest in enumerate(guests):
        spend_the_evening(number, guest)
    venue = Venue(product.settings["DATABASE_URL"], product.settings["REDIS_URL"], since)
    eventually(venue.rests, PATIENCE)
    before, read = venue.state(), [len(guest.messages) for guest in guests]
    said = flask(product, {}, "journal", "replay", "--from", since.isoformat())
    assert ", 0 events" in said
    eventually(venue.rests, PATIENCE)
    assert (venue.state(), [len(guest.messages) for guest in guests]) == (before, read)


def spend_the_evening(number: int, guest: Guest) -> None:
    """One looks only, one types a wrong PIN, one calls it off, one asks how it stands; all others drink and pay."""
    kind, wish = number % 8, THIRST[number % len(THIRST)]
    if kind in (0, 4):
        guest.says("hi")
        guest.reads("Karibu")
    if kind == 0:
        guest.says("2 coke")
        guest.reads("Coca-Cola")
        return
    if kind in (2, 3):
        guest.holds_the_phone()
    guest.says(f"{wish} to table {number % 20 + 1}")
    if any(drink in wish for drink in ("tusker", "cap", "guinness")):
        guest.taps("I am 18")
    guest.taps("M-Pesa")
    ENDINGS.get(kind, pays)(guest)


def pays(guest: Guest) -> None:
    guest.reads("receipt")


def types_a_wrong_pin(guest: Guest) -> None:
    guest.pays("wrong_pin")
    guest.taps("Try again")
    guest.pays()
    pays(guest)


def calls_it_off(guest: Guest) -> None:
    guest.pays("cancelled")
    guest.reads("cancelled")
    guest.says("cancel")
    guest.reads("cancelled")


def asks_how_it_stands(guest: Guest) -> None:
    pays(guest)
    guest.says("status")
    guest.reads("paid")


ENDINGS = {2: types_a_wrong_pin, 3: calls_it_off, 6: asks_how_it_stands}


@contextmanager
def elsewhere(product: Product, folder: Path) -> Iterator[list[dict[str, str]]]:
    """Two empty databases and stores, in which nothing is known of the house; the settings that lead there."""
    with PostgresServer(folder / "postgres", durable=False) as postgres:
        flask(product, {"DATABASE_URL": postgres.url}, "db", "upgrade")
        with closing(psycopg2.connect(postgres.url_of("postgres"))) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            cursor.execute("create database second template app")
        with RedisServer(folder / "redis", durable=False) as redis:
            databases = (postgres.url, postgres.url_of("second"))
            yield [place(url, f"{redis.url.rpartition('/')[0]}/{number}") for number, url in enumerate(databases)]


def place(database_url: str, store_url: str) -> dict[str, str]:
    store = {"REDIS_URL": store_url, "CELERY_BROKER_URL": store_url}
    return store | {"DATABASE_URL": database_url, "FIELD_ENCRYPTION_KEYS": "a key of another house"}


def flask(product: Product, servers: dict[str, str], *arguments: str) -> str:
    """A command of the house, or elsewhere; what it says."""
    ended = run(product, servers, *arguments)
    assert ended.returncode == 0, ended.stderr[-3000:] + ended.stdout[-3000:]
    return ended.stdout


def run(product: Product, servers: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command, whatever it ends with."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
    environ = product.environ | product.settings | servers
    return subprocess.run(command, cwd=PROJECT, env=environ, capture_output=True, text=True, check=False)
