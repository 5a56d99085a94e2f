"""What a guest writes in any ordering state: an order, a change of it, a table, a search."""

from dataclasses import replace

from core.conversation import carts, texts
from core.conversation.here import Here, Move, Said, mpesa_number, stay
from core.conversation.pieces import half_said
from core.conversation.session import State
from core.conversation.stages.changing import change_of
from core.conversation.stages.ordering import (
    add,
    checking_out,
    checkout,
    offer,
    refusal,
    refused,
    set_table,
    unknown_table,
)
from core.conversation.stages.searching import look_for
from core.conversation.stages.seating import order_note
from core.conversation.understanding.request import Request, Wanted
from core.conversation.understanding.search import Search
from core.conversation.understanding.vocabulary import ADD
from core.conversation.understanding.words import clean
from core.conversation.wishes import Wish

ECHO_LIMIT = 40
CHOOSING = (
    State.GREETING,
    State.BROWSING_CATEGORIES,
    State.BROWSING_PRODUCTS,
    State.ADDING_TO_CART,
    State.ORDER_COMPLETE,
)


def take_order(here: Here, said: Said) -> Move | None:
    """Do what a written order says, or nothing where it says none."""
    request = _seated(here, said.request)
    here = _paid_from(_at_table(here, request), request)
    if (search := said.search) is not None:
        return look_for(here, search)
    if request.impossible or (request.choices and not 1 <= (request.quantity or 1) <= carts.MOST):
        return stay(here, here.say(texts.QUANTITY_RANGE))
    if not request.asking and (move := change_of(here, request)):
        return move
    return _ordered(here, request) or _heading(here, request) or _table_or_payer(here, request)


def _seated(here: Here, request: Request) -> Request:
    """ "7 and one more sprite", where the table was asked."""
    asked = here.session.state == State.COLLECTING_TABLE and request.table is None
    if not asked or request.quantity is None or not request.items or request.choices:
        return request
    return replace(request, table=request.quantity)


def puzzled(here: Here, said: Said) -> Move:
    """Nothing made sense: say so, and ask again what was asked."""
    echo = clean(said.text, ECHO_LIMIT)
    say = here.say(texts.PUZZLED_BY, text=echo) if echo else here.say(texts.PUZZLED)
    return replace(stay(here, say), puzzled=True)


def order_or_puzzled(here: Here, said: Said) -> Move:
    """A written order in any ordering state, else a kind question."""
    move = order_note(here, said) or take_order(here, said) or _declined(here, said)
    return move or _wait_for_rest(here, said) or puzzled(here, said)


def at_table(here: Here, table: int | None) -> Here:
    """The same moment at a table, if the venue has it."""
    session = None if table is None else set_table(here, table)
    return here.at(session) if session else here


def _declined(here: Here, said: Said) -> Move | None:
    """None of what was just offered."""
    session = here.session
    offered = session.state == State.COLLECTING_QUANTITY or "choices" in session.aside
    if said.short not in ("no", "skip") or not offered or "line" in session.aside:
        return None
    return Move(State.ADDING_TO_CART if session.lines else State.BROWSING_CATEGORIES, session)


def _wait_for_rest(here: Here, said: Said) -> Move | None:
    """A lone "2", or "nataka": what comes next is read together with it."""
    opens = said.request.quantity is not None or (not said.core and not ADD.isdisjoint(said.words))
    if here.session.state not in CHOOSING or not opens or not half_said(said):
        return None
    aside = {"half": clean(said.text, ECHO_LIMIT)}
    return replace(stay(here, here.say(texts.HALF_SAID)), aside=aside, puzzled=True)


def _ordered(here: Here, request: Request) -> Move | None:
    if request.understood and not request.asking:
        return _take_items(here, request)
    if request.asking and len(request.items) == 1:
        return _how_many(here, request, request.items[0])
    if request.choices or request.items:
        return offer(here, request.choices or tuple(w.product_id for w in request.items), request.quantity or 1)
    return None


def _heading(here: Here, request: Request) -> Move | None:
    if not here.catalogue.category(request.category):
        return None
    if 0 < (request.quantity or 0) <= carts.MOST:
        return look_for(here, Search(request.quantity or 0, request.category))
    return Move(State.BROWSING_PRODUCTS, here.session.but(category_id=request.category, page=0))


def _table_or_payer(here: Here, request: Request) -> Move | None:
    if request.table is not None:
        return _table_named(here, request.table)
    return checkout(here) if request.phone and here.session.lines else None


def _at_table(here: Here, request: Request) -> Here:
    """A table named beside an order is kept with it."""
    return at_table(here, request.table) if request.items or request.choices or request.phone else here


def _paid_from(here: Here, request: Request) -> Here:
    """A number named beside an order is the one that will be asked."""
    if not request.phone or not (request.items or here.session.lines):
        return here
    return here.at(here.session.but(phone=mpesa_number(request.phone)))


def _table_named(here: Here, table: int) -> Move:
    session = set_table(here, table)
    if session is None:
        return stay(here, unknown_table(here, table))
    if session.lines and here.session.state in (State.COLLECTING_TABLE, State.REVIEWING_ORDER, State.CHOOSING_PAYMENT):
        return checkout(here.at(session))
    return stay(here.at(session), here.say(texts.TABLE_SET, table=table))


def _take_items(here: Here, request: Request) -> Move:
    first = request.items[0]
    lone = len(request.items) == 1 and not (first.counted or request.choices or request.finished)
    if lone and request.table is None:
        return _how_many(here, request, first)
    missing = clean(" ".join(request.missing), ECHO_LIMIT)
    said = [here.say(texts.NOT_FOUND, text=missing)] if missing else []
    seated = request.table is not None and here.session.table == request.table
    if request.table is not None and not seated:
        said.append(unknown_table(here, request.table))
    straight = seated or request.finished or checking_out(here)
    return add(here, Wish(request.items, straight, request.choices, request.quantity or 1, said))


def _how_many(here: Here, request: Request, wanted: Wanted) -> Move:
    if said := refusal(here, wanted.product_id):
        return refused(here, Wish(request.items), [said])
    how = {"note": wanted.note, "options": list(wanted.options)}
    aside = {name: value for name, value in how.items() if value}
    return Move(State.COLLECTING_QUANTITY, here.session.but(product_id=wanted.product_id), aside=aside)
