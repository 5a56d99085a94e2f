"""Everything below /kopokopo: token, incoming payments, polling, subscriptions."""

import asyncio
import secrets
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from sandbox.simulators.kopokopo.checks import RefusedError, check_callback, check_payment
from sandbox.simulators.kopokopo.money_out import MoneyOut
from sandbox.simulators.kopokopo.prompts import Prompt
from sandbox.simulators.kopokopo.shapes import raw_json, result
from sandbox.simulators.kopokopo.till import Till
from sandbox.simulators.server import DROP, NOT_FOUND, Answer, Request, Response, answer_json

FOREVER = 120.0
MOST_KEPT = 1_000
BUSY = "There is a pending request for the phone number"


class KopoKopo:
    """Answers as Kopo Kopo's edge and API do."""

    def __init__(self, till: Till) -> None:
        self._till = till
        self._tokens: OrderedDict[str, float] = OrderedDict()
        self._results: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self.tokens_given = 0
        self.out = MoneyOut(till)
        self._posts = {
            "incoming_payments": self._start,
            "polling": self._list,
            "webhook_subscriptions": self._subscribe,
            "reversals": self._creation("reversals", self.out.reverse),
            "send_money": self._creation("send_money", self.out.send),
            "payment_links": self._creation("payment_links", self.out.link),
        }

    def handle(self, request: Request) -> Any:
        """Route one request."""
        if not request.headers.get("user-agent"):
            return Response(403)
        parts = request.path.split("/")[2:]
        if parts == ["oauth", "token"] and request.method == "POST":
            return self._token(request)
        if parts[:2] != ["api", "v2"] or len(parts) not in (3, 4, 5):
            return NOT_FOUND
        if not self._known(request):
            return Response(401)
        if request.method == "GET" and len(parts) == 4:
            return self._show(parts[2], parts[3])
        if request.method == "POST" and len(parts) == 5 and (parts[2], parts[4]) == ("payment_links", "cancel"):
            return answer_json({"message": "Cancelled"}) if self.out.cancel(parts[3]) else NOT_FOUND
        if request.method == "POST" and len(parts) == 3 and parts[2] in self._posts:
            return self._checked(self._posts[parts[2]], request)
        return NOT_FOUND

    def revoke(self) -> None:
        """Every token given so far is worth nothing from now on."""
        self._tokens.clear()

    def forget(self) -> None:
        """Start anew; tokens stay good, as they would."""
        self._results.clear()
        self.out.forget()

    def _token(self, request: Request) -> Any:
        fault = self._till.faults.fault_at("token")
        if fault:
            return wrong(fault)
        form = {name: values[0] for name, values in parse_qs(request.body.decode("utf-8", "replace")).items()}
        settings = self._till.settings
        wanted = {"client_id": settings.client_id, "client_secret": settings.client_secret}
        if form != wanted | {"grant_type": "client_credentials"}:
            return answer_json({"error": "invalid_client", "error_description": "Client authentication failed"}, 401)
        token, life, now = secrets.token_urlsafe(24), self._till.faults.timing.token_life, time.time()
        _keep(self._tokens, token, now + life)
        self.tokens_given += 1
        return answer_json(
            {"access_token": token, "token_type": "Bearer", "expires_in": int(life), "created_at": int(now)}
        )

    def _known(self, request: Request) -> bool:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        return scheme == "Bearer" and self._tokens.get(token, 0) > time.time()

    def _checked(self, action: Any, request: Request) -> Any:
        try:
            return action(request.fields(), f"http://{request.headers.get('host', '127.0.0.1')}/kopokopo")
        except RefusedError as refused:
            return answer_json({"error_code": 400, "error_message": str(refused)}, 400)

    def _start(self, fields: dict[str, Any], base: str) -> Any:
        fault = self._till.faults.fault_at("start")
        if fault:
            return wrong(fault)
        phone = check_payment(fields, self._till.settings.till_number)
        if self._till.prompts.busy(phone):
            return answer_json({"error_code": 429, "error_message": BUSY}, 429)
        rule, named = self._till.faults.rule_for(phone)
        prompt = Prompt(fields, phone, base, rule)
        if rule.callback == "before_answer":
            return self._late_answer(prompt)
        if rule.charges:
            self._till.ask(prompt, named)
        return _started(prompt)

    def _creation(self, where: str, make: Callable[[dict[str, Any], str], str]) -> Callable[[dict[str, Any], str], Any]:
        def create(fields: dict[str, Any], base: str) -> Any:
            fault = self._till.faults.fault_at(where)
            return wrong(fault) if fault else Response(201, headers=(("Location", make(fields, base)),))

        return create

    async def _late_answer(self, prompt: Prompt) -> Answer:
        await self._till.settle_at_once(prompt)
        answer = _started(prompt)
        return answer if answer is None or isinstance(answer, Response) else await answer

    def _show(self, kind: str, identity: str) -> Any:
        fault = self._till.faults.fault_at("poll") if kind == "incoming_payments" else ""
        if fault:
            return wrong(fault)
        prompt = self._till.prompts.get(identity) if kind == "incoming_payments" else None
        found = prompt.body() if prompt else self._results.get(f"{kind}/{identity}") or self.out.get(kind, identity)
        return NOT_FOUND if found is None else Response(200, raw_json(found))

    def _list(self, fields: dict[str, Any], base: str) -> Any:
        fault = self._till.faults.fault_at("list")
        if fault:
            return wrong(fault)
        start, end = _moment(fields, "from_time"), _moment(fields, "to_time")
        if str(fields.get("scope_reference", "")).lstrip("K") != self._till.settings.till_number.lstrip("K"):
            raise RefusedError("Scope reference is invalid")
        inside = [r for r in self._till.transactions if start <= datetime.fromisoformat(r["origination_time"]) <= end]
        listed = [{"type": "Buygoods Transaction", "resource": dict(resource)} for resource in inside]
        attributes = {"status": "Success", "from_time": fields["from_time"], "to_time": fields["to_time"]}
        return self._created("polling", base, check_callback(fields), attributes | {"transactions": listed}, True)

    def _subscribe(self, fields: dict[str, Any], base: str) -> Any:
        topic, url = fields.get("event_type"), fields.get("url")
        if not isinstance(topic, str) or not isinstance(url, str) or fields.get("scope") not in ("till", "company"):
            raise RefusedError("Event type, url and scope are required")
        if len(self._till.subscriptions.setdefault(topic, set())) < MOST_KEPT:
            self._till.subscriptions[topic].add(url)
        attributes = {"event_type": topic, "webhook_uri": url, "status": "Active", "scope": fields["scope"].title()}
        attributes["scope_reference"] = fields.get("scope_reference", "")
        return self._created("webhook_subscriptions", base, "", attributes, False)

    def _created(self, kind: str, base: str, callback: str, attributes: dict[str, Any], posted: bool) -> Response:
        identity = str(uuid.uuid4())
        location = f"{base}/api/v2/{kind}/{identity}"
        body = result(kind.rstrip("s"), identity, location, callback, attributes)
        _keep(self._results, f"{kind}/{identity}", body)
        if posted:
            self._till.post(callback, body)
        return Response(201, headers=(("Location", location),))


def wrong(answer: str) -> Any:
    """One of the ways in which an answer goes wrong."""
    if answer == "timeout":
        return _silence()
    if answer == "garbage":
        return Response(200, b'}{"data": [nonsense')
    if answer == "html":
        return Response(502, b"<html><body><h1>502 Bad Gateway</h1></body></html>", "text/html")
    if answer == "429":
        return answer_json({"error_code": 429, "error_message": BUSY}, 429)
    return Response(201 if answer == "empty" else int(answer))


async def _silence() -> Answer:
    await asyncio.sleep(FOREVER)
    return DROP


def _started(prompt: Prompt) -> Any:
    if prompt.rule.answer != "ok":
        return wrong(prompt.rule.answer)
    return Response(201, headers=(("Location", prompt.url),))


def _moment(fields: dict[str, Any], name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(fields[name])
    except (KeyError, TypeError, ValueError) as error:
        raise RefusedError(f"{name} is invalid") from error
    if moment.tzinfo is None:
        raise RefusedError(f"{name} needs an offset")
    return moment


def _keep(store: "OrderedDict[str, Any]", key: str, value: Any) -> None:
    store[key] = value
    if len(store) > MOST_KEPT:
        store.popitem(last=False)
