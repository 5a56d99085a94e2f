"""What guests wrote and does not show as read yet: the newest message of each, forgotten within a minute."""

import json
from dataclasses import dataclass
from typing import Any

from core.store.redis.connection import Client, Scripts

SLOW_SECONDS = 1.0
MOST = 50


@dataclass(frozen=True)
class Unread:
    """A guest's newest message; `typing`: an answer is coming, but takes its time."""

    guest: dict[str, Any]
    message_id: str
    typing: bool


class Reads:
    """Kept by the push of a message, taken about once a second."""

    def __init__(self, client: Client, scripts: Scripts) -> None:
        self._client = client
        self._scripts = scripts

    def waiting(self) -> bool:
        """Whether there are any."""
        return bool(self._client.exists("unread"))

    def take(self) -> list[Unread]:
        """Those that are due; each is answered once, whatever becomes of it."""
        rows = self._scripts.run("reads", MOST, int(SLOW_SECONDS * 1000))
        return [Unread(json.loads(guest), id, bool(typing)) for guest, id, typing in rows if guest and id]
