"""`POST /graph/{version}/{phone-number-id}/messages`, the account's templates, and how tests look at what arrived."""

import asyncio
import json
import re
import uuid
from typing import Any

from sandbox.simulators.graph.errors import Refused, refusal
from sandbox.simulators.graph.faults import GraphFaults
from sandbox.simulators.graph.kinds import check_message, check_read
from sandbox.simulators.graph.limits import recipient
from sandbox.simulators.inbound import DISPLAY_PHONE, WABA_ID
from sandbox.simulators.journal import Entry
from sandbox.simulators.server import DROP, NOT_FOUND, Answer, Request, Response, answer_json
from sandbox.simulators.whatsapp import WhatsApp

VERSION = re.compile(r"v\d{2}\.\d")
LONGEST_WAIT = 25.0
RUN = uuid.uuid4().hex[:12].upper()


class Graph:
    """Takes messages as Meta does and lays them into the journal."""

    def __init__(self, whatsapp: WhatsApp, faults: GraphFaults) -> None:
        self._whatsapp = whatsapp
        self._faults = faults
        self._token = f"Bearer {whatsapp.settings.access_token}"
        self._number = whatsapp.settings.phone_number_id

    def handle(self, request: Request) -> Any:
        """Everything below /graph."""
        parts = request.path.split("/")[2:]
        if len(parts) == 3 and parts[2] == "messages" and VERSION.fullmatch(parts[0]):
            return self._send(request, parts[1])
        if len(parts) == 3 and parts[2] == "message_templates" and VERSION.fullmatch(parts[0]):
            return self._templates(request, parts[1])
        if len(parts) == 2 and VERSION.fullmatch(parts[0]):
            return self._number_itself(request, parts[1])
        if parts == ["_messages"]:
            return self._received(request)
        return NOT_FOUND

    def _send(self, request: Request, phone_number_id: str) -> Any:
        if request.headers.get("authorization") != self._token:
            return refusal(190, "The access token is missing or not valid")
        if request.method != "POST" or phone_number_id != self._number:
            return refusal(33, "Object does not exist or does not support this operation")
        fields = request.json()
        if not isinstance(fields, dict):
            return refusal(100, "The body must be a JSON object")
        try:
            return self._mark_read(fields) if "status" in fields else self._take(fields, request.body)
        except Refused as refused:
            return refusal(refused.code, refused.details)

    def _number_itself(self, request: Request, phone_number_id: str) -> Response:
        if request.headers.get("authorization") != self._token:
            return refusal(190, "The access token is missing or not valid")
        if request.method != "GET" or phone_number_id != self._number:
            return refusal(100, "Object does not exist or does not support this operation")
        return answer_json(
            {"display_phone_number": f"+{DISPLAY_PHONE}", "verified_name": "The Bar", "id": phone_number_id}
        )

    def _templates(self, request: Request, account: str) -> Response:
        if request.headers.get("authorization") != self._token:
            return refusal(190, "The access token is missing or not valid")
        if request.method not in ("GET", "POST") or account != WABA_ID:
            return refusal(33, "Object does not exist or does not support this operation")
        return self._faults.templates.handle(request)

    def _mark_read(self, fields: dict[str, Any]) -> Response:
        self._whatsapp.read(check_read(fields), typing="typing_indicator" in fields)
        return answer_json({"success": True})

    def _take(self, fields: dict[str, Any], body: bytes) -> Any:
        kind = check_message(fields)
        address = recipient(fields, DISPLAY_PHONE)
        if kind == "template":
            self._faults.templates.check(fields["template"])
        guest = self._whatsapp.guests.find(address)
        failure = self._faults.refuses(address)
        if failure is not None:
            return refusal(failure.code, status=failure.status)
        entry = self._whatsapp.receive(guest, body)
        self._whatsapp.report(entry, guest, fields.get("biz_opaque_callback_data", ""), kind)
        accepted = _accepted(fields, address, guest.bsuid, entry)
        if self._faults.delay or self._faults.drop_answer:
            return self._held(accepted)
        return accepted

    async def _held(self, accepted: Response) -> Answer:
        dropped = self._faults.drop_answer > 0
        self._faults.drop_answer -= dropped
        await asyncio.sleep(self._faults.delay)
        return DROP if dropped else accepted

    async def _received(self, request: Request) -> Response:
        after, since = int(request.option("after", "0")), float(request.option("since", "0"))
        limit, wanted = int(request.option("limit", "50000")), int(request.option("count", "0"))
        deadline = asyncio.get_running_loop().time() + min(float(request.option("timeout", "0")), LONGEST_WAIT)
        journal = self._whatsapp.journal
        while journal.received < wanted and (left := deadline - asyncio.get_running_loop().time()) > 0:
            await journal.news("", left)
        found = [e for e in journal.entries if not e.incoming and e.sequence > after and e.at >= since]
        return answer_json({"received": journal.received, "messages": [e.to_dict() for e in found[:limit]]})


def _accepted(fields: dict[str, Any], address: str, bsuid: str, entry: Entry) -> Response:
    asked = fields.get("to") or fields["recipient"]
    known = {"wa_id": address} if "to" in fields else {"user_id": bsuid}
    message = {"id": entry.wamid} | ({"message_status": "accepted"} if fields.get("type") == "template" else {})
    answer = {"messaging_product": "whatsapp", "contacts": [{"input": asked} | known], "messages": [message]}
    return Response(200, json.dumps(answer).encode())
