"""What the rest of the house tells the guest: money, and how the order gets on."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.conversation import carts, figures, texts, ways
from core.conversation.here import Here
from core.conversation.replies import Button, Reply
from core.conversation.session import Session, State
from core.conversation.stages.paying import try_again
from core.domain.paying import METHODS, PROVIDERS, Way
from core.domain.statuses import OrderStatus

Data = dict[str, Any]
NOTHING = Decimal(0)
MOST_WAYS = 3  # as many buttons as a message has

# States that are about the cart or its payment; elsewhere the guest is left where they are.
ABOUT_THE_CART = frozenset(
    {
        State.COLLECTING_QUANTITY,
        State.ADDING_TO_CART,
        State.COLLECTING_TABLE,
        State.COLLECTING_ADDRESS,
        State.COLLECTING_TIP,
        State.REVIEWING_ORDER,
        State.CHOOSING_PAYMENT,
        State.AWAITING_PAYMENT,
        State.PAYMENT_CONFIRMATION,
    }
)
# Where a venue does not let its guests follow an order, they still hear that it is ready, or off.
FOLLOWED = (OrderStatus.PREPARING, OrderStatus.SERVED, OrderStatus.OUT_FOR_DELIVERY, OrderStatus.DELIVERED)
_WAYS = {provider.value: way for way, provider in PROVIDERS.items()}
# An attempt that is over takes its link and its code along.
GONE = {"link": "", "code": ""}
ABOUT_MONEY = frozenset({State.CHOOSING_PAYMENT, State.AWAITING_PAYMENT, State.PAYMENT_CONFIRMATION})


@dataclass(frozen=True)
class News:
    """Where a piece of news leaves the conversation, and what is said of it, if anything."""

    session: Session
    body: str = ""
    buttons: tuple[Button, ...] = field(default=())
    link: str = ""
    link_label: str = ""
    document: str = ""
    file: str = ""

    def reply(self) -> tuple[Reply, ...]:
        """The message, if there is one."""
        if not self.body:
            return ()
        page, file = self.link, self.file
        said = Reply(self.body, self.buttons, link=page, link_label=self.link_label, document=self.document, file=file)
        return (said,)


def order_taken(here: Here, data: Data) -> News:
    """Staff took an order for this guest, who pays for it here."""
    session = _adopted(here.session, data, "closed")
    body = here.say(texts.ORDER_TAKEN, number=data.get("number"), amount=here.money(data.get("amount")))
    if not _awaited(session, data):
        return News(session, body, (here.button("status", texts.B_STATUS), here.button("staff", texts.B_STAFF)))
    session = session.but(order=session.order | {"due": str(data.get("amount", ""))})
    asked = session.but(aside={"retry": True})
    found = ways.offered(here, asked)
    taps = tuple(ways.button(here, way, str(data.get("order_id"))) for way in found[:MOST_WAYS])
    return News(_moved(session, ABOUT_MONEY, State.AWAITING_PAYMENT), body, taps)


def payment_link(here: Here, data: Data) -> News:
    """The page to pay on is there."""
    if _superseded(here.session, data) or not data.get("link"):
        return News(here.session)
    session, link = _adopted(here.session, data, "link"), str(data["link"])
    values = {"number": data.get("number"), "amount": here.money(data.get("amount"))}
    if _awaited(session, data):
        order = session.order | {"link": link, "code": "", "way": _way(data).value, "due": str(data.get("amount", ""))}
        session = _moved(session.but(order=order), ABOUT_MONEY, State.AWAITING_PAYMENT)
    return News(session, here.say(texts.LINK, **values), link=link, link_label=here.say(texts.B_LINK))


def payment_settled(here: Here, data: Data) -> News:
    """Money arrived. The guest is thanked either way; the session follows only if it awaits that order (rule 18)."""
    session, ours = here.session, _awaited(here.session, data)
    amount = here.money(data.get("amount"))
    received = here.say(texts.RECEIVED[METHODS[_way(data)]], receipt=data.get("receipt"), amount=amount)
    values = {"received": received, "number": data.get("number")}
    if data.get("refund"):
        return News(session, here.say(texts.PAID_BACK, **values))
    if figures.amount(data.get("due")) > 0:
        return _part_paid(here, data, values)
    name = f", {here.name}" if here.name else ""
    place = carts.place_name(here) if ours else ""
    if ours:
        session = _closed(session, str(data.get("status", OrderStatus.PAID)))
    body = here.say(
        texts.PAID if ours else texts.PAID_ELSEWHERE, name=name, place=place, next=here.say(texts.PAID_NEXT), **values
    )
    return News(session, body + _too_much(here, data))


def payment_failed(here: Here, data: Data) -> News:
    """No money: why, and the way to try again."""
    texts_of = texts.FAILED if _way(data) is Way.MPESA else texts.FAILED_LINK
    reason = here.say(texts_of.get(str(data.get("reason")), texts_of["other"]))
    return _unpaid(here, data, f"{here.say(texts.NOT_PAID, number=data.get('number'))} {reason}")


def payment_expired(here: Here, data: Data) -> News:
    """Nobody knows of any money, and the time for it is over."""
    text = texts.EXPIRED if _way(data) is Way.MPESA else texts.EXPIRED_LINK
    return _unpaid(here, data, here.say(text, number=data.get("number")))


def payment_checking(here: Here, data: Data) -> News:
    """Unknown is not failed: the guest hears that we ask."""
    text = texts.CHECKING if _way(data) is Way.MPESA else texts.CHECKING_LINK
    return _unsure(here, data, "checking", here.say(text, number=data.get("number")))


def payment_review(here: Here, data: Data) -> News:
    """Staff decide about the money: also where it came for an order given up meanwhile."""
    body = here.say(texts.REVIEWING, number=data.get("number"))
    if _awaited(here.session, data) and here.session.order.get("status") in carts.LAPSED:
        return News(here.session, body, (here.button("staff", texts.B_STAFF),))
    return _unsure(here, data, "review", body)


def order_status(here: Here, data: Data) -> News:
    """Staff moved the order on."""
    status = str(data.get("status"))
    session = here.session
    if _awaited(session, data) and status != OrderStatus.PENDING:
        session = _closed(session, status) if carts.waiting(session) else session
        session = session.but(order=session.order | {"status": status})
    if not here.menu.venue.features.tracking and status in FOLLOWED:
        return News(session)
    return News(session, here.say(texts.STATUS.get(status, texts.STATUS_OTHER), number=data.get("number")))


def order_failed(here: Here, data: Data) -> News:
    """The hold ran out before the money came: the cart is kept as the last order."""
    session = here.session
    if _awaited(session, data):
        if not carts.waiting(session):
            return News(session)
        session = _closed(session, OrderStatus.FAILED)
    again = (here.button(f"again:{carts.stamp(session)}", texts.B_AGAIN),) if session.last_lines else ()
    body = here.say(texts.ORDER_EXPIRED, number=data.get("number"))
    return News(session, body, (*again, here.button("menu", texts.B_MENU)))


def money_returned(here: Here, data: Data) -> News:
    """A refund went out."""
    amount = here.money(data.get("amount"))
    return News(here.session, here.say(texts.RETURNED, amount=amount, number=data.get("number")))


def _awaited(session: Session, data: Data) -> bool:
    """Whether the news is about the order this session knows."""
    return bool(session.order) and session.order.get("order_id") == data.get("order_id")


def _superseded(session: Session, data: Data) -> bool:
    """News of an attempt that no longer matters: paid meanwhile, or another prompt is open. Nothing unasked is said."""
    if data.get("unsaid"):
        return True
    if not _awaited(session, data):
        return False
    other = session.order.get("payment_id") not in ("", None, data.get("payment_id"))
    return not carts.waiting(session) or (other and session.order.get("prompt") == "open")


def _unpaid(here: Here, data: Data, body: str) -> News:
    if _superseded(here.session, data):
        return News(here.session)
    session = _adopted(here.session, data, "closed")
    if not _awaited(session, data):
        return News(session, body, (here.button("status", texts.B_STATUS), here.button("staff", texts.B_STAFF)))
    return News(_moved(session, ABOUT_MONEY, State.AWAITING_PAYMENT), body, try_again(here, session))


def _unsure(here: Here, data: Data, prompt: str, body: str) -> News:
    if _superseded(here.session, data):
        return News(here.session)
    session = _adopted(here.session, data, prompt)
    moved = _moved(session, ABOUT_MONEY, State.PAYMENT_CONFIRMATION) if _awaited(session, data) else session
    return News(moved, body, (here.button("staff", texts.B_STAFF),))


def _too_much(here: Here, data: Data) -> str:
    paid, total = figures.amount(data.get("amount")), figures.amount(data.get("total"))
    over = figures.amount(data["over"]) if "over" in data else (paid - total if total > 0 else NOTHING)
    return f"\n{here.say(texts.OVERPAID, amount=here.money(over))}" if over > 0 else ""


def _part_paid(here: Here, data: Data, values: Data) -> News:
    session = _adopted(here.session, data, "closed")
    body = here.say(texts.PART_PAID, due=here.money(data.get("due")), **values)
    if not _awaited(session, data):
        return News(session, body, (here.button("staff", texts.B_STAFF),))
    order = session.order | {"due": str(figures.amount(data.get("due"))), "part_paid": True}
    session = _moved(session.but(order=order), ABOUT_MONEY, State.AWAITING_PAYMENT)
    return News(session, body, try_again(here, session))


def _adopted(session: Session, data: Data, prompt: str) -> Session:
    """A session that knows no open order takes up this one, so that its taps work after the old session expired."""
    if _awaited(session, data):
        return session.but(order=session.order | {"prompt": prompt} | (GONE if prompt == "closed" else {}))
    if carts.waiting(session):
        return session
    order = {"order_id": data.get("order_id"), "number": data.get("number"), "status": OrderStatus.PENDING.value}
    return session.but(order=order | {"payment_id": data.get("payment_id", ""), "prompt": prompt})


def _way(data: Data) -> Way:
    """How this attempt was to be paid; a prompt, where that is not said."""
    return _WAYS.get(str(data.get("provider")), Way.MPESA)


def _closed(session: Session, status: str) -> Session:
    """The order is over as far as money goes; a guest who was busy with its cart is done."""
    done = carts.settled(session, status)
    return _moved(done, ABOUT_MONEY if done.lines else ABOUT_THE_CART, State.ORDER_COMPLETE)


def _moved(session: Session, states: frozenset[State], to: State) -> Session:
    busy = (session.state == State.COLLECTING_QUANTITY and "line" not in session.aside) or session.aside.get("pending")
    return session.but(state=to, aside={}, shown=()) if session.state in states and not busy else session
