"""HTTP as the webhooks' gevent workers read it: stricter than gevent's own reading, and a third of its work.

gevent's handler has the headers of every request read by the e-mail package, and makes an environment and a response of
WSGI for each: together longer than all we do with the message. Here headers are read plainly, and a webhook goes to the
door without WSGI (`docs/decisions/0017-webhooks-read-http-themselves.md`). What is not plain HTTP/1.1 (RFC 9112) is
answered 400: folded lines, spaces before a colon, two lengths, a length beside chunks.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from time import time
from typing import Any

from gevent.pywsgi import Input, WSGIHandler, format_date_time, unquote_latin1

from core.log import get_logger
from webapp.webhooks.body import LARGEST
from webapp.webhooks.door import PATH, Answer, Door

log = get_logger(__name__)
MOST_HEADERS, LONGEST_LINE = 100, 8192

_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_LINE = re.compile(r"([A-Z]{1,20}) ([\x21-\x7e]+) (HTTP/1\.[01])\r\n")


class BadRequest(ValueError):
    """Not plain HTTP; gevent answers it 400."""


class Handler(WSGIHandler):
    """One connection. It overrides what gevent documents for that: reading a request, making its environment."""

    door: Door | None = None

    def log_request(self) -> None:
        """Write nothing, as `webapp.gunicorn.NoAccessLog`."""

    def log_error(self, *_: Any) -> None:
        """A static line: gevent's would quote the request."""
        log.warning("request_refused")

    def read_request(self, line: str) -> bool:
        """The request line and the headers. Raises BadRequest."""
        self.command, self.path, self.request_version = _request_line(line)
        self.headers = _headers(self.rfile)
        self.content_length = _length(self.headers)
        connection = self.headers.get("HTTP_CONNECTION", "").lower()
        stays = connection != "close" if self.request_version == "HTTP/1.1" else connection == "keep-alive"
        self.close_connection = not stays
        return True

    def get_environ(self) -> dict[str, Any]:
        """None yet: what the door takes needs none."""
        return {}

    def handle_one_response(self) -> None:
        """At the door, or by the application."""
        self.body = self.rfile
        try:
            answer = self._answer_at_the_door()
            if answer:
                self._sendall(_written(answer, int(time())))
                return
        except OSError:  # the other side has gone
            self.close_connection = True
            return
        self.environ = self._environ()
        super().handle_one_response()

    def _sendall(self, data: bytes) -> None:
        """Most answers are short: one call of the system, without first asking for the size of its buffer."""
        sent = self.socket.send(data)
        self.response_length += sent
        if sent < len(data):
            super()._sendall(data[sent:])

    def _answer_at_the_door(self) -> Answer | None:
        """A webhook in one piece, if this is one; its body can be read again where the door has no answer."""
        if self.door is None or self.path != PATH or self.command != "POST" or self.request_version != "HTTP/1.1":
            return None
        if self.content_length is None or self.content_length > LARGEST or "HTTP_EXPECT" in self.headers:
            return None
        raw = self.rfile.read(self.content_length)
        if len(raw) < self.content_length:
            raise ConnectionError("the body ended early")
        self.body = BytesIO(raw)
        return self.door.answer(raw, self.headers.get("HTTP_X_HUB_SIGNATURE_256", ""))

    def _environ(self) -> dict[str, Any]:
        """WSGI's environment of this request."""
        path, _, query = self.path.partition("?")
        waits = self.socket if self.headers.get("HTTP_EXPECT", "").lower() == "100-continue" else None
        chunked = "HTTP_TRANSFER_ENCODING" in self.headers
        self.wsgi_input = Input(self.body, self.content_length, socket=waits, chunked_input=chunked)
        environ: dict[str, Any] = self.server.get_environ() | self.headers
        environ |= {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_latin1(path),
            "RAW_URI": self.path,
            "QUERY_STRING": query,
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": str(self.client_address[0]),
            "REMOTE_PORT": str(self.client_address[1]),
            "wsgi.input": self.wsgi_input,
            "wsgi.input_terminated": True,
        }
        return environ


@lru_cache(maxsize=4)
def _written(answer: Answer, second: int) -> bytes:
    """An answer of the door as bytes; its date is the same for a second."""
    status, headers = answer
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join(lines).encode() + b"\r\nDate: " + format_date_time(second) + b"\r\n\r\n"


def _request_line(line: str) -> Sequence[str]:
    if not (read := _LINE.fullmatch(line)):
        raise BadRequest("not a request line")
    return read.groups()


def _headers(lines: Any) -> dict[str, str]:
    """Headers by the names WSGI has for them; several of one name as one list."""
    found: dict[str, str] = {}
    for _ in range(MOST_HEADERS + 1):
        line = lines.readline(LONGEST_LINE + 1)
        if line == b"\r\n":
            return found
        name, value = _header(line)
        if name in found:
            found[name] = _joined(name, found[name], value)
        elif name:
            found[name] = value
    raise BadRequest("too many headers")


def _header(line: bytes) -> tuple[str, str]:
    name, colon, value = line.partition(b":")
    if not colon or not value.endswith(b"\r\n") or len(line) > LONGEST_LINE:
        raise BadRequest("not a header")
    text = value[:-2].strip(b" \t").decode("latin-1")
    if "\r" in text or "\x00" in text:
        raise BadRequest("not the value of a header")
    return _variable(name), text


@lru_cache(maxsize=256)
def _variable(name: bytes) -> str:
    """The name a header has in WSGI; none with an underscore, which would stand for another's."""
    if not _NAME.fullmatch(name):
        raise BadRequest("not the name of a header")
    variable = name.decode().upper().replace("-", "_")
    if b"_" in name:
        return ""
    return variable if variable in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{variable}"


def _joined(name: str, first: str, second: str) -> str:
    if name in ("CONTENT_LENGTH", "CONTENT_TYPE", "HTTP_TRANSFER_ENCODING", "HTTP_HOST"):
        raise BadRequest("a header that may stand once")
    return f"{first}{'; ' if name == 'HTTP_COOKIE' else ','}{second}"


def _length(headers: dict[str, str]) -> int | None:
    """How long the body is; None for none, or one in chunks."""
    length, coding = headers.get("CONTENT_LENGTH"), headers.get("HTTP_TRANSFER_ENCODING")
    if coding is not None and (coding.lower() != "chunked" or length is not None):
        raise BadRequest("a body of two kinds")
    if length is None:
        return None
    if not (length.isascii() and length.isdecimal()) or len(length) > 18:
        raise BadRequest("not a length")
    return int(length)
