"""A small provider on a real socket that answers as it is told: well, badly, slowly or never."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

Reply = Callable[["Call"], object]


@dataclass
class Call:
    """One request as it came in, and the means to answer it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    handler: BaseHTTPRequestHandler = field(repr=False)

    def json(self) -> Any:
        """The JSON body."""
        return json.loads(self.body)

    def form(self) -> dict[str, str]:
        """The form body."""
        return {key: values[0] for key, values in parse_qs(self.body.decode()).items()}

    def answer(self, status: int, body: bytes | dict[str, Any] = b"", headers: dict[str, str] | None = None) -> None:
        """A complete answer."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.handler.send_response(status)
        for name, value in {"Content-Length": str(len(raw)), **(headers or {})}.items():
            self.handler.send_header(name, value)
        self.handler.end_headers()
        self.handler.wfile.write(raw)

    def write(self, raw: bytes) -> None:
        """Bytes as they are, also half an answer."""
        self.handler.wfile.write(raw)
        self.handler.wfile.flush()

    def hang_up(self) -> None:
        """Close the connection as it stands."""
        self.handler.close_connection = True


class StandIn(ThreadingHTTPServer):
    """Serves `routes` ("POST /path" → what to do) and remembers every call."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.routes: dict[str, Reply] = {}
        self.calls: list[Call] = []
        self.closing = threading.Event()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    def count(self, route: str) -> int:
        """How often a route was called."""
        return sum(f"{call.method} {call.path}" == route for call in self.calls)

    def handle_error(self, *_: Any) -> None:
        """A client that hung up is part of the plan."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: StandIn

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        call = Call(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body, self)
        self.server.calls.append(call)
        reply = self.server.routes.get(f"{call.method} {call.path}", lambda unknown: unknown.answer(404))
        reply(call)

    do_GET = do_POST = _serve

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@contextmanager
def stand_in() -> Iterator[StandIn]:
    """A stand-in for as long as the block runs."""
    server = StandIn()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


def drip(call: Call, server: StandIn, raw: bytes, every: float = 0.05) -> None:
    """One byte at a time, for as long as the test runs or the client listens."""
    for byte in raw:
        if server.closing.wait(every):
            return
        call.write(bytes([byte]))
