"""Changes written in words: "no dawa, tusker instead", "make that 3", "one more", "no ice please"."""

from collections.abc import Sequence
from dataclasses import replace

from core.conversation import carts, texts
from core.conversation.here import Here, Move, stay
from core.conversation.session import Line, State
from core.conversation.stages.ordering import (
    add,
    asks_age,
    change_lines,
    checking_out,
    checkout,
    filled,
    offer,
    sellable,
)
from core.conversation.understanding.choices import named_options
from core.conversation.understanding.request import Request, Wanted
from core.conversation.understanding.words import stem
from core.conversation.wishes import Wish, from_card
from core.domain.options import exchanged

# What is left of "with tonic" once the tonic is an option.
CARRIERS = ("", "with", "na", "extra")


def change_of(here: Here, request: Request) -> Move | None:
    """What becomes of the cart where the words change it; nothing where they only ask for something."""
    if request.out or (request.instead and request.items and here.session.lines):
        return _replace(here, request)
    chosen = here.session.state == State.COLLECTING_QUANTITY and "line" not in here.session.aside
    if request.items and chosen and request.quantity is not None:
        return _with_chosen(here, request, request.quantity)
    if request.items:
        return _set(here, request) if _is_about_lines(here, request) else None
    if request.choices or request.category:
        return None
    if request.removing and here.session.lines:
        return _take_away(here)
    return _chosen(here, request) if chosen and here.session.product_id else _last(here, request)


def _take_away(here: Here) -> Move:
    """ "Remove it": the one thing there is, else the guest is asked which."""
    if len(here.session.lines) == 1:
        return _exchange(here, (), ())
    return (
        checkout(here) if carts.fixed(here.session) else Move(State.ADDING_TO_CART, here.session, aside={"change": 0})
    )


def _is_about_lines(here: Here, request: Request) -> bool:
    """Whether products are named to say how many of them, or how, not to have more of them."""
    if len(request.items) == 1 and request.verb == "set" and not request.items[0].counted:
        return _index(here.session.lines, request.items[0].product_id) is not None
    if request.verb == "set":
        return True
    line = next((x for x in here.session.lines if x.product_id == request.items[0].product_id), None)
    if line is None or len(request.items) > 1:
        return False
    wanted = request.items[0]
    fewer = request.only and wanted.counted and wanted.quantity < line.quantity
    return fewer or bool(wanted.note and not wanted.counted and not line.note)


def _replace(here: Here, request: Request) -> Move | None:
    """Some lines out, others in their place."""
    lines, freed = here.session.lines, 0
    for wanted in request.out or [_whole(lines[-1])]:
        index = _index(lines, wanted.product_id)
        if index is not None:
            left = max(lines[index].quantity - wanted.quantity, 0) if wanted.counted else 0
            freed += lines[index].quantity - left
            lines = carts.with_quantity(lines, index, left)
    if not freed:
        return None if request.items else stay(here, here.say(texts.NOT_IN_CART))
    items = [_as_many(wanted, freed, request.instead) for wanted in request.items]
    return _exchange(here, lines, items)


def _exchange(here: Here, lines: Sequence[Line], items: Sequence[Wanted]) -> Move:
    items, refusals = sellable(here, items)
    if carts.fixed(here.session):
        return checkout(here)
    if asks_age(here, [here.catalogue.products[w.product_id] for w in items]):
        return add(here if carts.placed(here.session) else here.at(here.session.but(lines=tuple(lines))), Wish(items))
    lines = filled(here, tuple(lines), items)
    if problem := carts.too_much(here, lines):
        return Move(State.ADDING_TO_CART, here.session, problem)
    said = refusals if lines else [*refusals, here.say(texts.CART_CLEARED)]
    return change_lines(here, lines, "\n".join(said))


