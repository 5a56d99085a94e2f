"""One simulator process for all tests here, and a webhook of ours that it posts to."""

import contextlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox.simulators.control import Simulators
from sandbox.simulators.guest import PATIENCE

ROOT = Path(__file__).parents[3]
VALUES = {
    "ENVIRONMENT": "test",
    "WHATSAPP_PHONE_NUMBER_ID": "109876543210987",
    "WHATSAPP_ACCESS_TOKEN": "graph-token",
    "WHATSAPP_APP_SECRET": "app-secret",
    "KOPOKOPO_CLIENT_ID": "client",
    "KOPOKOPO_CLIENT_SECRET": "client-secret",
    "KOPOKOPO_API_KEY": "k2-test-api-key",
    "KOPOKOPO_TILL_NUMBER": "K123456",
}


@dataclass
class Post:
    """One webhook as it came in."""

    path: str
    headers: dict[str, str]
    raw: bytes


@dataclass
class Webhook:
    """Keeps what was posted; answers with the next of `answers`, then 200."""

    url: str = ""
    posts: list[Post] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def take(self, post: Post) -> int:
        with self.changed:
            self.posts.append(post)
            self.changed.notify_all()
            return self.answers.pop(0) if self.answers else 200

    def wait(self, good: Callable[[Post], bool] = lambda post: True, count: int = 1) -> list[Post]:
        """Wait until so many posts are good."""
        with self.changed:
            assert self.changed.wait_for(lambda: sum(map(good, self.posts)) >= count, 10), self.posts
            return [post for post in self.posts if good(post)]

    def clear(self) -> None:
        with self.changed:
            self.posts.clear()
            self.answers.clear()


def _handler(webhook: Webhook) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            status = webhook.take(Post(self.path, dict(self.headers), raw))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    return Handler


@pytest.fixture(scope="session")
def webhook_server() -> Iterator[Webhook]:
    webhook = Webhook()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(webhook))
    server.daemon_threads = True
    webhook.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield webhook
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def base_url(webhook_server: Webhook) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    values = VALUES | {"SANDBOX_PORT": str(port), "PUBLIC_BASE_URL": webhook_server.url}
    command = [sys.executable, "-m", "sandbox.simulators"]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | values, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert b"listening" in process.stdout.readline()
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    assert process.wait(10) == 0
    process.stdout.close()


@pytest.fixture
def simulators(base_url: str, webhook_server: Webhook) -> Simulators:
    found = Simulators(base_url)
    found.reset()
    found.kopokopo.set(prompt_after=0, decide_after=0, callback_after=0, late_by=0.4, then_after=0.1)
    found.graph.set(status_delay=0)
    webhook_server.clear()
    return found


@pytest.fixture
def webhook(simulators: Simulators, webhook_server: Webhook) -> Webhook:
    return webhook_server


class GraphCaller:
    """Sends messages as the program does."""

    def __init__(self, base_url: str) -> None:
        self.url = f"{base_url}/graph/v25.0/{VALUES['WHATSAPP_PHONE_NUMBER_ID']}/messages"

    def send(self, body: Any, token: str = "graph-token") -> requests.Response:
        return requests.post(self.url, json=body, headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE)

    def text(self, text: str, to: str = "+254712345678", **more: Any) -> requests.Response:
        return self.send(message("text", {"body": text}, to=to, **more))


class KopoKopoCaller:
    """Asks for money as the program does."""

    def __init__(self, base_url: str, webhook_url: str) -> None:
        self.base = f"{base_url}/kopokopo"
        self.callback = f"{webhook_url}/callback"
        self.headers = {"User-Agent": "Bar/1.0 (ops@example.co.ke)", "Accept": "application/json"}

    def log_in(self) -> requests.Response:
        form = {"client_id": "client", "client_secret": "client-secret", "grant_type": "client_credentials"}
        answer = requests.post(f"{self.base}/oauth/token", data=form, headers=self.headers, timeout=PATIENCE)
        with contextlib.suppress(ValueError, KeyError):
            self.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return answer

    def body(self, phone: str = "+254712345678", amount: Any = 850, **more: Any) -> dict[str, Any]:
        return {
            "payment_channel": "M-PESA STK Push", "till_number": "K123456", "subscriber": {"phone_number": phone},
            "amount": {"currency": "KES", "value": amount}, "metadata": {"payment_id": "p-1"},
            "_links": {"callback_url": self.callback},
        } | more  # fmt: skip

    def ask(self, *args: Any, timeout: float = 10, **more: Any) -> requests.Response:
        return self.post("incoming_payments", self.body(*args, **more), timeout)

    def post(self, path: str, body: Any, timeout: float = 10) -> requests.Response:
        return requests.post(f"{self.base}/api/v2/{path}", json=body, headers=self.headers, timeout=timeout)

    def show(self, location: str) -> dict[str, Any]:
        answer = requests.get(location, headers=self.headers, timeout=PATIENCE)
        answer.raise_for_status()
        return dict(answer.json()["data"])


@pytest.fixture
def graph(simulators: Simulators, base_url: str) -> GraphCaller:
    return GraphCaller(base_url)


@pytest.fixture
def money(simulators: Simulators, base_url: str, webhook: Webhook) -> KopoKopoCaller:
    caller = KopoKopoCaller(base_url, webhook.url)
    caller.log_in()
    return caller


def message(kind: str, inside: Any, **more: Any) -> dict[str, Any]:
    """A message as the program would send it."""
    return {"messaging_product": "whatsapp", "recipient_type": "individual", "type": kind, kind: inside} | more
