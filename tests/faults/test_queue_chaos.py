"""The queue core alone under chaos: nothing lost, nothing handled twice, nothing out of order."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, time
from uuid import uuid4

import pytest
import redis

from core.errors import StoreUnavailable
from core.jobs import Job
from core.store.redis.mailbox import Item
from core.store.redis.store import Store
from sandbox.servers import RedisServer
from tests.waiting import eventually

SECONDS = 240 if os.environ.get("PROVE") else 25
GUESTS = 60


class Workers:
    """Two groups of real Celery workers, killed and started again."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self._groups: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        for name, pool, queue in (("turns", "prefork", "conversations"), ("senders", "threads", "messages")):
            command = [
                sys.executable,
                "-m",
                "celery",
                "-A",
                "tests.faults.queue_worker:app",
                "worker",
                "-n",
                f"{name}@%h",
            ]
            command += ["-Q", queue, "--pool", pool, "-c", "3", "--without-gossip", "--without-mingle", "-l", "ERROR"]
            self._groups.append(subprocess.Popen(command, env=self._environment, start_new_session=True))

    def kill(self) -> None:
        for group in self._groups:
            os.killpg(group.pid, signal.SIGKILL)
            group.wait()
        self._groups.clear()


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[tuple[RedisServer, RedisServer]]:
    mailboxes, broker = RedisServer(tmp_path / "mailboxes"), RedisServer(tmp_path / "broker", durable=False)
    mailboxes.start()
    broker.start()
    yield mailboxes, broker
    mailboxes.stop()
    broker.stop()


@pytest.mark.timeout(SECONDS * 2 + 240)
def test_nothing_is_lost_doubled_or_reordered_while_everything_is_killed(
    servers: tuple[RedisServer, RedisServer], tmp_path: Path
) -> None:
    mailboxes, broker = servers
    sent = tmp_path / "sent"
    sent.touch()
    environment = os.environ | {
        "REDIS_URL": mailboxes.url,
        "CELERY_BROKER_URL": broker.url,
        "QUEUE_SENT_FILE": str(sent),
    }
    workers = Workers(environment)
    workers.start()
    store = Store(mailboxes.url, seconds=2.0)
    over = threading.Event()
    accepted: dict[str, int] = {}
    guests = [threading.Thread(target=_write, args=(store, broker.url, name, over, accepted)) for name in _names()]
    for guest in guests:
        guest.start()
    faults = _chaos(mailboxes, broker, workers)
    over.set()
    for guest in guests:
        guest.join()
    eventually(lambda: _report(store)["conversations"]["events"] == 0, seconds=60)
    eventually(lambda: _waiting_letters(store) == 0, seconds=120)
    workers.kill()
    _check(store, accepted, sent, faults)


def _names() -> list[str]:
    return [uuid4().hex for _ in range(GUESTS)]


def _write(store: Store, broker_url: str, name: str, over: threading.Event, accepted: dict[str, int]) -> None:
    """One guest: writes the next number once the last one was taken, as a webhook sender would, one in ten twice."""
    from tests.faults.publisher import ring_for

    ring = ring_for(broker_url)
    number = 0
    while not over.is_set():
        item = Item(f"{name}-{number}", (name,), time(), {"number": number}, {"channel": "c"})
        for _ in range(2 if random.random() < 0.1 else 1):
            bell = _push(store, item)
            if bell:
                ring(Job("conversations.serve", (bell,)))
        number += 1
        accepted[name] = number
        over.wait(random.uniform(0.0, 0.4))


def _push(store: Store, item: Item) -> str:
    pause = threading.Event()
    while True:
        try:
            return store.conversations.push([item]).bell
        except StoreUnavailable:
            pause.wait(0.2)


def _chaos(mailboxes: RedisServer, broker: RedisServer, workers: Workers) -> dict[str, int]:
    """Kill, freeze and restart for the length of the run. Answers how often each fault was injected."""
    pause, end, faults = threading.Event(), monotonic() + SECONDS, Counter[str]()
    pause.wait(4)
    while monotonic() < end:
        fault = random.choice(("workers", "mailboxes", "broker", "frozen mailboxes", "frozen broker"))
        faults[fault] += 1
        if fault == "workers":
            workers.kill()
            workers.start()
            pause.wait(4)
        elif fault.startswith("frozen"):
            server = mailboxes if fault.endswith("mailboxes") else broker
            server.freeze()
            pause.wait(random.uniform(0.5, 3.0))
            server.thaw()
        else:
            server = mailboxes if fault == "mailboxes" else broker
            server.kill()
            server.start()
        pause.wait(random.uniform(0.3, 2.0))
    return dict(faults)


def _report(store: Store) -> dict[str, dict[str, int]]:
    try:
        return store.report()
    except redis.exceptions.RedisError:  # it may still be loading its file
        return {"conversations": {"events": -1}}


def _waiting_letters(store: Store) -> int:
    return sum(store.client.llen(key) for key in store.client.scan_iter("out:*", count=1000))


def _check(store: Store, accepted: dict[str, int], sent: Path, faults: dict[str, int]) -> None:
    handled: dict[str, list[int]] = defaultdict(list)
    while entries := store.history.read("check", 5000):
        for entry in entries:
            note = json.loads(entry.body)
            if "number" in note:
                handled[note["box"]].append(note["number"])
        store.history.done(entries)
    replies: dict[str, list[int]] = defaultdict(list)
    for line in sent.read_text().splitlines():
        box, number = line.split()
        replies[box].append(int(number))
    doubled = sum(len(numbers) - len(set(numbers)) for numbers in replies.values())
    print(
        f"\n{sum(accepted.values())} messages, {sum(faults.values())} faults {faults}, {doubled} replies sent once more"
    )
    for name, count in accepted.items():
        assert handled[name] == list(range(count)), f"{name} was not handled once each, in order"
        first_sendings = list(dict.fromkeys(replies[name]))
        assert first_sendings == list(range(count)), f"{name} did not read every reply in order"
