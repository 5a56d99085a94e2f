"""What a worker has claimed: the head of a mailbox, and what waits behind it."""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class Waiting:
    """An event behind the head of its mailbox, at its place there."""

    place: str
    kept: str

    @cached_property
    def body(self) -> dict[str, Any]:
        """What it says, read only where somebody looks."""
        body: dict[str, Any] = json.loads(self.kept)
        return body

    @property
    def id(self) -> str:
        """The event's own id."""
        return self.place.partition("|")[2]


@dataclass(frozen=True)
class Claim:
    """One event under a lease. `tries` counts this one; `plan` is what an earlier try decided, if any.

    `behind` is what waits after it and may be read together with it; `covers` is what was, as the text `whole`: all of
    it ends with this turn. `may_rest`: seconds it may still wait for a second text; 0 where something waits already.
    """

    box: str
    token: str
    id: str
    tries: int
    body: dict[str, Any]
    plan: dict[str, Any] | None
    session: dict[str, Any] | None
    guest: dict[str, Any]
    menu_version: str
    profile: dict[str, Any] | None = None
    behind: tuple[Waiting, ...] = ()
    covers: tuple[Waiting, ...] = ()
    whole: str = ""
    may_rest: float = 0.0


def claim_of(row: list[Any]) -> Claim:
    """A row as `claim.lua` answers it. A plan covers exactly what is behind it."""
    box, token, id, tries, body, plan, session, guest, version, profile, may_rest, *places = row
    behind = tuple(Waiting(place, kept) for place, kept in zip(places[::2], places[1::2], strict=True))
    return Claim(
        box=box,
        token=token,
        id=id,
        tries=tries,
        body=json.loads(body),
        plan=json.loads(plan) if plan else None,
        session=json.loads(session) if session else None,
        guest=json.loads(guest) if guest else {},
        menu_version=version,
        profile=json.loads(profile) if profile else None,
        behind=behind,
        covers=behind if plan else (),
        may_rest=may_rest / 1000,
    )
