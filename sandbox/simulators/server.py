"""A small HTTP/1.1 server on asyncio, cheap enough to stand beside what is being measured."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote

LARGEST_BODY = 5 * 1024 * 1024
LARGEST_HEAD = 64 * 1024
log = logging.getLogger(__name__)


class Request(NamedTuple):
    """One request; header names are in lower case."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON, or None where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def fields(self) -> dict[str, Any]:
        """The body as a JSON object; empty where it is none."""
        found = self.json()
        return found if isinstance(found, dict) else {}

    def option(self, name: str, default: str = "") -> str:
        """A value of the query string."""
        return parse_qs(self.query, keep_blank_values=True).get(name, [default])[0]


class Response(NamedTuple):
    """One answer; `cut`: so many bytes of it are never sent."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    cut: int = 0


# In place of a Response: the connection is closed without any answer.
DROP = None
Answer = Response | None
Handler = Callable[[Request], Answer | Awaitable[Answer]]


def answer_json(data: Any, status: int = 200, *headers: tuple[str, str]) -> Response:
    """An answer in JSON."""
    return Response(status, json.dumps(data, separators=(",", ":")).encode(), headers=headers)


NOT_FOUND = answer_json({"error": "not found"}, 404)
BROKEN = answer_json({"error": "the simulator failed; see its log"}, 500)
_PHRASES = {status.value: status.phrase for status in HTTPStatus}


class TooLargeError(Exception):
    """More than the server reads."""


class Connection(asyncio.Protocol):
    """Reads requests off one connection and answers them one after the other."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._buffer = b""
        self._pending: asyncio.Future[Answer] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._pending is not None:
            self._pending.cancel()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._serve()

    def _serve(self) -> None:
        while self._pending is None and self._transport is not None:
            try:
                request, self._buffer = parse(self._buffer)
            except (TooLargeError, ValueError):
                self._write(Response(400), close=True)
                return
            if request is None:
                return
            self._answer(request)

    def _answer(self, request: Request) -> None:
        try:
            answer = self._handler(request)
        except Exception:
            log.exception("handler failed")
            answer = BROKEN
        if answer is DROP or isinstance(answer, Response):
            self._write(answer)
        else:
            self._pending = asyncio.ensure_future(answer)
            self._pending.add_done_callback(self._answered)

    def _answered(self, done: "asyncio.Future[Answer]") -> None:
        self._pending = None
        if done.cancelled():
            return
        if done.exception() is not None:
            log.error("handler failed", exc_info=done.exception())
            self._write(BROKEN)
        else:
            self._write(done.result())
        self._serve()

    def _write(self, answer: Answer, close: bool = False) -> None:
        if self._transport is None:
            return
        if answer is not None:
            self._transport.write(render(answer)[: -answer.cut or None])
        if answer is None or answer.cut or close:
            self._transport.close()
            self._transport = None


def parse(data: bytes) -> tuple[Request | None, bytes]:
    """The first whole request in the bytes and what is left; None while it is incomplete."""
    head, separator, rest = data.partition(b"\r\n\r\n")
    if not separator:
        if len(data) > LARGEST_HEAD:
            raise TooLargeError
        return None, data
    start, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = start.split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    length = int(headers.get("content-length", 0))
    if length > LARGEST_BODY or "transfer-encoding" in headers:
        raise TooLargeError
    if len(rest) < length:
        return None, data
    path, _, query = target.partition("?")
    return Request(method, unquote(path), query, headers, rest[:length]), rest[length:]


def render(answer: Response) -> bytes:
    """The bytes of an answer."""
    extra = "".join(f"{name}: {value}\r\n" for name, value in answer.headers)
    head = (
        f"HTTP/1.1 {answer.status} {_PHRASES.get(answer.status, '')}\r\n"
        f"Content-Type: {answer.content_type}\r\nContent-Length: {len(answer.body)}\r\n{extra}\r\n"
    )
    return head.encode("latin-1") + answer.body


async def listen(handler: Handler, host: str, port: int) -> asyncio.Server:
    """Start serving."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(lambda: Connection(handler), host, port, backlog=1024)
