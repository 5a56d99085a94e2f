"""The outbox: replies waiting to be sent, in order per conversation, marked before they leave (rule 8)."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from core.store.redis.connection import Scripts
from core.store.redis.mailbox import BELL_SECONDS, SENDERS, Swept

LANE = "outbox"
LEASE_SECONDS = 25
BLOCKED_SECONDS = 50


@dataclass(frozen=True)
class Letter:
    """The head of one conversation's outbox, marked `sending`. `again`: how often it went out with no answer known."""

    box: str
    token: str
    id: str
    item: dict[str, Any]
    guest: dict[str, Any]
    again: int
    tries: int

    @property
    def callback(self) -> str:
        """What Meta is to give back with every status of this try."""
        return f"{self.box}:{self.id}:{self.again}"


class Outbox:
    """Claim, then exactly one of sent, given_up, later, unknown."""

    def __init__(self, scripts: Scripts) -> None:
        self._scripts = scripts

    def claim(self, bell: str) -> Letter | None:
        """The next message due, or None (which has un-counted the bell)."""
        row = self._scripts.run(
            "send_claim", bell, uuid4().hex, LEASE_SECONDS * 1000, BELL_SECONDS * 1000, BLOCKED_SECONDS * 1000
        )
        if not row:
            return None
        box, token, item, guest, again, tries = row
        read = json.loads(item)
        return Letter(box, token, read["id"], read, json.loads(guest) if guest else {}, int(again), int(tries))

    def sent(self, letter: Letter, history: dict[str, Any]) -> None:
        """Meta took it. True whoever holds the lease now."""
        self._scripts.run("send_end", letter.box, letter.id, "", json.dumps(history))

    given_up = sent

    def proven(self, callback: str) -> bool:
        """A status carries what we sent along: that try did leave the house. Answers whether it was still waiting."""
        box, id, again = callback.split(":")
        return bool(self._scripts.run("send_end", box, id, int(again), ""))

    def later(self, letter: Letter, delay: float) -> None:
        """Surely not sent: try again in `delay` seconds."""
        self._scripts.run("send_later", letter.box, letter.id, letter.token, int(delay * 1000))

    def unknown(self, letter: Letter) -> None:
        """No answer: blocked until a status proves it, or its time has passed and it goes once more."""
        self._scripts.run("send_unknown", letter.box, letter.id, letter.token)

    def leave(self, bell: str) -> str:
        """A sender's time is up; answers the bell of its successor, if one is needed."""
        answer: str = self._scripts.run("leave", LANE, bell, uuid4().hex, SENDERS, BELL_SECONDS * 1000)
        return answer

    def sweep(self) -> Swept:
        """Return what a dead sender held; answers whom to wake."""
        returned, due, bell = self._scripts.run("sweep", LANE, uuid4().hex, BELL_SECONDS * 1000)
        return Swept(returned, due, bell)
