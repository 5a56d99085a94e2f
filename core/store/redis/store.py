"""The mailbox store as one object, made once per process."""

import json
from typing import Any

import redis

from core.store.redis import inspection
from core.store.redis.board import BoardStream
from core.store.redis.connection import Scripts, connect
from core.store.redis.mailbox import ALIAS_SECONDS, PROFILE_SECONDS, Mailboxes
from core.store.redis.menus import Menus
from core.store.redis.outbox import Outbox
from core.store.redis.reads import Reads
from core.store.redis.streams import Stream

CONVERSATION_DOORBELLS = 2
PAYMENT_DOORBELLS = 1
HEARTBEAT_SECONDS = 8
HIDDEN = "hidden"
WANTED = {
    "appendonly": "yes",
    "appendfsync": "always",
    "maxmemory-policy": "noeviction",
    "no-appendfsync-on-rewrite": "no",
}


class Store:
    """Conversations' and payments' mailboxes, the outbox, history and status streams, boards and menus."""

    def __init__(self, url: str, seconds: float = 5.0, connections: int = 100) -> None:
        self.client = connect(url, seconds, connections)
        self.scripts = Scripts(self.client)
        self.conversations = Mailboxes(self.scripts, "conversations", CONVERSATION_DOORBELLS)
        self.payments = Mailboxes(self.scripts, "payments", PAYMENT_DOORBELLS)
        self.outbox = Outbox(self.scripts)
        self.reads = Reads(self.client, self.scripts)
        self.history = Stream(self.client, "history")
        self.statuses = Stream(self.client, "statuses")
        # Listening to a board blocks for up to two seconds more than any other call may take.
        self.board = BoardStream(connect(url, seconds + 2, connections), self.scripts)
        self.menus = Menus(self.client)

    def beat(self, worker: str) -> None:
        """A worker group says it is alive."""
        self.client.set(f"worker:{worker}", "1", ex=HEARTBEAT_SECONDS)

    def alive(self, worker: str) -> bool:
        """Whether that worker group was heard of lately."""
        return bool(self.client.exists(f"worker:{worker}"))

    def sweeping(self, seconds: float) -> bool:
        """The short lock of the sweep: True for the one process that sweeps in these `seconds`."""
        return bool(self.client.set("lock:sweep", "1", nx=True, px=int(seconds * 1000)))

    def first_in(self, what: str, seconds: int) -> bool:
        """True for the first who says this within so many seconds."""
        return bool(self.client.set(f"said:{what}", "1", nx=True, ex=seconds))

    def messages_stopped(self, box: str) -> None:
        """WhatsApp says that this guest wants nothing unasked."""
        self.client.set(f"stopped:{box}", "1", ex=ALIAS_SECONDS)

    def window_closed(self, box: str) -> None:
        """WhatsApp says that this guest last wrote more than a day ago."""
        self.client.delete(f"window:{box}")

    def directory_changed(self) -> None:
        """Channels or provider accounts were edited: every process reads them again."""
        self.client.incr("directory:version")

    def knows(self, event_ids: list[str]) -> list[bool]:
        """Which of these events the store has seen (a wiped store has seen none)."""
        return (
            [value is not None for value in self.client.mget([f"seen:{id}" for id in event_ids])] if event_ids else []
        )

    def remember(self, box: str, profile: dict[str, Any]) -> None:
        """Keep what is known of a guest beside their session, unless a turn has kept something newer."""
        self.client.set(f"profile:{box}", json.dumps(profile), nx=True, ex=PROFILE_SECONDS)

    def report(self) -> dict[str, Any]:
        """Backlog by lane for operators: events waiting, mailboxes due, the oldest one's age in seconds."""
        now = float(self.client.time()[0])
        return {lane: self._lane(lane, now) for lane in ("conversations", "payments", "outbox")} | {
            "history": self.history.length(),
            "statuses": self.statuses.length(),
        }

    def _lane(self, lane: str, now: float) -> dict[str, float]:
        pipeline = self.client.pipeline(transaction=False)
        pipeline.get(f"lane:{lane}:depth").zcard(f"lane:{lane}:waiting").zcard(f"lane:{lane}:leased")
        pipeline.zrange(f"lane:{lane}:waiting", 0, 0, withscores=True).zcard(f"lane:{lane}:serving")
        depth, waiting, leased, oldest, serving = pipeline.execute()
        age = max(0.0, now - oldest[0][1] / 1000) if oldest else 0.0
        return {"events": int(depth or 0), "waiting": waiting, "leased": leased, "oldest": age, "serving": serving}

    def wrong_settings(self) -> list[str]:
        """Settings of the server under which acknowledged messages can be lost (rule 21); names and wanted values.

        A managed server may hide its settings: then the answer is the one entry "hidden".
        """
        try:
            found = self.client.config_get(*WANTED)
        except redis.exceptions.ResponseError:
            return [HIDDEN]
        return [f"{name} must be {wanted}" for name, wanted in WANTED.items() if found.get(name) != wanted]

    def breaches(self) -> dict[str, list[dict[str, Any]]]:
        """What in the store must never be, by the audit's invariants."""
        return inspection.breaches(self.client)

    def journal(self, source: str, outcome: str, detail: dict[str, Any]) -> None:
        """Note a webhook that is not an event of any mailbox (malformed, unknown number, account-level)."""
        self.history.add(json.dumps({"type": "webhook", "source": source, "outcome": outcome, "detail": detail}))
