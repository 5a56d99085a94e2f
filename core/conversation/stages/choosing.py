"""Every other way to pay than the prompt: the list of them, card, cash, the web page, and a code typed by hand."""

from collections.abc import Sequence
from typing import Any

from core.conversation import carts, texts, ways
from core.conversation.effects import CLAIM_RECEIPT, WEB_LINK, Effect, Outcome
from core.conversation.here import Here, Move, mpesa_number, stay
from core.conversation.replies import Reply
from core.conversation.session import State
from core.conversation.stages.ordering import checkout
from core.conversation.stages.paying import MONEY_STATES, aims, ask_money, placing, stale, target
from core.conversation.stages.requested import conclude_pay, with_order
from core.domain.paying import Way

CHOOSING = (State.REVIEWING_ORDER, State.CHOOSING_PAYMENT)
Args = tuple[str, ...]


def list_ways(here: Here, args: Args) -> Move:
    """Tap or word: how can this be paid?"""
    session = here.session
    if carts.waiting(session) and args in ((), (session.order.get("order_id"),)):
        return Move(State.CHOOSING_PAYMENT, session, aside={"ways": True, "retry": True})
    if not session.lines or not (args == () or carts.fresh(session, args)):
        return stale(here) if args else checkout(here)
    return Move(State.CHOOSING_PAYMENT, session, aside={"ways": True})


def pay_by(here: Here, args: Args) -> Move:
    """Tap: pay this way for this cart or order."""
    way = Way.__members__.get(args[0]) if args else None
    return stale(here) if way is None else _pay(here, way, args[1:])


def card(here: Here, args: Args) -> Move:
    """Word: by card or link."""
    return _by_word(here, ways.link_way(here))


def cash(here: Here, args: Args) -> Move:
    """Word: over the bar."""
    return _by_word(here, Way.CASH if Way.CASH in here.menu.venue.payment_methods else None)


def confirmed(here: Here, data: dict[str, Any]) -> Move:
    """The web page showed the cart as it is, or the order, and the guest confirmed that."""
    way = Way.__members__.get(str(data.get("way")))
    args, phone = tuple(str(data.get("stamp")).split(":")), mpesa_number(str(data.get("phone") or ""))
    if way is None:
        return stale(here)
    if carts.fresh(here.session, args) and not carts.placed(here.session):
        here = here.at(here.session.but(reviewed=here.session.cart_version, discount=here.known.discount))
    return _pay(here, way, args, phone)


def web(here: Here, args: Args) -> Move:
    """Tap or word: a page to confirm and pay on."""
    session = here.session
    if not ways.has_page(here):
        return stay(here, here.say(texts.NOT_THIS_WAY))
    if not carts.waiting(session) and (not session.lines or session.reviewed != session.cart_version):
        return checkout(here)
    effects: tuple[Effect, ...] = ({"kind": WEB_LINK, "subject": target(session)},)
    return Move(session.state, session, aside=session.aside, effects=effects, then="web")


def conclude_web(here: Here, note: dict[str, Any], outcomes: Sequence[Outcome]) -> Move:
    """The link to the page."""
    url = next((str(o["url"]) for o in outcomes if o.get("result") == "web_link"), "")
    if not url:
        return stay(here, here.say(texts.WENT_WRONG))
    reply = Reply(here.say(texts.WEB), link=url, link_label=here.say(texts.B_WEB))
    return Move(here.session.state, here.session, aside=here.session.aside, reply=reply)


def ask_code(here: Here, args: Args) -> Move:
    """Tap or word: I have paid already."""
    return Move(here.session.state, here.session, aside=here.session.aside, reply=Reply(here.say(texts.ASK_CODE)))


def take_code(here: Here, code: str) -> Move:
    """The code of money sent by hand: for the order that waits for it, or for the cart just reviewed."""
    session = here.session
    claim: Effect = {"kind": CLAIM_RECEIPT, "order_id": session.order.get("order_id"), "code": code}
    reviewed = session.lines and session.reviewed == session.cart_version and not carts.placed(session)
    takes_money = here.menu.venue.features.payments
    if takes_money and reviewed and session.state in CHOOSING and not carts.renewed(here)[1]:
        effects = (placing(here), claim | {"order_id": None})
        return Move(State.AWAITING_PAYMENT, session, effects=effects, then="claim", note={"payer": ""})
    return Move(session.state, session, aside=session.aside, effects=(claim,), then="claim")


def conclude_code(here: Here, note: dict[str, Any], outcomes: Sequence[Outcome]) -> Move:
    """Whether that money is there, and what it is for."""
    results = {str(o.get("result")): o for o in outcomes}
    if results.keys() & {"sold_out", "closed", "too_little"}:
        return conclude_pay(here, note, outcomes)
    here = with_order(here, results.get("placed"))
    said = next((name for name in texts.CODE if name in results), "no_order")
    outcome = results.get(said, {})
    words = here.say(texts.CODE[said], number=outcome.get("number", ""), minutes=outcome.get("minutes", ""))
    if "placed" in results:
        return Move(State.AWAITING_PAYMENT, here.session, reply=Reply(words))
    return Move(here.session.state, here.session, aside=here.session.aside, reply=Reply(words))


def _pay(here: Here, way: Way, args: Args, phone: str = "") -> Move:
    session, payer = here.session, phone or here.payer()
    if carts.waiting(session) and args == (session.order.get("order_id"),):
        return ask_money(here, payer, placed=True, way=way)
    return ask_money(here, payer, way=way) if aims(here, args) else stale(here)


def _by_word(here: Here, way: Way | None) -> Move:
    """In the review the word pays; before it, the review shows this way first."""
    if way is None:
        return stay(here, here.say(texts.NOT_THIS_WAY))
    session = here.session.but(way=way)
    if session.state in MONEY_STATES or (carts.waiting(session) and not session.lines):
        return ask_money(here.at(session), here.payer(), placed=True, way=way)
    if session.state in CHOOSING:
        return ask_money(here.at(session), here.payer(), way=way)
    return checkout(here.at(session))
