"""One simulator process for all tests here, and a webhook of ours that it posts to."""

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from sandbox.simulators.control import Simulators
from sandbox.simulators.guest import PATIENCE
from tests.simulating import simulating
from tests.sink import Sink, listening

VALUES = {
    "WHATSAPP_PHONE_NUMBER_ID": "109876543210987",
    "WHATSAPP_ACCESS_TOKEN": "graph-token",
    "WHATSAPP_APP_SECRET": "app-secret",
    "KOPOKOPO_CLIENT_ID": "client",
    "KOPOKOPO_CLIENT_SECRET": "client-secret",
    "KOPOKOPO_API_KEY": "k2-test-api-key",
    "KOPOKOPO_TILL_NUMBER": "K123456",
}


@pytest.fixture(scope="session")
def webhook_server() -> Iterator[Sink]:
    with listening() as sink:
        yield sink


@pytest.fixture(scope="session")
def base_url(webhook_server: Sink) -> Iterator[str]:
    with simulating(VALUES, webhook_server.url) as url:
        yield url


@pytest.fixture
def simulators(base_url: str, webhook_server: Sink) -> Simulators:
    found = Simulators(base_url)
    found.reset()
    found.kopokopo.set(prompt_after=0, decide_after=0, callback_after=0, late_by=0.4, then_after=0.1)
    found.graph.set(status_delay=0)
    webhook_server.clear()
    return found


@pytest.fixture
def webhook(simulators: Simulators, webhook_server: Sink) -> Sink:
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

    def ask(self, *args: Any, timeout: float = PATIENCE, **more: Any) -> requests.Response:
        return self.post("incoming_payments", self.body(*args, **more), timeout)

    def post(self, path: str, body: Any, timeout: float = PATIENCE) -> requests.Response:
        return requests.post(f"{self.base}/api/v2/{path}", json=body, headers=self.headers, timeout=timeout)

    def show(self, location: str) -> dict[str, Any]:
        answer = requests.get(location, headers=self.headers, timeout=PATIENCE)
        answer.raise_for_status()
        return dict(answer.json()["data"])


@pytest.fixture
def graph(simulators: Simulators, base_url: str) -> GraphCaller:
    return GraphCaller(base_url)


@pytest.fixture
def money(simulators: Simulators, base_url: str, webhook: Sink) -> KopoKopoCaller:
    caller = KopoKopoCaller(base_url, webhook.url)
    caller.log_in()
    return caller


def message(kind: str, inside: Any, **more: Any) -> dict[str, Any]:
    """A message as the program would send it."""
    return {"messaging_product": "whatsapp", "recipient_type": "individual", "type": kind, kind: inside} | more
