"""Guests who write into mailboxes, without a bar behind them."""

from time import time
from typing import Any
from uuid import uuid4

from core.store.redis.mailbox import Claim, Ending, Item
from core.store.redis.store import Store


def wrote(guest: str, text: str = "hi", id: str = "", at: float | None = None) -> Item:
    """One message of this guest."""
    body = {"kind": "text", "at": at or time(), "data": {"text": text}}
    return Item(id or uuid4().hex, (guest,), at or time(), body, {"channel": "c"})


def serve_one(store: Store, bell: str = "bell") -> Claim:
    """Claim exactly one conversation."""
    [claim] = store.conversations.claim(bell)
    return claim


def answer(text: str = "hello", **more: Any) -> Ending:
    """A turn's end with one reply."""
    return Ending({"said": text}, ({"id": uuid4().hex, "text": text},), {"type": "turn", "text": text}, **more)


def commit(store: Store, claim: Claim, ending: Ending) -> str:
    """End a turn; answers done, already or lost."""
    import json

    mailboxes = store.conversations
    [[word, _]] = store.scripts.run_many([("commit", (json.dumps(mailboxes._ending(claim, ending)),))])
    return str(word)


def texts_waiting(store: Store, guest: str) -> list[str]:
    """What the outbox of this guest holds, in order."""
    import json

    return [json.loads(item)["text"] for item in store.client.lrange(f"out:{guest}", 0, -1)]


def lease_lapses(store: Store, guest: str, lane: str = "conversations") -> None:
    """The holder stopped renewing; its lease is over, and the sweep notices."""
    store.client.zadd(f"lane:{lane}:leased", {guest: 1})
    store.outbox.sweep() if lane == "outbox" else store.conversations.sweep()
