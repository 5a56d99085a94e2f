"""A tip for the house, where it asks for one: a share, an amount, or none."""

import re

from core.conversation import carts, texts
from core.conversation.here import Here, Move, Said, stay
from core.conversation.replies import Button, Row
from core.conversation.session import State
from core.conversation.stages.ordering import checkout
from core.conversation.stages.written import order_or_puzzled
from core.conversation.turn import Turn
from core.domain.pricing import tip_of

NONE = "0"
BUTTONS = 2
SHARE = re.compile(r"\s*(\d{1,2})\s*(?:%|percent|per cent|asilimia)\s*", re.IGNORECASE)
SHILLINGS = frozenset(("bob", "shilling", "shillings", "ksh", "kes", "sh", "tip", "shilingi"))


def ask_tip(here: Here) -> Turn:
    """What the house suggests, and the way past it."""
    offers = here.menu.venue.paying.tips
    taps = [Button(f"tip:{offer}", _named(here, offer)) for offer in offers]
    if len(taps) <= BUTTONS:
        return here.ask(here.say(texts.TIP), buttons=(*taps, here.button(f"tip:{NONE}", texts.B_NO_TIP)))
    rows = (*(Row(tap.id, tap.title) for tap in taps), Row(f"tip:{NONE}", here.say(texts.B_NO_TIP)))
    return here.ask(here.say(texts.TIP), rows=rows, label=here.say(texts.LABEL_TIP), title=here.say(texts.LABEL_TIP))


def answer_tip(here: Here, said: Said) -> Move:
    """A share, an amount in shillings, or no."""
    if said.short in ("no", "skip"):
        return _give(here, NONE)
    if share := SHARE.fullmatch(said.text):
        return _give(here, f"{int(share[1])}%")
    number = said.number_among(SHILLINGS)
    return _give(here, str(number)) if number is not None and number >= 0 else order_or_puzzled(here, said)


def tip(here: Here, args: tuple[str, ...]) -> Move:
    """Tap: so much for the team."""
    if here.session.state != State.COLLECTING_TIP or len(args) != 1:
        return stay(here, here.say(texts.STALE))
    return _give(here, args[0])


def _give(here: Here, said: str) -> Move:
    price = carts.bill(here, here.session).price
    if tip_of(said, price) > price:
        return stay(here, here.say(texts.TIP_TOO_MUCH))
    return checkout(here.at(carts.touched(here.session).but(tip=said)))


def _named(here: Here, offer: str) -> str:
    amount = here.money(tip_of(offer, carts.bill(here, here.session.but(tip="")).price))
    return f"{offer} · {amount}" if offer.endswith("%") else amount
