"""A look through the whole store for what must never be: an audit's work, not a request's."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from core.store.redis.connection import Client
from core.store.redis.mailbox import QUIET_SECONDS
from core.store.redis.outbox import BLOCKED_SECONDS

LANES = ("conversations", "payments")
# A reply may be held back by a PIN dialog and by an answer of Meta's that never came, one after the other.
PATIENCE_SECONDS = {"conversations": 60, "payments": 60, "outbox": 60 + QUIET_SECONDS + BLOCKED_SECONDS}
RESTING_MS = 1000
AT_ONCE = 1000

Breach = dict[str, Any]


def breaches(client: Client) -> dict[str, list[Breach]]:
    """What breaks I1 (everything kept ends once) and I10 (nothing waits too long), by invariant."""
    return {
        "I1": [*_lost(client), *_stranded(client)],
        "I10": [late for lane in (*LANES, "outbox") for late in _late(client, lane)],
    }


def _lost(client: Client) -> Iterator[Breach]:
    """Acknowledged, not done, and in no mailbox. Looked at twice: a turn may have ended in between."""
    kept = set(_kept(client))
    missing = sorted(kept - set(_waiting(client)))
    still = client.mget([f"seen:{id}" for id in missing]) if missing else []
    for id, word in zip(missing, still, strict=True):
        if word == "kept":
            yield {"breach": "kept but nowhere", "event": id}


def _kept(client: Client) -> Iterator[str]:
    for keys in _batches(iter(client.scan_iter("seen:*", count=AT_ONCE))):
        for key, word in zip(keys, client.mget(keys), strict=True):
            if word == "kept":
                yield key.removeprefix("seen:")


def _waiting(client: Client) -> Iterator[str]:
    for key in client.scan_iter("queue:*", count=AT_ONCE):
        for member in client.zrange(key, 0, -1):
            yield member.partition("|")[2]


def _stranded(client: Client) -> Iterator[Breach]:
    """A mailbox with events that is neither waiting nor leased would never be served (rule 5)."""
    for lane in LANES:
        for key in client.scan_iter(f"queue:{lane}:*", count=AT_ONCE):
            box = key.removeprefix(f"queue:{lane}:")
            pipeline = client.pipeline()
            pipeline.zscore(f"lane:{lane}:waiting", box).zscore(f"lane:{lane}:leased", box).zcard(key)
            waiting, leased, events = pipeline.execute()
            if events and waiting is None and leased is None:
                yield {"breach": "mailbox served by nobody", "lane": lane, "mailbox": box}


def _late(client: Client, lane: str) -> Iterator[Breach]:
    now = client.time()[0]
    latest = (now - PATIENCE_SECONDS[lane]) * 1000
    for box, since in client.zrangebyscore(f"lane:{lane}:since", "-inf", latest, withscores=True):
        if lane == "outbox" and _must_rest(client, box):
            continue
        yield {"breach": "waits too long", "lane": lane, "mailbox": box, "seconds": int(now - since / 1000)}


def _must_rest(client: Client, box: str) -> bool:
    """WhatsApp lets this guest's number send nothing now: its messages wait for that, and staff know."""
    guest = client.get(f"guest:{box}")
    return bool(guest and client.pttl(f"number:{json.loads(guest).get('channel')}") > RESTING_MS)


def _batches(keys: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(islice(keys, AT_ONCE)):
        yield batch
