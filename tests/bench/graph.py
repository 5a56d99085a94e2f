"""A Graph API that takes anything at once: one fixed answer, and a note of when each guest's message came.

The product's own simulator checks every field, which would be the thing measured. Both contenders get this one.
`python -m tests.bench.graph PORT`; the notes are read back over the same port.
"""

import asyncio
import json
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from sandbox import processes
from sandbox.environment import PROJECT
from sandbox.servers import free_port, is_free
from sandbox.servers.server import wait_until

LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
TO = re.compile(rb'"to": ?"\+?(\d+)"')
ANSWER = (
    b'{"messaging_product":"whatsapp","contacts":[{"input":"254710000000","wa_id":"254710000000"}],'
    b'"messages":[{"id":"wamid.HBgM%d"}]}'
)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


class _Exchange(asyncio.Protocol):
    """One keep-alive connection."""

    notes: list[tuple[str, float]] = []
    count = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._read = b""

    def data_received(self, data: bytes) -> None:
        self._read += data
        while (end := self._read.find(b"\r\n\r\n") + 4) > 3:
            found = LENGTH.search(self._read, 0, end)
            whole = end + (int(found[1]) if found else 0)
            if len(self._read) < whole:
                return
            request, self._read = self._read[:whole], self._read[whole:]
            body = self._answer(request, end)
            self._transport.write(HEAD % len(body) + body)

    def _answer(self, request: bytes, end: int) -> bytes:
        if request.startswith(b"GET /count"):
            return str(len(self.notes)).encode()
        if request.startswith(b"GET /notes"):
            notes = json.dumps(self.notes).encode()
            self.notes.clear()
            return notes
        to = TO.search(request, end)
        if to:  # a read mark is to nobody
            self.notes.append((to[1].decode(), time.monotonic()))
        _Exchange.count += 1
        return ANSWER % _Exchange.count


class Graph:
    """The stand-in as its users see it."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._port = port

    def count(self) -> int:
        """Messages received since the notes were last read."""
        return int(self._get("/count"))

    def notes(self) -> list[tuple[str, float]]:
        """Phone and time of every message, oldest first; they are forgotten with this."""
        return [(phone, at) for phone, at in json.loads(self._get("/notes"))]

    def wait_for(self, count: int, seconds: float) -> bool:
        """Whether that many messages came in time."""
        return wait_until(lambda: self.count() >= count, seconds)

    def _get(self, path: str) -> bytes:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=30)
        connection.request("GET", path)
        answer = connection.getresponse().read()
        connection.close()
        return answer


@contextmanager
def running_graph(folder: Path) -> Iterator[Graph]:
    """The stand-in, in a process of its own."""
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.graph", str(port)]
    process = processes.spawn(command, log=folder / "graph.log", cwd=PROJECT)
    try:
        if not wait_until(lambda: not is_free(port), 20):
            raise RuntimeError(f"the Graph stand-in did not start, see {folder / 'graph.log'}")
        yield Graph(port)
    finally:
        processes.end(process)


async def _serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(_Exchange, "127.0.0.1", port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
