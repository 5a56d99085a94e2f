"""Lists of a million orders: how long the server takes for a page of rows, question by question.

One house has them all, and a second one a tenth beside it; every question is asked through the application, as a page
asks it by its script: login, two reads, counting, JSON. The plans are PostgreSQL's own, over rows as they come:
names of a few hundred guests, tables, notes now and then, and statuses as after years of evenings.
"""

import base64
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg2

from core.domain.statuses import Role
from core.settings import load_settings
from sandbox.servers import PostgresServer, RedisServer
from tests.bench import table
from tests.integration.admin.conftest import migrate
from tests.integration.admin.venue import Browser, Venue, open_venue
from webapp import create_app

ORDERS, SHORT_ORDERS, TIMES, SHORT_TIMES = 1_000_000, 20_000, 40, 5
WANTED_SECONDS = 0.1
QUESTIONS = {
    "newest first": "",
    "page 400": "page=400",
    "by total": "sort=-total",
    "by guest, then total": "sort=customer_name,-total",
    "by guest": "sort=customer_name",
    "one day": "where=created_at.is.2026-11-18",
    "a rare status": "where=status.in.REFUNDED",
    "two statuses and a sum": "where=status.in.SERVED,DELIVERED&where=total.from.9000",
    "guest contains": "where=customer_name.contains.otieno",
    "guest contains, nobody": "where=customer_name.contains.zzzz",
    "search a name": "q=wanjiru",
    "search a rare note": "q=peanut",
    "search a number": "q=123456",
    "either of two groups": "or1=table_number.is.7&or1=total.from.9000&or2=status.in.CANCELLED",
}
FILL = """
insert into orders (workspace_id, cart_id, number, status, table_number, customer_name, note, total, currency,
                    vat_percent, vat, expires_at, paid_at, created_at, updated_at)
select %(house)s, 'cart-' || n, n,
       (case when n %% 997 = 0 then 'REFUNDED' when n %% 50 = 0 then 'CANCELLED' when n %% 20 = 0 then 'FAILED'
             else 'SERVED' end)::order_status,
       1 + n %% 40,
       (array['Amina','Brian','Chebet','Daudi','Esther','Faith','Gitau','Halima'])[1 + n %% 8] || ' '
         || (array['Otieno','Wanjiru','Kamau','Njeri','Mutua','Achieng','Kiptoo','Hassan','Odhiambo'])[1 + n %% 9]
         || ' ' || n %% 5,
       case when n %% 30 = 0 then 'no ice please' when n %% 9973 = 0 then 'peanut allergy' else '' end,
       100 + (n::bigint * 7919) %% 9900, 'KES', 16, 10, moment, moment, moment, moment
from (select n, timestamptz '2026-11-20' - n * interval '40 seconds' as moment from generate_series(1, %(rows)s) n) made
"""


def run(folder: Path, short: bool) -> bool:
    """Fill, ask and print; answers whether every question was quick enough."""
    rows, times = (SHORT_ORDERS, SHORT_TIMES) if short else (ORDERS, TIMES)
    with ExitStack() as stack:
        postgres = stack.enter_context(PostgresServer(folder / "postgres", durable=False))
        redis = stack.enter_context(RedisServer(folder / "redis"))
        migrate(postgres.url)
        app = create_app(load_settings(_environ(postgres.url, redis.url)))
        venue, beside = open_venue(app), open_venue(app)
        _fill(postgres.url, {venue.workspace_id: rows, beside.workspace_id: rows // 10})
        return _ask(venue, rows, times)


def _environ(database: str, store: str) -> dict[str, str]:
    return {
        "ENVIRONMENT": "test",
        "PUBLIC_BASE_URL": "http://localhost",
        "DATABASE_URL": database,
        "REDIS_URL": store,
        "CELERY_BROKER_URL": store.removesuffix("0") + "1",
        "SECRET_KEY": "only for this benchmark",
        "FIELD_ENCRYPTION_KEYS": base64.urlsafe_b64encode(bytes(32)).decode(),
    }


def _fill(url: str, houses: dict[UUID, int]) -> None:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        for house, rows in houses.items():
            cursor.execute(FILL, {"house": str(house), "rows": rows})
        cursor.execute("vacuum analyze orders")
    connection.close()


def _ask(venue: Venue, rows: int, times: int) -> bool:
    venue.role(Role.BAR)
    browser = venue.signed_in()
    lines: list[tuple[Any, ...]] = []
    worst = 0.0
    for name, query in QUESTIONS.items():
        seconds, said = _timed(browser, query, times)
        p95 = table.percentile(seconds, 0.95)
        worst = max(worst, p95)
        lines.append((name, said, table.milliseconds(table.percentile(seconds, 0.5)), table.milliseconds(p95)))
    table.show(f"lists: a page of 25 of {rows:,} orders", ("asked", "found", "p50", "p95"), lines)
    return table.verdict("slowest question, against 100 ms", WANTED_SECONDS / worst, 1.0)


def _timed(browser: Browser, query: str, times: int) -> tuple[list[float], str]:
    seconds, found = [], {}
    for _ in range(times):
        started = time.perf_counter()
        answer = browser.get(f"/admin/orders/rows?{query}", headers={"Accept": "application/json"})
        seconds.append(time.perf_counter() - started)
        assert answer.status_code == 200, answer.text
        found = answer.json
    return seconds, f"{'about ' if found['about'] else ''}{found['last_row']:,}"
