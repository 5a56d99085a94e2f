"""Children of workers come and go; what they measured stays, in as many files as there are places."""

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector

from core.jobs import CONVERSATIONS, SERVE_CONVERSATIONS, Job
from core.store.redis.store import Store
from publishing import publisher
from sandbox.servers import RedisServer
from tests.integration.queue.guests import wrote
from tests.integration.queue.test_store_settings import PRODUCTION
from tests.waiting import eventually

ADDING = "from core import metrics; metrics.count_as('turns@bar_1-0'); metrics.swept.labels('outbox').inc()"
WORKER = [sys.executable, "-m", "celery", "-A", "workers.app:app", "worker", "-n", "turns@bar", "-Q", CONVERSATIONS]
CHILDREN = 2


def test_a_child_adds_to_what_the_one_before_it_counted(tmp_path: Path) -> None:
    for _ in range(3):
        subprocess.run([sys.executable, "-c", ADDING], env=measuring_in(tmp_path), check=True)
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(tmp_path))
    assert registry.get_sample_value("bar_leases_returned_total", {"lane": "outbox"}) == 3
    assert len(list(tmp_path.glob("counter_*.db"))) == 1


def test_children_that_come_and_go_leave_one_set_of_files(
    store: Store, mailbox_server: RedisServer, tmp_path: Path
) -> None:
    broker = mailbox_server.url.removesuffix("0") + "1"
    environment = measuring_in(tmp_path) | PRODUCTION | {"REDIS_URL": mailbox_server.url, "CELERY_BROKER_URL": broker}
    log = tmp_path / "log"
    options = ["--pool", "prefork", "-c", "1", "--max-tasks-per-child", "1"]
    with log.open("wb") as written:
        worker = subprocess.Popen([*WORKER, *options], env=environment, stdout=written, stderr=written)
    try:
        for number in range(1, CHILDREN + 1):
            store.conversations.push([wrote(f"guest {number}")])
            publisher(broker)(Job(SERVE_CONVERSATIONS, ("bell",)))
            eventually(partial(ended, log, number), seconds=40)
    finally:
        worker.terminate()
        worker.wait(40)
    found = {path.stem.removeprefix("counter_") for path in tmp_path.glob("counter_*.db")}
    assert found == {str(worker.pid), "turns@bar-0"}


def ended(log: Path, tasks: int) -> bool:
    return log.read_bytes().count(b" succeeded in ") >= tasks


def measuring_in(folder: Path) -> dict[str, str]:
    return os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(folder)}
