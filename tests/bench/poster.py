"""The load: signed webhooks over raw keep-alive connections, from a process of its own.

Bodies and signatures are made before the clock starts; afterwards one loop only writes and reads sockets, so that the
generator costs a small share of one core (`acknowledge` prints that share, and its rate against a server that does
nothing).
"""

import json
import select
import socket
import subprocess
import sys
import time
from collections import deque
from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox.simulators.inbound import inbound_text, sign

PATH = "/api/webhooks/whatsapp"
FIRST_PHONE = 254_710_000_000


@dataclass(frozen=True)
class Load:
    """What to post where: so many messages from so many guests in turn; `rate` a second, 0 for as fast as answered."""

    port: int
    secret: str
    number: str
    messages: int
    guests: int
    texts: tuple[str, ...] = ("hi",)
    connections: int = 64
    rate: float = 0.0
    first_guest: int = 0


@dataclass(frozen=True)
class Posted:
    """What came of it; times are of the machine's monotonic clock. `cpu` is the generator's own, in seconds."""

    began: float
    ended: float
    cpu: float
    refused: dict[str, int]
    phones: list[str] = field(repr=False)
    sent: list[float] = field(repr=False)
    answered: list[float] = field(repr=False)

    @property
    def rate(self) -> float:
        """Acknowledgements per second."""
        return len(self.answered) / (self.ended - self.began)

    @property
    def share(self) -> float:
        """How much of one core the generator took."""
        return self.cpu / (self.ended - self.began)

    def waits(self) -> list[float]:
        """Seconds until each acknowledgement."""
        return [answered - sent for sent, answered in zip(self.sent, self.answered, strict=True)]


def post(load: Load) -> Posted:
    """Run one load in a fresh process."""
    command = [sys.executable, "-m", "tests.bench.poster"]
    done = subprocess.run(command, input=json.dumps(asdict(load)), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the load generator failed:\n{done.stderr[-2000:]}")
    return Posted(**json.loads(done.stdout))


def requests_of(load: Load) -> tuple[list[str], list[bytes]]:
    """The phone and the bytes of every request: each message with an id of its own."""
    phones = [str(FIRST_PHONE + load.first_guest + place % load.guests) for place in range(load.messages)]
    said = (load.texts[place // load.guests % len(load.texts)] for place in range(load.messages))
    return phones, [_request(load, phone, text) for phone, text in zip(phones, said, strict=True)]


def _request(load: Load, phone: str, text: str) -> bytes:
    body = inbound_text(load.number, phone, text)
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{load.port}\r\nUser-Agent: facebookexternalua\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        f"X-Hub-Signature-256: {sign(load.secret, body)}\r\n\r\n"
    )
    return head.encode() + body


class _Connection:
    """One keep-alive connection with at most one request on its way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.place = -1
        self.read = b""


class Poster:
    """Writes requests to whichever connection is free, oldest free first."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.phones, self.requests = requests_of(load)
        self.sent = [0.0] * load.messages
        self.answered = [0.0] * load.messages
        self.refused: dict[str, int] = {}
        self._open = 0
        self._next = 0
        self._epoll = select.epoll()
        self._free: deque[_Connection] = deque()
        self._all: dict[int, _Connection] = {}
        for _ in range(load.connections):
            self._connect()

    def run(self) -> Posted:
        """Post everything and wait for the last answer."""
        self._began, cpu = time.monotonic(), time.process_time()
        while self._next < self.load.messages or self._open:
            self._write_what_is_due()
            for descriptor, _ in self._epoll.poll(self._pause()):
                self._take(self._all[descriptor])
        spent = time.process_time() - cpu
        return Posted(self._began, time.monotonic(), spent, self.refused, self.phones, self.sent, self.answered)

    def _connect(self) -> None:
        connection = _Connection(self.load.port)
        self._all[connection.socket.fileno()] = connection
        self._epoll.register(connection.socket, select.EPOLLIN)
        self._free.append(connection)

    def _pause(self) -> float:
        if not self.load.rate or self._next >= self.load.messages or not self._free:
            return 30.0
        return max(0.0, self._due() - time.monotonic())

    def _due(self) -> float:
        return self._began + self._next / self.load.rate if self.load.rate else 0.0

    def _write_what_is_due(self) -> None:
        while self._free and self._next < self.load.messages and self._due() <= time.monotonic():
            connection = self._free.popleft()
            connection.place = self._next
            self._next += 1
            self._open += 1
            # From the moment it was due: a server that holds up the line is not excused for what waits behind.
            self.sent[connection.place] = self._due_of(connection.place)
            connection.socket.sendall(self.requests[connection.place])

    def _due_of(self, place: int) -> float:
        return self._began + place / self.load.rate if self.load.rate else time.monotonic()

    def _take(self, connection: _Connection) -> None:
        arrived = connection.socket.recv(65536)
        if not arrived:
            raise ConnectionError("the server closed a connection it had promised to keep")
        connection.read += arrived
        if not _whole(connection.read):
            return
        self.answered[connection.place] = time.monotonic()
        if not connection.read.startswith(b"HTTP/1.1 200"):
            code = connection.read[9:12].decode()
            self.refused[code] = self.refused.get(code, 0) + 1
        connection.read = b""
        self._open -= 1
        self._free.append(connection)


def _whole(answer: bytes) -> bool:
    head, found, body = answer.partition(b"\r\n\r\n")
    if not found:
        return False
    _, named, rest = head.lower().partition(b"content-length:")
    return not named or len(body) >= int(rest.split(b"\r\n", 1)[0])


def main() -> None:
    """Read a load from standard input, write what came of it to standard output."""
    given: dict[str, Any] = json.load(sys.stdin)
    given["texts"] = tuple(given["texts"])
    print(json.dumps(asdict(Poster(Load(**given)).run())))


if __name__ == "__main__":
    main()
