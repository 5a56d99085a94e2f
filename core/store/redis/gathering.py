"""Webhooks that come while a round trip to the mailbox store is under way share the next one."""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from core.errors import StoreUnavailable
from core.store.redis.mailbox import Item, Mailboxes, Pushed

MOST_AT_ONCE = 100


@dataclass(eq=False)
class _Delivery:
    """What one webhook brings, and what became of it. `called`: it is done, or it is its turn to lead."""

    items: Sequence[Item]
    statuses: Sequence[tuple[str, str]]
    notes: Sequence[str]
    arrivals: Sequence[str]
    called: threading.Event = field(default_factory=threading.Event)
    leads: bool = False
    pushed: Pushed | None = None


class Gathering:
    """One process's pushes into one lane: the first of those who wait makes the round trip for all of them.

    Under load the store then answers dozens of webhooks with one script and one fsync; alone, nobody waits.
    """

    def __init__(self, mailboxes: Mailboxes, seconds: float) -> None:
        self._mailboxes = mailboxes
        self._seconds = seconds
        self._lock = threading.Lock()
        self._waiting: deque[_Delivery] = deque()
        self._under_way = False

    def push(
        self,
        items: Sequence[Item],
        statuses: Sequence[tuple[str, str]],
        notes: Sequence[str],
        arrivals: Sequence[str] = (),
    ) -> Pushed:
        """As `Mailboxes.push`; the bell goes to one of those who shared. Raises StoreUnavailable where that
        takes longer than `seconds` of waiting and one round trip."""
        mine = _Delivery(items, statuses, notes, arrivals)
        with self._lock:
            self._waiting.append(mine)
            if not self._under_way:
                self._call_next()
        if not mine.called.wait(self._seconds):
            self._withdraw(mine)
        if mine.leads:
            self._carry()
        if mine.pushed is None:
            raise StoreUnavailable("not kept in time")
        return mine.pushed

    def _call_next(self) -> None:
        self._under_way = bool(self._waiting)
        if self._waiting:
            self._waiting[0].leads = True
            self._waiting[0].called.set()

    def _withdraw(self, mine: _Delivery) -> None:
        """Too late to wait on; one that was called this very moment still leads, or the others would wait for ever."""
        with self._lock:
            if mine in self._waiting and not mine.leads:
                self._waiting.remove(mine)

    def _carry(self) -> None:
        with self._lock:
            batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_AT_ONCE))]
        try:
            self._push(batch)
        finally:
            with self._lock:
                self._call_next()
            for delivery in batch:
                delivery.called.set()

    def _push(self, batch: list[_Delivery]) -> None:
        pushed = self._mailboxes.push(
            [item for delivery in batch for item in delivery.items],
            [status for delivery in batch for status in delivery.statuses],
            [note for delivery in batch for note in delivery.notes],
            [arrival for delivery in batch for arrival in delivery.arrivals],
        )
        for delivery in batch:
            delivery.pushed = pushed
            pushed = Pushed(pushed.fresh, "", pushed.directory_version)
