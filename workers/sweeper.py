"""The sweep: a timer in every worker that needs neither beat nor broker. It returns what a dead worker's lease held and
rings for what waits; where the broker takes no ring, a worker of threads serves it itself."""

import threading
from collections.abc import Iterable

import redis

from core import metrics
from core.errors import StoreUnavailable, TryAgain
from core.jobs import (
    CONVERSATIONS,
    MARK_READ,
    MESSAGES,
    SEND_MESSAGES,
    SERVE_CONVERSATIONS,
    SETTLE_PAYMENTS,
    SETTLEMENTS,
    Job,
)
from core.log import get_logger
from core.services.doorbells import serve_lane, sweep
from core.services.program import Program
from workers import measuring

EVERY_SECONDS = 1.0
TASKS = {
    "conversations": (SERVE_CONVERSATIONS, CONVERSATIONS),
    "payments": (SETTLE_PAYMENTS, SETTLEMENTS),
    "outbox": (SEND_MESSAGES, MESSAGES),
}
log = get_logger(__name__)


def start(program: Program, queues: Iterable[str], threads: bool) -> None:
    """Sweep every second for as long as this worker lives, and say that its queues are consumed."""
    names = [str(name) for name in queues]
    threading.Thread(target=_run, args=(program, names, threads), daemon=True, name="sweeper").start()


def _run(program: Program, queues: list[str], threads: bool) -> None:
    pause = threading.Event()
    while not pause.wait(EVERY_SECONDS):
        try:
            for queue in queues:
                program.store.beat(queue)
            if program.store.sweeping(EVERY_SECONDS * 0.9):
                _sweep(program, threads)
        except (StoreUnavailable, TryAgain, redis.exceptions.RedisError) as error:
            log.warning("sweep_failed", error=type(error).__name__)
        except Exception:
            log.exception("sweep_broken")


def _sweep(program: Program, threads: bool) -> None:
    measuring.note_backlog(program.store.report())
    if program.store.reads.waiting():
        program.ring(Job(MARK_READ, MESSAGES))
    for lane, swept in sweep(program).items():
        metrics.swept.labels(lane).inc(swept.returned)
        if not swept.bell:
            continue
        task, queue = TASKS[lane]
        if not program.ring(Job(task, queue, (swept.bell,))) and threads:
            serve_lane(program, lane, swept.bell)
