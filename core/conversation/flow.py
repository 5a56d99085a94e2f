"""The whole ordering conversation: a table of states, what works in all of them, and the house's news."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.conversation import events, texts
from core.conversation.effects import PLACE_ORDER, REQUEST_PAYMENT, Outcome
from core.conversation.events import Event
from core.conversation.here import Acting, Answering, Asking, Here, Move, Said, stay
from core.conversation.replies import Reply
from core.conversation.session import Session, State
from core.conversation.stages import after, browsing, cart, news, paying, requested, table
from core.conversation.stages.news import Data, News
from core.conversation.turn import Turn
from core.conversation.understanding import keywords
from core.domain.menu import Menu
from core.errors import IllegalTransition

TOO_LATE = timedelta(minutes=30)
REACTION = "reaction"


@dataclass(frozen=True)
class Stage:
    """One state: how it asks, how it takes an answer, where an answer may lead besides staying."""

    ask: Asking
    answer: Answering
    leads_to: frozenset[State]


@dataclass(frozen=True)
class Action:
    """One tap or word, understood in every state, and where it may lead besides staying."""

    take: Acting
    leads_to: frozenset[State]


@dataclass(frozen=True)
class Conclusion:
    """What is made of the outcomes of effects, and where that may lead besides where the plan went."""

    draw: Callable[[Here, dict[str, Any], Sequence[Outcome]], Move]
    leads_to: frozenset[State]


@dataclass(frozen=True)
class Telling:
    """One piece of news, and where it may lead besides staying. `payment`: it ends the quiet of a PIN dialog."""

    tell: Callable[[Here, Data], News]
    leads_to: frozenset[State]
    payment: bool = False


def _to(*names: str) -> frozenset[State]:
    return frozenset(State(name) for name in names)


_LISTS = ("BROWSING_CATEGORIES", "BROWSING_PRODUCTS", "COLLECTING_QUANTITY", "ADDING_TO_CART")
_REVIEW = ("COLLECTING_TABLE", "REVIEWING_ORDER")
_MONEY = ("AWAITING_PAYMENT", "PAYMENT_CONFIRMATION")
_ORDERING = _to(*_LISTS, *_REVIEW, *_MONEY)
_PAYING = _ORDERING | _to("CHOOSING_PAYMENT", "ORDER_COMPLETE")

STATES: dict[State, Stage] = {
    State.GREETING: Stage(browsing.ask_greeting, browsing.answer_greeting, _ORDERING),
    State.BROWSING_CATEGORIES: Stage(browsing.ask_categories, browsing.answer_categories, _ORDERING),
    State.BROWSING_PRODUCTS: Stage(browsing.ask_products, browsing.answer_products, _ORDERING),
    State.COLLECTING_QUANTITY: Stage(cart.ask_quantity, cart.answer_quantity, _ORDERING),
    State.ADDING_TO_CART: Stage(cart.ask_adding, cart.answer_adding, _ORDERING),
    State.REVIEWING_ORDER: Stage(table.ask_review, table.answer_review, _PAYING),
    State.COLLECTING_TABLE: Stage(table.ask_table, table.answer_table, _ORDERING),
    State.COLLECTING_ADDRESS: Stage(table.ask_address, table.answer_address, _ORDERING),
    State.CHOOSING_PAYMENT: Stage(paying.ask_payment, paying.answer_payment, _PAYING),
    State.AWAITING_PAYMENT: Stage(paying.ask_awaiting, paying.answer_awaiting, _PAYING),
    State.PAYMENT_CONFIRMATION: Stage(paying.ask_confirmation, paying.answer_confirmation, _PAYING),
    State.ORDER_COMPLETE: Stage(after.ask_complete, after.answer_complete, _ORDERING),
    State.TALKING_TO_STAFF: Stage(after.ask_staff, after.answer_staff, frozenset()),
}

ACTIONS: dict[str, Action] = {
    "menu": Action(browsing.open_menu, _to("BROWSING_CATEGORIES")),
    "more": Action(browsing.show_more, _to("BROWSING_CATEGORIES", "BROWSING_PRODUCTS")),
    "cat": Action(browsing.open_category, _to("BROWSING_CATEGORIES", "BROWSING_PRODUCTS")),
    "prod": Action(browsing.choose, _to("BROWSING_CATEGORIES", "BROWSING_PRODUCTS", "COLLECTING_QUANTITY")),
    "qty": Action(browsing.add_some, _ORDERING),
    "age": Action(cart.age, _ORDERING),
    "cart": Action(cart.show_cart, _to("ADDING_TO_CART")),
    "change": Action(cart.change, _to("ADDING_TO_CART", *_MONEY)),
    "line": Action(cart.pick_line, _to("COLLECTING_QUANTITY")),
    "out": Action(cart.take_out, _ORDERING),
    "clear": Action(cart.clear, _to("BROWSING_CATEGORIES", *_MONEY)),
    "keep": Action(after.keep, _to("ADDING_TO_CART")),
    "again": Action(cart.same_again, _ORDERING),
    "checkout": Action(paying.check_out, _ORDERING),
    "table": Action(table.sit, _ORDERING),
    "deliver": Action(table.deliver, _to("COLLECTING_ADDRESS")),
    "pay": Action(paying.pay, _PAYING),
    "this": Action(paying.this_number, _PAYING),
    "other": Action(paying.other_number, _PAYING),
    "retry": Action(paying.retry, _PAYING),
    "status": Action(after.status, _to("ORDER_COMPLETE", *_MONEY)),
    "cancel": Action(after.cancel, _to("BROWSING_CATEGORIES", "ORDER_COMPLETE")),
    "staff": Action(after.call_staff, _to("TALKING_TO_STAFF")),
    "help": Action(after.help_out, frozenset()),
    "stop": Action(after.stop, frozenset()),
    "hello": Action(after.greet, _to("BROWSING_CATEGORIES")),
    "thanks": Action(after.thanked, frozenset()),
}

CONCLUSIONS: dict[str, Conclusion] = {
    "go": Conclusion(after.conclude_go, frozenset()),
    "change": Conclusion(after.conclude_change, _to("ADDING_TO_CART", "ORDER_COMPLETE")),
    "cancel": Conclusion(after.conclude_cancel, _to(*_MONEY)),
    "status": Conclusion(after.conclude_status, _to("ORDER_COMPLETE", *_MONEY)),
    "pay": Conclusion(
        requested.conclude_pay,
        _to("REVIEWING_ORDER", "ADDING_TO_CART", "BROWSING_CATEGORIES", "ORDER_COMPLETE", *_MONEY),
    ),
}

NEWS: dict[str, Telling] = {
    events.PAYMENT_SETTLED: Telling(news.payment_settled, _to("ORDER_COMPLETE", "AWAITING_PAYMENT"), True),
    events.PAYMENT_FAILED: Telling(news.payment_failed, _to("AWAITING_PAYMENT"), True),
    events.PAYMENT_EXPIRED: Telling(news.payment_expired, _to("AWAITING_PAYMENT"), True),
    events.PAYMENT_CHECKING: Telling(news.payment_checking, _to("PAYMENT_CONFIRMATION"), True),
    events.PAYMENT_REVIEW: Telling(news.payment_review, _to("PAYMENT_CONFIRMATION"), True),
    events.ORDER_STATUS: Telling(news.order_status, _to("ORDER_COMPLETE")),
    events.ORDER_FAILED: Telling(news.order_failed, _to("ORDER_COMPLETE")),
    events.MONEY_RETURNED: Telling(news.money_returned, frozenset()),
}


def step(session: Session | None, event: Event, menu: Menu, now: datetime) -> Turn:
    """One event: the next session, what to say, and what to do. With effects it is a plan for `conclude`."""
    here = Here(session or Session(), menu, now, event.id, event.guest_name, event.guest_phone)
    if event.kind in NEWS:
        return _tell(here, NEWS[event.kind], event.data)
    if event.kind == events.UNREADABLE and event.data.get("type") == REACTION:
        return Turn(here.session)
    move, leads_to = _answer(here, event)
    if now - event.at > TOO_LATE and any(e["kind"] in (PLACE_ORDER, REQUEST_PAYMENT) for e in move.effects):
        move = stay(here, texts.LATE)
    _check(here.session.state, move.to, leads_to | STATES[here.session.state].leads_to)
    return _planned(here, move) if move.effects else _arrive(here, move)


def conclude(plan: Turn, outcomes: Sequence[Outcome], menu: Menu, now: datetime) -> Turn:
    """The final turn, from what became of the plan's effects."""
    note = plan.note
    conclusion = CONCLUSIONS[note["then"]]
    here = Here(plan.session, menu, now, note["event"], note["name"], note["phone"])
    move = conclusion.draw(here, note, outcomes)
    _check(plan.session.state, move.to, conclusion.leads_to | {State(note["to"])})
    return _arrive(here, move)


