"""Mailboxes: what waits for a conversation (or for a payment) in order, served by one worker at a time.

The verbs are push, claim, plan, commit, release, rest, renew, leave and sweep; each is one atomic script, and each
names the event and the lease it works on, so that a repeat of a call has no effect (`docs/architecture.md`).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from core.conversation.events import IDENTITY, PREFERENCE
from core.errors import LeaseLost, StoreUnavailable
from core.store.redis.claims import Claim, claim_of
from core.store.redis.connection import Call, Scripts

__all__ = ["Claim", "Ending", "Item", "Mailboxes", "Pushed", "Swept"]

BELL_SECONDS = 5
LEASE_SECONDS = 4
SEEN_SECONDS = 8 * 24 * 3600
ALIAS_SECONDS = 30 * 24 * 3600
GUEST_SECONDS = 24 * 3600
SESSION_SECONDS = 2 * 3600
PROFILE_SECONDS = 24 * 3600
QUIET_SECONDS = 45
SENDERS = 16
COMMIT_REPEATS = 3
# What waits behind a text and may be one message with it; a lone half of a thought waits this long for the other half.
TOGETHER_MOST, TOGETHER_BYTES = 7, 8192
REST_SECONDS = 1.5
# An eighth of the store's gigabyte: some 100,000 webhooks, more than a night of them while PostgreSQL is away.
JOURNAL_BYTES = 128 * 1024 * 1024
SAID_OF_GUESTS = frozenset({IDENTITY, PREFERENCE})
# Meta lets us write freely for 24 h after the guest's last message; five minutes of them are left to clocks and queues.
WINDOW_SECONDS = 24 * 3600 - 300


@dataclass(frozen=True)
class Item:
    """One event to keep. `addresses` are opaque keys of its mailbox, strongest first; `at` the sender's clock in epoch
    seconds; `guest` how to answer (channel, workspace, phone, bsuid, name), empty where nobody is to be answered.

    `owner` is the address of the guest's business-scoped id, if we know it: a mailbox never changes hands by number.
    `former` are addresses this guest has no longer. `fixed`: the one address is the mailbox itself.
    """

    id: str
    addresses: tuple[str, ...]
    at: float
    body: dict[str, Any]
    guest: dict[str, Any] = field(default_factory=dict)
    owner: str = ""
    former: tuple[str, ...] = ()
    fixed: bool = False


@dataclass(frozen=True)
class Pushed:
    """What the store made of a push: the ids it had not seen, the doorbell to publish ("" for none)."""

    fresh: tuple[str, ...]
    bell: str
    directory_version: str


@dataclass(frozen=True)
class Ending:
    """How a turn ends: the next session (None: unchanged), the replies for the outbox, the note for the history.

    `beside` are the notes of what was read together with the event. `stopped`: the guest opted out of what nobody asked
    for, or back in; None says nothing of it.
    """

    session: dict[str, Any] | None = None
    replies: tuple[dict[str, Any], ...] = ()
    history: dict[str, Any] | None = None
    quiet_for: str = ""
    quiet_over: str = ""
    profile: dict[str, Any] | None = None
    stopped: bool | None = None
    beside: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class Swept:
    """What a sweep found: leases returned, mailboxes due, and the bell to publish ("" for none)."""

    returned: int
    due: int
    bell: str


class Mailboxes:
    """All mailboxes of one lane. `doorbells` is how many workers may serve it at once before pushes stop ringing;
    `together` how many events behind the head a claim answers."""

    def __init__(self, scripts: Scripts, lane: str, doorbells: int, together: int = 0) -> None:
        self.lane = lane
        self._scripts = scripts
        self._doorbells = doorbells
        self._together = together

    def push(
        self,
        items: Sequence[Item],
        statuses: Sequence[tuple[str, str]] = (),
        notes: Sequence[str] = (),
        arrivals: Sequence[str] = (),
    ) -> Pushed:
        """Keep events (each id once), delivery statuses (id, body), notes for the history, and arrivals for the journal
        in one round trip."""
        request = {
            "lane": self.lane,
            "bell": uuid4().hex,
            "most": self._doorbells,
            "bell_ttl": BELL_SECONDS * 1000,
            "seen_ttl": SEEN_SECONDS,
            "alias_ttl": ALIAS_SECONDS,
            "guest_ttl": GUEST_SECONDS,
            "items": [_packed(item) for item in items],
            "statuses": [{"id": id, "body": body} for id, body in statuses],
            "notes": list(notes),
            "journal_most": JOURNAL_BYTES,
            "arrivals": len(arrivals),
        }
        fresh, bell, version = self._scripts.run("push", json.dumps(request), "".join(arrivals))
        return Pushed(tuple(fresh), bell, version)

    def claim(self, bell: str, limit: int = 1) -> list[Claim]:
        """Take up to `limit` waiting mailboxes, the longest waiting first. An empty answer has un-counted the bell."""
        claims = self.next(bell, limit)
        return claims if isinstance(claims, list) else []

    def next(self, bell: str, limit: int) -> list[Claim] | float:
        """As `claim`; where nothing waits but half a thought, the seconds until it is due, with the bell kept."""
        times = (LEASE_SECONDS * 1000, BELL_SECONDS * 1000)
        bounds = (self._together, TOGETHER_BYTES, int(REST_SECONDS * 1000))
        tokens = [uuid4().hex for _ in range(limit)]
        *rows, soon = self._scripts.run("claim", self.lane, bell, limit, *times, *bounds, *tokens)
        return int(soon) / 1000 if soon != "" else [claim_of(row) for row in rows]

    def plan(self, claim: Claim, plan: dict[str, Any]) -> dict[str, Any]:
        """Store the plan of a turn with effects and what it covers; answers the one that counts. Raises LeaseLost."""
        whole = plan | {"covers": [one.place for one in claim.covers]} if claim.covers else plan
        kept = self._scripts.run("plan", self.lane, claim.box, claim.token, claim.id, json.dumps(whole))
        if not kept:
            raise LeaseLost(claim.id)
        loaded: dict[str, Any] = json.loads(kept)
        return loaded

    def commit(self, endings: Sequence[tuple[Claim, Ending]]) -> list[str]:
        """End these turns in one round trip; each is atomic. Answers the sender bells to publish.

        A call whose answer was lost is repeated: the scripts answer "already". A lost lease is left to its new holder.
        """
        calls: list[Call] = [("commit", (json.dumps(self._ending(claim, ending)),)) for claim, ending in endings]
        for repeat in range(COMMIT_REPEATS):
            try:
                answers = self._scripts.run_many(calls)
                return [bell for _, bell in answers if bell]
            except StoreUnavailable:
                if repeat == COMMIT_REPEATS - 1:
                    raise
        return []

    def release(
        self, claim: Claim, counts: bool, delay: float = 0.0, reply: dict[str, Any] | None = None, error: str = ""
    ) -> str:
        """Give the mailbox back; its head waits `delay` seconds. `counts`: the try was a failure, for this `error`.

        `reply` is said while the event waits, once however often it is released. Answers the sender bell to publish.
        """
        said = json.dumps(reply) if reply else ""
        what = (self.lane, claim.box, claim.token, claim.id, "1" if counts else "0", int(delay * 1000), said)
        _, bell = self._scripts.run("release", *what, uuid4().hex, SENDERS, BELL_SECONDS * 1000, error)
        return str(bell)

    def rest(self, claim: Claim) -> None:
        """Half a thought waits for the other half, `REST_SECONDS` after it came at most; whatever comes ends it."""
        what = (self.lane, claim.box, claim.token, claim.id)
        self._scripts.run("rest", *what, int(REST_SECONDS * 1000))

    def error(self, claim: Claim) -> str:
        """What went wrong with this event the last time anybody lived to tell; empty where nobody did."""
        return str(self._scripts.run("error", self.lane, claim.box, claim.id))

    def forgive(self, claims: Sequence[Claim]) -> None:
        """These tries failed through no fault of their events: the store itself was away."""
        pairs = [part for claim in claims for part in (claim.box, claim.id)]
        self._scripts.run("forgive", self.lane, *pairs)

    def renew(self, bell: str, claims: Sequence[Claim]) -> None:
        """Keep the leases of these claims, and the bell's heartbeat."""
        pairs = [part for claim in claims for part in (claim.box, claim.token)]
        self._scripts.run("renew", self.lane, bell, BELL_SECONDS * 1000, LEASE_SECONDS * 1000, *pairs)

    def leave(self, bell: str) -> str:
        """A doorbell's time is up; answers the bell of its successor, if one is needed."""
        answer: str = self._scripts.run("leave", self.lane, bell, uuid4().hex, self._doorbells, BELL_SECONDS * 1000)
        return answer

    def sweep(self) -> Swept:
        """Return the mailboxes a dead worker held; answers whom to wake."""
        returned, due, bell = self._scripts.run("sweep", self.lane, uuid4().hex, BELL_SECONDS * 1000)
        return Swept(returned, due, bell)

    def _ending(self, claim: Claim, ending: Ending) -> dict[str, Any]:
        return {
            "lane": self.lane,
            "box": claim.box,
            "token": claim.token,
            "id": claim.id,
            "covers": [one.place for one in claim.covers],
            "session": json.dumps(ending.session) if ending.session is not None else "",
            "session_ttl": SESSION_SECONDS,
            "profile": json.dumps(ending.profile) if ending.profile is not None else "",
            "profile_ttl": remembered_for(ending.profile),
            "replies": [json.dumps(reply) for reply in ending.replies],
            "history": [json.dumps(note) for note in (ending.history, *ending.beside) if note],
            "quiet": ending.quiet_for,
            "quiet_ms": QUIET_SECONDS * 1000,
            "quiet_over": ending.quiet_over,
            "stopped": {None: "", True: "yes", False: "no"}[ending.stopped],
            "stopped_ttl": ALIAS_SECONDS,
            "sender": uuid4().hex if ending.replies or ending.quiet_over else "",
            "sender_most": SENDERS,
            "bell_ttl": BELL_SECONDS * 1000,
        }


def remembered_for(profile: dict[str, Any] | None) -> int:
    """Seconds for which it is kept beside the session: who is blocked finds no bot that has forgotten it tomorrow."""
    return ALIAS_SECONDS if profile and profile.get("blocked") else PROFILE_SECONDS


def _packed(item: Item) -> dict[str, Any]:
    return {
        "id": item.id,
        "addresses": list(item.addresses),
        "owner": item.owner,
        "former": list(item.former),
        "fixed": item.fixed,
        "at": item.at,
        "body": json.dumps(item.body),
        "guest": json.dumps(item.guest) if item.guest else "",
        "heard": item.at if _is_message(item) else 0,
        "external": item.body.get("external", ""),
        "window": WINDOW_SECONDS * 1000,
        "channel": item.guest.get("channel", ""),
        "workspace": item.guest.get("workspace", ""),
    }


def _is_message(item: Item) -> bool:
    """Whether the guest wrote. What a reaction does to the 24 hours is open, so it does nothing."""
    body = item.body
    said_something = body.get("kind") not in SAID_OF_GUESTS and body.get("data", {}).get("type") != "reaction"
    return bool(body.get("external")) and said_something
