"""How many browsing turns a second, from the webhook to the reply received by the Graph API.

The whole product as `make run` starts it, webhooks under gevent as in Compose, against a naive pipeline: the bare view,
one Celery task for each message, `requests.post` in it, which remembers and decides nothing at all.
"""

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench import table
from tests.bench.contenders import COMPOSE, SECRET, Contender, bare_flask, ours
from tests.bench.cpu import spent
from tests.bench.graph import Graph, running_graph
from tests.bench.house import PYTHON, House, Processes
from tests.bench.poster import Load, post

MESSAGES, ROUNDS, GUESTS = 4000, 5, 500
SHORT_MESSAGES, SHORT_ROUNDS = 1500, 2
BROWSING = ("hi", "menu", "beer", "menu", "cocktails", "help", "whisky", "menu")
OVER_NAIVE = 2.0
PATIENCE = 240.0
NAIVE_WORKERS = 4


@dataclass
class Result:
    """What one pipeline did, round by round."""

    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Pipeline:
    """One way from webhook to reply; `settle` waits until nothing of a round is left to do."""

    web: Contender
    roots: Callable[[], list[int]]
    settle: Callable[[], object]


def run(folder: Path, short: bool) -> bool:
    """Measure and print; answers whether the target was reached."""
    messages, rounds = (SHORT_MESSAGES, SHORT_ROUNDS) if short else (MESSAGES, ROUNDS)
    with ExitStack() as stack:
        graph = stack.enter_context(running_graph(folder))
        mine = _ours(stack, folder, graph)
        naive = _naive(stack, folder, graph)
        results = {pipeline.web.name: Result() for pipeline in (mine, naive)}
        for pipeline in (mine, naive):
            _round(pipeline, graph, messages // 4, Result())
        for number in range(rounds):
            for pipeline in (mine, naive):
                _round(pipeline, graph, messages, results[pipeline.web.name])
            table.say(f"round {number + 1} of {rounds}")
    return _report(mine, naive, results)


def _ours(stack: ExitStack, folder: Path, graph: Graph) -> Pipeline:
    house = stack.enter_context(House(folder / "ours", graph.url))
    web = ours(house, COMPOSE)
    house.start_workers()
    house.start_beat()
    workers = [name for name in house.processes.names() if name.startswith("worker-") or name == "beat"]
    return Pipeline(web, lambda: [*web.roots(), *house.processes.pids(*workers)], house.wait_until_idle)


def _naive(stack: ExitStack, folder: Path, graph: Graph) -> Pipeline:
    url = f"{graph.url}/v25.0/100000000000001/messages"
    web = bare_flask(stack, folder / "naive", COMPOSE, NAIVE_MESSAGES_URL=url)
    running = Processes(folder / "naive")
    stack.callback(running.end)
    command = [*PYTHON, "celery", "-A", "tests.bench.naive:queue", "worker", "-c", str(NAIVE_WORKERS), "-l", "WARNING"]
    values = {"CELERY_BROKER_URL": web.redis_url, "WHATSAPP_APP_SECRET": SECRET, "NAIVE_MESSAGES_URL": url}
    running.start("worker", command, {**os.environ, **values})
    return Pipeline(web, lambda: [*web.roots(), *running.pids("worker")], lambda: None)


def _round(pipeline: Pipeline, graph: Graph, messages: int, result: Result) -> None:
    graph.notes()
    before = spent(pipeline.roots())
    web = pipeline.web
    posted = post(Load(web.port, web.secret, web.number, messages, GUESTS, BROWSING))
    if not graph.wait_for(messages, PATIENCE):
        raise RuntimeError(f"{web.name}: {graph.count()} replies to {messages} messages, {posted.refused} refused")
    result.rates.append(messages / (graph.notes()[messages - 1][1] - posted.began))
    pipeline.settle()
    result.cpu.append((spent(pipeline.roots()) - before) / messages)


def _report(mine: Pipeline, naive: Pipeline, results: dict[str, Result]) -> bool:
    table.show(
        "turns: webhook → reply received by the Graph API",
        ("pipeline", "replies per second", "CPU per reply"),
        [
            (name, f"{table.median(one.rates):,.0f}", table.milliseconds(table.median(one.cpu)))
            for name, one in results.items()
        ],
    )
    ours_, theirs = results[mine.web.name], results[naive.web.name]
    good = table.verdict("over the naive pipeline", table.ratio(ours_.rates, theirs.rates), OVER_NAIVE)
    table.say(f"  by CPU time per reply, everything included: {table.ratio(theirs.cpu, ours_.cpu):.2f} x")
    return good
