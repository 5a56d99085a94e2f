"""A device's way to the product, which can be cut: Playwright's own `set_offline` leaves what is open open."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Self

from playwright.sync_api import BrowserContext, ProxySettings

from sandbox.simulators.guest import PATIENCE
from tests.simulating import taking


class Wifi:
    """Passes bytes on as a proxy would: the server reads a request with the whole address just as well."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._lines: set[asyncio.StreamWriter] = set()
        self._there = True
        self._port = 0

    @contextmanager
    def on(self) -> Iterator[Self]:
        """For as long as the block runs, however often it is cut in it."""
        with taking(self._take) as self._port:
            yield self
            asyncio.run_coroutine_threadsafe(self._ends(), self._loop).result(PATIENCE)

    @property
    def settings(self) -> ProxySettings:
        """What a browser needs to know of it."""
        return {"server": f"http://127.0.0.1:{self._port}"}

    def cut(self, context: BrowserContext) -> None:
        """Everything open breaks off, and nothing new comes through."""
        self._there = False
        context.set_offline(True)
        for line in list(self._lines):
            self._loop.call_soon_threadsafe(line.transport.abort)

    def comes_back(self, context: BrowserContext) -> None:
        """New connections come through again."""
        self._there = True
        context.set_offline(False)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._loop = asyncio.get_running_loop()
        if not self._there:
            writer.transport.abort()
            return
        answers, asked = await asyncio.open_connection("127.0.0.1", self._to)
        self._lines |= {writer, asked}
        await asyncio.gather(self._pass(reader, asked), self._pass(answers, writer))

    async def _ends(self) -> None:
        """Nobody is left who waits for a byte."""
        passing = asyncio.all_tasks() - {asyncio.current_task()}
        for line in self._lines:
            line.transport.abort()
        if passing:
            await asyncio.wait(passing)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while piece := await reader.read(65_536):
                writer.write(piece)
                await writer.drain()
        writer.close()
        self._lines.discard(writer)
