"""What every stage shares: putting things into the cart, and the way to the review."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from core.conversation import carts, figures, opening, texts
from core.conversation.copies import but
from core.conversation.here import Here, Move
from core.conversation.session import Line, Session, State
from core.conversation.understanding.request import Wanted
from core.conversation.wishes import Wish, next_question
from core.domain.hours import Shut
from core.domain.menu import Product

BEFORE_REVIEW = (State.COLLECTING_TABLE, State.COLLECTING_ADDRESS, State.COLLECTING_DETAILS, State.COLLECTING_TIP)


def add(here: Here, wish: Wish) -> Move:
    """Put what can be sold into the cart, asking the age first where it must be asked."""
    items, refusals = sellable(here, wish.items)
    notices = [*wish.said, *refusals]
    if not items:
        return refused(here, wish, notices)
    if asks_age(here, [here.catalogue.products[w.product_id] for w in items]):
        aside = but(wish, items=items).kept()
        return Move(State.ADDING_TO_CART, here.session, "\n".join(notices), aside)
    wish = but(wish, items=items)
    if next_question(here, wish):
        return Move(State.CHOOSING_OPTIONS, here.session, "\n".join(notices), wish.kept())
    before = () if carts.fixed(here.session) else here.session.lines
    lines = filled(here, before, items)
    if problem := carts.too_much(here, lines):
        return Move(State.ADDING_TO_CART, here.session, problem)
    move = _added(here, lines, wish, [here.say(texts.ADDED, items=_in_words(here, items)), *notices])
    return _withdrawing(here, move, filled(here, (), items)) if before else move


def change_lines(here: Here, lines: Sequence[Line], say: str) -> Move:
    """Go on with other lines in the cart, withdrawing an order that was placed but not paid."""
    session = carts.changed(here, lines)
    if not lines:
        move = Move(State.BROWSING_CATEGORIES, session, say)
    elif here.session.reviewed:
        move = checkout(here.at(session)).saying(say)
    else:
        move = Move(State.ADDING_TO_CART, session, say)
    return _withdrawing(here, move, ())


def checkout(here: Here) -> Move:
    """The way to the review: whatever it still lacks is asked first."""
    session = here.session
    if carts.placed(session) or (not session.lines and carts.waiting(session)):
        return Move(paying_state(session), session)
    lines, notices = carts.renewed(here)
    if notices:
        session = carts.changed(here, lines).but(fee=carts.fee(here, session))
    if not lines:
        return Move(State.BROWSING_CATEGORIES, session, notices or here.say(texts.CART_EMPTY))
    if closed := opening.house_shut(here) or too_little(here, session):
        return Move(State.ADDING_TO_CART, session, "\n".join(filter(None, (notices, closed))))
    if asks_age(here, [here.catalogue.products[line.product_id] for line in lines]):
        return Move(State.ADDING_TO_CART, session, notices, Wish((), straight=True).kept())
    if not has_place(here, session):
        return Move(State.COLLECTING_TABLE, session, notices)
    if detail := here.missing_detail():
        return Move(State.COLLECTING_DETAILS, session, notices, {"detail": detail})
    if here.menu.venue.paying.tips and not session.tip:
        return Move(State.COLLECTING_TIP, session, notices)
    return Move(State.REVIEWING_ORDER, session, notices)


def has_place(here: Here, session: Session) -> bool:
    """Whether it is known where the order goes, in a way the venue still offers."""
    venue = here.menu.venue
    brought = session.address and venue.delivers
    return session.table is not None or bool(brought) or (session.pickup and venue.delivery.pickup)


def paying_state(session: Session) -> State:
    """Where a guest stands whose order is placed and not paid."""
    unsure = session.order.get("prompt") in ("checking", "review")
    return State.PAYMENT_CONFIRMATION if unsure else State.AWAITING_PAYMENT


def set_table(here: Here, table: int) -> Session | None:
    """The session at that table, if the venue has it."""
    tables = here.menu.venue.tables
    if table != carts.AT_THE_BAR and (table not in tables if tables else not 1 <= table <= 999):
        return None
    return carts.touched(here.session).but(table=table, address="", pickup=False, fee=Decimal(0))


def too_little(here: Here, session: Session) -> str:
    """That the venue takes only larger orders; empty where this one is large enough."""
    venue, amount = here.menu.venue, carts.total(session.lines)
    least = max(venue.minimum_order, venue.delivery.minimum if session.address else Decimal(0))
    if amount >= least:
        return ""
    text = texts.MINIMUM if least == venue.minimum_order else texts.MINIMUM_DELIVERY
    return here.say(text, minimum=here.money(least), total=here.money(amount))


def unknown_table(here: Here, table: int) -> str:
    """The text about a table that does not exist."""
    tables = here.menu.venue.tables
    run = tables and tables == tuple(range(tables[0], tables[-1] + 1))
    names = f"{tables[0]}–{tables[-1]}" if run else figures.in_words([str(t) for t in tables])
    return here.say(texts.TABLE_UNKNOWN, table=min(max(table, 0), 9999), tables=names or "1–999")


def refusal(here: Here, product_id: str) -> str:
    """Why a product cannot be had, with others instead; empty where it can."""
    product = here.catalogue.products.get(product_id)
    if product is None:
        return here.say(texts.NOT_SERVED if product_id in here.catalogue.refused else texts.NOT_ON_MENU)
    if product.available:
        reason = opening.shut(here, product)
        return opening.said(here, [(reason, product)])[0] if reason else ""
    others = [p.called(here.language) for p in here.catalogue.by_category[product.category_id] if p.available][:3]
    instead = here.say(texts.INSTEAD, names=figures.in_words(others)) if others else ""
    return here.say(texts.SOLD_OUT, name=product.called(here.language), instead=instead)


def checking_out(here: Here) -> bool:
    """Whether the guest has been on to the table or the review: what is added then leads back there."""
    session = here.session
    if not session.lines or carts.fixed(session):
        return False
    return bool(session.reviewed) or session.state in BEFORE_REVIEW


def offer(here: Here, products: Sequence[str], quantity: int) -> Move:
    """Products to pick one from."""
    aside = {"choices": list(dict.fromkeys(products)), "quantity": quantity}
    return Move(State.BROWSING_PRODUCTS, here.session, aside=aside)


def sellable(here: Here, items: Sequence[Wanted]) -> tuple[list[Wanted], list[str]]:
    """What can be had, and why the rest cannot."""
    shut = _shut(here, items)
    refusals = {w.product_id: refusal(here, w.product_id) for w in items if w.product_id not in shut}
    said = [*filter(None, refusals.values()), *_shut_in_words(here, shut)]
    return [w for w in items if refusals.get(w.product_id) == ""], list(dict.fromkeys(said))


def _shut(here: Here, items: Sequence[Wanted]) -> dict[str, Shut]:
    products = here.catalogue.products
    found = {w.product_id: opening.shut(here, products[w.product_id]) for w in items if w.product_id in products}
    return {product_id: why for product_id, why in found.items() if why and products[product_id].available}


def _shut_in_words(here: Here, shut: dict[str, Shut]) -> list[str]:
    """One sentence for all that is refused for the same reason."""
    return opening.said(here, [(why, here.catalogue.products[product_id]) for product_id, why in shut.items()])


def refused(here: Here, wish: Wish, notices: list[str]) -> Move:
    """Nothing can be had: say so, beside what there is instead."""
    say = "\n".join(notices)
    if wish.choices:
        return offer(here, wish.choices, wish.quantity).saying(say)
    product = here.catalogue.products.get(wish.items[0].product_id) if wish.items else None
    if product is None:
        return checkout(here) if wish.straight else Move(State.BROWSING_CATEGORIES, here.session, say)
    return Move(State.BROWSING_PRODUCTS, here.session.but(category_id=product.category_id, page=0), say)


def asks_age(here: Here, products: Sequence[Product]) -> bool:
    """Whether the guest must tell an age first."""
    return here.menu.venue.age_gate and not here.session.age_confirmed and any(p.alcoholic for p in products)


def filled(here: Here, lines: tuple[Line, ...], items: Sequence[Wanted]) -> tuple[Line, ...]:
    """The lines with these things added."""
    for wanted in items:
        lines = carts.with_line(here, lines, wanted)
    return lines


def _in_words(here: Here, items: Sequence[Wanted]) -> str:
    lines = filled(here, (), items)
    return figures.in_words([here.say(texts.ITEM, quantity=x.quantity, name=here.described(x)) for x in lines])


def _added(here: Here, lines: tuple[Line, ...], wish: Wish, said: list[str]) -> Move:
    session = carts.changed(here, lines)
    if wish.choices:
        return offer(here.at(session), wish.choices, wish.quantity).saying("\n".join(said))
    if not wish.straight:
        return Move(State.ADDING_TO_CART, session, "\n".join(said))
    move = checkout(here.at(session))
    return move.saying("\n".join(said[move.to == State.REVIEWING_ORDER :]))


def _withdrawing(here: Here, move: Move, alone: tuple[Line, ...]) -> Move:
    """With the order of this cart withdrawn first; should that come too late, only the new lines stay."""
    effects = carts.withdrawal(here.session)
    note = {"alone": carts.ordered(alone)}
    return replace(move, effects=effects, then="change", note=note) if effects else move