def _set(here: Here, request: Request) -> Move | None:
    """So many of these; of what is not there yet, so many are added."""
    lines, new = here.session.lines, []
    for wanted in request.items:
        index = _index(lines, wanted.product_id)
        if index is None:
            new.append(wanted)
        elif wanted.counted or wanted.note or wanted.options:
            lines = _with(here, lines, index, wanted)
        elif len(request.items) == 1:
            return Move(State.COLLECTING_QUANTITY, here.session, aside={"line": index})
    if new and (lines == here.session.lines or not all(w.quantity for w in new)):
        return None if all(w.quantity for w in new) else stay(here, here.say(texts.NOT_IN_CART))
    return _exchange(here, lines, new)


def _with(here: Here, lines: Sequence[Line], index: int, wanted: Wanted) -> tuple[Line, ...]:
    line = lines[index]
    quantity = wanted.quantity if wanted.counted else line.quantity
    changed = replace(line, quantity=quantity, note=wanted.note or line.note)
    if wanted.options and (product := here.catalogue.products.get(line.product_id)):
        options = exchanged(product.groups, line.chosen, wanted.options)
        changed = carts.line_of(here, product, quantity, changed.note, options)
    if not changed.quantity:
        return carts.with_quantity(lines, index, 0)
    return tuple(changed if i == index else x for i, x in enumerate(lines))


def _chosen(here: Here, request: Request) -> Move | None:
    """The product whose number is being asked: "make it 3", "2 no ice"."""
    note = request.note or str(here.session.aside.get("note", ""))
    if request.quantity is not None and not request.unknown:
        if not 1 <= request.quantity <= carts.MOST:
            return stay(here, here.say(texts.QUANTITY_RANGE))
        wanted = from_card(here, request.quantity, note=note)
        return add(here, Wish((wanted,), straight=checking_out(here), thorough=True))
    aside = here.session.aside | {"note": note}
    return Move(State.COLLECTING_QUANTITY, here.session, aside=aside) if request.note else None


def _with_chosen(here: Here, request: Request, quantity: int) -> Move:
    """ "2 and a tusker", where the first number answers the question."""
    items = [from_card(here, quantity), *request.items]
    return add(here, Wish(items, straight=checking_out(here), choices=request.choices))


def _last(here: Here, request: Request) -> Move | None:
    """What names no product is about the last one."""
    quantity, lines = request.quantity, here.session.lines
    if quantity is not None and not 0 <= quantity <= carts.MOST:
        return None
    if quantity and request.more:
        return _more(here, quantity, lines or here.session.last_lines)
    if not lines or not (request.note or (quantity is not None and request.verb == "set")):
        return None
    index = here.session.aside.get("line", len(lines) - 1)
    if index >= len(lines):
        return None
    note, options = _how(here, lines[index], request.note)
    wanted = Wanted(lines[index].product_id, quantity or 0, note, quantity is not None, options)
    return _exchange(here, _with(here, lines, index, wanted), ())


def _how(here: Here, line: Line, note: str) -> tuple[str, tuple[str, ...]]:
    """ "Make it double": a note, or where the product has such an option, that."""
    product, spoken = here.catalogue.products.get(line.product_id), note.split()
    if product is None or not product.groups:
        return note, ()
    options, rest = named_options([stem(word) for word in spoken], spoken, product, here.catalogue)
    words = " ".join(word for _, word in rest)
    return "" if options and words in CARRIERS else words, options


def _more(here: Here, quantity: int, lines: Sequence[Line]) -> Move | None:
    """More of the last line; of an order already placed, more of the one thing in it."""
    products = list(dict.fromkeys(line.product_id for line in lines))
    if not products:
        return None
    if len(products) > 1 and not here.session.lines:
        return offer(here, products, quantity)
    wanted = Wanted(lines[-1].product_id, quantity, lines[-1].note, True, lines[-1].chosen)
    return add(here, Wish((wanted,), straight=checking_out(here)))


def _index(lines: Sequence[Line], product_id: str) -> int | None:
    return next((i for i, line in enumerate(lines) if line.product_id == product_id), None)


def _whole(line: Line) -> Wanted:
    return Wanted(line.product_id, line.quantity, line.note)


def _as_many(wanted: Wanted, freed: int, instead: bool) -> Wanted:
    """What takes another's place comes as often, unless the guest says how often."""
    return wanted if wanted.counted or not instead else replace(wanted, quantity=freed, counted=True)
