"""The phone under our own address, outside production."""

from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest
from flask.testing import FlaskClient

from core.settings import load_settings
from webapp import create_app

more = Event()


class Phone(BaseHTTPRequestHandler):
    """Answers in the ways the real one does."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Set-Cookie", "staff=planted")
        if self.path.endswith("live"):
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(b"first\n")
            more.wait(10)
            self.wfile.write(b"second\n")
            self.close_connection = True
        else:
            self.send_header("Content-Length", str(len(self.path)))
            self.end_headers()
            self.wfile.write(self.path.encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201)
        self.send_header("Content-Type", self.headers["Content-Type"])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Not in the test's output."""


@pytest.fixture
def client(environ: dict[str, str]) -> Iterator[FlaskClient]:
    more.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Phone) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        settings = replace(load_settings(environ), sandbox_url=f"http://127.0.0.1:{server.server_address[1]}")
        yield create_app(settings).test_client()
        more.set()
        server.shutdown()


def test_path_and_query_are_passed_on_and_no_cookie_comes_back(client: FlaskClient) -> None:
    answer = client.get("/sandbox/api/updates?guest=2547&after=3")
    assert answer.text == "/sandbox/api/updates?guest=2547&after=3"
    assert "Set-Cookie" not in answer.headers
    assert "frame-src 'self'" in answer.headers["Content-Security-Policy"]


def test_the_phone_sends_without_the_staffs_token(client: FlaskClient) -> None:
    answer = client.post("/sandbox/api/messages", json={"text": "hi"})
    assert (answer.status_code, answer.json) == (201, {"text": "hi"})


def test_what_is_live_comes_piece_by_piece(client: FlaskClient) -> None:
    pieces = iter(client.get("/sandbox/live").response)
    assert next(pieces) == b"first\n"
    more.set()
    assert b"".join(pieces) == b"second\n"  # type: ignore[arg-type]


def test_a_phone_that_is_not_there_is_no_failure_of_ours(environ: dict[str, str]) -> None:
    app = create_app(replace(load_settings(environ), sandbox_url="http://127.0.0.1:1"))
    assert app.test_client().get("/sandbox/").status_code == 503
