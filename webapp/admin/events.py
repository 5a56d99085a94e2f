"""The board's live stream: Server-Sent Events whose ids are those of a Redis stream.

The page reads the open orders together with the stream's id as of before that read, and subscribes after that id: what
changes in between comes twice rather than never, and an order's version makes the second time harmless.
"""

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from redis.exceptions import RedisError

from core.errors import TryAgain
from webapp.admin.streams import Streams

BLOCK = 1.0
KEEP_ALIVE = 10.0
LOGIN_CHECK = 3.0
LIFETIME = 600.0  # a tablet that vanished without a word gives its place back; the others come again by themselves

STREAM_ID = re.compile(r"[0-9]{1,15}-[0-9]{1,10}")
RETRY = "retry: 1000\n\n"


class BoardChanges(Protocol):
    """What the store offers: the changes of a workspace's board, in order."""

    def read(self, workspace_id: str, after_id: str, block_seconds: float) -> list[tuple[str, dict[str, Any]]]: ...

    def knows(self, workspace_id: str, last_id: str) -> bool: ...

    def latest(self, workspace_id: str) -> str: ...


class Every:
    """`due()` is true once after each interval."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._seconds = seconds
        self._clock = clock
        self._next = clock() + seconds

    def due(self) -> bool:
        """Whether the interval has passed; if so, the next one begins."""
        if self._clock() < self._next:
            return False
        self._next = self._clock() + self._seconds
        return True


@dataclass
class BoardStream:
    """One listener. An empty `last_id` means from now on. `may_stay` looks the login up again."""

    changes: BoardChanges
    workspace_id: str
    last_id: str
    may_stay: Callable[[], bool]
    streams: Streams
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep
    live: bool | None = None

    def frames(self) -> Iterator[str]:
        """What to send, until the login, this process or the stream's own time ends."""
        over, login, alive = (Every(seconds, self.clock) for seconds in (LIFETIME, LOGIN_CHECK, KEEP_ALIVE))
        yield RETRY
        while self.streams.serving() and not over.due():
            if login.due() and not self.may_stay():
                yield frame("ended", {})
                return
            yield from self._news()
            if alive.due():
                yield ": keep-alive\n" + frame("state", {"live": self.live})

    def _news(self) -> Iterator[str]:
        try:
            if not self.live:
                yield from self._resume()
            for stream_id, payload in self.changes.read(self.workspace_id, self.last_id, BLOCK):
                self.last_id = stream_id
                yield frame("message", payload, stream_id)
        except (TryAgain, RedisError):
            yield from self._state(live=False)
            self.pause(BLOCK)

    def _resume(self) -> Iterator[str]:
        if STREAM_ID.fullmatch(self.last_id) and self.changes.knows(self.workspace_id, self.last_id):
            return (yield from self._state(live=True))
        fresh, self.last_id = not self.last_id, self.changes.latest(self.workspace_id)
        yield f"id: {self.last_id}\n\n" if fresh else frame("reset", {}, self.last_id)
        return (yield from self._state(live=True))

    def _state(self, *, live: bool) -> Iterator[str]:
        if self.live is not live:
            self.live = live
            yield frame("state", {"live": live})


def frame(event: str, data: dict[str, Any], stream_id: str = "") -> str:
    """One event of the stream. JSON has no bare line breaks, so that one line of data is enough."""
    name = "" if event == "message" else f"event: {event}\n"
    return f"{f'id: {stream_id}' + chr(10) if stream_id else ''}{name}data: {json.dumps(data)}\n\n"
