"""After the order, and what is understood everywhere: status, cancel, staff, help, stop, a greeting."""

from collections.abc import Sequence
from typing import Any

from core.conversation import carts, texts
from core.conversation.catalogues import SWAHILI
from core.conversation.effects import CANCEL_ORDER, FIND_ORDERS, Effect, Outcome
from core.conversation.here import Here, Move, Said, stay
from core.conversation.replies import Button, Reply
from core.conversation.session import Line, Session, State
from core.conversation.stages.ordering import paying_state
from core.conversation.stages.paying import ask_closed
from core.conversation.stages.staffing import for_staff
from core.conversation.stages.written import order_or_puzzled
from core.conversation.turn import Turn
from core.domain.statuses import OrderStatus

IN_THE_MAKING = (OrderStatus.PAID, OrderStatus.PREPARING)


def ask_complete(here: Here) -> Turn:
    """How the order stands, and how to have another."""
    return ask_closed(here)


def answer_complete(here: Here, said: Said) -> Move:
    """The next round may be ordered at once."""
    return order_or_puzzled(here, said)


def greet(here: Here, args: tuple[str, ...]) -> Move:
    """A greeting keeps whatever was begun."""
    session, name = here.session, f", {here.name}" if here.name else ""
    if session.state == State.TALKING_TO_STAFF:
        return for_staff(here)
    if session.lines or carts.waiting(session):
        return stay(here, here.say(texts.WELCOME_BACK, name=name))
    welcome = here.say(texts.WELCOME, venue=here.menu.venue.name, name=name)
    return Move(State.BROWSING_CATEGORIES, session, welcome)


def thanked(here: Here, args: tuple[str, ...]) -> Move:
    """A word of thanks gets one back."""
    if here.session.state == State.TALKING_TO_STAFF:
        return for_staff(here)
    return _said(here, here.say(texts.THANKS))


def help_out(here: Here, args: tuple[str, ...]) -> Move:
    """How to order here."""
    first = ("cart", texts.B_CART) if here.session.lines else ("menu", texts.B_MENU)
    other = "english" if here.language == SWAHILI else "kiswahili"
    switch = ((other, texts.B_LANGUAGE),) if here.menu.venue.features.languages else ()
    taps = (first, ("staff", texts.B_STAFF), *switch)
    return _said(here, here.say(texts.HELP), *(here.button(*tap) for tap in taps))


def status(here: Here, args: tuple[str, ...]) -> Move:
    """Tap or word: how is my order?"""
    session = here.session
    tracked = here.menu.venue.features.tracking
    if session.order and not tracked and not carts.waiting(session):
        return _said(here, here.say(texts.STATUS_OTHER, number=session.order.get("number")))
    if session.order and session.order.get("status") not in IN_THE_MAKING:
        return Move(paying_state(session) if carts.waiting(session) else State.ORDER_COMPLETE, session)
    return Move(session.state, session, aside=session.aside, effects=({"kind": FIND_ORDERS},), then="status")


def cancel(here: Here, args: tuple[str, ...]) -> Move:
    """Tap or word: not after all. An unpaid order is cancelled; a cart is emptied only after asking."""
    session = here.session
    if args and args[0] != session.order.get("order_id"):
        return stay(here, here.say(texts.STALE))
    if carts.waiting(session) and (args or carts.placed(session) or not session.lines):
        effects: tuple[Effect, ...] = ({"kind": CANCEL_ORDER, "order_id": session.order["order_id"]},)
        return Move(State.ORDER_COMPLETE, session, effects=effects, then="cancel")
    if session.lines:
        return _ask_to_empty(here)
    if session.aside.get("pending"):
        return Move(State.BROWSING_CATEGORIES, session, here.say(texts.KEPT if session.lines else texts.CART_CLEARED))
    if session.order.get("status") in (None, *carts.LAPSED):
        return Move(State.BROWSING_CATEGORIES, session, here.say(texts.NOTHING_TO_CANCEL))
    return _said(
        here, here.say(texts.TOO_LATE, number=session.order.get("number")), here.button("staff", texts.B_STAFF)
    )


