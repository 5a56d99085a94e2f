"""The one table: every state, tap, piece of news and conclusion, and where each may lead."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from core.conversation import events
from core.conversation.effects import Outcome
from core.conversation.here import Acting, Answering, Asking, Here, Move
from core.conversation.session import State
from core.conversation.stages import (
    after,
    browsing,
    cart,
    choosing,
    details,
    documents,
    languages,
    news,
    opting,
    options,
    paying,
    requested,
    searching,
    seating,
    staffing,
    table,
    tipping,
)
from core.conversation.stages.besides import take_cards, take_catalogue, take_form, take_unreadable
from core.conversation.stages.knowing import change_of_identity, conclude_silently, preference
from core.conversation.stages.news import Data, News


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
class Taking:
    """What is neither tap nor text, and where it may lead besides staying."""

    take: Callable[[Here, Data], Move]
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


_LISTS = ("BROWSING_CATEGORIES", "BROWSING_PRODUCTS", "COLLECTING_QUANTITY", "CHOOSING_OPTIONS", "ADDING_TO_CART")
_REVIEW = ("COLLECTING_TABLE", "COLLECTING_DETAILS", "COLLECTING_TIP", "REVIEWING_ORDER")
_MONEY = ("AWAITING_PAYMENT", "PAYMENT_CONFIRMATION")
MONEY = _to(*_MONEY)
_ORDERING = _to(*_LISTS, *_REVIEW, *_MONEY)
_PAYING = _ORDERING | _to("CHOOSING_PAYMENT", "ORDER_COMPLETE")

STATES: dict[State, Stage] = {
    State.GREETING: Stage(browsing.ask_greeting, browsing.answer_greeting, _ORDERING),
    State.BROWSING_CATEGORIES: Stage(browsing.ask_categories, browsing.answer_categories, _ORDERING),
    State.BROWSING_PRODUCTS: Stage(browsing.ask_products, browsing.answer_products, _ORDERING),
    State.COLLECTING_QUANTITY: Stage(cart.ask_quantity, cart.answer_quantity, _ORDERING),
    State.CHOOSING_OPTIONS: Stage(options.ask_options, options.answer_options, _ORDERING),
    State.ADDING_TO_CART: Stage(cart.ask_adding, cart.answer_adding, _ORDERING),
    State.REVIEWING_ORDER: Stage(table.ask_review, table.answer_review, _PAYING),
    State.COLLECTING_TABLE: Stage(table.ask_table, table.answer_table, _ORDERING),
    State.COLLECTING_ADDRESS: Stage(table.ask_address, table.answer_address, _ORDERING),
    State.COLLECTING_DETAILS: Stage(details.ask_details, details.answer_details, _ORDERING),
    State.COLLECTING_TIP: Stage(tipping.ask_tip, tipping.answer_tip, _ORDERING),
    State.CHOOSING_PAYMENT: Stage(paying.ask_payment, paying.answer_payment, _PAYING),
    State.AWAITING_PAYMENT: Stage(paying.ask_awaiting, paying.answer_awaiting, _PAYING),
    State.PAYMENT_CONFIRMATION: Stage(paying.ask_confirmation, paying.answer_confirmation, _PAYING),
    State.ORDER_COMPLETE: Stage(after.ask_complete, after.answer_complete, _ORDERING),
    State.TALKING_TO_STAFF: Stage(staffing.ask_staff, staffing.answer_staff, frozenset()),
}

ACTIONS: dict[str, Action] = {
    "menu": Action(browsing.open_menu, _to("BROWSING_CATEGORIES")),
    "more": Action(browsing.show_more, _to("BROWSING_CATEGORIES", "BROWSING_PRODUCTS")),
    "option": Action(options.choose_option, _ORDERING),
    "options": Action(options.turn_options, frozenset()),
    "leave": Action(options.leave_question, _ORDERING),
    "cat": Action(browsing.open_category, _to("BROWSING_CATEGORIES", "BROWSING_PRODUCTS")),
    "find": Action(searching.find_more, _to("BROWSING_CATEGORIES", "BROWSING_PRODUCTS")),
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
    "tables": Action(table.list_tables, _to("COLLECTING_TABLE")),
    "hours": Action(seating.tell_hours, frozenset()),
    "pickup": Action(table.pick_up, _ORDERING),
    "deliver": Action(table.deliver, _to("COLLECTING_ADDRESS")),
    "pay": Action(paying.pay, _PAYING),
    "this": Action(paying.this_number, _PAYING),
    "other": Action(paying.other_number, _PAYING),
    "retry": Action(paying.retry, _PAYING),
    "ways": Action(choosing.list_ways, _PAYING),
    "way": Action(choosing.pay_by, _PAYING),
    "card": Action(choosing.card, _PAYING),
    "cash": Action(choosing.cash, _PAYING),
    "web": Action(choosing.web, _ORDERING),
    "code": Action(choosing.ask_code, frozenset()),
    "tip": Action(tipping.tip, _ORDERING),
    "receipt": Action(documents.ask_receipt, _to("TALKING_TO_STAFF")),
    "status": Action(after.status, _to("ORDER_COMPLETE", *_MONEY)),
    "cancel": Action(after.cancel, _to("BROWSING_CATEGORIES", "ORDER_COMPLETE")),
    "staff": Action(staffing.call_staff, _to("TALKING_TO_STAFF")),
    "skip": Action(details.skip, _ORDERING),
    "help": Action(after.help_out, frozenset()),
    "english": Action(languages.speak_english, frozenset()),
    "kiswahili": Action(languages.speak_swahili, frozenset()),
    "stop": Action(opting.stop, frozenset()),
    "start": Action(opting.start, _to("BROWSING_CATEGORIES")),
    "hello": Action(after.greet, _to("BROWSING_CATEGORIES")),
    "thanks": Action(after.thanked, frozenset()),
}

BESIDES: dict[str, Taking] = {
    events.CARDS: Taking(take_cards, _PAYING),
    events.CATALOGUE: Taking(take_catalogue, _ORDERING),
    events.FORM: Taking(take_form, _ORDERING),
    events.WEB: Taking(choosing.confirmed, _PAYING),
    events.UNREADABLE: Taking(take_unreadable, frozenset()),
    events.IDENTITY: Taking(change_of_identity, frozenset()),
    events.PREFERENCE: Taking(preference, frozenset()),
}

_REQUESTED = _to("REVIEWING_ORDER", "ADDING_TO_CART", "BROWSING_CATEGORIES", "ORDER_COMPLETE", *_MONEY)

CONCLUSIONS: dict[str, Conclusion] = {
    "silently": Conclusion(conclude_silently, frozenset()),
    "go": Conclusion(after.conclude_go, frozenset()),
    "change": Conclusion(after.conclude_change, _to("ADDING_TO_CART", "ORDER_COMPLETE")),
    "cancel": Conclusion(after.conclude_cancel, _to(*_MONEY)),
    "status": Conclusion(after.conclude_status, _to("ORDER_COMPLETE", *_MONEY)),
    "receipt": Conclusion(documents.conclude_receipt, frozenset()),
    "stop": Conclusion(opting.conclude_stop, frozenset()),
    "start": Conclusion(opting.conclude_start, frozenset()),
    "pay": Conclusion(requested.conclude_pay, _REQUESTED),
    "claim": Conclusion(choosing.conclude_code, _REQUESTED),
    "web": Conclusion(choosing.conclude_web, frozenset()),
}

NEWS: dict[str, Telling] = {
    events.ORDER_TAKEN: Telling(news.order_taken, _to("AWAITING_PAYMENT")),
    events.PAYMENT_LINK: Telling(news.payment_link, _to("AWAITING_PAYMENT")),
    events.PAYMENT_SETTLED: Telling(news.payment_settled, _to("ORDER_COMPLETE", "AWAITING_PAYMENT"), True),
    events.PAYMENT_FAILED: Telling(news.payment_failed, _to("AWAITING_PAYMENT"), True),
    events.PAYMENT_EXPIRED: Telling(news.payment_expired, _to("AWAITING_PAYMENT"), True),
    events.PAYMENT_CHECKING: Telling(news.payment_checking, _to("PAYMENT_CONFIRMATION"), True),
    events.PAYMENT_REVIEW: Telling(news.payment_review, _to("PAYMENT_CONFIRMATION"), True),
    events.ORDER_STATUS: Telling(news.order_status, _to("ORDER_COMPLETE")),
    events.ORDER_FAILED: Telling(news.order_failed, _to("ORDER_COMPLETE")),
    events.MONEY_RETURNED: Telling(news.money_returned, frozenset()),
    events.DOCUMENT_READY: Telling(documents.document_ready, frozenset()),
    events.REPORT_READY: Telling(documents.report_ready, frozenset()),
    events.STAFF_SAID: Telling(staffing.staff_said, _to("TALKING_TO_STAFF")),
    events.STAFF_DONE: Telling(
        staffing.staff_done, _to("BROWSING_CATEGORIES", "ADDING_TO_CART", "ORDER_COMPLETE", *_MONEY)
    ),
}
