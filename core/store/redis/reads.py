"""What guests wrote and does not show as read yet, forgotten within a minute; and a look at one conversation."""

import json
from dataclasses import dataclass
from typing import Any

from core.store.redis.connection import Client, Scripts, in_time

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


@dataclass(frozen=True)
class Seen:
    """What the store knows of one conversation, without taking it: session, guest and profile, each perhaps gone."""

    session: dict[str, Any] | None
    guest: dict[str, Any]
    profile: dict[str, Any] | None


def look_at(client: Client, box: str) -> Seen:
    """One conversation as it is at this moment. Raises StoreUnavailable."""
    with in_time():
        found = client.mget([f"user_session:{box}", f"guest:{box}", f"profile:{box}"])
    session, guest, profile = (json.loads(one) if one else None for one in found)
    return Seen(session, guest or {}, profile)
