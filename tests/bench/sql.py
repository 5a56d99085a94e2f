"""SQL statements in browsing turns: PostgreSQL itself writes down every statement, and none may come.

Web, turns and messages run as always; the history, which is written in batches off the guest's path, is left out, and
so is the schedule. Statements that come with time and not with turns (a directory read again each minute) are shown
beside it, from an equally long time without a guest.
"""

import re
import time
from contextlib import ExitStack
from pathlib import Path
from threading import Event

import psycopg2

from sandbox.servers import Server
from tests.bench import table
from tests.bench.contenders import COMPOSE, NUMBER
from tests.bench.graph import Graph, running_graph
from tests.bench.house import GUESTS_GROUPS, House
from tests.bench.poster import Load, post
from tests.bench.turns import BROWSING

TURNS, SHORT_TURNS, GUESTS, CONNECTIONS = 2000, 1000, 100, 16
STATEMENT = re.compile(r"LOG:  (?:statement|execute [^:]*): ")
MARK = "SELECT 'a mark in the log, number "


def run(folder: Path, short: bool) -> bool:
    """Count and print; answers whether there were none."""
    turns = SHORT_TURNS if short else TURNS
    with ExitStack() as stack:
        graph = stack.enter_context(running_graph(folder))
        house = stack.enter_context(House(folder / "house", graph.url))
        port = house.open_web(COMPOSE)
        house.start_workers(*GUESTS_GROUPS)
        _browse(house, port, graph, GUESTS * len(BROWSING))
        postgres = house.server("postgres")
        _log_every_statement(postgres)
        _mark(postgres, 1)
        started = time.monotonic()
        _browse(house, port, graph, turns)
        seconds = time.monotonic() - started
        _mark(postgres, 2)
        Event().wait(seconds)
        _mark(postgres, 3)
        busy, idle = _counted(postgres, 1), _counted(postgres, 2)
    return _report(turns, seconds, busy, idle)


def _browse(house: House, port: int, graph: Graph, turns: int) -> None:
    graph.notes()
    post(Load(port, house.values["WHATSAPP_APP_SECRET"], NUMBER, turns, GUESTS, BROWSING, CONNECTIONS))
    if not graph.wait_for(turns, 120):
        raise RuntimeError(f"{graph.count()} replies to {turns} messages")


def _log_every_statement(server: Server) -> None:
    _execute(server, "ALTER SYSTEM SET log_statement = 'all'", "SELECT pg_reload_conf()")


def _mark(server: Server, number: int) -> None:
    _execute(server, f"{MARK}{number}'")


def _execute(server: Server, *statements: str) -> None:
    connection = psycopg2.connect(server.url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    connection.close()


def _counted(server: Server, mark: int) -> list[str]:
    """The statements between this mark and the next."""
    statements = STATEMENT.split(server.log.read_text(errors="replace"))
    first, last = (next(n for n, one in enumerate(statements) if f"{MARK}{m}'" in one) for m in (mark, mark + 1))
    return statements[first + 1 : last]


def _report(turns: int, seconds: float, busy: list[str], idle: list[str]) -> bool:
    table.show(
        "sql: statements PostgreSQL saw from web, turns and messages",
        ("while", "seconds", "turns", "statements"),
        [("guests browse", f"{seconds:.1f}", turns, len(busy)), ("nobody writes", f"{seconds:.1f}", 0, len(idle))],
    )
    for statement in busy[:10]:
        table.say(f"  {' '.join(statement.split())[:100]}")
    good = not busy
    table.say(f"statements in a browsing turn: {len(busy) / turns:g} (wanted 0) {'reached' if good else 'NOT REACHED'}")
    return good
