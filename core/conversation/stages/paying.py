"""Which phone pays, the prompt, and what became of asking for it."""

from core.conversation import carts, figures, opening, texts
from core.conversation.effects import CALL_STAFF, FIND_ORDERS, PLACE_ORDER, REQUEST_PAYMENT, Effect
from core.conversation.here import Here, Move, Said, stay
from core.conversation.replies import Button
from core.conversation.session import Session, State
from core.conversation.stages.ordering import checkout, paying_state, too_little
from core.conversation.stages.written import order_or_puzzled
from core.conversation.turn import Turn
from core.domain.statuses import Method

MONEY_STATES = (State.AWAITING_PAYMENT, State.PAYMENT_CONFIRMATION)


def ask_payment(here: Here) -> Turn:
    """Which M-Pesa number to ask."""
    own = here.own_number()
    if not own:
        # Whoever shows no number may share it with a tap; one that M-Pesa cannot reach helps nobody.
        return here.ask(here.say(texts.WHICH_NUMBER), contact=not (here.guest_phone or here.session.phone))
    body = f"{here.say(texts.WHICH_NUMBER)}\n{here.say(texts.OR_THIS_NUMBER, phone=figures.local_phone(own))}"
    return here.ask(body, buttons=(here.button(f"this:{_target(here.session)}", texts.B_THIS_NUMBER),))


def answer_payment(here: Here, said: Said) -> Move:
    """A phone number pays; more may still be ordered."""
    return answer_pay(here, said) or order_or_puzzled(here, said)


def answer_pay(here: Here, said: Said, placed: bool = False) -> Move | None:
    """What pays, in the review and after it: a number, "yes", "this number", "other number"."""
    if said.phone:
        return ask_money(here, said.phone, placed)
    if said.any_phone:
        return stay(here, here.say(texts.BAD_NUMBER))
    if said.short == "other":
        return Move(State.CHOOSING_PAYMENT, here.session, aside={"retry": True} if placed else {})
    if said.short == "this" and here.own_number():
        return ask_money(here, here.own_number(), placed)
    return ask_money(here, here.payer(), placed) if said.short in ("yes", "retry") else None


def ask_awaiting(here: Here) -> Turn:
    """The prompt is open, or what to do now that it is not."""
    order = here.session.order
    if not carts.waiting(here.session):
        return ask_closed(here)
    values = {"number": order.get("number"), "amount": here.money(order.get("due"))}
    if carts.pending(here.session):
        return here.ask(here.say(texts.PROMPT_OPEN, phone=figures.local_phone(order.get("phone", "")), **values))
    body = "" if here.before else here.say(texts.UNPAID, **values)
    return here.ask(body, buttons=try_again(here, here.session))


def answer_awaiting(here: Here, said: Said) -> Move:
    """Once the prompt is closed, another try; meanwhile more may be ordered."""
    if not carts.pending(here.session) and (move := answer_pay(here, said, placed=True)):
        return move
    return order_or_puzzled(here, said)


def ask_confirmation(here: Here) -> Turn:
    """The money's fate is being found out."""
    if not carts.waiting(here.session):
        return ask_closed(here)
    review = here.session.order.get("prompt") == "review"
    body = here.say(texts.REVIEWING if review else texts.CHECKING, number=here.session.order.get("number"))
    return here.ask(body, buttons=(here.button("staff", texts.B_STAFF), here.button("menu", texts.B_MENU)))


def answer_confirmation(here: Here, said: Said) -> Move:
    """Nothing but to wait, or to order more."""
    return order_or_puzzled(here, said)


def ask_closed(here: Here) -> Turn:
    """An order that needs no money any more."""
    order = here.session.order
    if not order:
        return here.ask(here.say(texts.NOTHING_TO_PAY), buttons=(here.button("menu", texts.B_MENU),))
    text = texts.STATUS.get(str(order.get("status")), texts.STATUS_OTHER)
    again = (here.button(f"again:{carts.stamp(here.session)}", texts.B_AGAIN),) if here.session.last_lines else ()
    body = here.say(text, number=order.get("number"))
    if minutes := here.session.aside.get("wait"):
        body = f"{body} {here.say(texts.WAITING, count=minutes)}"
    return here.ask(f"{body} {here.say(texts.WHAT_NEXT)}", buttons=(*again, here.button("menu", texts.B_MENU)))


def try_again(here: Here, session: Session) -> tuple[Button, ...]:
    """The taps under everything that says an order is still to be paid."""
    again = texts.B_PAY_REST if session.order.get("part_paid") else texts.B_TRY_AGAIN
    order_id = session.order.get("order_id")
    return (
        here.button(f"retry:{order_id}", again),
        here.button(f"other:{order_id}", texts.B_OTHER_NUMBER),
        here.button(f"cancel:{order_id}", texts.B_CANCEL),
    )


