"""What comes besides text: pictures, voices, cards, catalogue carts, forms; each answered as a good waiter would."""

from dataclasses import replace
from typing import Any

from core.conversation import carts, figures, texts
from core.conversation.here import Here, Move, Said, mpesa_number, stay
from core.conversation.replies import Reply
from core.conversation.session import State
from core.conversation.stages.details import keep_details
from core.conversation.stages.ordering import add, checkout, set_table, unknown_table
from core.conversation.stages.paying import ask_money
from core.conversation.stages.staffing import for_staff
from core.conversation.understanding.request import Wanted
from core.conversation.understanding.words import clean, tokens
from core.conversation.wishes import Wish

Data = dict[str, Any]

# Each picture of an album of ten is answered; from the second on by a short line, which is merged with its neighbours.
HINT_SECONDS = 180
ALBUMS = ("image", "audio", "video", "document", "sticker")
ECHO_LIMIT = 40
SHOWN_NUMBERS = 5
PAYING = (State.REVIEWING_ORDER, State.CHOOSING_PAYMENT, State.AWAITING_PAYMENT)


def take_unreadable(here: Here, data: Data) -> Move:
    """A kind word about what cannot be read here; a shorter one where it was just said."""
    session, kind = here.session, str(data.get("type"))
    if session.state == State.TALKING_TO_STAFF:
        return for_staff(here)
    now = here.now.timestamp()
    recent = {name: at for name, at in session.hinted.items() if 0 <= now - at < HINT_SECONDS}
    if kind in recent:
        return Move(session.state, session, aside=session.aside, reply=Reply(here.say(texts.UNREADABLE_AGAIN)))
    hinted = session.but(hinted=recent | ({kind: now} if kind in ALBUMS else {}))
    return stay(here.at(hinted), here.say(texts.UNREADABLE.get(kind, texts.UNREADABLE_OTHER)))


def take_cards(here: Here, data: Data) -> Move:
    """A contact card is a number to pay from, where one is asked for; elsewhere only the guest's own is kept."""
    numbers = [number for number in map(mpesa_number, map(str, data.get("phones") or ())) if number]
    numbers = list(dict.fromkeys(numbers))
    if here.session.state in PAYING and not carts.pending(here.session):
        return _pay_from(here, numbers)
    if data.get("own") and len(numbers) == 1:
        phone = figures.local_phone(numbers[0])
        return stay(here.at(here.session.but(phone=numbers[0])), here.say(texts.CARD_KEPT, phone=phone))
    return take_unreadable(here, {"type": "contacts"})


def _pay_from(here: Here, numbers: list[str]) -> Move:
    if not numbers:
        return stay(here, here.say(texts.BAD_NUMBER))
    if len(numbers) > 1:
        shown = figures.in_words([figures.local_phone(number) for number in numbers[:SHOWN_NUMBERS]])
        return stay(here, here.say(texts.CARD_NUMBERS, phones=shown))
    return ask_money(here, numbers[0], placed=here.session.state == State.AWAITING_PAYMENT)


def take_catalogue(here: Here, data: Data) -> Move:
    """A cart from Meta's catalogue: our products at our prices, shown for review."""
    said = Said(str(data.get("text") or ""), here)
    wanted, strange = _wanted(here, data.get("lines") or [])
    notices = [here.say(texts.NOT_FOUND, text=name) for name in strange[:3]]
    if any(not 0 < one.quantity <= carts.MOST for one in wanted):
        return stay(here, here.say(texts.QUANTITY_RANGE))
    if not wanted:
        return Move(State.BROWSING_CATEGORIES, here.session, "\n".join(notices) or here.say(texts.EMPTY_CATALOGUE))
    seated = None if said.request.table is None else set_table(here, said.request.table)
    return add(here if seated is None else here.at(seated), Wish(wanted, straight=True, said=notices))


def _wanted(here: Here, lines: list[Data]) -> tuple[list[Wanted], list[str]]:
    """Products by their code, id or name; what none of them names."""
    wanted: list[Wanted] = []
    strange: list[str] = []
    codes = {product.code: product.id for product in here.menu.products if product.code}
    for line in lines:
        sku = str(line.get("sku") or "")
        product_id = codes.get(sku) or (sku if sku in here.catalogue.products else _named(here, sku))
        if product_id:
            wanted.append(Wanted(product_id, int(line.get("quantity") or 0), "", True))
        else:
            strange.append(clean(sku, ECHO_LIMIT) or "?")
    return wanted, strange


def _named(here: Here, sku: str) -> str:
    words = tokens(sku.replace("-", " ").replace("_", " "))
    found = here.catalogue.exact(words, 0) if words else None
    return found[0].products[0] if found and found[1] == len(words) and len(found[0].products) == 1 else ""


def take_form(here: Here, data: Data) -> Move:
    """A form that was filled in: the table, and what a guest says of themselves; anything else is not asked for."""
    fields = {str(name): str(value) for name, value in dict(data.get("fields") or {}).items()}
    table = fields.get("table", "")
    here, problem = _seated(here, int(table)) if table.isdecimal() and len(table) < 5 else (here, "")
    move = checkout(here) if here.session.lines else stay(here)
    return keep_details(here, fields, move.saying(problem or here.say(texts.FORM_TAKEN)))


def _seated(here: Here, table: int) -> tuple[Here, str]:
    session = set_table(here, table)
    return (here, unknown_table(here, table)) if session is None else (here.at(session), "")


def with_caption(move: Move, here: Here, media: str) -> Move:
    """A caption that made no sense belongs to a picture that we cannot see."""
    text = texts.UNREADABLE.get(media)
    return replace(move, say=here.say(text)) if text and move.puzzled else move
