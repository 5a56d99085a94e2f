"""Quantity, age, and the cart."""

from dataclasses import replace
from typing import Any

from core.conversation import carts, figures, texts
from core.conversation.effects import CONFIRM_AGE
from core.conversation.here import Here, Move, Said, stay
from core.conversation.replies import ROW_TITLE_LIMIT, Button, Row
from core.conversation.session import Line, State
from core.conversation.stages.browsing import ask_categories
from core.conversation.stages.ordering import add, change_lines, checking_out, checkout
from core.conversation.stages.written import order_or_puzzled
from core.conversation.turn import Turn
from core.conversation.understanding.request import Wanted
from core.conversation.understanding.vocabulary import REMOVE
from core.conversation.understanding.words import number, stems
from core.conversation.wishes import Wish, from_card
from core.domain.menu import Product

PAGE = 8
DESCRIPTION_LIMIT = 300
TAKE_OUT = REMOVE | {"take out", "out"}
YOUNGEST, OLDEST = 5, 119
NEGATIONS = frozenset(stems("not under below younger less no hapana si sio siko chini ain"))


def ask_quantity(here: Here) -> Turn:
    """A product's card, asking how many; or how many instead."""
    if "line" in here.session.aside:
        return _ask_instead(here)
    product = here.catalogue.products.get(here.session.product_id)
    if product is None:
        return ask_categories(here)
    body = here.say(
        texts.HOW_MANY,
        name=product.called(here.language),
        price=here.money(here.price(product)),
        description=_described(here, product),
    )
    stamp = carts.stamp(here.session)
    buttons = tuple(Button(f"qty:{product.id}:{n}:{stamp}", str(n)) for n in (1, 2, 3))
    return here.ask(body, buttons=buttons, image=product.photo)


def _described(here: Here, product: Product) -> str:
    """What it is, and what some guests must not have."""
    said = f"\n{product.described(here.language)}"[:DESCRIPTION_LIMIT].rstrip()
    names = ", ".join(here.say(texts.ALLERGENS[one]) for one in product.allergens)
    return f"{said}\n{here.say(texts.CONTAINS, names=names)}" if names else said


def answer_quantity(here: Here, said: Said) -> Move:
    """A number is the quantity; a note may come with it; anything else is an order."""
    changing = "line" in here.session.aside
    quantity = 1 if said.short == "yes" else said.number
    if changing and quantity is None and said.core in TAKE_OUT:
        quantity = 0
    if quantity is None:
        return order_or_puzzled(here, said)
    if changing:
        return _set_line(here, here.session.aside["line"], quantity)
    if not 1 <= quantity <= carts.MOST:
        return stay(here, here.say(texts.QUANTITY_RANGE))
    return add(here, Wish((from_card(here, quantity),), straight=checking_out(here), thorough=True))


def ask_adding(here: Here) -> Turn:
    """The cart, unless the age must be asked first or a line is to be changed."""
    aside = here.session.aside
    if "pending" in aside:
        return _ask_age(here, Wish.of(aside))
    if not here.session.lines:
        return ask_categories(here.at(here.session, here.before or here.say(texts.CART_EMPTY)))
    return _ask_change(here, aside) if "change" in aside else _ask_cart(here)


def answer_adding(here: Here, said: Said) -> Move:
    """Yes goes on; a written order adds to what is there."""
    if "pending" in here.session.aside:
        return _answer_age(here, said)
    if said.short == "yes":
        return checkout(here)
    return order_or_puzzled(here, said)


def show_cart(here: Here, args: tuple[str, ...]) -> Move:
    """Tap or word: what is in the cart."""
    return Move(State.ADDING_TO_CART, here.session)


def change(here: Here, args: tuple[str, ...]) -> Move:
    """Tap or word: pick a line to change. While a prompt is open, the order stays as it is."""
    if carts.fixed(here.session):
        return checkout(here)
    page = int(args[0]) if args and args[0].isdecimal() and len(args[0]) < 3 else 0
    return Move(State.ADDING_TO_CART, here.session, aside={"change": page})


