"""The journal on its way to PostgreSQL: webhooks as they arrived, kept by the round trip that keeps their messages.

An arrival is one line of JSON, what is known of it, and then the raw body. The body goes as Latin-1: every byte comes
back as it was, whatever it is, and no JSON has to carry it.
"""

import json
from dataclasses import dataclass
from typing import Any

from core.store.redis.connection import Client, Scripts, in_time
from core.store.redis.streams import GROUP, Entry, Stream

NAME = "journal"
GOOD, BAD = "good", "bad"
SIGNED = frozenset({GOOD})
ORDER_OF_A_MILLISECOND = 1_000_000


@dataclass(frozen=True)
class Arrival:
    """One webhook. `at` is when it arrived, in epoch seconds; `workspaces` in whose name it was signed or whom it is
    about; `others` how many more of its kind were not kept."""

    at: float
    source: str
    signature: str
    outcome: str
    workspaces: tuple[str, ...]
    body: bytes
    size: int = 0
    others: int = 0
    position: int = 0

    @property
    def signed(self) -> bool:
        """Whether it was proven to come from whom it says."""
        return self.signature in SIGNED


def written(arrival: Arrival) -> str:
    """As it is pushed."""
    about: dict[str, Any] = {
        "at": arrival.at,
        "source": arrival.source,
        "signature": arrival.signature,
        "outcome": arrival.outcome,
        "workspaces": arrival.workspaces,
        "size": arrival.size or len(arrival.body),
    }
    if arrival.others:
        about["others"] = arrival.others
    return f"{json.dumps(about)}\n{arrival.body.decode('latin-1')}"


def read(entry: Entry) -> Arrival:
    """Inverse of `written`; its place in the stream becomes its position."""
    head, _, body = entry.body.partition("\n")
    about = json.loads(head)
    moment, _, order = entry.id.partition("-")
    return Arrival(
        at=about["at"],
        source=about["source"],
        signature=about["signature"],
        outcome=about["outcome"],
        workspaces=tuple(about["workspaces"]),
        body=body.encode("latin-1"),
        size=about["size"],
        others=about.get("others", 0),
        position=int(moment) * ORDER_OF_A_MILLISECOND + int(order),
    )


class Arrivals(Stream):
    """A stream bounded by bytes, because one webhook may be three megabytes long."""

    def __init__(self, client: Client, scripts: Scripts) -> None:
        super().__init__(client, NAME)
        self._scripts = scripts

    def done(self, entries: list[Entry]) -> None:
        """Forget these entries, and make room for as many bytes."""
        pairs = [part for entry in entries for part in (entry.id, len(entry.body.encode()))]
        if pairs:
            self._scripts.run("journalled", GROUP, *pairs)

    @in_time()
    def missed(self) -> int:
        """How many there was no room for, ever."""
        return int(self._client.get("journal:missed") or 0)
