"""The journal on its way to PostgreSQL: webhooks as they arrived, kept by the round trip that keeps their messages.

An arrival is one line of JSON, what is known of it, and then the raw body. The body goes as Latin-1: every byte comes
back as it was, whatever it is, and no JSON has to carry it.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core.store.redis.connection import Client, Scripts, in_time
from core.store.redis.streams import GROUP, Entry, Stream

NAME = "journal"
GOOD, BAD, UNSIGNED = "good", "bad", "none"
SIGNED = frozenset({GOOD})
OF_A_MILLISECOND, OF_A_PUSH = 1_000, 1_000


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
    """As it is pushed; several of them, one after the other, are one entry."""
    about: dict[str, Any] = {
        "at": arrival.at,
        "source": arrival.source,
        "signature": arrival.signature,
        "outcome": arrival.outcome,
        "workspaces": arrival.workspaces,
        "size": arrival.size or len(arrival.body),
        "length": len(arrival.body),
    }
    if arrival.others:
        about["others"] = arrival.others
    return f"{json.dumps(about)}\n{arrival.body.decode('latin-1')}"


def read(entry: Entry) -> Iterator[Arrival]:
    """The arrivals of one push, in their order, which with the entry's place in the stream makes their positions."""
    moment, _, order = entry.id.partition("-")
    position, text = (int(moment) * OF_A_MILLISECOND + int(order)) * OF_A_PUSH, entry.body
    while text:
        head, _, rest = text.partition("\n")
        about = json.loads(head)
        length = about.pop("length")
        body, text = rest[:length].encode("latin-1"), rest[length:]
        yield Arrival(**about | {"workspaces": tuple(about["workspaces"])}, body=body, position=position)
        position += 1


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
