"""What a guest, or somebody who pretends to be one, may put into any field; and a way into every state."""

import unicodedata
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from core.conversation.session import State
from core.domain.paying import Paying
from tests.demo_menu import demo_menu
from tests.unit.conversation.chat import Chat

ZEROS = [chr(code) for code in range(0x110000) if unicodedata.decimal(chr(code), None) == 0]
PIECES = (
    "<script>alert(1)</script>", "<b>", "&lt;", "]]>", "'; drop table orders; --", "{venue} {0} %s %(x)s", "{{7*7}}",
    "\x00", "\x07", "\x1b[31m", "\r\n", "\u2028", "\u202e", "\u2066", "\u200f", "\ufeff", "\ud83d", "\udc00", "\ufffe",
    "Z\u0338\u0322a\u0337l", "\U0001f468\u200d\U0001f469", "=HYPERLINK(1)", "*_~`", "../..", "https://x.example",
    "\u0662", "\u00bd", "\u06f9", "\U0001d7da", "-1", "1e9", "dawa", "table", "na",
)  # fmt: skip
TEXT = st.lists(st.sampled_from(PIECES) | st.text(st.characters(codec=None), max_size=20), max_size=6).map("".join)
NUMBER = st.sampled_from(["0722000111", "+254 733 445566", "254110123456", "+44 7700 900123", ""]) | TEXT
ANGLE = st.floats() | st.integers() | st.none() | TEXT | st.sampled_from([0.0, -1.29, 36.82, 90.0, 180.0])


def quantity_in(zero: str, number: int) -> str:
    """A number in the digits of one script."""
    return "".join(chr(ord(zero) + int(digit)) for digit in str(number))


def stands(state: State, ours: bool = True) -> Chat:
    """A guest in this state, by the way everybody takes; one who is not ours has other ids for everything."""
    chat = Chat(demo_menu(f"hostile-{state}", **VENUES.get(state, {})))
    if not ours:
        chat.events = 500
        chat.world.orders.append(
            {"cart_id": "", "order_id": "order-101", "number": "101", "status": "PAID", "due": "0"}
        )
    WAYS[state](chat)
    return chat


def _says(*texts: str) -> Callable[[Chat], None]:
    def way(chat: Chat) -> None:
        for text in texts:
            chat.guest.says(text)

    return way


def _delivered(chat: Chat) -> None:
    _says("1 wings", "checkout")(chat)
    chat.guest.taps("Deliver")


def _asked(chat: Chat) -> None:
    chat.guest.says("2 sprite to table 7").taps("Pay with M-Pesa")


def _checked(chat: Chat) -> None:
    _asked(chat)
    chat.bar.checks()


def _paid(chat: Chat) -> None:
    _asked(chat)
    chat.bar.pays()


VENUES: dict[State, dict[str, Any]] = {
    State.COLLECTING_ADDRESS: {"delivers": True},
    State.COLLECTING_DETAILS: {"asks": ("name", "email", "birthday")},
    State.COLLECTING_TIP: {"paying": Paying(tips=("10%", "100"))},
}
WAYS: dict[State, Callable[[Chat], None]] = {
    State.GREETING: _says(),
    State.BROWSING_CATEGORIES: _says("menu"),
    State.BROWSING_PRODUCTS: _says("cocktail"),
    State.COLLECTING_QUANTITY: _says("sprite"),
    State.CHOOSING_OPTIONS: _says("burger", "2"),
    State.ADDING_TO_CART: _says("2 sprite"),
    State.REVIEWING_ORDER: _says("2 sprite to table 7"),
    State.COLLECTING_TABLE: _says("2 sprite", "checkout"),
    State.COLLECTING_ADDRESS: _delivered,
    State.COLLECTING_DETAILS: _says("2 sprite to table 7"),
    State.COLLECTING_TIP: _says("2 sprite to table 7", "pay"),
    State.CHOOSING_PAYMENT: _says("2 sprite to table 7", "other number"),
    State.AWAITING_PAYMENT: _asked,
    State.PAYMENT_CONFIRMATION: _checked,
    State.ORDER_COMPLETE: _paid,
    State.TALKING_TO_STAFF: _says("2 sprite", "staff"),
}
