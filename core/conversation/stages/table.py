"""Where the order goes, and the review of all of it."""

import math
from decimal import ROUND_HALF_UP, Decimal

from core.conversation import carts, figures, texts, ways
from core.conversation.here import Here, Move, Said, stay
from core.conversation.replies import ROWS_LIMIT, Row
from core.conversation.session import State
from core.conversation.stages.cart import ask_adding
from core.conversation.stages.ordering import checkout, set_table, unknown_table
from core.conversation.stages.paying import answer_pay, review_taps
from core.conversation.stages.written import order_or_puzzled
from core.conversation.turn import Turn
from core.conversation.understanding.keywords import FILLERS
from core.conversation.understanding.vocabulary import TABLE, TABLE_FILLERS
from core.conversation.understanding.words import clean, stems
from core.domain import money
from core.domain.delivery import on_land
from core.domain.paying import Way

ADDRESS_LIMIT = 200
PAGE = 8
KENYA = "Africa/Nairobi"
TABLE_WORDS = TABLE | TABLE_FILLERS | FILLERS
AT_THE_BAR = frozenset(stems("bar counter kaunta baa skip ruka"))


def ask_table(here: Here) -> Turn:
    """The table's number, or a list of them."""
    if "tables" in here.session.aside:
        return _ask_list(here)
    venue = here.menu.venue
    others = [here.button("deliver", texts.B_DELIVER)] if venue.delivers else []
    others += [here.button("pickup", texts.B_PICKUP)] if venue.delivery.pickup else []
    others += [here.button("tables", texts.B_TABLES)] if venue.tables and len(others) < 2 else []
    return here.ask(here.say(texts.TABLE), buttons=(here.button("table:0", texts.B_SKIP), *others))


def answer_table(here: Here, said: Said) -> Move:
    """A number is the table; more may still be ordered."""
    if said.short in ("skip", "no") or (AT_THE_BAR & set(said.words) and not said.request.items):
        return _sit(here, carts.AT_THE_BAR)
    if (number := said.number_among(TABLE_WORDS)) is not None and not said.request.more:
        return _sit(here, number) if number else stay(here, here.say(texts.TABLE_NUMBER))
    return order_or_puzzled(here, said)


def sit(here: Here, args: tuple[str, ...]) -> Move:
    """Tap: a table, or the bar."""
    asked = here.session.state in (State.COLLECTING_TABLE, State.COLLECTING_ADDRESS) and here.session.lines
    if not asked or not args or not (args[0].isdecimal() and len(args[0]) < 5):
        return stay(here, here.say(texts.STALE))
    return _sit(here, int(args[0]))


def list_tables(here: Here, args: tuple[str, ...]) -> Move:
    """Tap or word: which tables there are."""
    if not here.session.lines or not here.menu.venue.tables or carts.placed(here.session):
        return stay(here, here.say(texts.STALE))
    page = int(args[0]) if args and args[0].isdecimal() and len(args[0]) < 4 else 0
    return Move(State.COLLECTING_TABLE, here.session, aside={"tables": page})


def pick_up(here: Here, args: tuple[str, ...]) -> Move:
    """Tap: the guest comes for it."""
    if not here.menu.venue.delivery.pickup or not here.session.lines or carts.placed(here.session):
        return stay(here, here.say(texts.STALE))
    session = carts.touched(here.session).but(pickup=True, table=None, address="", fee=Decimal(0))
    return checkout(here.at(session))


def deliver(here: Here, args: tuple[str, ...]) -> Move:
    """Tap: bring it to an address."""
    if not here.menu.venue.delivers or not here.session.lines or carts.placed(here.session):
        return stay(here, here.say(texts.STALE))
    return Move(State.COLLECTING_ADDRESS, here.session)


def ask_address(here: Here) -> Turn:
    """Where to bring it."""
    pickup = (here.button("pickup", texts.B_PICKUP),) if here.menu.venue.delivery.pickup else ()
    return here.ask(here.say(texts.ADDRESS), buttons=(here.button("table:0", texts.B_SKIP), *pickup))


