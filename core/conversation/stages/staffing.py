"""When staff have the word: the bot is silent, until they hand the guest back, or time does."""

import unicodedata
from datetime import datetime, timedelta
from typing import Any

from core.conversation import carts, texts
from core.conversation.effects import CALL_STAFF, Effect
from core.conversation.here import Here, Move, Said, stay
from core.conversation.session import Session, State
from core.conversation.stages.news import News
from core.conversation.stages.ordering import paying_state
from core.conversation.turn import Turn

SILENT_FOR = timedelta(minutes=30)
WORDS_LIMIT = 900
_JOINING = "\t\u200d"  # a family is four people and three joiners


def ask_staff(here: Here) -> Turn:
    """Staff have the word."""
    return here.ask("" if here.before else here.say(texts.STAFF_TOLD), buttons=(here.button("menu", texts.B_MENU),))


def answer_staff(here: Here, said: Said) -> Move:
    """What is written now is for staff."""
    return for_staff(here)


def for_staff(here: Here) -> Move:
    """The guest is told once that staff have the message; then two people talk, and nobody else."""
    session = here.session
    aside = session.aside | {"told": True}
    return Move(State.TALKING_TO_STAFF, session, aside=aside, silent=bool(session.aside.get("told")))


def call_staff(here: Here, args: tuple[str, ...]) -> Move:
    """Tap or word: a person, please."""
    if here.session.state == State.TALKING_TO_STAFF:
        return stay(here)
    effects: tuple[Effect, ...] = ({"kind": CALL_STAFF, "reason": "guest"},)
    say = here.say(texts.STAFF_CALLED)
    return Move(State.TALKING_TO_STAFF, here.session, say, _since(here), effects=effects)


def staff_said(here: Here, data: dict[str, Any]) -> News:
    """Staff write to the guest, who talks with them from then on."""
    session = here.session.but(state=State.TALKING_TO_STAFF, aside=_since(here) | {"told": True}, shown=())
    return News(session, here.say(texts.STAFF_SAYS, text=readable(str(data.get("text", "")))[:WORDS_LIMIT] or "…"))


def readable(text: str) -> str:
    """What staff wrote, lines and links as they are, without what a guest cannot see: control and bidi characters."""
    lines = ("".join(filter(_is_seen, line)).rstrip() for line in text.splitlines())
    return "\n".join(lines).strip()


def _is_seen(character: str) -> bool:
    return character in _JOINING or unicodedata.category(character)[0] != "C"


def staff_done(here: Here, data: dict[str, Any]) -> News:
    """Staff hand the guest back."""
    if here.session.state != State.TALKING_TO_STAFF:
        return News(here.session)
    return News(_handed_back(here.session), here.say(texts.STAFF_BACK), (here.button("menu", texts.B_MENU),))


def after_silence(here: Here) -> Here:
    """Staff said nothing for a while: the bot listens again."""
    if here.session.state != State.TALKING_TO_STAFF or staff_have_the_word(here.session, here.now):
        return here
    return here.at(_handed_back(here.session))


def staff_have_the_word(session: Session, now: datetime) -> bool:
    """Whether the bot is silent: the guest asked for somebody, or somebody wrote, not long ago."""
    since = session.aside.get("since")
    lately = not isinstance(since, int | float) or now.timestamp() - since < SILENT_FOR.total_seconds()
    return session.state == State.TALKING_TO_STAFF and lately


def _since(here: Here) -> dict[str, Any]:
    return {"since": here.now.timestamp()}


def _handed_back(session: Session) -> Session:
    """Where the guest was before: at their cart, their payment, their order, or the menu."""
    if carts.waiting(session) and (carts.placed(session) or not session.lines):
        state = paying_state(session)
    elif session.lines:
        state = State.ADDING_TO_CART
    else:
        state = State.ORDER_COMPLETE if session.order else State.BROWSING_CATEGORIES
    return session.but(state=state, aside={}, shown=())
