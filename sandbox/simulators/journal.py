"""Everything said on the simulated WhatsApp: one bounded list, and the same entries by guest."""

import asyncio
import itertools
import json
import time
import uuid
from collections import OrderedDict, deque
from typing import Any

from sandbox.simulators.inbound import Sender

MOST_ENTRIES = 50_000
MOST_GUESTS = 20_000
SENT, DELIVERED, READ, FAILED = "sent", "delivered", "read", "failed"


class Entry:
    """One message, in the raw bytes of its body. `revision` grows when its ticks change."""

    __slots__ = ("at", "body", "guest", "incoming", "revision", "sequence", "ticks", "wamid")

    def __init__(self, sequence: int, guest: str, wamid: str, body: bytes, incoming: bool) -> None:
        self.at = time.time()
        self.sequence = self.revision = sequence
        self.guest = guest
        self.wamid = wamid
        self.body = body
        self.incoming = incoming
        self.ticks = ""

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready. `incoming`: the guest wrote it."""
        return {
            "sequence": self.sequence, "revision": self.revision, "at": self.at, "guest": self.guest, "id": self.wamid,
            "incoming": self.incoming, "ticks": self.ticks, "body": json.loads(self.body),
        }  # fmt: skip


class Journal:
    """Entries in the order they came; the oldest make room. Readers wait for news of one guest or of any."""

    def __init__(self) -> None:
        self.numbers = itertools.count(1)
        self._waiting: dict[str, set[asyncio.Future[None]]] = {}
        self.clear()

    def clear(self) -> None:
        """Forget everything; numbers go on, so that a reader's cursor stays good."""
        self.run = uuid.uuid4().hex
        self.received = 0
        self.entries: deque[Entry] = deque()
        self._of_guest: dict[str, deque[Entry]] = {}
        for guest in tuple(self._waiting):
            self.wake(guest)

    def add(self, guest: str, wamid: str, body: bytes, incoming: bool) -> Entry:
        """Keep one message and wake who waits for it."""
        entry = Entry(next(self.numbers), guest, wamid, body, incoming)
        self.entries.append(entry)
        self._of_guest.setdefault(guest, deque()).append(entry)
        self.received += not incoming
        if len(self.entries) > MOST_ENTRIES:
            self._drop_oldest()
        self.wake(guest)
        return entry

    def of(self, guest: str) -> tuple[Entry, ...]:
        """All that was said with one guest."""
        return tuple(self._of_guest.get(guest, ()))

    def tick(self, entry: Entry, ticks: str) -> None:
        """Show how far a message got."""
        if entry.ticks != ticks:
            entry.ticks, entry.revision = ticks, next(self.numbers)
            self.wake(entry.guest)

    def wake(self, guest: str) -> None:
        """Something about this guest changed."""
        if self._waiting:
            for future in self._waiting.pop(guest, set()) | self._waiting.pop("", set()):
                if not future.done():
                    future.set_result(None)

    async def news(self, guest: str, seconds: float) -> None:
        """Wait until something changes for this guest ("" for any), or the time is over."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(guest, set()).add(future)
        try:
            await asyncio.wait_for(future, seconds)
        except TimeoutError:
            return
        finally:
            self._forget(guest, future)

    def _forget(self, guest: str, future: "asyncio.Future[None]") -> None:
        waiting = self._waiting.get(guest)
        if waiting is not None:
            waiting.discard(future)
            if not waiting:
                del self._waiting[guest]

    def _drop_oldest(self) -> None:
        oldest = self.entries.popleft()
        mine = self._of_guest[oldest.guest]
        mine.popleft()
        if not mine:
            del self._of_guest[oldest.guest]


class Guests:
    """Who the simulated guests are; those not heard of for longest make room."""

    def __init__(self) -> None:
        self._by_bsuid: OrderedDict[str, tuple[Sender, str]] = OrderedDict()
        self._by_phone: dict[str, str] = {}

    def know(self, sender: Sender, phone: str = "") -> None:
        """Remember a guest under the id and the phone, also under one that Meta does not show."""
        phone = sender.phone or phone
        self._by_bsuid[sender.bsuid] = (sender, phone)
        self._by_bsuid.move_to_end(sender.bsuid)
        if phone:
            self._by_phone[phone] = sender.bsuid
        if len(self._by_bsuid) > MOST_GUESTS:
            _, (_, forgotten) = self._by_bsuid.popitem(last=False)
            self._by_phone.pop(forgotten, None)

    def find(self, who: str) -> Sender:
        """The guest with this phone (digits) or business-scoped id; a new one if nobody has it."""
        known = self._by_bsuid.get(self._by_phone.get(who, who))
        if known is not None:
            return known[0]
        sender = Sender.of(who)
        self.know(sender)
        return sender
