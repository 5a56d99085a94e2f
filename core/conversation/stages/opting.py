"""Nothing unasked any more, and back in. Answers and news of the guest's own orders come either way."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from core.conversation import texts
from core.conversation.effects import RESUME_MESSAGES, STOP_MESSAGES, Outcome
from core.conversation.here import Here, Move
from core.conversation.replies import Reply
from core.conversation.session import State
from core.conversation.stages.browsing import open_menu


def stop(here: Here, args: tuple[str, ...]) -> Move:
    """Tap or word: the guest opts out."""
    session = here.session
    return Move(session.state, session, aside=session.aside, effects=({"kind": STOP_MESSAGES},), then="stop")


def start(here: Here, args: tuple[str, ...]) -> Move:
    """Tap or word: the guest opts in again, and gets the menu, for "start" is also how many begin."""
    return replace(open_menu(here, ()), effects=({"kind": RESUME_MESSAGES},), then="start")


def conclude_stop(here: Here, note: dict[str, Any], outcomes: Sequence[Outcome]) -> Move:
    """Said once, in so many words."""
    session = here.session
    return Move(session.state, session, aside=session.aside, reply=Reply(here.say(texts.STOP)))


def conclude_start(here: Here, note: dict[str, Any], outcomes: Sequence[Outcome]) -> Move:
    """Only who had opted out hears of it."""
    move = Move(State(note["to"]), here.session, note["say"], note["aside"])
    was_stopped = any(outcome.get("was_stopped") for outcome in outcomes)
    return move.saying(here.say(texts.STARTED)) if was_stopped else move