def _answer(here: Here, event: Event) -> tuple[Move, frozenset[State]]:
    if event.kind == events.TAP:
        return _tapped(here, str(event.data.get("id", "")))
    if event.kind == events.TEXT:
        return _written(here, Said(str(event.data.get("text", "")), here))
    if event.kind == events.LOCATION:
        return table.take_location(here, event.data), frozenset()
    return _unreadable(here, str(event.data.get("type")))


def _unreadable(here: Here, kind: str) -> tuple[Move, frozenset[State]]:
    staff = here.session.state == State.TALKING_TO_STAFF
    return stay(here, "" if staff else texts.UNREADABLE.get(kind, texts.UNREADABLE_OTHER)), frozenset()


def _tapped(here: Here, tap: str) -> tuple[Move, frozenset[State]]:
    name, *args = tap.split(":")
    action = ACTIONS.get(name)
    if action is None:
        return stay(here, texts.STALE), frozenset()
    return action.take(here, tuple(args)), action.leads_to


def _written(here: Here, said: Said) -> tuple[Move, frozenset[State]]:
    """A word that always works, an answer to an open question, a row by its number, or what the state makes of it."""
    if here.session.aside.get("question") and said.short in ("yes", "no"):
        return _tapped(here, "clear" if said.short == "yes" else "keep")
    if (name := keywords.keyword(said.words)) or (name := _row(here, said)):
        return _tapped(here, name)
    move = STATES[here.session.state].answer(here, said)
    lost = move.to == here.session.state != State.TALKING_TO_STAFF and not move.effects
    near = keywords.misspelt(said.words) if lost else ""
    return _tapped(here, near) if near else (move, frozenset())


