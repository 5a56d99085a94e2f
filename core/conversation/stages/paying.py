"""Which phone pays, the prompt, and what became of asking for it."""

from core.conversation import carts, figures, opening, texts, ways
from core.conversation.effects import CALL_STAFF, FIND_ORDERS, PAY_CASH, PLACE_ORDER, REQUEST_PAYMENT, Effect
from core.conversation.here import Here, Move, Said, stay
from core.conversation.replies import Button
from core.conversation.session import Session, State
from core.conversation.stages.ordering import checkout, has_place, paying_state, too_little
from core.conversation.stages.written import order_or_puzzled
from core.conversation.turn import Turn
from core.domain.paying import LINKS, METHODS, PROVIDERS, Way

MONEY_STATES = (State.AWAITING_PAYMENT, State.PAYMENT_CONFIRMATION)


def ask_payment(here: Here) -> Turn:
    """Which M-Pesa number to ask, or which way to pay."""
    if "ways" in here.session.aside and (rows := ways.rows(here, here.session, target(here.session))):
        label = here.say(texts.LABEL_WAYS)
        return here.ask(here.say(texts.WAYS), rows=rows, label=label, title=label)
    own = here.own_number()
    if not own:
        # Whoever shows no number may share it with a tap; one that M-Pesa cannot reach helps nobody.
        return here.ask(here.say(texts.WHICH_NUMBER), contact=not (here.guest_phone or here.session.phone))
    body = f"{here.say(texts.WHICH_NUMBER)}\n{here.say(texts.OR_THIS_NUMBER, phone=figures.local_phone(own))}"
    return here.ask(body, buttons=(here.button(f"this:{target(here.session)}", texts.B_THIS_NUMBER),))


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
    if link := order.get("link"):
        return here.ask(here.say(texts.LINK, **values), link=link, link_label=here.say(texts.B_LINK))
    if code := order.get("code"):
        return here.ask(here.say(texts.CASH_WAITS, code=code, **values), buttons=try_again(here, here.session))
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
    order = here.session.order
    review = order.get("prompt") == "review"
    checking = texts.CHECKING_LINK if order.get("way") in LINKS else texts.CHECKING
    body = here.say(texts.REVIEWING if review else checking, number=order.get("number"))
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
    """The taps under everything that says an order is still to be paid: once more, another way, not at all."""
    again = texts.B_PAY_REST if session.order.get("part_paid") else texts.B_TRY_AGAIN
    order_id = str(session.order.get("order_id"))
    retries = here.button(f"retry:{order_id}", again)
    cancels = here.button(f"cancel:{order_id}", texts.B_CANCEL)
    others = [way for way in ways.offered(here, session.but(aside={"retry": True})) if way is not _way_of(session)]
    if session.order.get("code"):
        return (*(ways.button(here, way, order_id) for way in others[:2]), cancels)
    if not others:
        return (retries, here.button(f"other:{order_id}", texts.B_OTHER_NUMBER), cancels)
    more = here.button(f"ways:{order_id}", texts.B_WAYS) if len(others) > 1 else cancels
    return (retries, ways.button(here, others[0], order_id), more)


def review_taps(here: Here, offered: tuple[Way, ...]) -> tuple[Button, ...]:
    """The taps under the review: the first way to pay, a change, another number or way."""
    stamp, change = carts.stamp(here.session), here.button("change", texts.B_CHANGE)
    if not offered or offered == (Way.MPESA,):
        other = (here.button(f"other:{stamp}", texts.B_OTHER_NUMBER),) if here.payer() else ()
        return (here.button(f"pay:{stamp}", texts.B_PAY), change, *other)
    first = offered[0]
    pays = here.button(f"pay:{stamp}", texts.B_PAY) if first is Way.MPESA else ways.button(here, first, stamp)
    return (pays, change, *((here.button(f"ways:{stamp}", texts.B_WAYS),) if len(offered) > 1 else ()))


def check_out(here: Here, args: tuple[str, ...]) -> Move:
    """Tap or word: on to the review."""
    return checkout(here)


def pay(here: Here, args: tuple[str, ...]) -> Move:
    """Tap: pay what the review showed; an older one's tap shows the present review. The word pays only there."""
    if args:
        return ask_money(here, here.payer()) if aims(here, args) else stale(here)
    if here.session.state == State.REVIEWING_ORDER:
        return ask_money(here, here.payer(), way=_preferred(here))
    if here.session.state == State.CHOOSING_PAYMENT and "ways" in here.session.aside:
        return ask_money(here, here.payer())
    return ask_money(here, here.payer(), placed=True) if here.session.state in MONEY_STATES else checkout(here)


def this_number(here: Here, args: tuple[str, ...]) -> Move:
    """Tap: pay from the chat's own number."""
    return ask_money(here, here.own_number()) if aims(here, args) else stale(here)


