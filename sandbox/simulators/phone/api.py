"""What a phone asks for: send a message, hear what is new, answer an M-Pesa prompt. Tests use the same calls.

POST api/messages      {"guest": "2547… or KE.…", "name": "", "hide_phone": false, "message": {"type": "text", …},
                        "id": "", "at": null}  → {"id", "status"}: how the webhook answered the first delivery
GET  api/updates       ?guest=&after=&prompt=&timeout=&screen=1  → waits for news; `screen`: a person looks at it
POST api/prompts/<id>  {"do": "success"} or {"pin": "1234", "way": "late"}  → {"decided": true}
"""

import asyncio
import re
import time
from typing import Any

from sandbox.simulators.inbound import Sender
from sandbox.simulators.kopokopo.prompts import OPEN, Prompt
from sandbox.simulators.kopokopo.rules import SUCCESS
from sandbox.simulators.kopokopo.till import Till
from sandbox.simulators.server import NOT_FOUND, Answer, Request, answer_json
from sandbox.simulators.whatsapp import WhatsApp

GUEST = re.compile(r"\d{9,15}|[A-Z]{2}\.[A-Za-z0-9]{1,128}")
WRONG_PIN = "0000"
LONGEST_WAIT = 20.0


class PhoneApi:
    """The phones' side of WhatsApp and M-Pesa."""

    def __init__(self, whatsapp: WhatsApp, till: Till) -> None:
        self._whatsapp = whatsapp
        self._till = till

    def handle(self, request: Request, parts: list[str]) -> Any:
        """Route one request below api/."""
        if request.method == "POST" and parts == ["messages"]:
            return self._write(request.fields())
        if request.method == "GET" and parts == ["updates"]:
            return self._updates(request)
        if request.method == "POST" and len(parts) == 2 and parts[0] == "prompts":
            return self._decide(parts[1], request.fields())
        return NOT_FOUND

    def sender(self, who: str, name: str = "", hide_phone: bool = False) -> Sender:
        """The guest behind a phone number or id, renamed or made anonymous as asked."""
        known = self._whatsapp.guests.find(who)
        digits = who if who.isdigit() else known.phone
        sender = Sender(known.bsuid, "" if hide_phone else digits, name or known.name)
        self._whatsapp.guests.know(sender, digits)
        return sender

    async def _write(self, fields: dict[str, Any]) -> Answer:
        who, message = str(fields.get("guest", "")).lstrip("+"), fields.get("message")
        if not GUEST.fullmatch(who) or not isinstance(message, dict) or "type" not in message:
            return answer_json({"error": "guest and message are needed"}, 400)
        sender = self.sender(who, str(fields.get("name", "")), bool(fields.get("hide_phone")))
        wamid, status = await self._whatsapp.write(sender, message, str(fields.get("id", "")), fields.get("at"))
        return answer_json({"id": wamid, "status": status})

    async def _updates(self, request: Request) -> Answer:
        who, after = request.option("guest").lstrip("+"), int(request.option("after", "0"))
        if not GUEST.fullmatch(who):
            return answer_json({"error": "guest is needed"}, 400)
        seconds = min(float(request.option("timeout", "20")), LONGEST_WAIT)
        if not request.option("screen"):
            return await self._wait(request, who, after, seconds)
        self._till.screens.look(who, seconds)
        try:
            return await self._wait(request, who, after, seconds)
        except asyncio.CancelledError:
            self._till.screens.leave(who)
            raise

    async def _wait(self, request: Request, who: str, after: int, seconds: float) -> Answer:
        bsuid = self._whatsapp.guests.find(who).bsuid
        deadline = asyncio.get_running_loop().time() + seconds
        found = self._news(who, bsuid, after)
        while self._nothing_new(found, request):
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                break
            await self._whatsapp.journal.news(bsuid, left)
            found = self._news(who, bsuid, after)
            if found["typing"]:
                break
        return answer_json(found)

    def _nothing_new(self, found: dict[str, Any], request: Request) -> bool:
        run = str(found["run"])
        known = request.option("run", run) == run
        state = str(found["prompt_state"])
        return not found["messages"] and known and request.option("prompt", state) == state

    def _news(self, who: str, bsuid: str, after: int) -> dict[str, Any]:
        fresh = [entry for entry in self._whatsapp.journal.of(bsuid) if entry.revision > after]
        prompt = self._till.prompts.of(who)
        return {
            "run": self._whatsapp.journal.run,
            "messages": [entry.to_dict() for entry in fresh],
            "latest": max((entry.revision for entry in fresh), default=after),
            "typing": self._whatsapp.typing.get(bsuid, 0) > time.time(),
            "prompt": prompt.to_dict() if prompt else None,
            "prompt_state": f"{prompt.id}:{prompt.screen}:{prompt.status}" if prompt else "",
        }

    def _decide(self, identity: str, fields: dict[str, Any]) -> Answer:
        prompt = self._till.prompts.get(identity)
        if prompt is None:
            return NOT_FOUND
        decided = prompt.screen == OPEN and self._till.decide(prompt, wish(prompt, fields))
        return answer_json({"decided": decided})


def wish(prompt: Prompt, fields: dict[str, Any]) -> str:
    """The outcome a phone asks for: by name, or by a PIN, of which one is always wrong."""
    if "pin" not in fields:
        return str(fields.get("do", ""))
    return "wrong_pin" if fields["pin"] == WRONG_PIN else str(fields.get("way") or SUCCESS)