def pick_line(here: Here, args: tuple[str, ...]) -> Move:
    """Tap: one line of the cart."""
    index = _line_index(here, args)
    return _stale(here) if index is None else Move(State.COLLECTING_QUANTITY, here.session, aside={"line": index})


def take_out(here: Here, args: tuple[str, ...]) -> Move:
    """Tap: this line is not wanted after all."""
    index = _line_index(here, args)
    return _stale(here) if index is None else _set_line(here, index, 0)


def clear(here: Here, args: tuple[str, ...]) -> Move:
    """Tap or word: an empty cart."""
    if args and not carts.fresh(here.session, args):
        return _stale(here)
    if carts.fixed(here.session):
        return checkout(here)
    if not here.session.lines:
        return Move(State.BROWSING_CATEGORIES, here.session, here.say(texts.CART_EMPTY))
    return change_lines(here, (), here.say(texts.CART_CLEARED))


def age(here: Here, args: tuple[str, ...]) -> Move:
    """Tap: of age, or not."""
    if "pending" not in here.session.aside:
        return _stale(here)
    return _of_age(here) if args[:1] == ("yes",) else _too_young(here)


def same_again(here: Here, args: tuple[str, ...]) -> Move:
    """Tap or word: the last order once more, at today's prices."""
    if args and ":".join(args[:2]) != carts.stamp(here.session):
        return _stale(here)
    lines, notices = carts.reprice(here, here.session.last_lines, asked=True)
    if not lines:
        return Move(State.BROWSING_CATEGORIES, here.session, notices or here.say(texts.NOTHING_TO_REPEAT))
    wanted = [Wanted(line.product_id, line.quantity, line.note, True, line.chosen) for line in lines]
    return add(here, Wish(wanted, straight=True, said=[notices] if notices else []))


def _ask_age(here: Here, wish: Wish) -> Turn:
    venue, products = here.menu.venue, here.catalogue.products
    ids = [w.product_id for w in wish.items] or [line.product_id for line in here.session.lines]
    names = [products[i].called(here.language) for i in ids if i in products and products[i].alcoholic]
    body = here.say(texts.AGE, items=figures.in_words(names), age=venue.minimum_age)
    yes = here.button("age:yes", texts.B_AGE_YES, age=venue.minimum_age)
    return here.ask(body, buttons=(yes, here.button("age:no", texts.B_AGE_NO)))


def _answer_age(here: Here, said: Said) -> Move:
    answer = said.short or ("" if said.request.items else _told_age(said.words, here.menu.venue.minimum_age))
    if answer in ("yes", "no"):
        return _of_age(here) if answer == "yes" else _too_young(here)
    move = order_or_puzzled(here, said)
    return move if move.to != State.ADDING_TO_CART or "pending" not in move.aside else _together(here, move)


def _told_age(words: list[str], years: int) -> str:
    """An age in a sentence: yes from the venue's years on, no for less or with a "not" beside it."""
    ages = [age for age in map(number, words) if age is not None and YOUNGEST <= age <= OLDEST]
    if not ages:
        return ""
    return "yes" if min(ages) >= years and not NEGATIONS & set(words) else "no"


def _together(here: Here, move: Move) -> Move:
    """More ordered before the age was told: everything waits for the one answer."""
    if move.aside is here.session.aside:
        return move
    aside = dict(move.aside)
    aside["pending"] = [*here.session.aside["pending"], *aside["pending"]]
    aside["straight"] = aside["straight"] or here.session.aside["straight"]
    return replace(move, aside=aside)


def _of_age(here: Here) -> Move:
    session = here.session.but(age_confirmed=True, aside={})
    wish = Wish.of(here.session.aside)
    move = add(here.at(session), wish) if wish.items else checkout(here.at(session))
    return replace(move, effects=({"kind": CONFIRM_AGE}, *move.effects))