def other_number(here: Here, args: tuple[str, ...]) -> Move:
    """Tap: pay from another number."""
    session = here.session
    if carts.waiting(session) and args == (session.order.get("order_id"),):
        if carts.pending(session):
            return Move(paying_state(session), session)
        return Move(State.CHOOSING_PAYMENT, session, aside={"retry": True})
    if carts.placed(session) or not carts.fresh(session, args):
        return stale(here)
    return Move(State.CHOOSING_PAYMENT, session)


def retry(here: Here, args: tuple[str, ...]) -> Move:
    """Tap: the same way once more, for an order already placed."""
    if not here.session.order:
        return Move(here.session.state, here.session, effects=({"kind": FIND_ORDERS},), then="status")
    if args[:1] != (here.session.order.get("order_id"),):
        return stale(here)
    return ask_money(here, here.payer(), placed=True, way=_way_of(here.session))


def _way_of(session: Session) -> Way:
    """How the order was to be paid last."""
    return Way.__members__.get(str(session.order.get("way")), Way.MPESA)


def ask_money(here: Here, phone: str, placed: bool = False, way: Way = Way.MPESA) -> Move:
    """Place the order if it is not placed yet, and ask for its money this way; never by two prompts."""
    session = here.session
    if placed or pays_order(session):
        return _ask_for_order(here, phone, way)
    if not session.lines or session.reviewed != session.cart_version or carts.renewed(here)[1]:
        return checkout(here)
    if opening.house_shut(here) or too_little(here, session) or not has_place(here, session):
        return checkout(here)
    if not here.menu.venue.features.payments:
        call: Effect = {"kind": CALL_STAFF, "reason": "order"}
        return Move(State.ADDING_TO_CART, session, here.say(texts.PAY_STAFF), effects=(call,))
    if way not in ways.offered(here, session):
        return _not_this_way(here, {})
    if not phone and way is Way.MPESA:
        return Move(State.CHOOSING_PAYMENT, session)
    effects = (placing(here), _requesting(None, way, phone))
    return Move(State.AWAITING_PAYMENT, session, effects=effects, then="pay", note={"payer": phone, "way": way})


def _ask_for_order(here: Here, phone: str, way: Way) -> Move:
    session = here.session
    if not carts.waiting(session):
        return Move(State.ORDER_COMPLETE, session)
    if carts.pending(session):
        return Move(paying_state(session), session)
    if way not in ways.offered(here, session.but(aside={"retry": True})):
        return _not_this_way(here, {"retry": True})
    if not phone and way is Way.MPESA:
        return Move(State.CHOOSING_PAYMENT, session, aside={"retry": True})
    effects = (_requesting(session.order["order_id"], way, phone),)
    return Move(State.AWAITING_PAYMENT, session, effects=effects, then="pay", note={"payer": phone, "way": way})


def _not_this_way(here: Here, aside: dict[str, bool]) -> Move:
    """It does not work just now, or not for so much: the guest sees what does."""
    session = here.session.but(aside=aside)
    if ways.offered(here, session):
        return Move(State.CHOOSING_PAYMENT, session, here.say(texts.WAY_RESTS), aside | {"ways": True})
    return stay(here, here.say(texts.NO_WAY))


def _preferred(here: Here) -> Way:
    """The way on the review's first button."""
    return next(iter(ways.offered(here, here.session)), Way.MPESA)


def placing(here: Here) -> Effect:
    """The cart as an order, as the review showed it."""
    session = here.session
    return {
        "kind": PLACE_ORDER,
        "cart_id": session.cart_id,
        "lines": carts.ordered(session.lines),
        "table": session.table or None,
        "address": session.address,
        "pickup": session.pickup,
        "delivery_fee": str(session.fee),
        "tip": str(carts.bill(here, session).tip),
        "discount_percent": session.discount or "0",
        "note": session.note,
        "customer_name": here.name,
        "currency": here.menu.venue.currency,
    }


def _requesting(order_id: str | None, way: Way, phone: str) -> Effect:
    if way is Way.CASH:
        return {"kind": PAY_CASH, "order_id": order_id}
    asked = {"kind": REQUEST_PAYMENT, "order_id": order_id, "method": METHODS[way].value}
    return asked | {"provider": PROVIDERS[way].value, "phone": phone if way is Way.MPESA else ""}


def pays_order(session: Session) -> bool:
    """Whether paying now means the order already placed: this cart's, or one asked for again."""
    return carts.placed(session) or (carts.waiting(session) and (not session.lines or "retry" in session.aside))


def target(session: Session) -> str:
    """What would be paid for now, as a tap's id carries it."""
    return str(session.order["order_id"]) if pays_order(session) else carts.stamp(session)


def aims(here: Here, args: tuple[str, ...]) -> bool:
    """Whether a tap means what the guest would pay for now."""
    return ":".join(args) in (target(here.session), carts.stamp(here.session) if here.session.lines else "")


def stale(here: Here) -> Move:
    """A tap that means something else than what would be paid for now."""
    move = checkout(here) if here.session.lines else stay(here)
    return move.saying(here.say(texts.STALE))
