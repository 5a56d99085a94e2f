"""The live board: how soon a paid order is on fifty of them, two hundred on one process, three hundred open orders.

The whole product as `make run` starts it, with one web process of 320 threads, of which boards may take 200. An order
is paid when the books say so (`paid_at`, before the commit), and visible when its change is with the board's script.
What a page takes is measured from outside, gunicorn and login included.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

import psutil

from sandbox.servers.server import wait_until
from tests.bench import cpu, table
from tests.bench.listening import Boards
from tests.functional.outside import Outside, Staff
from tests.product import Product

THREADS, FEW, MANY, OPEN = 320, 50, 200, 300
WANTED_SECONDS = 0.05
REST_SECONDS = 10.0
PAGE, JSON = "/admin/board", "/admin/board/orders"
FILL = """with made as (
    insert into orders (workspace_id, cart_id, number, status, table_number, customer_name, total, currency,
                        vat_percent, vat, expires_at, paid_at)
    select channels.workspace_id, 'open-' || n, 900000 + n,
           (array['PAID', 'PREPARING', 'READY'])[1 + n %% 3]::order_status, 1 + n %% 20, 'Guest ' || n, 2100, 'KES',
           16, 290, now() + interval '10 minutes', now() - n * interval '10 seconds'
    from channels, generate_series(1, %s) n where channels.phone_number_id = %s returning *), lines as (
insert into order_items (workspace_id, order_id, product_id, position, name, quantity, price_at_time, station)
select made.workspace_id, made.id, drink.id, drink.place, drink.name, 1, 700, drink.station
from made, lateral (select *, row_number() over (order by id) as place from products
                    where products.workspace_id = made.workspace_id order by id limit 3) drink)
insert into receipts (workspace_id, provider, reference, amount, currency, received_at, order_id, state)
select workspace_id, 'kopokopo', 'OPEN' || number, total, currency, paid_at, id, 'MATCHED' from made"""


@dataclass
class Venue:
    """The running product, its one web process, and somebody of the staff."""

    product: Product
    outside: Outside
    staff: Staff

    @property
    def web(self) -> psutil.Process:
        """The process that answers."""
        return self.product.processes("gunicorn")[-1]

    def asks(self, path: str, times: int) -> tuple[list[float], int]:
        """How long each answer took, and the bytes of one."""
        seconds, size = [], 0
        for _ in range(times):
            started = time.perf_counter()
            answer = self.staff.opens(path)
            seconds.append(time.perf_counter() - started)
            assert answer.status_code == 200, answer.text
            size = len(answer.content)
        return seconds, size


def run(folder: Path, short: bool) -> bool:
    """Measure and print; answers whether nothing was lost and the board was quick enough."""
    orders, times = (3, 20) if short else (60, 200)
    with Product(folder, WEB_WORKERS="1", WEB_THREADS=str(THREADS), LOG_LEVEL="WARNING") as product:
        outside = Outside(product)
        venue = Venue(product, outside, outside.staff())
        kept = _live(venue, orders, times)
        return _full(venue, times) and kept


def _live(venue: Venue, orders: int, times: int) -> bool:
    rows: list[tuple[Any, ...]] = []
    complete = []
    with Boards(int(venue.product.environ["PORT"]), venue.staff.cookie) as boards:
        for count in (0, FEW, MANY):
            boards.open(count - len(boards.heard))
            rows.append((count, *_process(venue), *_plain(venue, times)))
            if count:
                complete.append(_evening(venue, boards, orders))
    heads = ("boards open", "memory", "CPU at rest", "threads", "/healthz p50", "p95", "board's orders p50", "p95")
    table.show("boards: one web process while so many are open", heads, rows)
    return all(complete)


def _process(venue: Venue) -> tuple[str, str, int]:
    """At rest: nobody orders, the boards only listen."""
    web = venue.web
    before, started = cpu.spent([web.pid]), time.monotonic()
    wait_until(lambda: time.monotonic() - started > REST_SECONDS, REST_SECONDS * 2)
    share = (cpu.spent([web.pid]) - before) / (time.monotonic() - started)
    return f"{web.memory_info().rss / 2**20:.0f} MiB", f"{share:.0%} of a core", web.num_threads()


def _plain(venue: Venue, times: int) -> list[str]:
    found = [venue.asks(path, times)[0] for path in ("/healthz", JSON)]
    return [table.milliseconds(table.percentile(seconds, share)) for seconds in found for share in (0.5, 0.95)]


def _evening(venue: Venue, boards: Boards, orders: int) -> bool:
    """Guests order and pay, one after the other; answers whether each order came to each board, and once."""
    for heard in boards.heard:
        heard.clear()
    for _ in range(orders):
        _pays(venue)
    wait_until(lambda: all(len(heard) >= orders for heard in boards.heard), 60)
    paid = boards.paid()
    waits = [wait for board in paid for _, wait in board]
    last = [max(wait for board in paid for id, wait in board if id == order) for order, _ in paid[0]]
    rows = [
        ("on a board", *_shares(waits)),
        ("on the last of them", *_shares(last)),
    ]
    table.show(f"boards: paid → visible, {orders} orders, {len(paid)} boards", ("", "p50", "p99", "longest"), rows)
    once = all(len(board) == len(dict(board)) == orders for board in paid)
    table.say(f"every order on every board, once: {'yes' if once else 'NO'}")
    return once


def _shares(waits: list[float]) -> list[str]:
    return [table.milliseconds(wait) for wait in (median(waits), table.percentile(waits, 0.99), max(waits))]


def _pays(venue: Venue) -> None:
    guest = venue.product.simulators.guest(f"2547{uuid4().int % 10**8:08d}", name="Amina")
    guest.says("1 coke to table 5")
    guest.taps("M-Pesa")
    guest.pays()
    guest.reads("receipt")


def _full(venue: Venue, times: int) -> bool:
    """Three hundred open orders."""
    venue.outside.change(FILL, OPEN - len(venue.staff.board()["orders"]), venue.outside.number)
    rows, worst = [], 0.0
    for name, path in (("the page", PAGE), ("its orders as JSON", JSON)):
        before = cpu.spent([venue.web.pid])
        seconds, size = venue.asks(path, times)
        own, p95 = (cpu.spent([venue.web.pid]) - before) / times, table.percentile(seconds, 0.95)
        worst = max(worst, p95)
        rows.append((name, *map(table.milliseconds, (median(seconds), p95, own)), f"{size:,}"))
    table.show(f"boards: with {OPEN} open orders", ("asked", "p50", "p95", "CPU of the web", "bytes"), rows)
    return table.verdict("the slower of the two, against 50 ms", WANTED_SECONDS / worst, 1.0)