def answer_address(here: Here, said: Said) -> Move:
    """Whatever is written is the address, but for a word that needs none."""
    if (said.short == "skip" and len(said.words) < 4) or said.text.strip() == here.say(texts.B_SKIP):
        return _sit(here, carts.AT_THE_BAR)
    address = clean(said.text, ADDRESS_LIMIT)
    if len(address) < 3:
        return stay(here)
    return _bring(here, address)


def take_location(here: Here, data: dict[str, object]) -> Move:
    """A location is an address where one was asked for."""
    latitude, longitude = _degrees(data.get("latitude")), _degrees(data.get("longitude"))
    if here.session.state != State.COLLECTING_ADDRESS or latitude is None or longitude is None:
        return stay(here, here.say(texts.UNREADABLE["location"]))
    venue = here.menu.venue
    if not venue.delivers or abs(latitude) > 90 or (venue.timezone == KENYA and not on_land(latitude, longitude)):
        return stay(here, here.say(texts.AT_SEA))
    if not venue.delivery.reaches(latitude, longitude):
        return stay(here, here.say(texts.TOO_FAR))
    place = here.say(texts.LOCATION, latitude=f"{latitude:.5f}", longitude=f"{longitude:.5f}")
    named = clean(f"{data.get('name') or ''} {data.get('address') or ''}", ADDRESS_LIMIT - len(place) - 2)
    return _bring(here, f"{named} {place}".strip())


def ask_review(here: Here) -> Turn:
    """Everything on one page: lines, place, total with its VAT, and who is asked to pay."""
    session = here.session
    if not session.lines:
        return ask_adding(here)
    bill, offered = carts.bill(here, session), ways.offered(here, session)
    vat = money.vat_in(bill.price, here.menu.venue.vat_percent)
    body = here.say(
        texts.REVIEW,
        lines="\n".join([carts.listed(here, session.lines), *carts.besides(here, bill, session.note)]),
        place=carts.place_name(here),
        total=here.money(bill.total),
        vat=here.money(vat.to_integral_value(ROUND_HALF_UP)),
        payer=_payer(here) if offered[:1] == (Way.MPESA,) else "",
    ).rstrip()
    taps = review_taps(here, offered)
    return here.ask(body, buttons=taps, reviewed=session.cart_version, discount=here.known.discount)


def answer_review(here: Here, said: Said) -> Move:
    """Yes pays, no changes; a phone number pays from that phone; more may be ordered, another table named."""
    if said.short == "no":
        return Move(State.ADDING_TO_CART, here.session, aside={"change": 0})
    return answer_pay(here, said) or order_or_puzzled(here, said)


def _payer(here: Here) -> str:
    """Who is asked for the money, where it begins with a prompt."""
    payer = here.payer()
    return here.say(texts.REVIEW_PAYER, phone=figures.local_phone(payer)) if payer else here.say(texts.REVIEW_NO_PAYER)


def _ask_list(here: Here) -> Turn:
    tables = here.menu.venue.tables
    pages = max(1, -(-len(tables) // PAGE))
    page = here.session.aside["tables"] % pages
    rows = [Row(f"table:{n}", here.say(texts.TO_TABLE, table=n)) for n in tables[page * PAGE : (page + 1) * PAGE]]
    rows += [Row(f"tables:{(page + 1) % pages}", here.say(texts.MORE_ROW))] if pages > 1 else []
    here_is = Row("table:0", here.say(texts.TO_BAR))
    rows = [*rows[: ROWS_LIMIT - 1], here_is]
    return here.ask(
        here.say(texts.TABLES), rows=tuple(rows), label=here.say(texts.LABEL_TABLES), title=here.say(texts.LABEL_TABLES)
    )


def _sit(here: Here, table: int) -> Move:
    session = set_table(here, table)
    return stay(here, unknown_table(here, table)) if session is None else checkout(here.at(session))


def _bring(here: Here, address: str) -> Move:
    session = carts.touched(here.session).but(address=address, table=None, pickup=False)
    return checkout(here.at(session.but(fee=carts.fee(here, session))))


def _degrees(value: object) -> float | None:
    if not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > 180:
        return None
    return float(value)
