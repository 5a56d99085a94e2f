"""WhatsApp between the bar and its guests: delivers what guests write, keeps what they receive, reports statuses."""

import asyncio
import itertools
import json
import time
import uuid
from typing import Any

from sandbox.simulators.graph.errors import status_error
from sandbox.simulators.graph.faults import GraphFaults
from sandbox.simulators.graph.media import NOT_FETCHED, can_be_had, linked
from sandbox.simulators.inbound import Sender, envelope, message_value, meta_bytes, new_wamid, sign, status_value
from sandbox.simulators.journal import DELIVERED, FAILED, READ, SENT, Entry, Guests, Journal
from sandbox.simulators.poster import Delivery, Poster
from sandbox.simulators.settings import SimulatorSettings

TYPING_SECONDS = 25.0
MOST_KNOWN = 50_000


class WhatsApp:
    """What the Graph API and the phones share."""

    def __init__(self, settings: SimulatorSettings, poster: Poster, faults: GraphFaults) -> None:
        self.settings = settings
        self.guests = Guests()
        self.journal = Journal()
        self.typing: dict[str, float] = {}
        self._poster = poster
        self._faults = faults
        self._incoming: dict[str, Entry] = {}
        self._run = uuid.uuid4().hex[:16].upper()
        self._numbers = itertools.count(1)

    def receive(self, guest: Sender, body: bytes) -> Entry:
        """The bar sent a message to a guest."""
        self.typing.pop(guest.bsuid, None)
        return self.journal.add(guest.bsuid, f"wamid.HBgO{self._run}{next(self._numbers):08d}", body, incoming=False)

    def wake(self, phone: str) -> None:
        """Something happened on a guest's phone."""
        self.journal.wake(self.guests.find(phone).bsuid)

    async def write(self, guest: Sender, message: dict[str, Any], wamid: str, at: float | None) -> tuple[str, int]:
        """A guest sends a message: its id, and how the webhook answered at first."""
        wamid = wamid or new_wamid()
        entry = self._incoming.get(wamid) or self.journal.add(guest.bsuid, wamid, meta_bytes(message), incoming=True)
        self._remember(entry)
        value = message_value(guest, message, wamid, at)
        status = await self._post(value)
        if entry.ticks != READ:
            self.journal.tick(entry, DELIVERED if status == 200 else SENT)
        return wamid, status

    def read(self, wamid: str, typing: bool) -> None:
        """The bar has read a guest's message, and perhaps shows that it is typing."""
        entry = self._incoming.get(wamid)
        if entry is not None:
            if typing:
                self.typing[entry.guest] = time.time() + TYPING_SECONDS
            self.journal.tick(entry, READ)
            self.journal.wake(entry.guest)

    def report(self, entry: Entry, guest: Sender, opaque: str, kind: str) -> None:
        """Send the statuses of a message, unless they are switched off."""
        failure = self._faults.fails_later(guest.phone or guest.bsuid)
        link = linked(kind, json.loads(entry.body))
        if failure is not None:
            self._poster.background(self._status(entry, guest, opaque, FAILED, status_error(failure.code)))
        elif link:
            self._poster.background(self._fetch(entry, guest, opaque, link))
        elif self._faults.statuses:
            self._poster.background(self._statuses(entry, guest, opaque, kind))

    async def _fetch(self, entry: Entry, guest: Sender, opaque: str, link: str) -> None:
        if not await can_be_had(link):
            await self._status(entry, guest, opaque, FAILED, status_error(NOT_FETCHED))
        elif self._faults.statuses:
            await self._statuses(entry, guest, opaque, "document")

    async def _statuses(self, entry: Entry, guest: Sender, opaque: str, kind: str) -> None:
        # An outgoing reaction produces only `sent`.
        for status in (SENT,) if kind == "reaction" else (SENT, DELIVERED, READ):
            await asyncio.sleep(self._faults.status_delay)
            await self._status(entry, guest, opaque, status, None)

    async def _status(
        self, entry: Entry, guest: Sender, opaque: str, status: str, error: dict[str, Any] | None
    ) -> None:
        self.journal.tick(entry, status)
        value = status_value(guest, entry.wamid, status, opaque, error)
        await self._post(value)

    async def _post(self, value: dict[str, Any]) -> int:
        raw = meta_bytes(envelope(self.settings.phone_number_id, value))
        signature = ("X-Hub-Signature-256", sign(self.settings.app_secret, raw))
        delivery = Delivery(self.settings.whatsapp_webhook, raw, (signature,))
        for _ in range(self._faults.repeat - 1):
            self._poster.send(delivery)
        return await self._poster.deliver_first(delivery)

    def _remember(self, entry: Entry) -> None:
        self._incoming[entry.wamid] = entry
        if len(self._incoming) > MOST_KNOWN:
            del self._incoming[next(iter(self._incoming))]

    def forget(self) -> None:
        """Start anew."""
        self.journal.clear()
        self.guests = Guests()
        self.typing.clear()
        self._incoming.clear()
