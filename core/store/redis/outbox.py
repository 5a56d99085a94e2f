"""The outbox: replies waiting to be sent, in order per conversation, marked before they leave (rule 8).

An item is `{id, reply, cause, at, …}`; `rank` (0 reply, 1 notice, 2 campaign) says who goes first, `plain` is the
length of a text that may be merged with its neighbours.
"""

import json
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from core.store.redis.connection import Call, Scripts
from core.store.redis.mailbox import BELL_SECONDS, SENDERS, Swept

LANE = "outbox"
REPLY, NOTICE, CAMPAIGN = 0, 1, 2
LEASE_SECONDS = 25
BLOCKED_SECONDS = 50
MERGED_MOST = 10
MERGED_UNITS = 4096
PAIR_SECONDS = 6
# Meta tolerates 45 in a row, borrowed from the minutes that follow. A third stays in hand for what this count does not
# know: messages sent from elsewhere, tries whose answer was lost.
PAIR_BURST = 30


@dataclass(frozen=True)
class Letter:
    """What leaves one conversation's outbox as one message: its head, and the texts merged into it, marked `sending`.

    `again`: how often it went out with no answer known. `window`: the guest wrote within Meta's 24 hours, as far as we
    know. `stopped`: the guest wants nothing unasked. `directory`: the version of channels that counts.
    """

    box: str
    token: str
    items: tuple[dict[str, Any], ...]
    guest: dict[str, Any]
    again: int
    tries: int
    window: bool = False
    stopped: bool = False
    directory: str = ""

    @property
    def item(self) -> dict[str, Any]:
        """The first of them."""
        return self.items[0]

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.item["id"])

    @property
    def mark(self) -> str:
        """The ids that leave together."""
        return ",".join(item["id"] for item in self.items)

    @property
    def callback(self) -> str:
        """What Meta is to give back with every status of this try."""
        return f"{self.box}:{self.mark}:{self.again}"


@dataclass(frozen=True)
class Delivered:
    """Meta took it; `history` is still to be noted, and the letter to be removed."""

    letter: Letter
    history: tuple[dict[str, Any], ...]

    @property
    def call(self) -> Call:
        """What writes it down."""
        return "send_end", (self.letter.box, self.letter.mark, "", *map(json.dumps, self.history))


class Outbox:
    """Claim, then exactly one of sent, given_up, later, unknown."""

    def __init__(self, scripts: Scripts) -> None:
        self._scripts = scripts

    def claim(self, bell: str) -> Letter | None:
        """The next message due, or None (which has un-counted the bell)."""
        letter = self.next(bell)
        return letter if isinstance(letter, Letter) else None

    def next(self, bell: str, before: Delivered | None = None) -> Letter | float | None:
        """As `claim`; where a number is at its limit for some milliseconds, the seconds to wait with the bell kept.

        `before`: the end of the letter before, written in the same round trip.
        """
        times = (LEASE_SECONDS * 1000, BELL_SECONDS * 1000, BLOCKED_SECONDS * 1000)
        limits = (MERGED_MOST, MERGED_UNITS, PAIR_SECONDS * 1000, PAIR_BURST)
        claim: Call = ("send_claim", (bell, uuid4().hex, *times, *limits))
        row = self._scripts.run_many([before.call, claim] if before else [claim])[-1]
        if len(row) < 2:
            return int(row[0]) / 1000 if row else None
        box, token, guest, again, tries, window, stopped, directory, *items = row
        read = tuple(json.loads(item) for item in items)
        known = json.loads(guest) if guest else {}
        return Letter(box, token, read, known, int(again), int(tries), bool(window), bool(stopped), directory)

    def keep_silent(self) -> list[dict[str, Any]]:
        """Take every reply that waits, of every guest, in order; none of them is ever sent. For a replay only."""
        return [json.loads(item) for item in self._scripts.run("unsent")]

    def sent(self, letter: Letter, *history: dict[str, Any]) -> None:
        """Meta took it. True whoever holds the lease now."""
        self._scripts.run_many([Delivered(letter, history).call])

    given_up = sent

    def proven(self, callback: str) -> bool:
        """A status carries what we sent along: that try did leave the house. Answers whether it was still waiting."""
        box, ids, again = callback.split(":")
        return bool(self._scripts.run("send_end", box, ids, int(again)))

    def later(self, letter: Letter, delay: float, rest: float = 0.0, closed: bool = False) -> None:
        """Surely not sent: try again in `delay` seconds. `rest`: the whole number is to be silent for so long.
        `closed`: the guest's 24 hours are over, whatever we thought."""
        times = (int(delay * 1000), int(rest * 1000))
        self._scripts.run("send_later", letter.box, letter.mark, letter.token, *times, "1" if closed else "")

    def unknown(self, letter: Letter) -> None:
        """No answer: blocked until a status proves it, or its time has passed and it goes once more."""
        self._scripts.run("send_unknown", letter.box, letter.mark, letter.token)

    def leave(self, bell: str) -> str:
        """A sender's time is up; answers the bell of its successor, if one is needed."""
        answer: str = self._scripts.run("leave", LANE, bell, uuid4().hex, SENDERS, BELL_SECONDS * 1000)
        return answer

    def sweep(self) -> Swept:
        """Return what a dead sender held; answers whom to wake."""
        returned, due, bell = self._scripts.run("sweep", LANE, uuid4().hex, BELL_SECONDS * 1000)
        return Swept(returned, due, bell)
