"""Thoughts sent in pieces: "2", then "dawa"; "dawa na", then "tusker"; what waits already is read as one message."""

from collections.abc import Sequence
from datetime import UTC, datetime

from core.conversation.here import Here, Said
from core.conversation.session import Session, State
from core.conversation.understanding import keywords
from core.conversation.understanding.vocabulary import ADD, REMOVE, SET, SWAP, TABLE
from core.conversation.understanding.words import AND, SEPARATORS, number, stems
from core.domain.menu import Menu

LONGEST_PIECE = 12
MOST_PIECES = 8
FREE_TEXT = (State.COLLECTING_ADDRESS, State.TALKING_TO_STAFF, State.COLLECTING_DETAILS)
NUMBER_ASKED = (State.COLLECTING_QUANTITY, State.COLLECTING_TABLE)

# What must be followed by something.
_LEADING = AND | ADD | REMOVE | SET | SWAP | TABLE
_LEADING |= frozenset(stems("with without bila to for from of the x kwa ya za cha a an my under below no number namba"))
_NOBODY_CARES_WHEN = datetime(2000, 1, 1, tzinfo=UTC)


def is_incomplete(text: str, session: Session | None, menu: Menu) -> bool:
    """Whether a text means nothing here until another one follows."""
    return half_said(_said(text, session, menu))


def half_said(said: Said) -> bool:
    """The same of a text that is being read."""
    session = said.here.session
    words = [word for word in said.words if word not in SEPARATORS]
    if not words or len(words) > LONGEST_PIECE or session.state in FREE_TEXT:
        return False
    if said.short or keywords.keyword(said.words):
        return False
    open_end = words[-1] in _LEADING or not said.core
    # Most texts end here, unread: every one a guest writes comes by.
    if not open_end and all(number(word) is None for word in words):
        return False
    if said.phone or _asks_for_more(said):
        return False
    if said.number is not None:
        return not _number_expected(session, said)
    return open_end or _lacks_product(said)


def heard(here: Here, text: str) -> Said:
    """A text, together with the half that was said before where it completes that."""
    said, half = Said(text, here), str(here.session.aside.get("half", ""))
    if not half or said.short or keywords.keyword(said.words):
        return said
    whole = Said(joined(half, text), here)
    request = whole.request
    return whole if request.understood or request.choices or request.category else said


def read_together(texts: Sequence[str], session: Session | None, menu: Menu) -> tuple[int, str]:
    """How many of these waiting texts, from the first on, are one message, and that message."""
    whole, count = texts[0], 1
    if session is not None and session.state in FREE_TEXT:
        return count, whole
    for text in texts[1:MOST_PIECES]:
        if is_incomplete(whole, session, menu):
            whole = joined(whole, text)
        elif _opens(whole, session, menu) and _orders(text, session, menu):
            whole = f"{whole}\n{text}"
        else:
            break
        count += 1
    return count, whole


def joined(first: str, second: str) -> str:
    """A text and the one that completes it."""
    return f"{first} {second}"


def _said(text: str, session: Session | None, menu: Menu) -> Said:
    return Said(text, Here(session or Session(), menu, _NOBODY_CARES_WHEN))


def _number_expected(session: Session, said: Said) -> bool:
    """Whether a bare number answers something: a row, a question, an age."""
    if said.any_phone or session.shown:
        return True
    return session.state in NUMBER_ASKED or "pending" in session.aside


def _lacks_product(said: Said) -> bool:
    """ "2 cold", or the end of "2 dawa, 1": a number, but not of what."""
    request = said.request
    if request.choices or request.category or request.phone or request.unknown or said.search:
        return False
    return request.quantity is not None and request.verb == "add" and not request.more


def _asks_for_more(said: Said) -> bool:
    return said.request.more and said.request.quantity is not None


def _opens(text: str, session: Session | None, menu: Menu) -> bool:
    """Whether more of an order may follow: a greeting or an order."""
    said = _said(text, session, menu)
    return keywords.keyword(said.words) == "hello" or _orders(text, session, menu)


def _orders(text: str, session: Session | None, menu: Menu) -> bool:
    """Whether a text names things to be added, or the table, and nothing else."""
    said = _said(text, session, menu)
    request = said.request
    if said.short or said.search or keywords.keyword(said.words) or not request.plain or request.choices:
        return False
    return request.understood or (request.table is not None and not request.unknown and not request.items)
