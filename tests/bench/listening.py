"""Boards without a window: each holds the live stream open, as a browser's script does, and notes what came when."""

import asyncio
import json
import time
from contextlib import suppress
from datetime import datetime
from threading import Thread
from typing import Any, Self

EVENTS = "/admin/board/events"
LIVE = b'"live": true'
PATIENCE = 120.0

Heard = list[tuple[float, bytes]]


class Boards:
    """So many as were opened. `heard`: for each, every change with the time of its arrival, in seconds of the epoch."""

    def __init__(self, port: int, cookie: str) -> None:
        self.heard: list[Heard] = []
        self._request = f"GET {EVENTS} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n\r\n".encode()
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._listening: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(PATIENCE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def open(self, count: int) -> None:
        """Open so many more, one after the other; returns when each is live."""
        for _ in range(count):
            asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(PATIENCE)

    def paid(self) -> list[list[tuple[str, float]]]:
        """For each board: which orders came to it as paid, and how many seconds after the books say they were."""
        return [[found for at, line in heard if (found := _paid(at, line))] for heard in self.heard]

    async def _open(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(self._request)
        answer = await reader.readline()
        if b"200" not in answer:
            raise ConnectionError(f"a board was answered {answer!r}")
        while LIVE not in await reader.readline():
            pass
        heard: Heard = []
        self.heard.append(heard)
        self._listening.add(asyncio.create_task(_listen(reader, writer, heard)))

    async def _close(self) -> None:
        for task in self._listening:
            task.cancel()
        await asyncio.wait(self._listening)


async def _listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, heard: Heard) -> None:
    with suppress(asyncio.CancelledError):
        while line := await reader.readline():
            if line.startswith(b"data: ") and b'"order_id"' in line:
                heard.append((time.time(), line))
    writer.close()


def _paid(at: float, line: bytes) -> tuple[str, float] | None:
    change: dict[str, Any] = json.loads(line.removeprefix(b"data: "))
    order = change["order"]
    if order is None or order["status"] != "PAID":
        return None
    return change["order_id"], at - datetime.fromisoformat(order["paid_at"]).timestamp()
