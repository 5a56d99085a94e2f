"""Kopo Kopo as the tests need it: real HTTP, recorded shapes, and a hand on every answer."""

import json
import threading
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from core.providers.contract import payer_hash
from tests.integration.money.standin import Call, StandIn

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "kopokopo"
TOKEN, START, LIST = "POST /oauth/token", "POST /api/v2/incoming_payments", "POST /api/v2/polling"
API_KEY, TILL = "k2-test-api-key", "K123456"


def sample(name: str) -> dict[str, Any]:
    """One recorded shape."""
    loaded: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text())
    return loaded


class KopoKopoStandIn:
    """Takes prompts, keeps how each stands, lists what came into the till."""

    def __init__(self, server: StandIn) -> None:
        self.server = server
        self.tokens: list[str] = []
        self.prompts: list[dict[str, Any]] = []
        self.results: dict[str, dict[str, Any]] = {}
        self.till: list[dict[str, Any]] = []
        self.lock = threading.Lock()
        self.before_answer: Callable[[str, dict[str, Any]], object] = lambda handle_id, body: None
        server.routes |= {TOKEN: self.give_token, START: self.start, LIST: self.list}

    def give_token(self, call: Call) -> None:
        with self.lock:
            token = f"token-{len(self.tokens) + 1}"
            self.tokens.append(token)
        call.answer(200, {"access_token": token, "token_type": "Bearer", "expires_in": 3600, "created_at": 1767225600})

    def knows(self, call: Call) -> bool:
        return call.headers.get("authorization") == f"Bearer {self.tokens[-1]}" if self.tokens else False

    def start(self, call: Call) -> None:
        if not self.knows(call):
            call.answer(401)
            return
        handle_id = self.prompted(call.json())
        self.before_answer(handle_id, call.json())
        call.answer(201, headers={"Location": self.url_of(handle_id)})

    def prompted(self, body: dict[str, Any]) -> str:
        """A prompt goes out."""
        handle_id = str(uuid4())
        self.prompts.append(body | {"id": handle_id})
        self.results[handle_id] = result("pending", handle_id, body["metadata"])
        self.server.routes[f"GET /api/v2/incoming_payments/{handle_id}"] = self.show
        return handle_id

    def show(self, call: Call) -> None:
        if not self.knows(call):
            call.answer(401)
            return
        call.answer(200, self.results[call.path.rpartition("/")[2]])

    def list(self, call: Call) -> None:
        if not self.knows(call):
            call.answer(401)
            return
        asked = call.json()
        assert asked["scope_reference"] == TILL.removeprefix("K")
        body = sample("polling_result")
        body["data"]["attributes"]["transactions"] = [
            {"type": "Buygoods Transaction", "resource": r} for r in self.till
        ]
        self.server.routes["GET /api/v2/polling/1"] = lambda get: get.answer(200, body)
        call.answer(201, headers={"Location": f"{self.server.url}/api/v2/polling/1"})

    def url_of(self, handle_id: str) -> str:
        return f"{self.server.url}/api/v2/incoming_payments/{handle_id}"

    def pay(self, prompt: dict[str, Any], receipt: str = "", **changes: Any) -> dict[str, Any]:
        """The guest enters the PIN; answers the callback's body."""
        paid = result("success", prompt["id"], prompt["metadata"])
        resource = paid["data"]["attributes"]["event"]["resource"]
        phone = prompt["subscriber"]["phone_number"]
        resource |= money(receipt or new_receipt(), phone, prompt["amount"]["value"]) | changes
        self.results[prompt["id"]] = paid
        self.till.append(deepcopy(resource))
        return paid

    def refuse(self, prompt: dict[str, Any], text: str = "Request cancelled by user") -> dict[str, Any]:
        """The guest does not pay; answers the callback's body."""
        failed = result("failed", prompt["id"], prompt["metadata"])
        failed["data"]["attributes"]["event"]["errors"] = text
        self.results[prompt["id"]] = failed
        return failed


def result(name: str, handle_id: str, metadata: Any) -> dict[str, Any]:
    """A callback or status answer about one prompt."""
    body = sample(f"stk_{name}")
    body["data"]["id"] = handle_id
    body["data"]["attributes"]["metadata"] = metadata
    return body


def event(resource: dict[str, Any], name: str = "buygoods_received") -> dict[str, Any]:
    """A subscribed event about money in the till."""
    body = sample(name)
    body["id"] = str(uuid4())
    body["event"]["resource"] |= {key: value for key, value in resource.items() if key != "status"}
    return body


def money(receipt: str, phone: str, amount: Any, till: str = TILL) -> dict[str, Any]:
    """The parts of a transaction that differ from one to the next."""
    return {
        "reference": receipt, "amount": f"{amount}.0", "till_number": till, "sender_phone_number": phone,
        "hashed_sender_phone": payer_hash(phone.lstrip("+")), "origination_time": datetime.now(UTC).isoformat(),
    }  # fmt: skip


def new_receipt() -> str:
    """Ten letters and digits."""
    return "U" + uuid4().hex[:9].upper()