def keep(here: Here, args: tuple[str, ...]) -> Move:
    """Tap: keep the cart."""
    if "line" in here.session.aside:
        return Move(State.ADDING_TO_CART, here.session, here.say(texts.KEPT))
    return stay(here.at(here.session.but(aside={})), here.say(texts.KEPT))


def conclude_go(here: Here, note: dict[str, Any], outcomes: Sequence[Outcome]) -> Move:
    """Nothing could be refused: go on as decided."""
    return _as_decided(here, note)


def conclude_change(here: Here, note: dict[str, Any], outcomes: Sequence[Outcome]) -> Move:
    """The cart goes on without its old order; where that can no longer be withdrawn, the cart is only what is new."""
    late = next((o for o in outcomes if o.get("result") == "too_late" and o.get("status") not in carts.LAPSED), None)
    if late is None:
        return _as_decided(here.at(here.session.but(order={})), note)
    order = here.session.order | {"status": late.get("status"), "prompt": "closed"}
    lines = tuple(Line.from_dict(row) for row in note["alone"])
    session = here.session.but(lines=lines, order=order)
    say = here.say(texts.TOO_LATE, number=late.get("number"))
    return Move(State.ADDING_TO_CART if lines else State.ORDER_COMPLETE, session, say)


def conclude_cancel(here: Here, note: dict[str, Any], outcomes: Sequence[Outcome]) -> Move:
    """The order is cancelled, or it was too late."""
    outcome = outcomes[0] if outcomes else {}
    session, number = here.session, outcome.get("number", here.session.order.get("number"))
    if outcome.get("result") == "cancelled" or outcome.get("status") in carts.LAPSED:
        return Move(State.ORDER_COMPLETE, _without(session), here.say(texts.CANCELLED, number=number))
    known = session.but(order=session.order | {"status": outcome.get("status", session.order.get("status"))})
    to = paying_state(known) if carts.waiting(known) else State.ORDER_COMPLETE
    return Move(to, known, here.say(texts.TOO_LATE, number=number))


def conclude_status(here: Here, note: dict[str, Any], outcomes: Sequence[Outcome]) -> Move:
    """The orders of the last day; the newest is taken up again."""
    orders = [o for outcome in outcomes for o in outcome.get("orders", ())]
    if not orders:
        return stay(here, here.say(texts.NO_ORDERS))
    newest = orders[0]
    order = {key: newest.get(key) for key in ("order_id", "number", "status", "total", "due")} | {"prompt": "closed"}
    session = here.session.but(order=order)
    said = "\n".join(_status_line(here, o) for o in orders[1:5])
    if newest.get("status") == OrderStatus.PENDING:
        return Move(State.AWAITING_PAYMENT, session, "\n".join(filter(None, (_status_line(here, newest), said))))
    return Move(State.ORDER_COMPLETE, session, said, _waiting(here, newest))


def _waiting(here: Here, order: dict[str, Any]) -> dict[str, Any]:
    minutes = order.get("wait")
    return {"wait": int(minutes)} if minutes and here.menu.venue.features.tracking else {}


def _status_line(here: Here, order: dict[str, Any]) -> str:
    return here.say(texts.STATUS.get(str(order.get("status")), texts.STATUS_OTHER), number=order.get("number"))


def _as_decided(here: Here, note: dict[str, Any]) -> Move:
    return Move(State(note["to"]), here.session, note["say"], note["aside"])


def _without(session: Session) -> Session:
    """The session after its order was given up: the cart can be had again."""
    order = session.order | {"status": OrderStatus.CANCELLED.value, "prompt": "closed"}
    if not carts.placed(session):
        return session.but(order=order)
    return carts.emptied(session.but(order=order))


def _ask_to_empty(here: Here) -> Move:
    body = here.say(texts.CANCEL_QUESTION, total=here.money(carts.total(here.session.lines)))
    stamp = carts.stamp(here.session)
    buttons = (here.button(f"clear:{stamp}", texts.B_YES_EMPTY), here.button("keep", texts.B_KEEP))
    return Move(here.session.state, here.session, aside={"question": "clear"}, reply=Reply(body, buttons))


def _said(here: Here, body: str, *buttons: Button) -> Move:
    return Move(here.session.state, here.session, aside=here.session.aside, reply=Reply(body, buttons))
