"""Who the guest is: what the house knows of them, and what is asked again once somebody else may be writing."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from core.conversation import texts
from core.conversation.effects import CHANGE_IDENTITY, RESUME_MESSAGES, STOP_MESSAGES, Outcome
from core.conversation.here import Here, Move
from core.conversation.replies import Reply
from core.conversation.session import Session
from core.conversation.turn import Turn


def remembered(here: Here, *, new: bool) -> Here:
    """The age once confirmed counts in every session; a new one also speaks the guest's language."""
    if not here.menu.venue.features.recognition:
        return here
    session, known = here.session, here.known
    if known.age_confirmed_at and not session.age_confirmed:
        session = session.but(age_confirmed=True)
    if new and known.language:
        session = session.but(language=known.language)
    if new and known.phones and not here.own_number():
        session = session.but(phone=known.phones[0])
    return here if session is here.session else here.at(session)


def change_of_identity(here: Here, data: dict[str, Any]) -> Move:
    """Another number or id, so perhaps another person: age, address and payer count no longer."""
    changed = here.session.but(age_confirmed=False, address="", phone="")
    effect = {"kind": CHANGE_IDENTITY, "phone": str(data.get("phone", "")), "bsuid": str(data.get("bsuid", ""))}
    return _silently(changed, effect)


def preference(here: Here, data: dict[str, Any]) -> Move:
    """The guest told WhatsApp itself whether we may write unasked."""
    return _silently(here.session, {"kind": STOP_MESSAGES if data.get("stop") else RESUME_MESSAGES})


def conclude_silently(here: Here, note: dict[str, Any], outcomes: Sequence[Outcome]) -> Move:
    """It is done, and nobody asked."""
    return Move(here.session.state, here.session, aside=here.session.aside, silent=True)


def turned_away(here: Here) -> Turn:
    """The house talks with this guest by its staff only: that is said once, and then nothing."""
    if here.known.turned_away:
        return Turn(here.session)
    return Turn(here.session, (Reply(here.say(texts.TURNED_AWAY)),), known=replace(here.known, turned_away=True))


def _silently(session: Session, effect: dict[str, Any]) -> Move:
    return Move(session.state, session, aside=session.aside, effects=(effect,), then="silently")
