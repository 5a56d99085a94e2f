"""Delivers webhooks over kept-alive connections and tries again until they are accepted, as the real senders do."""

import asyncio
import logging
import ssl
from collections.abc import Coroutine
from typing import Any, NamedTuple
from urllib.parse import urlsplit

CONNECTIONS = 64
TIMEOUT = 10.0
LONGEST_PAUSE = 5.0
MOST_WAITING = 50_000
NO_ANSWER = 0
log = logging.getLogger(__name__)

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Address(NamedTuple):
    """Where a connection leads."""

    host: str
    port: int
    secure: bool


class Delivery(NamedTuple):
    """One webhook to be delivered."""

    url: str
    body: bytes
    headers: tuple[tuple[str, str], ...]
    tries: int = 200
    first_pause: float = 0.25


class Poster:
    """Posts bytes to the program under test."""

    def __init__(self) -> None:
        self._idle: dict[Address, list[Stream]] = {}
        self._gate = asyncio.Semaphore(CONNECTIONS)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._attempts: set[asyncio.Task[int]] = set()
        self.dropped = 0

    def background(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run something beside the requests; past a bound it is dropped and counted."""
        if len(self._tasks) >= MOST_WAITING:
            self.dropped += 1
            work.close()
            return
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def forget(self) -> None:
        """Give up everything still to be delivered; nothing of it arrives after this."""
        for task in tuple(self._tasks):
            task.cancel()
        if self._attempts:
            await asyncio.wait(self._attempts, timeout=TIMEOUT)

    def _ended(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("background work failed", exc_info=task.exception())

    def send(self, delivery: Delivery) -> None:
        """Deliver in the background."""
        self.background(self.deliver(delivery))

    async def deliver(self, delivery: Delivery) -> int:
        """Post until accepted or out of tries; the last status."""
        status, pause = await self.post(delivery), delivery.first_pause
        for _ in range(delivery.tries - 1):
            if 200 <= status < 300:
                break
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            status = await self.post(delivery)
        return status

    async def deliver_first(self, delivery: Delivery) -> int:
        """Post once and say how that went; further tries follow in the background."""
        status = await self.post(delivery)
        if not 200 <= status < 300 and delivery.tries > 1:
            self.background(self._later(delivery._replace(tries=delivery.tries - 1)))
        return status

    async def _later(self, delivery: Delivery) -> None:
        await asyncio.sleep(delivery.first_pause)
        await self.deliver(delivery)

    async def post(self, delivery: Delivery) -> int:
        """One attempt: the HTTP status, or NO_ANSWER. Once begun it is finished, whoever waits for it."""
        async with self._gate:
            attempt = asyncio.ensure_future(self._timed(delivery))
            self._attempts.add(attempt)
            attempt.add_done_callback(self._attempts.discard)
            return await asyncio.shield(attempt)

    async def _timed(self, delivery: Delivery) -> int:
        try:
            return await asyncio.wait_for(self._attempt(delivery), TIMEOUT)
        except (OSError, EOFError, ValueError, TimeoutError):
            return NO_ANSWER

    async def _attempt(self, delivery: Delivery) -> int:
        parts = urlsplit(delivery.url)
        secure = parts.scheme == "https"
        address = Address(parts.hostname or "", parts.port or (443 if secure else 80), secure)
        data = _request(parts.netloc, parts.path or "/", delivery)
        idle = self._idle.setdefault(address, [])
        while idle:
            stream = idle.pop()
            try:
                return await self._exchange(address, stream, data)
            except (OSError, EOFError):
                stream[1].close()
        stream = await _connect(address)
        return await self._exchange(address, stream, data)

    async def _exchange(self, address: Address, stream: Stream, data: bytes) -> int:
        kept = False
        try:
            stream[1].write(data)
            status, kept = await _read_answer(stream[0])
        finally:
            if not kept:
                stream[1].close()
        if kept:
            self._idle[address].append(stream)
        return status


async def _connect(address: Address) -> Stream:
    context = ssl.create_default_context() if address.secure else None
    return await asyncio.open_connection(address.host, address.port, ssl=context)


async def _read_answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """The status, and whether the connection can be used again."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    status = int(head.split(" ", 2)[1])
    headers = dict(line.split(":", 1) for line in head.split("\r\n")[1:] if ":" in line)
    length = headers.get("content-length", "").strip()
    if not length:
        return status, False
    await reader.readexactly(int(length))
    return status, "close" not in headers.get("connection", "")


def _request(host: str, path: str, delivery: Delivery) -> bytes:
    headers = "".join(f"{name}: {value}\r\n" for name, value in delivery.headers)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(delivery.body)}\r\nUser-Agent: simulator\r\n{headers}\r\n"
    )
    return head.encode("latin-1") + delivery.body
