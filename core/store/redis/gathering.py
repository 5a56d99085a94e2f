"""Webhooks that come while a round trip to the mailbox store is under way share the next one."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from core.errors import StoreUnavailable
from core.store.redis.mailbox import Item, Mailboxes, Pushed

MOST_AT_ONCE = 100
# A webhook may bring four megabytes: a hundred of them at once would keep the store from everybody else.
MOST_BYTES = 2 * 1024 * 1024


@dataclass(eq=False)
class _Batch:
    """What several webhooks bring, and what became of it: `pushed` stays empty where it was not kept."""

    items: list[Item] = field(default_factory=list)
    statuses: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    arrivals: list[str] = field(default_factory=list)
    webhooks: int = 0
    size: int = 0
    done: threading.Event = field(default_factory=threading.Event)
    pushed: Pushed | None = None


class Gathering:
    """One process's pushes into one lane. Whoever begins a batch makes the round trip for all who join it until the one
    before is over.

    Under load the store then answers dozens of webhooks with one script and one fsync; alone, nobody waits.
    """

    def __init__(self, mailboxes: Mailboxes, seconds: float) -> None:
        self._mailboxes = mailboxes
        self._seconds = seconds
        self._lock = threading.Lock()
        self._road = threading.Lock()
        self._open: _Batch | None = None

    def push(
        self,
        items: Sequence[Item],
        statuses: Sequence[tuple[str, str]],
        notes: Sequence[str],
        arrivals: Sequence[str] = (),
    ) -> Pushed:
        """As `Mailboxes.push`; the bell goes to one of those who shared. Raises StoreUnavailable where that
        takes longer than `seconds` of waiting and one round trip."""
        size = sum(map(len, arrivals))
        with self._lock:
            batch, leads = self._joined(size)
            batch.items += items
            batch.statuses += statuses
            batch.notes += notes
            batch.arrivals += arrivals
            batch.webhooks += 1
            batch.size += size
        if leads:
            self._carry(batch)
        else:
            batch.done.wait()  # never longer than its leader, whose every step is bounded
        if batch.pushed is None:
            raise StoreUnavailable("not kept in time")
        return batch.pushed if leads else Pushed(batch.pushed.fresh, "", batch.pushed.directory_version)

    def _joined(self, size: int) -> tuple[_Batch, bool]:
        """The open batch, if so many bytes more still fit; one webhook alone may be larger."""
        batch = self._open
        if batch and batch.webhooks < MOST_AT_ONCE and batch.size + size <= MOST_BYTES:
            return batch, False
        self._open = _Batch()
        return self._open, True

    def _carry(self, batch: _Batch) -> None:
        """Wait for the road, close the batch, push it. Whatever happens, nobody is left waiting."""
        free = self._road.acquire(timeout=self._seconds)
        try:
            with self._lock:
                if self._open is batch:
                    self._open = None
            if free:
                batch.pushed = self._mailboxes.push(batch.items, batch.statuses, batch.notes, batch.arrivals)
        finally:
            if free:
                self._road.release()
            batch.done.set()
