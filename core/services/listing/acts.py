"""What is done to rows of a list: to one from its menu, to those somebody chose, or to all that are filtered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session, sessionmaker

from core.domain.permissions import Permission
from core.errors import Rejected, TryAgain
from core.services.activity import Actor
from core.services.followup import Followup
from core.store.sql.engine import transaction

Options = Callable[[Session, UUID], list[tuple[str, str]]]


@dataclass(frozen=True)
class Act:
    """One of them. `do` is called for each row in a transaction of its own, and again for the same row it changes
    nothing, but is followed up: who did it first may have died before that.

    `ask` is the question before, with `{rows}` for how many of what. `options` (value and label, of a workspace) are
    chosen among first. `refusals` say in a sentence why a row was left, by the reason of Rejected.
    """

    name: str
    label: str
    needs: Permission
    do: Callable[[Session, Actor, UUID, str], Followup]
    ask: str
    refusals: Mapping[str, str] = field(default_factory=dict)
    options: Options | None = None
    danger: bool = False


@dataclass(frozen=True)
class Outcome:
    """How many rows it was done to, which were left and why, and what is to be done now."""

    done: int
    left: tuple[tuple[UUID, str], ...]
    followup: Followup


def carry_out(sessions: sessionmaker[Session], actor: Actor, act: Act, ids: Sequence[UUID], value: str) -> Outcome:
    """Row by row: one that is refused keeps no other. Where PostgreSQL does not answer in time the rest is left, and
    what was done before is followed up."""
    done, left, followup = 0, [], Followup()
    for place, row_id in enumerate(ids):
        try:
            with transaction(sessions) as db:
                followup |= act.do(db, actor, row_id, value)
            done += 1
        except Rejected as error:
            left.append((row_id, act.refusals.get(error.reason, GONE)))
        except TryAgain:
            left += [(one, LATER) for one in ids[place:]]
            break
    return Outcome(done, tuple(left), followup)


GONE = "It is not there any more."
LATER = "It took too long just now: please try again."


def said(outcome: Outcome) -> dict[str, Any]:
    """For who asked."""
    reasons = list(dict.fromkeys(reason for _, reason in outcome.left))
    return {"done": outcome.done, "left": [str(id) for id, _ in outcome.left], "why": reasons}
