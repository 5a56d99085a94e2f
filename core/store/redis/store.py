"""The mailbox store as one object, made once per process."""

import json
from typing import Any

import redis

from core.store.redis import inspection
from core.store.redis.arrivals import Arrivals
from core.store.redis.board import BoardStream
from core.store.redis.connection import Scripts, connect, in_time
from core.store.redis.gathering import Gathering
from core.store.redis.mailbox import ALIAS_SECONDS, TOGETHER_MOST, Mailboxes, remembered_for
from core.store.redis.menus import Menus
from core.store.redis.outbox import Outbox
from core.store.redis.reads import Reads
from core.store.redis.streams import SECOND_LOOK_MS, Stream

CONVERSATION_DOORBELLS = 2
PAYMENT_DOORBELLS = 1
HEARTBEAT_SECONDS = 8
MOST_BOARDS = 1000  # of one process; its threads are the narrower bound
HIDDEN = "hidden"
OF_A_GUEST = ("user_session", "profile", "guest", "alias", "owner", "window", "stopped", "quiet")
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
        self.conversations = Mailboxes(self.scripts, "conversations", CONVERSATION_DOORBELLS, TOGETHER_MOST)
        # Who waited `seconds` may still lead a round trip of as many: together they stay within a webhook's two.
        self.intake = Gathering(self.conversations, seconds)
        self.payments = Mailboxes(self.scripts, "payments", PAYMENT_DOORBELLS)
        self.outbox = Outbox(self.scripts)
        self.reads = Reads(self.client, self.scripts)
        self.history = Stream(self.client, "history")
        self.statuses = Stream(self.client, "statuses", SECOND_LOOK_MS)
        self.arrivals = Arrivals(self.client, self.scripts)
        # Listening to a board blocks for up to two seconds more than any other call may take, and each holds one.
        self.board = BoardStream(connect(url, seconds + 2, MOST_BOARDS), self.scripts)
        self.menus = Menus(self.client)

    @in_time()
    def beat(self, worker: str) -> None:
        """A worker group says it is alive."""
        self.client.set(f"worker:{worker}", "1", ex=HEARTBEAT_SECONDS)

    @in_time()
    def alive(self, worker: str) -> bool:
        """Whether that worker group was heard of lately."""
        return bool(self.client.exists(f"worker:{worker}"))

    @in_time()
    def sweeping(self, seconds: float) -> bool:
        """The short lock of the sweep: True for the one process that sweeps in these `seconds`."""
        return bool(self.client.set("lock:sweep", "1", nx=True, px=int(seconds * 1000)))

    @in_time()
    def first_in(self, what: str, seconds: int) -> bool:
        """True for the first who says this within so many seconds."""
        return bool(self.client.set(f"said:{what}", "1", nx=True, ex=seconds))

    @in_time()
    def messages_stopped(self, box: str) -> None:
        """WhatsApp says that this guest wants nothing unasked."""
        self.client.set(f"stopped:{box}", "1", ex=ALIAS_SECONDS)

    @in_time()
    def window_closed(self, box: str) -> None:
        """WhatsApp says that this guest last wrote more than a day ago."""
        self.client.delete(f"window:{box}")

    @in_time()
    def directory_changed(self) -> None:
        """Channels or provider accounts were edited: every process reads them again."""
        self.client.incr("directory:version")

    @in_time()
    def directory_version(self) -> str:
        """What `directory_changed` raises; empty where it never did."""
        return str(self.client.get("directory:version") or "")

    @in_time()
    def knows(self, event_ids: list[str]) -> list[bool]:
        """Which of these events the store has seen (a wiped store has seen none)."""
        return (
            [value is not None for value in self.client.mget([f"seen:{id}" for id in event_ids])] if event_ids else []
        )

    @in_time()
    def remembers_nothing(self) -> bool:
        """Whether this store has never kept an event."""
        return next(iter(self.client.scan_iter("seen:*", count=1000)), None) is None

    @in_time()
    def remember(self, box: str, profile: dict[str, Any]) -> None:
        """Keep what is known of a guest beside their session, unless a turn has kept something newer."""
        self.client.set(f"profile:{box}", json.dumps(profile), nx=True, ex=remembered_for(profile))

    @in_time()
    def chat(self, box: str) -> tuple[dict[str, Any] | None, float]:
        """The session of a guest, None where there is none, and the seconds left of their 24 hours (0: over)."""
        session, left = self.client.pipeline().get(f"user_session:{box}").pttl(f"window:{box}").execute()
        return json.loads(session) if session else None, max(0.0, left / 1000)

    @in_time()
    def guests(self, boxes: list[str]) -> list[dict[str, Any]]:
        """What is known of these guests since they last wrote; empty where a day has passed."""
        found = self.client.mget([f"guest:{box}" for box in boxes]) if boxes else []
        return [json.loads(one) if one else {} for one in found]

    @in_time()
    def mailbox_of(self, address: str) -> str:
        """The mailbox that messages from this address go to, also the first one."""
        self.client.set(f"alias:{address}", address, nx=True, ex=ALIAS_SECONDS)
        return str(self.client.get(f"alias:{address}") or address)

    @in_time()
    def known_anew(self, box: str, profile: dict[str, Any]) -> None:
        """Staff changed what is known of a guest: it counts with their next message."""
        self.client.set(f"profile:{box}", json.dumps(profile), ex=remembered_for(profile))

    @in_time()
    def forgettable(self, boxes: list[str]) -> bool:
        """Whether nothing waits in these mailboxes, and nothing is on its way out of them."""
        names = [f"{name}:{box}" for box in boxes for name in ("queue:conversations", "out", "sending")]
        return not names or self.client.exists(*names) == 0

    @in_time()
    def forget(self, boxes: list[str], addresses: list[str]) -> None:
        """Everything that is known of the guests of these mailboxes; the next message from there is from a stranger."""
        names = [f"{name}:{box}" for box in boxes for name in OF_A_GUEST]
        names += [f"alias:{address}" for address in addresses]
        if names:
            self.client.delete(*names)

    @in_time()
    def lay_by(self, name: str, sealed: str, seconds: int) -> None:
        """Keep something for a while, for whoever knows the name."""
        self.client.set(f"laid_by:{name}", sealed, ex=seconds)

    @in_time()
    def laid_by(self, name: str) -> str | None:
        """What is kept under this name, if it still is."""
        found = self.client.get(f"laid_by:{name}")
        return str(found) if found else None

    @in_time()
    def take_up(self, name: str) -> None:
        """It is kept no longer."""
        self.client.delete(f"laid_by:{name}")

    @in_time()
    def events(self, lane: str) -> int:
        """How many events wait in the mailboxes of a lane."""
        return int(self.client.get(f"lane:{lane}:depth") or 0)

    @in_time()
    def report(self) -> dict[str, Any]:
        """Backlog by lane for operators: events, mailboxes, and how long the oldest has waited without an answer."""
        now = float(self.client.time()[0])
        return {lane: self._lane(lane, now) for lane in ("conversations", "payments", "outbox")} | {
            "history": self.history.length(),
            "statuses": self.statuses.length(),
            "journal": self.arrivals.length(),
            "journal_missed": self.arrivals.missed(),
        }

    def _lane(self, lane: str, now: float) -> dict[str, float]:
        pipeline = self.client.pipeline(transaction=False)
        pipeline.get(f"lane:{lane}:depth").zcard(f"lane:{lane}:waiting").zcard(f"lane:{lane}:leased")
        pipeline.zrange(f"lane:{lane}:since", 0, 0, withscores=True).zcard(f"lane:{lane}:serving")
        depth, waiting, leased, oldest, serving = pipeline.execute()
        age = max(0.0, now - oldest[0][1] / 1000) if oldest else 0.0
        return {"events": int(depth or 0), "waiting": waiting, "leased": leased, "oldest": age, "serving": serving}

    @in_time()
    def wrong_settings(self) -> list[str]:
        """Settings of the server under which acknowledged messages can be lost (rule 21); names and wanted values.

        A managed server may hide its settings: then the answer is the one entry "hidden".
        """
        try:
            found = self.client.config_get(*WANTED)
        except redis.exceptions.ResponseError:
            return [HIDDEN]
        return [f"{name} must be {wanted}" for name, wanted in WANTED.items() if found.get(name) != wanted]

    @in_time()
    def breaches(self) -> dict[str, list[dict[str, Any]]]:
        """What in the store must never be, by the audit's invariants."""
        return inspection.breaches(self.client)
