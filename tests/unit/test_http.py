"""How the webhooks' gevent workers read HTTP: what is not plain is refused before anybody sees it."""

import socket
from collections.abc import Iterable, Iterator
from queue import Queue
from threading import Thread
from typing import Any

import pytest
from gevent.event import Event as GeventEvent
from gevent.pywsgi import WSGIServer

from sandbox.simulators.guest import PATIENCE
from webapp.http import LONGEST_LINE, MOST_HEADERS, Handler
from webapp.webhooks.door import KEPT, PATH, Answer, Door

seen: list[dict[str, Any]] = []


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answers with the body it got."""
    body = environ["wsgi.input"].read()
    seen.append(environ)
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


class Keeper(Door):
    """A door that keeps whatever is signed "good"."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []

    def answer(self, raw: bytes, signature: str) -> Answer | None:
        if signature != "good":
            return None
        self.kept.append(raw)
        return KEPT


keeper = Keeper()


class AtTheDoor(Handler):
    """A connection of a web that has a door."""

    door = keeper


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    found: Queue[Any] = Queue()
    over = GeventEvent()

    def serve() -> None:  # a thread has a hub of its own: nothing of the other tests is patched
        server = WSGIServer(("127.0.0.1", 0), application, log=None, handler_class=AtTheDoor)
        server.start()
        found.put(server.server_port)
        over.wait()
        server.stop(timeout=1)

    thread = Thread(target=serve)
    thread.start()
    yield found.get(timeout=PATIENCE)
    over.set()
    thread.join(PATIENCE)


def answer_to(port: int, request: bytes, *, hangs_up: bool = True) -> bytes:
    """All that comes back until the line is closed."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as line:
        line.sendall(request)
        if hangs_up:
            line.shutdown(socket.SHUT_WR)
        with line.makefile("rb") as answer:
            return answer.read()


def post(*headers: bytes, body: bytes = b"") -> bytes:
    return b"\r\n".join((b"POST /a%20bar?x=1 HTTP/1.1", b"Host: bar", *headers, b"", body))


def test_a_plain_request_is_read_as_wsgi_wants_it(port: int) -> None:
    seen.clear()
    headers = (b"Content-Length: 4", b"Content-Type: text/plain", b"X-Hub-Signature-256:  sha256=ab \t", b"Bad_Name: 1")
    assert answer_to(port, post(*headers, b"Cookie: a=1", b"Cookie: b=2", body=b"over")).endswith(b"\r\n\r\nover")
    environ = seen.pop()
    wanted = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/a bar",
        "QUERY_STRING": "x=1",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": "4",
        "CONTENT_TYPE": "text/plain",
        "HTTP_HOST": "bar",
        "HTTP_X_HUB_SIGNATURE_256": "sha256=ab",
        "HTTP_COOKIE": "a=1; b=2",
        "REMOTE_ADDR": "127.0.0.1",
    }
    assert {name: environ.get(name) for name in wanted} == wanted
    assert not [name for name in environ if "BAD" in name], "an underscore could stand for another header's dash"


def test_a_line_that_stays_open_serves_one_request_after_the_other(port: int) -> None:
    two = post(b"Content-Length: 4", body=b"over") * 2
    got = answer_to(port, two)
    assert got.count(b"HTTP/1.1 200 OK\r\n") == 2 and got.count(b"\r\nDate: ") == 2


def test_a_body_in_chunks_is_read_whole(port: int) -> None:
    chunks = b"2\r\nov\r\n2\r\ner\r\n0\r\n\r\n"
    assert answer_to(port, post(b"Transfer-Encoding: chunked", body=chunks)).endswith(b"\r\n\r\nover")


def test_who_asks_to_go_on_is_told_to(port: int) -> None:
    got = answer_to(port, post(b"Content-Length: 4", b"Expect: 100-continue", body=b"over"))
    assert got.startswith(b"HTTP/1.1 100 Continue\r\n") and b"HTTP/1.1 200 OK" in got


def test_who_will_not_stay_is_let_go(port: int) -> None:
    assert b"200 OK" in answer_to(port, post(b"Connection: close"), hangs_up=False)
    assert b"200 OK" in answer_to(port, b"GET / HTTP/1.0\r\n\r\n", hangs_up=False)


def webhook(*headers: bytes, body: bytes = b"over") -> bytes:
    head = (b"POST %b HTTP/1.1" % PATH.encode(), b"Host: bar", b"Content-Length: 4")
    return b"\r\n".join((*head, *headers, b"", body))


def test_what_the_door_keeps_is_answered_without_the_application(port: int) -> None:
    seen.clear()
    keeper.kept.clear()
    got = answer_to(port, webhook(b"X-Hub-Signature-256: good") * 2)
    assert got.count(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n") == got.count(b"\r\nDate: ") == 2
    assert (keeper.kept, seen) == ([b"over", b"over"], [])


def test_what_the_door_leaves_goes_in_whole(port: int) -> None:
    assert answer_to(port, webhook(b"X-Hub-Signature-256: bad")).endswith(b"\r\n\r\nover")
    assert answer_to(port, webhook(b"X-Hub-Signature-256: good", b"Expect: 100-continue")).endswith(b"\r\n\r\nover")


def test_a_body_that_ends_early_reaches_nobody(port: int) -> None:
    seen.clear()
    keeper.kept.clear()
    assert answer_to(port, webhook(b"X-Hub-Signature-256: good", body=b"ov")) == b""
    assert (keeper.kept, seen) == ([], [])


ODD = {
    "two lengths": post(b"Content-Length: 4", b"Content-Length: 4", body=b"over"),
    "a length beside chunks": post(b"Content-Length: 4", b"Transfer-Encoding: chunked", body=b"0\r\n\r\n"),
    "another coding": post(b"Transfer-Encoding: gzip, chunked"),
    "a negative length": post(b"Content-Length: -1"),
    "a length with a sign": post(b"Content-Length: +4", body=b"over"),
    "a length in words": post(b"Content-Length: four", body=b"over"),
    "a space before the colon": post(b"Content-Length : 4", body=b"over"),
    "a folded line": post(b"X-A: 1", b" 2"),
    "no colon": post(b"nonsense"),
    "no name": post(b": 1"),
    "two hosts": post(b"Host: other"),
    "a bare line feed": b"POST / HTTP/1.1\r\nHost: bar\nX: 1\r\n\r\n",
    "a bare carriage return": post(b"X-A: 1\rX-B: 2"),
    "a NUL": post(b"X-A: \x00"),
    "an older HTTP": b"GET /\r\n\r\n",
    "a newer HTTP": b"GET / HTTP/2.0\r\n\r\n",
    "a strange method": b"get / HTTP/1.1\r\n\r\n",
    "spaces in the path": b"GET /a b HTTP/1.1\r\n\r\n",
    "a very long header": post(b"X-A: " + b"a" * LONGEST_LINE),
    "very many headers": post(*(b"X-%d: 1" % number for number in range(MOST_HEADERS + 1))),
    "an end in the middle": b"POST / HTTP/1.1\r\nHost: bar",
}


@pytest.mark.parametrize("request_bytes", ODD.values(), ids=ODD.keys())
def test_what_is_not_plain_is_refused_and_reaches_nobody(port: int, request_bytes: bytes) -> None:
    seen.clear()
    assert answer_to(port, request_bytes).startswith(b"HTTP/1.1 400 ")
    assert seen == []