def check_out(here: Here, args: tuple[str, ...]) -> Move:
    """Tap or word: on to the review."""
    return checkout(here)


def pay(here: Here, args: tuple[str, ...]) -> Move:
    """Tap: pay what the review showed; an older one's tap shows the present review. The word pays only there."""
    if args:
        return ask_money(here, here.payer()) if _aims(here, args) else _stale(here)
    if here.session.state == State.REVIEWING_ORDER:
        return ask_money(here, here.payer())
    return ask_money(here, here.payer(), placed=True) if here.session.state in MONEY_STATES else checkout(here)


def this_number(here: Here, args: tuple[str, ...]) -> Move:
    """Tap: pay from the chat's own number."""
    return ask_money(here, here.own_number()) if _aims(here, args) else _stale(here)


def other_number(here: Here, args: tuple[str, ...]) -> Move:
    """Tap: pay from another number."""
    session = here.session
    if carts.waiting(session) and args == (session.order.get("order_id"),):
        if carts.pending(session):
            return Move(paying_state(session), session)
        return Move(State.CHOOSING_PAYMENT, session, aside={"retry": True})
    if carts.placed(session) or not carts.fresh(session, args):
        return _stale(here)
    return Move(State.CHOOSING_PAYMENT, session)


def retry(here: Here, args: tuple[str, ...]) -> Move:
    """Tap: another prompt for an order already placed."""
    if not here.session.order:
        return Move(here.session.state, here.session, effects=({"kind": FIND_ORDERS},), then="status")
    if args[:1] != (here.session.order.get("order_id"),):
        return _stale(here)
    return ask_money(here, here.payer(), placed=True)


def ask_money(here: Here, phone: str, placed: bool = False) -> Move:
    """Place the order if it is not placed yet, and ask that phone for the money; never by two prompts."""
    session = here.session
    if placed or _pays_order(session):
        return _ask_for_order(here, phone)
    if not session.lines or session.reviewed != session.cart_version or carts.renewed(here)[1]:
        return checkout(here)
    if opening.house_shut(here) or too_little(here, session):
        return checkout(here)
    if not here.menu.venue.features.payments:
        call: Effect = {"kind": CALL_STAFF, "reason": "order"}
        return Move(State.ADDING_TO_CART, session, here.say(texts.PAY_STAFF), effects=(call,))
    if not phone:
        return Move(State.CHOOSING_PAYMENT, session)
    effects = (_placing(here), _requesting(None, phone))
    return Move(State.AWAITING_PAYMENT, session, effects=effects, then="pay", note={"payer": phone})


def _ask_for_order(here: Here, phone: str) -> Move:
    session = here.session
    if not carts.waiting(session):
        return Move(State.ORDER_COMPLETE, session)
    if carts.pending(session):
        return Move(paying_state(session), session)
    if not phone:
        return Move(State.CHOOSING_PAYMENT, session, aside={"retry": True})
    effects = (_requesting(session.order["order_id"], phone),)
    return Move(State.AWAITING_PAYMENT, session, effects=effects, then="pay", note={"payer": phone})


def _placing(here: Here) -> Effect:
    session = here.session
    return {
        "kind": PLACE_ORDER,
        "cart_id": session.cart_id,
        "lines": carts.ordered(session.lines),
        "table": session.table or None,
        "address": session.address,
        "pickup": session.pickup,
        "delivery_fee": str(session.fee),
        "note": session.note,
        "customer_name": here.name,
        "currency": here.menu.venue.currency,
    }


def _requesting(order_id: str | None, phone: str) -> Effect:
    return {"kind": REQUEST_PAYMENT, "order_id": order_id, "method": Method.MPESA.value, "phone": phone}


def _pays_order(session: Session) -> bool:
    """Whether paying now means the order already placed: this cart's, or one asked for again."""
    return carts.placed(session) or (carts.waiting(session) and (not session.lines or "retry" in session.aside))


def _target(session: Session) -> str:
    return str(session.order["order_id"]) if _pays_order(session) else carts.stamp(session)


def _aims(here: Here, args: tuple[str, ...]) -> bool:
    """Whether a tap means what the guest would pay for now."""
    return ":".join(args) in (_target(here.session), carts.stamp(here.session) if here.session.lines else "")


def _stale(here: Here) -> Move:
    move = checkout(here) if here.session.lines else stay(here)
    return move.saying(here.say(texts.STALE))
