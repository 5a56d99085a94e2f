"""A guest with a phone, as tests drive one."""

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.simulators.inbound import bsuid_of, card_message, media_message, tap_message, text_message

if TYPE_CHECKING:
    from sandbox.simulators.control import Simulators

MEDIA = ("image", "audio", "video", "document", "sticker")
LONGEST_ASK = 20.0
# Seconds until an answer is given up. A reply whose sender died is held back for 50 s, for it may have gone out, and a
# busy machine is late with anything; only what never comes is a failure.
PATIENCE = 120.0


@dataclass(frozen=True)
class Choice:
    """Something to tap: a reply button or a row of a list."""

    id: str
    title: str
    kind: str
    description: str = ""


@dataclass(frozen=True)
class Message:
    """What the bar sent."""

    id: str
    at: float
    type: str
    text: str
    choices: tuple[Choice, ...]
    body: dict[str, Any] = field(repr=False)

    @property
    def asks_for_number(self) -> bool:
        """Whether WhatsApp's own button is under it, with which a guest shares their number."""
        return self.type == "interactive" and self.body["interactive"]["type"] == "request_contact_info"

    def find(self, wanted: str) -> Choice | None:
        """The choice with this id or title, else the first whose title contains it."""
        exact = [c for c in self.choices if wanted in (c.id, c.title)]
        near = [c for c in self.choices if wanted.casefold() in c.title.casefold()]
        return next(iter(exact + near), None)


@dataclass(frozen=True)
class Sent:
    """What the guest sent: its id, and how the webhook answered the first delivery (0: not at all)."""

    id: str
    status: int


class Guest:
    """Writes, taps, reads and pays."""

    def __init__(self, simulators: "Simulators", who: str, name: str, hide_phone: bool) -> None:
        self._simulators = simulators
        self.who = who
        self.name = name
        self.hide_phone = hide_phone
        self._read_up_to = 0
        self._paid_at = 0.0

    @property
    def phone(self) -> str:
        """The phone, or "" for a guest known by id alone."""
        return self.who if self.who.isdigit() else ""

    @property
    def bsuid(self) -> str:
        """The business-scoped id."""
        return bsuid_of(self.who) if self.who.isdigit() else self.who

    def says(self, text: str, **more: Any) -> Sent:
        """Write a text."""
        return self.sends_raw(text_message(text), **more)

    def sends(self, kind: str, **content: Any) -> Sent:
        """Send anything else: image, audio, location, contacts, order, reaction…; `content` is the object inside."""
        message = media_message(kind) if kind in MEDIA and not content else {"type": kind, kind: content}
        return self.sends_raw(message)

    def sends_raw(self, message: dict[str, Any], id: str = "", at: float | None = None) -> Sent:
        """Send a message in Meta's shape; the same `id` again is a repeat, `at` its time by Meta's clock."""
        who = {"guest": self.who, "name": self.name, "hide_phone": self.hide_phone}
        return Sent(**self._simulators.post("sandbox/api/messages", who | {"message": message, "id": id, "at": at}))

    def taps(self, wanted: str, message: Message | None = None, timeout: float = PATIENCE, **more: Any) -> Sent:
        """Tap a choice by id or title, on the latest message that has it (waiting for it), or on the one given."""
        message = message or self._with_choice(wanted, timeout)
        choice = message.find(wanted)
        assert choice is not None, f"nothing to tap like {wanted!r} in {message.choices}"
        reply = {"id": choice.id, "title": choice.title}
        described = reply | ({"description": choice.description} if choice.description else {})
        return self.sends_raw(tap_message(choice.kind, described, message.id), **more)

    def shares_number(self, message: Message) -> Sent:
        """Tap WhatsApp's own button under a request for the number."""
        assert message.asks_for_number, f"{message.text!r} asks for no number"
        return self.sends_raw(card_message(self.name, self.who, message.id))

    @property
    def messages(self) -> list[Message]:
        """Everything the bar sent so far, reactions included."""
        return [read(entry) for entry in self._entries(0, 0) if not entry["incoming"]]

    def reads(self, containing: str = "", timeout: float = PATIENCE) -> Message:
        """The next message not read yet whose text contains this; waits for it and skips others. No reactions."""
        deadline = time.monotonic() + timeout
        skipped: list[str] = []
        while True:
            for message in self._unread(max(deadline - time.monotonic(), 0.0)):
                if containing.casefold() in message.text.casefold():
                    return message
                skipped.append(message.text)
            assert time.monotonic() < deadline, f"{self.name} read nothing like {containing!r}, only {skipped}"

    def pays(self, outcome: str = "success", timeout: float = PATIENCE) -> dict[str, Any]:
        """Wait for the next M-Pesa prompt and decide it, unless a rule has done so already; the prompt as it came."""
        prompt = self._simulators.kopokopo.wait_for(
            timeout, phone=self.phone, since=self._paid_at, screen="open,closed"
        )
        self._paid_at = prompt["at"]
        self._simulators.kopokopo.decide(prompt["id"], outcome)
        return prompt

    def holds_the_phone(self) -> None:
        """From now on prompts wait until `pays` decides."""
        self._simulators.kopokopo.rule("ask", phone=self.phone)

    def _with_choice(self, wanted: str, timeout: float) -> Message:
        deadline = time.monotonic() + timeout
        after = 0
        while True:
            entries = self._entries(after, max(deadline - time.monotonic(), 0.0))
            for message in reversed([read(entry) for entry in entries if not entry["incoming"]]):
                if message.find(wanted):
                    return message
            after = max([after, *(entry["revision"] for entry in entries)])
            assert time.monotonic() < deadline, f"no message offers {wanted!r}"

    def _unread(self, seconds: float) -> list[Message]:
        """The next unread message, alone: what follows it stays unread."""
        fresh = [e for e in self._entries(self._read_up_to, seconds) if e["sequence"] > self._read_up_to]
        for entry in fresh:
            self._read_up_to = entry["sequence"]
            if not entry["incoming"] and entry["body"]["type"] != "reaction":
                return [read(entry)]
        return []

    def _entries(self, after: int, seconds: float) -> list[dict[str, Any]]:
        options = {"guest": self.who, "after": after, "timeout": min(seconds, LONGEST_ASK)}
        return list(self._simulators.get("sandbox/api/updates", **options)["messages"])


def read(entry: dict[str, Any]) -> Message:
    """A message out of what the Graph API received."""
    body = entry["body"]
    kind = body.get("type", "text")
    inside = body[kind]
    text = inside.get("body", inside.get("emoji", inside.get("caption", inside.get("name", ""))))
    if kind == "interactive":
        text = inside["body"]["text"]
    return Message(entry["id"], entry["at"], kind, text, tuple(choices(inside)), body)


def choices(inside: dict[str, Any]) -> list[Choice]:
    """What an interactive message lets a guest tap."""
    action = inside.get("action", {}) if isinstance(inside, dict) else {}
    buttons = [Choice(b["reply"]["id"], b["reply"]["title"], "button_reply") for b in action.get("buttons", ())]
    rows = [row for section in action.get("sections", ()) for row in section["rows"]]
    return buttons + [Choice(r["id"], r["title"], "list_reply", r.get("description", "")) for r in rows]
