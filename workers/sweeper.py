"""The sweep: a timer in every worker that needs neither beat nor broker. It returns what a dead worker's lease held and
rings for what waits; where the broker takes no ring, a worker of threads serves it itself."""

import threading
from collections.abc import Iterable

import redis

from core import metrics
from core.errors import StoreUnavailable, TryAgain
from core.jobs import MARK_READ, Job
from core.log import get_logger
from core.services.doorbells import serve_lane, sweep
from core.services.program import Program
from workers import measuring
from workers.safety import StoreCheck

EVERY_SECONDS = 1.0
# Sweepers keep step: without this pause the same one would win every time, also one that can neither ring nor serve.
STAND_BACK = 5
log = get_logger(__name__)


def start(program: Program, queues: Iterable[str], threads: bool, store_check: StoreCheck) -> None:
    """Sweep every second for as long as this worker lives, and say that its queues are consumed."""
    names = [str(name) for name in queues]
    threading.Thread(target=_run, args=(program, names, threads, store_check), daemon=True, name="sweeper").start()


def _run(program: Program, queues: list[str], threads: bool, store_check: StoreCheck) -> None:
    pause, rounds_off = threading.Event(), 0
    while not pause.wait(EVERY_SECONDS):
        rounds_off = max(rounds_off - 1, 0)
        try:
            store_check.later(program)
            for queue in queues:
                program.store.beat(queue)
            if not rounds_off and program.store.sweeping(EVERY_SECONDS * 0.9) and not _sweep(program, threads):
                rounds_off = STAND_BACK
        except (StoreUnavailable, TryAgain, redis.exceptions.RedisError) as error:
            log.warning("sweep_failed", error=type(error).__name__)
        except Exception:
            # A mistake in one round must not be the last: without the sweep, whatever lost its doorbell waits for ever.
            log.exception("sweep_broken")


def _sweep(program: Program, threads: bool) -> bool:
    """Whether all that waits was handed to somebody."""
    measuring.note_backlog(program.store.report())
    measuring.note_providers(program.store)
    if program.store.reads.waiting():
        program.ring(Job(MARK_READ))
    handed = True
    for lane, swept in sweep(program).items():
        metrics.swept.labels(lane).inc(swept.returned)
        if swept.bell and not program.ring.lane(lane, swept.bell):
            if threads:
                serve_lane(program, lane, swept.bell)
            handed = threads
    return handed
