"""Streams for what is written in bulk and in any order: history and delivery statuses."""

from dataclasses import dataclass
from typing import Any

import redis

from core.store.redis.connection import Client, in_time

GROUP = "records"
FIRST = "0-0"
CONSUMER_IDLE_MS = 10_000
# A status comes a moment before its message is written down, as a rule: it is looked at again soon.
SECOND_LOOK_MS = 1_500


@dataclass(frozen=True)
class Entry:
    """One entry of a stream, unconfirmed until `done`."""

    id: str
    body: str


class Stream:
    """At-least-once reading: an entry stays until it was confirmed, also when its reader died."""

    def __init__(self, client: Client, name: str, idle_ms: int = CONSUMER_IDLE_MS) -> None:
        self._client = client
        self._idle_ms = idle_ms
        self._key = f"stream:{name}"

    def read(self, consumer: str, most: int = 500) -> list[Entry]:
        """What a dead reader left, then what is new."""
        return self.left(consumer, FIRST, most)[1] or self.new(consumer, most)

    @in_time()
    def new(self, consumer: str, most: int = 500) -> list[Entry]:
        """What nobody has read yet."""
        self._ensure_group()
        answer = self._client.xreadgroup(GROUP, consumer, {self._key: ">"}, count=most)
        return _entries(answer[0][1]) if answer else []

    @in_time()
    def left(self, consumer: str, place: str, most: int = 500) -> tuple[str, list[Entry]]:
        """What was read a while ago and not confirmed, from a place in the stream on; where to go on, "" at the end."""
        self._ensure_group()
        onward, rows, _ = self._client.xautoclaim(self._key, GROUP, consumer, self._idle_ms, place, count=most)
        return "" if onward == FIRST else onward, _entries(rows)

    @in_time()
    def done(self, entries: list[Entry]) -> None:
        """Confirm and forget these entries."""
        if entries:
            ids = [entry.id for entry in entries]
            self._client.pipeline().xack(self._key, GROUP, *ids).xdel(self._key, *ids).execute()

    @in_time()
    def length(self) -> int:
        """Entries not confirmed yet."""
        return int(self._client.xlen(self._key))

    @in_time()
    def oldest(self) -> float | None:
        """When the oldest of them came, in epoch seconds; None where there is none."""
        rows = self._client.xrange(self._key, count=1)
        return came(rows[0][0]) if rows else None

    def _ensure_group(self) -> None:
        try:
            self._client.xgroup_create(self._key, GROUP, id="0", mkstream=True)
        except redis.exceptions.ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise


def came(id: str) -> float:
    """When an entry came, in epoch seconds by the store's clock."""
    return int(id.partition("-")[0]) / 1000


def _entries(rows: list[Any]) -> list[Entry]:
    return [Entry(id, fields["body"]) for id, fields in rows if fields]