def _row(here: Here, said: Said) -> str:
    """The tap of a row shown last, named by its number or by its product."""
    shown = here.session.shown
    if not shown or said.number is not None:
        return shown[said.number - 1] if said.number is not None and 0 < said.number <= len(shown) else ""
    product_id = said.only_product
    return next((tap for tap in shown if product_id and product_id == _product_of(here, tap)), "")


def _product_of(here: Here, tap: str) -> str:
    action, _, rest = tap.partition(":")
    thing = rest.partition(":")[0]
    if action == "line" and thing.isdecimal():
        return "".join(line.product_id for line in here.session.lines[int(thing) : int(thing) + 1])
    return thing if action in ("prod", "qty") else ""


def _tell(here: Here, telling: Telling, data: Data) -> Turn:
    told = telling.tell(here, data)
    _check(here.session.state, told.session.state, telling.leads_to)
    over = str(data.get("payment_id", "")) if telling.payment else ""
    return Turn(told.session, told.reply(), quiet_over=over)


def _planned(here: Here, move: Move) -> Turn:
    """Everything the conclusion needs, decided now (rule 3)."""
    note = {
        "then": move.then or "go",
        "to": move.to.value,
        "say": move.say,
        "aside": move.aside,
        "event": here.event_id,
        "name": here.name,
        "phone": here.guest_phone,
    }
    return Turn(move.session.but(state=here.session.state), effects=move.effects, note=note | move.note)


def _arrive(here: Here, move: Move) -> Turn:
    session = move.session.but(state=move.to, aside=move.aside)
    if move.prompt:
        return Turn(session.but(shown=()), (Reply(move.prompt, prompt=True),), quiet_for=move.quiet_for)
    if move.reply is not None:
        return Turn(session, (move.reply,))
    return STATES[move.to].ask(here.at(session, move.say))


def _check(origin: State, to: State, leads_to: frozenset[State]) -> None:
    if to != origin and to not in leads_to:
        raise IllegalTransition(f"{origin} does not lead to {to}")
