"""How long guests wait while one of them floods the bar, and behind a thousand statuses: against the same without.

Calm and noisy rounds take turns in one run, on the whole product as `make run` starts it; all rounds of a kind count
together. A reply's time runs from the moment its message was due to be posted to the moment the Graph API has it.
"""

import threading
import time
from collections import defaultdict, deque
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path

from sandbox.servers.server import wait_until
from sandbox.simulators.inbound import Sender, envelope, message_value, meta_bytes, new_wamid, sign, status_value
from sandbox.simulators.inbound import text_message as text
from tests.bench import table
from tests.bench.contenders import COMPOSE, NUMBER
from tests.bench.graph import Graph, running_graph
from tests.bench.house import House
from tests.bench.poster import PATH, Load, Posted, post

GUESTS, SECONDS, RATE = 50, 5, 20.0
FLOOD = 100
NOISY_GUEST = 900_000
STATUSES = 1000
ROUNDS, SHORT_ROUNDS = 8, 4
MOST = 1.5
Rounds = list[list[float]]
# Never one message, however long they wait: each has a reply of its own.
ORDERING = ("2 coke", "checkout")


def run(folder: Path, short: bool) -> bool:
    """Measure and print; answers whether the flood stayed within its limit."""
    rounds = SHORT_ROUNDS if short else ROUNDS
    with ExitStack() as stack:
        graph = stack.enter_context(running_graph(folder))
        house = stack.enter_context(House(folder / "house", graph.url))
        port = house.open_web(COMPOSE)
        house.start_workers()
        house.start_beat()
        evening = Evening(house, graph, port)
        evening.orders(flood=False)
        calm, flooded, alone, behind = [], [], [], []
        for _ in range(rounds):
            calm.append(evening.orders(flood=False))
            flooded.append(evening.orders(flood=True))
            alone.append(evening.greeting(statuses=0))
            behind.append(evening.greeting(statuses=STATUSES))
    return _report(calm, flooded, alone, behind)


class Evening:
    """Guests who have never been there before, each time anew."""

    def __init__(self, house: House, graph: Graph, port: int) -> None:
        self._house, self._graph, self._port = house, graph, port
        self._secret = house.values["WHATSAPP_APP_SECRET"]
        self._guests = 0

    def orders(self, flood: bool) -> list[float]:
        """Fifty guests order for five seconds: how long each reply took."""
        self._quiet()
        noise = threading.Thread(target=self._flood)
        if flood:
            noise.start()
        posted = self._post(int(SECONDS * RATE), GUESTS, ORDERING, RATE, self._new(GUESTS))
        if flood:
            noise.join()
        return _waits(posted, self._replies_to(posted))

    def greeting(self, statuses: int) -> list[float]:
        """One webhook, with so many statuses in front of one message."""
        self._quiet()
        guest = Sender.of(str(254_710_000_000 + self._new(1)))
        noise = [status_value(guest, new_wamid(), "delivered", "", None) for _ in range(statuses)]
        raw = meta_bytes(envelope(NUMBER, *noise, message_value(guest, text("hi"))))
        began = time.monotonic()
        self._bring(raw)
        self._graph.wait_for(1, 60)
        return [at - began for _, at in self._graph.notes()]

    def _replies_to(self, posted: Posted) -> list[tuple[str, float]]:
        """The notes, once every one of these messages has its reply."""
        notes: list[tuple[str, float]] = []

        def all_there() -> bool:
            notes.extend(self._graph.notes())
            guests = set(posted.phones)
            return sum(phone in guests for phone, _ in notes) >= len(posted.phones)

        if not wait_until(all_there, 120):
            raise RuntimeError(f"{len(notes)} replies, refused: {posted.refused}")
        return notes

    def _flood(self) -> None:
        self._post(FLOOD, 1, ("menu",), FLOOD / SECONDS, NOISY_GUEST + self._new(1))

    def _post(self, messages: int, guests: int, texts: tuple[str, ...], rate: float, first: int) -> Posted:
        return post(Load(self._port, self._secret, NUMBER, messages, guests, texts, 16, rate, first))

    def _bring(self, raw: bytes) -> None:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=30)
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": sign(self._secret, raw)}
        connection.request("POST", PATH, raw, headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        if answer.status != 200:
            raise RuntimeError(f"the webhook was answered {answer.status}")

    def _quiet(self) -> None:
        """Nothing is left of the round before: what a noisy guest must wait for by the pair rate would take minutes."""
        wait_until(lambda: not self._house.store.report()["conversations"]["events"], 60)
        self._house.store.client.flushall()
        self._graph.notes()
        self._post(2, 1, ("hi",), 0.0, self._new(1))
        self._graph.wait_for(2, 60)
        self._graph.notes()

    def _new(self, guests: int) -> int:
        self._guests += guests
        return self._guests - guests


def _waits(posted: Posted, notes: list[tuple[str, float]]) -> list[float]:
    """Seconds from each message to its reply: a guest's replies come in the order of the messages."""
    waiting: dict[str, deque[float]] = defaultdict(deque)
    for phone, at in zip(posted.phones, posted.sent, strict=True):
        waiting[phone].append(at)
    return [at - waiting[phone].popleft() for phone, at in notes if waiting[phone]]


def _report(calm: Rounds, flooded: Rounds, alone: Rounds, behind: Rounds) -> bool:
    table.show(
        f"flood: {GUESTS} guests order while one writes {FLOOD} messages in {SECONDS} s, {len(calm)} rounds",
        ("others wait", "p50", "p95"),
        [(name, *_figures(found)) for name, found in (("without the flood", calm), ("with it", flooded))],
    )
    table.show(
        f"statuses: one message behind {STATUSES:,} statuses in one webhook",
        ("what", "median"),
        [(name, _figures(found)[0]) for name, found in (("alone", alone), ("behind them", behind))],
    )
    slower = _all(flooded, 0.95) / _all(calm, 0.95)
    table.say(f"behind statuses over alone: {_all(behind, 0.5) / _all(alone, 0.5):.2f} x")
    good = slower <= MOST
    table.say(f"others' p95 with the flood: {slower:.2f} x (at most {MOST} x) {'reached' if good else 'NOT REACHED'}")
    return good


def _figures(rounds: Rounds) -> tuple[str, str]:
    return table.milliseconds(_all(rounds, 0.5)), table.milliseconds(_all(rounds, 0.95))


def _all(rounds: Rounds, share: float) -> float:
    """A percentile over all rounds: one of a hundred messages alone is anybody's guess on a busy machine."""
    return table.percentile([wait for one in rounds for wait in one], share)
