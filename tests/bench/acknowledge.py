"""How fast a webhook is acknowledged: signature checked and the message kept on disk before the 200.

Ours (`wsgi:app`, two gunicorn workers) against a bare Flask view with `task.delay()` under the same gunicorn, and
against Express with BullMQ in a cluster of two. Each has a Redis of its own with `appendfsync always`.
"""

from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.servers import free_port, is_free
from tests.bench import table
from tests.bench.contenders import COMPOSE, MAKE_RUN, NUMBER, Contender, bare_flask, express, ours
from tests.bench.cpu import spent
from tests.bench.graph import running_graph
from tests.bench.house import PYTHON, House, Processes
from tests.bench.node import NoNode
from tests.bench.poster import Load, Posted, post

MESSAGES, ROUNDS, GUESTS = 8000, 7, 2000
SHORT_MESSAGES, SHORT_ROUNDS = 2500, 3
OVER_FLASK, OVER_EXPRESS = 2.0, 1.0


@dataclass
class Result:
    """What one contender did, round by round."""

    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    shares: list[float] = field(default_factory=list)
    refused: int = 0


def run(folder: Path, short: bool) -> bool:
    """Measure and print; answers whether the targets were reached."""
    messages, rounds = (SHORT_MESSAGES, SHORT_ROUNDS) if short else (MESSAGES, ROUNDS)
    with ExitStack() as stack:
        contenders = _contenders(stack, folder)
        results: dict[str, Result] = defaultdict(Result)
        for contender in contenders:
            post(contender.load(messages // 4, GUESTS))
        for number in range(rounds):
            for contender in contenders:
                _round(contender, messages, results[contender.name])
            table.say(f"round {number + 1} of {rounds}")
        ceiling = _ceiling(stack, folder, messages)
    return _report(results, ceiling)


def _contenders(stack: ExitStack, folder: Path) -> list[Contender]:
    graph = stack.enter_context(running_graph(folder))
    house = stack.enter_context(House(folder / "ours", graph.url))
    found = [ours(house, COMPOSE), bare_flask(stack, folder / "flask-compose", COMPOSE)]
    try:
        found.append(express(stack, folder / "express"))
    except NoNode as error:
        table.say(f"Express + BullMQ is left out: {error}")
    return [*found, ours(house, MAKE_RUN), bare_flask(stack, folder / "flask-make-run", MAKE_RUN)]


def _round(contender: Contender, messages: int, result: Result) -> None:
    contender.empty()
    before = spent(contender.roots())
    posted = post(contender.load(messages, GUESTS))
    result.cpu.append((spent(contender.roots()) - before) / messages)
    result.rates.append(posted.rate)
    result.waits += posted.waits()
    result.shares.append(posted.share)
    result.refused += sum(posted.refused.values())


def _ceiling(stack: ExitStack, folder: Path, messages: int) -> Posted:
    """The generator against a server that does nothing."""
    port = free_port()
    running = Processes(folder)
    stack.callback(running.end)
    running.start("idle", [*PYTHON, "tests.bench.idle", str(port)], {})
    running.wait_for("idle", lambda: not is_free(port))
    return post(Load(port, "secret", NUMBER, messages, GUESTS))


def _report(results: dict[str, Result], ceiling: Posted) -> bool:
    table.show(
        "acknowledge: webhooks answered 200, message on disk",
        ("contender", "per second", "best round", "p50", "p99", "CPU per webhook", "generator's share", "refused"),
        [_row(name, result) for name, result in results.items()],
    )
    table.say(f"the generator alone, against a server that does nothing: {ceiling.rate:,.0f} a second")
    mine = results[f"ours, {COMPOSE}"]
    good = [
        _against(mine, results[f"Flask + delay(), {COMPOSE}"], "over Flask + delay(), both as in Compose", OVER_FLASK)
    ]
    if "Express + BullMQ" in results:
        good.append(_against(mine, results["Express + BullMQ"], "over Express + BullMQ", OVER_EXPRESS))
    threads = table.ratio(results[f"ours, {MAKE_RUN}"].rates, results[f"Flask + delay(), {MAKE_RUN}"].rates)
    table.say(f"over Flask + delay(), both as in `make run`: {threads:.2f} x (printed, not claimed)")
    return all(good)


def _against(mine: Result, theirs: Result, name: str, wanted: float) -> bool:
    good = table.verdict(name, table.ratio(mine.rates, theirs.rates), wanted)
    table.say(
        f"  by CPU time per webhook, Redis included: {table.ratio(theirs.cpu, mine.cpu):.2f} x; "
        f"by the best round of each: {max(mine.rates) / max(theirs.rates):.2f} x"
    )
    return good


def _row(name: str, result: Result) -> tuple[object, ...]:
    return (
        name,
        f"{table.median(result.rates):,.0f}",
        f"{max(result.rates):,.0f}",
        table.milliseconds(table.percentile(result.waits, 0.5)),
        table.milliseconds(table.percentile(result.waits, 0.99)),
        table.milliseconds(table.median(result.cpu)),
        f"{table.median(result.shares):.0%}",
        result.refused,
    )
