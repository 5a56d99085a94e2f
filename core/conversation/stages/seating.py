"""What the QR on a table says, its number signed by a short code; a note about the order; and the opening hours."""

import re

from core.conversation import carts, opening, texts
from core.conversation.here import Here, Move, Said, stay
from core.conversation.replies import Reply
from core.conversation.session import State
from core.conversation.understanding.words import clean
from core.domain.table_codes import signed

NOTE_LIMIT = 120

_NOTE = re.compile(r"\s*(?:note|notes|maelezo|ujumbe)\s*[:\-–]\s*(\S.*)", re.IGNORECASE | re.DOTALL)


def scanned(here: Here, text: str) -> tuple[str, str]:
    """What was written, without the code of a table; and what is wrong with the code, if anything."""
    found = signed(text)
    if found is None:
        return text, ""
    table, code, rest = found
    codes = dict(zip(here.menu.venue.tables, here.menu.venue.table_codes, strict=False))
    if codes and codes.get(table) != code:
        return rest, here.say(texts.CODE_WRONG, table=min(table, 9999))
    return rest, ""


def tell_hours(here: Here, args: tuple[str, ...]) -> Move:
    """Word: are you open?"""
    session = here.session
    taps = (here.button("menu", texts.B_MENU), here.button("staff", texts.B_STAFF))
    return Move(session.state, session, aside=session.aside, reply=Reply(opening.times(here), taps))


def order_note(here: Here, said: Said) -> Move | None:
    """ "Note: the birthday is a surprise": kept for the whole order."""
    found = _NOTE.fullmatch(said.text)
    note = clean(found[1], NOTE_LIMIT) if found else ""
    if not note or carts.placed(here.session):
        return None
    session = here.session.but(note=note)
    if session.lines and session.state == State.REVIEWING_ORDER:
        session = carts.touched(session)
    return stay(here.at(session), here.say(texts.NOTE_KEPT, note=note))
