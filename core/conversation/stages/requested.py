"""What is said once the world has answered to placing an order and asking for its money."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.conversation import carts, figures, opening, texts
from core.conversation.catalogues import Text
from core.conversation.effects import Outcome
from core.conversation.here import Here, Move
from core.conversation.replies import Reply
from core.conversation.session import State
from core.conversation.stages.paying import try_again
from core.domain.hours import Shut
from core.domain.paying import LINKS, Way
from core.domain.statuses import OrderStatus

Note = dict[str, Any]


def conclude_pay(here: Here, note: Note, outcomes: Sequence[Outcome]) -> Move:
    """What the world answered to placing an order and asking for its money."""
    results = {str(o.get("result")): o for o in outcomes}
    here = with_order(here, results.get("placed"))
    for result, conclude in _PAID_OUTCOMES.items():
        if result in results:
            return conclude(here, note, results[result])
    say = here.say(texts.WENT_WRONG)
    return Move(State.AWAITING_PAYMENT if carts.waiting(here.session) else here.session.state, here.session, say)


def _requested(here: Here, note: Note, outcome: Outcome) -> Move:
    if note.get("way") in LINKS:
        return _link_comes(here, note, outcome)
    number, phone = outcome.get("number"), note["payer"]
    due = str(figures.amount(outcome.get("amount")))
    asked = {"payment_id": outcome.get("payment_id", ""), "due": due, "prompt": "open", "phone": phone}
    order = here.session.order | asked | _by(Way.MPESA)
    said = {"phone": figures.local_phone(phone), "amount": here.money(outcome.get("amount")), "number": number}
    body = here.say(texts.CHECK_PHONE, **said)
    if here.session.order.get("link"):
        body = f"{body} {here.say(texts.LINK_OVER)}"
    session = here.session.but(order=order, phone=phone, way="")
    return Move(State.AWAITING_PAYMENT, session, prompt=body, quiet_for=str(outcome.get("payment_id", "")))


def _link_comes(here: Here, note: Note, outcome: Outcome) -> Move:
    """The page is made by its provider first; the news of it brings the link."""
    due = str(figures.amount(outcome.get("amount")))
    order = here.session.order | {"payment_id": outcome.get("payment_id", ""), "due": due, "prompt": "link"}
    session = here.session.but(order=order | _by(Way(note["way"])), way="")
    return Move(State.AWAITING_PAYMENT, session, reply=Reply(here.say(texts.LINK_COMES, number=outcome.get("number"))))


def _cash_code(here: Here, note: Note, outcome: Outcome) -> Move:
    due, code = figures.amount(outcome.get("amount")), str(outcome.get("code", ""))
    order = here.session.order | {"due": str(due), "prompt": "cash"} | _by(Way.CASH, code=code)
    until = datetime.fromisoformat(outcome["until"]).astimezone(ZoneInfo(here.menu.venue.timezone))
    values = {"number": outcome.get("number"), "amount": here.money(due), "code": code, "time": f"{until:%H:%M}"}
    session = here.session.but(order=order, way="")
    reply = Reply(here.say(texts.CASH_CODE, **values), try_again(here, session))
    return Move(State.AWAITING_PAYMENT, session, reply=reply)


def _by(way: Way, **more: str) -> dict[str, str]:
    """How the order is being paid, in place of how it was to be paid before."""
    return {"way": way.value, "link": "", "code": ""} | more


def _live_attempt(here: Here, note: Note, outcome: Outcome) -> Move:
    """Its end may have been told already (a failure learnt by asking), so the guest must stay able to try again."""
    if link := str(outcome.get("link") or ""):
        order = here.session.order | {"prompt": "link", "payment_id": outcome.get("payment_id", ""), "link": link}
        return Move(State.AWAITING_PAYMENT, here.session.but(order=order))
    say = here.say(texts.OTHER_PROMPT, phone=figures.local_phone(note["payer"]))
    return Move(State.AWAITING_PAYMENT, here.session, say)


def _too_many(here: Here, note: Note, outcome: Outcome) -> Move:
    say = here.say(texts.TOO_MANY_PROMPTS, phone=figures.local_phone(note["payer"]))
    return Move(State.AWAITING_PAYMENT, here.session.but(phone=""), say)


def _already_paid(here: Here, note: Note, outcome: Outcome) -> Move:
    say = here.say(texts.ALREADY_PAID, number=outcome.get("number"))
    return Move(State.ORDER_COMPLETE, carts.settled(here.session, OrderStatus.PAID), say)


def _order_closed(here: Here, note: Note, outcome: Outcome) -> Move:
    say = here.say(texts.ORDER_CLOSED, number=outcome.get("number"))
    return Move(State.ORDER_COMPLETE, carts.settled(here.session, str(outcome.get("status", OrderStatus.FAILED))), say)


def _sold_out(here: Here, note: Note, outcome: Outcome) -> Move:
    left = {s.get("product_id"): max(int(s.get("left") or 0), 0) for s in outcome.get("short", ())}
    lines, said = [], []
    for line in here.session.lines:
        quantity = min(line.quantity, left.get(line.product_id, line.quantity))
        if quantity < line.quantity:
            text: Text = texts.ONLY_LEFT if quantity else texts.NONE_LEFT
            said.append(here.say(text, name=here.called(line), count=quantity))
        if line.product_id in left:
            left[line.product_id] -= quantity
        lines += [replace(line, quantity=quantity)] if quantity else []
    session = carts.touched(here.session).but(lines=tuple(lines))
    to = State.REVIEWING_ORDER if lines else State.BROWSING_CATEGORIES
    return Move(to, session, "\n".join(said))


def _closed(here: Here, note: Note, outcome: Outcome) -> Move:
    """The clock in the house counts: what is shut by it is left out, and a placed order stays unpaid."""
    said = _shut_in_words(here, outcome)
    if outcome.get("order_id"):
        return Move(State.AWAITING_PAYMENT, here.session, said)
    if said and outcome.get("reason") != Shut.HOUSE:
        return _without_shut(here, outcome, said)
    if said:
        return Move(State.ADDING_TO_CART, here.session, said)
    lines, notices = carts.renewed(here)
    session = carts.touched(here.session).but(lines=lines)
    to = State.ADDING_TO_CART if lines else State.BROWSING_CATEGORIES
    return Move(to, session, notices or here.say(texts.CLOSED))


def _too_little(here: Here, note: Note, outcome: Outcome) -> Move:
    """The house takes only larger orders since the cart was shown."""
    text = texts.MINIMUM_DELIVERY if outcome.get("delivery") else texts.MINIMUM
    least, total = (here.money(figures.amount(outcome.get(name))) for name in ("minimum", "goods"))
    return Move(State.ADDING_TO_CART, carts.touched(here.session), here.say(text, minimum=least, total=total))


def _shut_in_words(here: Here, outcome: Outcome) -> str:
    known, products = here.catalogue.products, outcome.get("products") or ()
    if outcome.get("reason") and not products:
        return opening.why(here, Shut(outcome["reason"]))
    refused = [(Shut(p["reason"]), known.get(p.get("product_id")) or str(p.get("name"))[:40]) for p in products]
    return "\n".join(opening.said(here, refused))


def _without_shut(here: Here, outcome: Outcome, said: str) -> Move:
    gone = {p.get("product_id") for p in outcome.get("products", ())}
    lines = tuple(line for line in here.session.lines if line.product_id not in gone)
    session = carts.touched(here.session).but(lines=lines)
    to = State.REVIEWING_ORDER if lines else State.BROWSING_CATEGORIES
    return Move(to, session, f"{said} {here.say(texts.TAKEN_OUT)}")


_PAID_OUTCOMES = {
    "sold_out": _sold_out,
    "closed": _closed,
    "too_little": _too_little,
    "requested": _requested,
    "live_attempt": _live_attempt,
    "cash_code": _cash_code,
    "too_many": _too_many,
    "already_paid": _already_paid,
    "order_closed": _order_closed,
}


def with_order(here: Here, outcome: Outcome | None) -> Here:
    """The same moment with the order that was just placed."""
    if outcome is None:
        return here
    total = str(figures.amount(outcome.get("total")))
    order = {
        "order_id": outcome.get("order_id"),
        "number": outcome.get("number"),
        "status": OrderStatus.PENDING.value,
        "total": total,
        "due": total,
        "payment_id": "",
        "cart": here.session.cart_id,
        "prompt": "closed",
    }
    return here.at(here.session.but(order=order))
