"""Ringing a doorbell: publish a task, bounded in time. The message is kept: a failure costs a second at most."""

from collections.abc import Callable, Iterable
from time import monotonic

from core import metrics
from core.jobs import SEND_MESSAGES, SERVE_CONVERSATIONS, SETTLE_PAYMENTS, Job
from core.log import get_logger

QUIET_AFTER_FAILURE_SECONDS = 2.0
DOORBELLS = {"conversations": SERVE_CONVERSATIONS, "payments": SETTLE_PAYMENTS, "outbox": SEND_MESSAGES}

log = get_logger(__name__)


class Ring:
    """`publish` sends one job to the broker within about 0.2 s or raises; after a failure nothing is tried for 2 s."""

    def __init__(self, publish: Callable[[Job], None]) -> None:
        self._publish = publish
        self._broken_until = 0.0

    def __call__(self, job: Job) -> bool:
        """Answers whether the broker took the job; the sweep does what it did not."""
        if monotonic() < self._broken_until:
            metrics.rings.labels(job.queue, "skipped").inc()
            return False
        try:
            self._publish(job)
        except Exception as error:  # noqa: BLE001 - kombu wraps socket, Redis and its own errors; all mean "not rung"
            self._broken_until = monotonic() + QUIET_AFTER_FAILURE_SECONDS
            metrics.rings.labels(job.queue, "failed").inc()
            log.warning("ring_failed", queue=job.queue, error=type(error).__name__)
            return False
        metrics.rings.labels(job.queue, "rung").inc()
        return True

    def all(self, jobs: Iterable[Job]) -> None:
        """Ring for each of these."""
        for job in jobs:
            self(job)

    def lane(self, lane: str, bell: str) -> bool:
        """Have what waits in this lane served; answers whether the broker took it."""
        return self(Job(DOORBELLS[lane], (bell,)))

    def conversations(self, bell: str) -> None:
        """Have the waiting conversations served."""
        self.lane("conversations", bell)

    def settlements(self, bell: str) -> None:
        """Have the waiting payment notices settled."""
        self.lane("payments", bell)

    def senders(self, bells: Iterable[str]) -> None:
        """Have the waiting replies sent."""
        for bell in bells:
            self.lane("outbox", bell)