def _too_young(here: Here) -> Move:
    wish, products = Wish.of(here.session.aside), here.catalogue.products
    allowed = [w for w in wish.items if w.product_id in products and not products[w.product_id].alcoholic]
    lines = tuple(x for x in here.session.lines if x.product_id in products and not products[x.product_id].alcoholic)
    session = here.session.but(aside={})
    if lines != session.lines:
        session = carts.changed(here, lines)
    if allowed:
        return add(here.at(session), replace(wish, items=allowed)).saying(here.say(texts.AGE_REFUSED))
    to = State.ADDING_TO_CART if lines else State.BROWSING_CATEGORIES
    return Move(to, session, here.say(texts.AGE_REFUSED))


def _ask_cart(here: Here) -> Turn:
    session = here.session
    body = here.say(texts.CART, lines=carts.listed(here, session.lines), total=here.money(carts.total(session.lines)))
    if (gone := carts.sold_out(here)) is not None:
        names = here.called(session.lines[gone])
        out = here.button(f"out:{gone}:{carts.stamp(session)}", texts.B_REMOVE)
        said = here.say(texts.SOLD_OUT_MEANWHILE, names=names)
        return here.ask(f"{body}\n\n{said}", buttons=(out, here.button("menu", texts.B_ADD_MORE)))
    buttons = (
        here.button("checkout", texts.B_CHECKOUT),
        here.button("menu", texts.B_ADD_MORE),
        here.button("change", texts.B_CHANGE),
    )
    return here.ask(body, buttons=buttons)


def _ask_change(here: Here, aside: dict[str, Any]) -> Turn:
    lines, stamp = here.session.lines, carts.stamp(here.session)
    pages = -(-len(lines) // PAGE)
    page = aside["change"] % pages
    rows = [
        _line_row(here, f"line:{i}:{stamp}", line)
        for i, line in list(enumerate(lines))[page * PAGE : (page + 1) * PAGE]
    ]
    if pages > 1:
        rows.append(Row(f"change:{(page + 1) % pages}", here.say(texts.MORE_ROW)))
    rows.append(Row(f"clear:{stamp}", here.say(texts.CLEAR_ROW)))
    body = here.say(texts.CHANGE, lines=carts.listed(here, lines))
    return here.ask(body, rows=tuple(rows), label=here.say(texts.LABEL_CART), title=here.say(texts.TITLE_CART))


def _line_row(here: Here, tap: str, line: Line) -> Row:
    """What is too long for the title, and would look like its neighbour, stands whole below it."""
    name, amount = here.described(line), here.money(line.quantity * line.unit_price)
    detail = here.say(texts.LINE_DETAIL, quantity=line.quantity, amount=amount)
    return Row(tap, name, f"{name} · {detail}" if line.options and len(name) > ROW_TITLE_LIMIT else detail)


def _ask_instead(here: Here) -> Turn:
    index = here.session.aside["line"]
    if index >= len(here.session.lines):
        return ask_adding(here.at(here.session.but(aside={}), here.before))
    line = here.session.lines[index]
    body = here.say(texts.HOW_MANY_INSTEAD, name=here.called(line), quantity=line.quantity)
    out = here.button(f"out:{index}:{carts.stamp(here.session)}", texts.B_REMOVE)
    return here.ask(body, buttons=(out, here.button("keep", texts.B_KEEP)))


def _set_line(here: Here, index: int, quantity: int) -> Move:
    if not 0 <= quantity <= carts.MOST or index >= len(here.session.lines):
        return stay(here, here.say(texts.QUANTITY_RANGE))
    if carts.fixed(here.session):
        return checkout(here)
    lines = carts.with_quantity(here.session.lines, index, quantity)
    return change_lines(here, lines, "" if lines else here.say(texts.CART_CLEARED))


def _line_index(here: Here, args: tuple[str, ...]) -> int | None:
    index = args[0] if args else ""
    if not carts.fresh(here.session, args[1:]) or not (index.isdecimal() and len(index) < 3):
        return None
    return int(index) if int(index) < len(here.session.lines) else None


def _stale(here: Here) -> Move:
    return stay(here, here.say(texts.STALE))
