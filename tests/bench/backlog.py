"""A backlog drained: messages that came while the workers were away, in turns committed per second.

Against empty Celery tasks in the same run: the same pool, concurrency and settings, a broker of the same kind. The
replies are sent afterwards and reported apart. Where a turn's time goes is shown from one more backlog, drained inside
this process under a profiler.
"""

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import monotonic

from celery import Celery
from redis import Redis

from core.jobs import WORKER_GROUPS
from sandbox.servers import RedisServer
from tests.bench import table
from tests.bench.contenders import COMPOSE, NUMBER
from tests.bench.cpu import spent
from tests.bench.graph import Graph, running_graph
from tests.bench.house import PYTHON, House, Processes
from tests.bench.poster import Load, post
from tests.bench.shares import profiled_turns, show_shares
from tests.bench.turns import BROWSING

MESSAGES, GUESTS, ROUNDS = 20_000, 5_000, 3
SHORT_MESSAGES, SHORT_GUESTS, SHORT_ROUNDS = 4000, 1000, 1
TASKS, SHORT_TASKS = 5000, 2000
OVER_EMPTY = 3.0
PATIENCE = 240.0
TURNS = WORKER_GROUPS[0]


@dataclass(frozen=True)
class Drained:
    """One backlog: how many a second, and the CPU time each took."""

    rate: float
    cpu: float


def run(folder: Path, short: bool) -> bool:
    """Measure and print; answers whether the aim was reached."""
    messages, guests, rounds = (SHORT_MESSAGES, SHORT_GUESTS, SHORT_ROUNDS) if short else (MESSAGES, GUESTS, ROUNDS)
    with ExitStack() as stack:
        graph = stack.enter_context(running_graph(folder))
        house = stack.enter_context(House(folder / "house", graph.url))
        port = house.open_web(COMPOSE)
        empty, turns, sends = [], [], []
        for number in range(rounds):
            empty.append(_empty_tasks(folder / f"empty-{number}", SHORT_TASKS if short else TASKS))
            _fill(house, port, messages, guests)
            turns.append(_drain(house, "turns", "conversations", messages))
            sends.append(_send(house, graph, messages))
            table.say(f"round {number + 1} of {rounds}")
        _fill(house, port, messages // 4, guests // 4)
        shares = profiled_turns(house)
    good = _report(messages, guests, empty, turns, sends)
    show_shares(shares)
    return good


def _fill(house: House, port: int, messages: int, guests: int) -> None:
    posted = post(Load(port, house.values["WHATSAPP_APP_SECRET"], NUMBER, messages, guests, BROWSING))
    waiting = house.store.report()["conversations"]["events"]
    if posted.refused or waiting != messages:
        raise RuntimeError(f"{waiting} of {messages} messages wait, refused: {posted.refused}")


def _drain(house: House, group: str, lane: str, count: int) -> Drained:
    """Start the workers and time them from the first commit to the last."""
    house.start_workers(group, wait=False)
    roots = [*house.processes.pids(f"worker-{group}"), house.pid("redis"), house.pid("broker")]
    drained = timed(lambda: house.store.report()[lane]["events"], count, roots)
    house.processes.end(f"worker-{group}")
    return drained


def _send(house: House, graph: Graph, count: int) -> Drained:
    graph.notes()
    house.start_workers("messages", wait=False)
    roots = [*house.processes.pids("worker-messages"), house.pid("redis"), house.pid("broker")]
    drained = timed(lambda: count - graph.count(), count, roots)
    house.processes.end("worker-messages")
    house.store.client.flushall()
    return drained


def timed(left: Callable[[], int], count: int, roots: list[int]) -> Drained:
    """How fast a number falls to nothing, from its first change on: starting up does not count."""
    _watch(lambda: left() < count, 60)
    first, started, before = left(), monotonic(), spent(roots)
    _watch(lambda: left() <= 0, PATIENCE)
    done = max(first, 1)
    return Drained(done / (monotonic() - started), (spent(roots) - before) / done)


def _watch(condition: Callable[[], bool], seconds: float) -> None:
    """Look every 20 ms, seldom enough to cost nothing."""
    pause, end = Event(), monotonic() + seconds
    while not condition():
        if pause.wait(0.02) or monotonic() > end:
            raise RuntimeError(f"not drained within {seconds} s")


def _empty_tasks(folder: Path, count: int) -> Drained:
    """Tasks that do nothing, under our settings, in the pool that takes our turns."""
    with ExitStack() as stack:
        broker = stack.enter_context(RedisServer(folder / "broker", durable=False))
        running = Processes(folder)
        stack.callback(running.end)
        _publish(broker.url, count)
        client = Redis.from_url(broker.url)
        options = ["-A", "tests.bench.empty:app", "worker", "-Q", "empty", "--pool", TURNS.pool, "-c"]
        command = [*PYTHON, "celery", *options, str(TURNS.concurrency), "--without-gossip", "--without-mingle", "-E"]
        running.start("worker", command, {**os.environ, "CELERY_BROKER_URL": broker.url})
        roots = [*running.pids("worker"), *([broker.process.pid] if broker.process else [])]
        return timed(lambda: client.llen("empty") + client.hlen("unacked"), count, roots)


def _publish(broker_url: str, count: int) -> None:
    app = Celery("empty", config_source="celeryconfig")
    app.conf.update(broker_url=broker_url)
    with app.connection_for_write() as connection, app.amqp.Producer(connection) as producer:
        for _ in range(count):
            app.send_task("empty", queue="empty", producer=producer)


def _report(messages: int, guests: int, empty: list[Drained], turns: list[Drained], sends: list[Drained]) -> bool:
    rows = [("empty Celery tasks", empty), ("turns committed", turns), ("replies sent, afterwards", sends)]
    table.show(
        f"backlog: {messages:,} messages from {guests:,} guests",
        ("what", "per second", "CPU each, Redis included"),
        [(name, *_figures(found)) for name, found in rows],
    )
    return table.verdict(
        "turns over empty tasks", table.ratio([one.rate for one in turns], [one.rate for one in empty]), OVER_EMPTY
    )


def _figures(found: list[Drained]) -> tuple[str, str]:
    rate, cpu = table.median(one.rate for one in found), table.median(one.cpu for one in found)
    return f"{rate:,.0f}", table.milliseconds(cpu)
