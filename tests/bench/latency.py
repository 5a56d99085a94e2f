"""How long a guest waits at 100 messages a second from 300 guests: printed, not asserted.

The whole product as `make run` starts it, webhooks under gevent as in Compose. A reply's time runs from the moment its
message was due to be posted to the moment the Graph API has the reply.
"""

from collections import defaultdict, deque
from contextlib import ExitStack
from pathlib import Path

from tests.bench import table
from tests.bench.contenders import COMPOSE, NUMBER
from tests.bench.graph import Graph, running_graph
from tests.bench.house import House
from tests.bench.poster import Load, Posted, post
from tests.bench.turns import BROWSING

RATE, GUESTS, SECONDS, SHORT_SECONDS = 100, 300, 60, 10
CONNECTIONS = 32


def run(folder: Path, short: bool) -> bool:
    """Measure and print; nothing is asserted but that every message is answered."""
    seconds = SHORT_SECONDS if short else SECONDS
    with ExitStack() as stack:
        graph = stack.enter_context(running_graph(folder))
        house = stack.enter_context(House(folder / "house", graph.url))
        port = house.open_web(COMPOSE)
        house.start_workers()
        house.start_beat()
        _one_load(house, port, graph, seconds=3)
        posted, notes = _one_load(house, port, graph, seconds)
    _report(posted, _replies(posted, notes))
    return len(notes) == len(posted.phones)


def _one_load(house: House, port: int, graph: Graph, seconds: int) -> tuple[Posted, list[tuple[str, float]]]:
    graph.notes()
    secret = house.values["WHATSAPP_APP_SECRET"]
    posted = post(Load(port, secret, NUMBER, RATE * seconds, GUESTS, BROWSING, CONNECTIONS, rate=RATE))
    graph.wait_for(RATE * seconds, 60)
    return posted, graph.notes()


def _replies(posted: Posted, notes: list[tuple[str, float]]) -> list[float]:
    """Seconds from each message to its reply: a guest's replies come in the order of the messages."""
    waiting: dict[str, deque[float]] = defaultdict(deque)
    for phone, at in zip(posted.phones, posted.sent, strict=True):
        waiting[phone].append(at)
    return [at - waiting[phone].popleft() for phone, at in notes]


def _report(posted: Posted, replies: list[float]) -> None:
    acknowledged = posted.waits()
    rows = [("acknowledgement", acknowledged, ("", "50 ms")), ("reply", replies, ("50 ms", "300 ms"))]
    table.show(
        f"latency: {RATE} messages a second from {GUESTS} guests, {len(posted.phones)} messages",
        ("what", "p50", "aim", "p99", "aim", "longest"),
        [_row(name, waits, aims) for name, waits, aims in rows],
    )
    table.say(f"{len(replies)} replies, refused: {posted.refused or 'none'}")


def _row(name: str, waits: list[float], aims: tuple[str, str]) -> tuple[str, ...]:
    p50, p99 = (table.milliseconds(table.percentile(waits, share)) for share in (0.5, 0.99))
    return (name, p50, aims[0], p99, aims[1], table.milliseconds(max(waits)))
