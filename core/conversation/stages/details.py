"""What a venue may ask of a guest for its own books: name, e-mail for receipts, birthday. Each may be refused."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from core.conversation import texts
from core.conversation.effects import REMEMBER, Effect
from core.conversation.here import Here, Move, Said, stay
from core.conversation.profile import DETAILS
from core.conversation.replies import Reply
from core.conversation.session import State
from core.conversation.stages.ordering import checkout
from core.conversation.stages.written import take_order
from core.conversation.turn import Turn
from core.conversation.understanding.words import clean

NAME_LIMIT = 40
NO_NAME = "<>{}@/\\"
LEAP_YEAR = 2000
EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,24}")
INTRODUCED = re.compile(
    r"\s*(?:my name is|my name's|call me|i am called|jina langu ni|jina langu|naitwa|niite)\s+(\S+(?:\s\S+){0,2})\s*",
    re.IGNORECASE,
)
MONTHS = (
    *("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
    *("januari", "februari", "machi", "aprili", "mei", "juni", "julai", "agosti", "septemba", "oktoba", "novemba"),
    "desemba",
)


def ask_details(here: Here) -> Turn:
    """One detail, with the way past it."""
    detail = _asked(here)
    return here.ask(here.say(texts.ASK_DETAIL[detail]), buttons=(here.button(f"skip:{detail}", texts.B_SKIP_DETAIL),))


def answer_details(here: Here, said: Said) -> Move:
    """The detail, a refusal, or an order after all."""
    detail = _asked(here)
    if said.short in ("skip", "no"):
        return _on(here, {detail: ""})
    if value := READ[detail](said.text) if not (detail == "name" and said.request.items) else "":
        return _on(here, {detail: value})
    return take_order(here, said) or stay(here, here.say(texts.BAD_DETAIL[detail]))


def skip(here: Here, args: tuple[str, ...]) -> Move:
    """Tap: that is nobody's business."""
    if here.session.state != State.COLLECTING_DETAILS or args != (_asked(here),):
        return stay(here, here.say(texts.STALE))
    return _on(here, {args[0]: ""})


def introduced(text: str) -> str:
    """The name in "my name is Jane"."""
    found = INTRODUCED.fullmatch(text) if len(text) < 80 else None
    return read_name(found[1].rstrip(".!")) if found else ""


def take_name(here: Here, name: str) -> Move:
    """A guest who says their name is called by it from now on."""
    reply = Reply(here.say(texts.NICE_TO_MEET, name=name))
    effects = (_remembering({"name": name}),)
    return Move(here.session.state, here.session, reply.body, here.session.aside, effects=effects)


def keep_details(here: Here, fields: dict[str, str], move: Move) -> Move:
    """The same move, remembering what a form said of the guest."""
    details = {name: READ[name](fields[name]) for name in DETAILS if name in fields}
    known = {name: value for name, value in details.items() if value}
    return replace(move, effects=(_remembering(known),), then="go") if known and not move.effects else move


def read_name(text: str) -> str:
    """A name to be called by; what has no letter is none."""
    name = "" if any(sign in text for sign in NO_NAME) else clean(text, NAME_LIMIT)
    return name if any(letter.isalpha() for letter in name) else ""


def read_email(text: str) -> str:
    """An e-mail address, as far as its form goes."""
    found = EMAIL.search(text[:200])
    return found[0].lower() if found else ""


def read_birthday(text: str) -> str:
    """Day and month, "24 March" or "24/3", as "03-24"; the year is nobody's business."""
    words = re.findall(r"[a-z]+|[0-9]{1,4}", text.casefold()[:60])
    month = next((_month(word) for word in words if _month(word)), 0)
    numbers = [int(word) for word in words if word.isdecimal() and len(word) < 3]
    day, month = (numbers[0], month) if month and numbers else (numbers[0], numbers[1]) if len(numbers) > 1 else (0, 0)
    try:
        return f"{date(LEAP_YEAR, month, day):%m-%d}"
    except ValueError:
        return ""


def _month(word: str) -> int:
    return next((at % 12 + 1 for at, name in enumerate(MONTHS) if len(word) > 2 and word[:3] == name[:3]), 0)


READ: dict[str, Callable[[str], str]] = {"name": read_name, "email": read_email, "birthday": read_birthday}


def _asked(here: Here) -> str:
    detail = str(here.session.aside.get("detail"))
    return detail if detail in DETAILS else DETAILS[0]


def _on(here: Here, details: dict[str, str]) -> Move:
    """Remember it, refused or told, and go on to the review."""
    session = here.session.but(told=(*here.session.told, *details), aside={})
    return replace(checkout(here.at(session)), effects=(_remembering(details),), then="go")


def _remembering(details: dict[str, str]) -> Effect:
    return {"kind": REMEMBER, "details": details}
