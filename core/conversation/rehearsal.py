"""The chat as a guest would have it, for nobody: what is said and tapped, and what the bot would answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.conversation import events, flow
from core.conversation.events import Event
from core.conversation.replies import Reply
from core.conversation.session import Session
from core.domain.menu import Menu

TAP = "tap:"


@dataclass(frozen=True)
class Step:
    """What the guest wrote or tapped, in words, and what came back. `real`: from here on something would be done."""

    said: str
    replies: tuple[Reply, ...]
    real: bool = False


def rehearse(menu: Menu, said: Sequence[str], language: str, now: datetime) -> list[Step]:
    """Of each word, or tap (`tap:` and its id), the answer. Ends where the guest would order, pay or call somebody."""
    menu = replace(menu, debug="")  # whoever looks is answered, whichever number a house is tried out with
    session: Session | None = Session(language=language, language_chosen=True, age_confirmed=True)
    steps: list[Step] = []
    for number, word in enumerate(said):
        turn = flow.step(session, _event(number, word, now), menu, now)
        steps.append(Step(_words(word, steps), turn.replies, bool(turn.effects)))
        if turn.effects:
            break
        session = turn.session
    return steps


def _event(number: int, word: str, now: datetime) -> Event:
    if word.startswith(TAP):
        return Event(f"rehearsal-{number}", events.TAP, now, {"id": word.removeprefix(TAP), "title": ""})
    return Event(f"rehearsal-{number}", events.TEXT, now, {"text": word})


def _words(word: str, before: Sequence[Step]) -> str:
    """What stood on what was tapped."""
    replies = [reply for step in before for reply in step.replies]
    taps = {row.id: row.title for reply in replies for row in reply.rows}
    taps |= {button.id: button.title for reply in replies for button in reply.buttons}
    return taps.get(word.removeprefix(TAP), "…") if word.startswith(TAP) else word
