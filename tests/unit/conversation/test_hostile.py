"""By generation: whatever stands in any field in any state is answered, and comes back or is kept without its sting."""

import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.conversation import carts, events
from core.conversation.effects import CANCEL_ORDER, PLACE_ORDER, REQUEST_PAYMENT
from core.conversation.session import Session, State
from tests.demo_menu import demo_menu
from tests.unit.conversation.chat import Chat, may_be_silent
from tests.unit.conversation.hostile import ANGLE, NUMBER, TEXT, ZEROS, quantity_in, stands
from tests.unit.conversation.test_ordering import cart

EXAMPLES = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
HIDDEN = ("Cc", "Cf", "Cs", "Co")
MONEY = (PLACE_ORDER, REQUEST_PAYMENT, CANCEL_ORDER)
TABLE = st.sampled_from(["7", "٧", "999", "-1"]) | TEXT
LINES = st.lists(st.fixed_dictionaries({"sku": TEXT, "quantity": st.integers()}), max_size=5)
CARD = st.fixed_dictionaries({"phones": st.lists(NUMBER, max_size=12), "own": st.booleans()})
FORM = st.fixed_dictionaries({}, optional={"table": TABLE, "name": TEXT, "email": TEXT, "birthday": TEXT})
FIELDS = st.one_of(
    st.tuples(st.just(events.TEXT), st.fixed_dictionaries({"text": TEXT}, optional={"media": TEXT})),
    st.tuples(st.just(events.TEXT), TEXT.map(lambda text: {"text": f"note: {text}"})),
    st.tuples(st.just(events.TEXT), TEXT.map(lambda text: {"text": f"my name is {text}"})),
    st.tuples(st.just(events.TAP), st.fixed_dictionaries({"id": TEXT, "title": TEXT})),
    st.tuples(
        st.just(events.LOCATION),
        st.fixed_dictionaries({"latitude": ANGLE, "longitude": ANGLE}, optional={"name": TEXT, "address": TEXT}),
    ),
    st.tuples(st.just(events.CARDS), CARD),
    st.tuples(st.just(events.CATALOGUE), st.fixed_dictionaries({"lines": LINES, "text": TEXT})),
    st.tuples(st.just(events.FORM), st.fixed_dictionaries({"fields": FORM})),
    st.tuples(st.just(events.UNREADABLE), st.fixed_dictionaries({"type": TEXT})),
)


def check_said(chat: Chat) -> None:
    """No mark that hides, turns or runs anything, in whatever was said."""
    for reply in chat.last.replies:
        said = [reply.body, reply.list_label, reply.list_title, *(button.title for button in reply.buttons)]
        said += [text for row in reply.rows for text in (row.title, row.description)]
        for character in "".join(said):
            assert character == "\n" or unicodedata.category(character) not in HIDDEN
            assert character not in "<>"


def check_done(chat: Chat) -> None:
    """What goes into the books can be kept there."""
    for text in strings(chat.world.done):
        assert "\x00" not in text and text == text.encode().decode()
    for effect in chat.world.done:
        if effect["kind"] == PLACE_ORDER:
            kept = effect["customer_name"] + effect["note"] + effect["address"]
            assert all(unicodedata.category(character) not in ("Cc", "Cs") for character in kept)


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from strings([*value, *value.values()])
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from strings(inner)


@pytest.mark.parametrize("state", State)
def test_there_is_a_way_into_every_state(state: State) -> None:
    chat = stands(state)
    assert (chat.session.state if chat.session else State.GREETING) == state


@pytest.mark.parametrize("state", State)
@EXAMPLES
@given(played=st.lists(FIELDS, min_size=1, max_size=4), name=TEXT, phone=NUMBER)
def test_hostile_fields_are_answered_in_every_state(
    state: State, played: list[tuple[str, dict[str, Any]]], name: str, phone: str
) -> None:
    chat = stands(state)
    chat.name, chat.phone = name, phone
    for kind, data in played:
        turn = chat.play(kind, data)
        assert turn.replies or may_be_silent(chat) or (kind, data.get("type")) == (events.UNREADABLE, "reaction")
        check_said(chat)
    check_done(chat)
    chat.guest.taps_id("english").taps_id("menu")
    assert chat.state == State.BROWSING_CATEGORIES, "and from here the evening goes on"


@EXAMPLES
@given(name=TEXT, note=TEXT, address=TEXT)
def test_a_hostile_guest_still_gets_an_order_and_a_clean_ticket(name: str, note: str, address: str) -> None:
    chat = Chat(demo_menu("delivers", delivers=True), name=name)
    chat.guest.says("1 wings").says(f"note: {note}").says("checkout")
    chat.guest.taps_id("deliver").says(address or "x").says("menu").says("table 7").says("checkout")
    if any("Pay" in title for title in chat.guest.titles):
        chat.guest.taps("Pay")
    check_said(chat)
    check_done(chat)


@settings(max_examples=150, deadline=None)
@given(zero=st.sampled_from(ZEROS), number=st.integers(0, 1200))
def test_a_quantity_in_any_script_of_digits_is_that_quantity(zero: str, number: int) -> None:
    chat = Chat()
    chat.guest.says(f"{quantity_in(zero, number)} sprite")
    if 1 <= number <= carts.MOST:
        assert cart(chat) == {"Sprite": number}
    else:
        assert cart(chat) == {}


def test_every_script_of_digits_is_read() -> None:
    for zero in ZEROS:
        words = f"{quantity_in(zero, 12)} sprite to table {quantity_in(zero, 7)}"
        Chat().guest.says(words).reads("12 × Sprite", "Table 7")


def taps_of_another(state: State) -> list[str]:
    """What another guest was shown, or could have been, about a cart and an order that are not ours."""
    other = stands(state, ours=False)
    if other.world.prompts:
        other.bar.fails()
    session = other.session or Session()
    stamp, order = carts.stamp(session), str(session.order.get("order_id", "order-102"))
    forged = [
        f"{action}:{stamp}" for action in ("pay", "this", "other", "again", "clear", "out:0", "line:0", "qty:dawa:2")
    ]
    return [
        *other.seen,
        *forged,
        f"retry:{order}",
        f"other:{order}",
        f"cancel:{order}",
        f"pay:{order}",
        f"this:{order}",
    ]


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("theirs", [State.ADDING_TO_CART, State.REVIEWING_ORDER, State.AWAITING_PAYMENT])
def test_taps_of_another_guests_cart_or_order_do_nothing(state: State, theirs: State) -> None:
    for tap in taps_of_another(theirs):
        chat = stands(state)
        lines, done = cart(chat) if chat.session else {}, len(chat.world.done)
        chat.guest.taps_id(tap)
        assert not [effect for effect in chat.world.done[done:] if effect["kind"] in MONEY], tap
        assert cart(chat) == lines, tap
