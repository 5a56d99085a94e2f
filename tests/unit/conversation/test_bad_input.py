"""Everything hostile or odd gets a kind answer, and nothing of it comes back dangerous."""

import pytest

from tests.unit.conversation.chat import Chat, Guest

HOSTILE = [
    "",
    " ",
    "\x00",
    "\x00\x01\x02 dawa",
    "\ud800",
    "dawa \ud83d",
    "🍹🍹🍹",
    "👨‍👩‍👧‍👦" * 50,
    "مرحبا اريد مشروب",
    "\u202eawad 2\u202c",
    "'; DROP TABLE orders; --",
    "<script>alert(1)</script>",
    "{venue} {0} %s {{}}",
    "a" * 4000,
    "dawa " * 800,
    "2 " * 2000,
    "na " * 1000,
    "table " * 500,
    "table",
    "-",
    "2",
    "²",
    "½ dawa",
    "٣٣٣٣٣٣٣٣٣٣",
    "x",
    "remove",
    "change",
    "t",
    "kumi na",
    "ishirini na ishirini",
    "+254",
    "0" * 31,
    ":::::",
    "*_~`bold`~_*",
    "?" * 100,
    "\n\n\n",
    "Z̸̢̛͓͍a̷l̶g̵o̷",
]
BEGINNINGS: list[list[str]] = [
    [],
    ["hi"],
    ["cocktail"],
    ["sprite"],
    ["2 dawa"],
    ["2 sprite"],
    ["2 sprite", "change"],
    ["2 sprite", "change", "1"],
    ["2 sprite", "cancel"],
    ["2 sprite", "checkout"],
    ["2 sprite to table 7"],
    ["2 sprite to table 7", "other number"],
    ["2 sprite to table 7", "pay"],
    ["staff"],
]


@pytest.mark.parametrize("beginning", BEGINNINGS, ids=lambda b: "/".join(b) or "first")
def test_hostile_texts_are_answered_in_every_state(beginning: list[str]) -> None:
    for text in HOSTILE:
        chat = Chat()
        for said in beginning:
            chat.guest.says(said)
        chat.guest.says(text)
        assert "\u202e" not in chat.guest.text
        assert "<script>" not in chat.guest.text
        assert "\x00" not in chat.guest.text


@pytest.mark.parametrize(
    "name", ["<b>Bob</b>\nCRITICAL paid", "\u202eevil", "\x00", "\ud800", "😀" * 200, "{venue}", "*x*"]
)
def test_hostile_names_are_cleaned(name: str) -> None:
    chat = Chat(name=name)
    chat.guest.says("hi").reads("Karibu")
    assert not set("<\u202e\x00") & set(chat.guest.text)
    chat.guest.says("1 wings to table 2").taps("Pay with M-Pesa")
    assert "\n" not in chat.world.done[0]["customer_name"]


@pytest.mark.parametrize(
    "tap",
    [
        "",
        ":",
        "::::",
        "menu:x",
        "cat",
        "cat:",
        "cat:nothing",
        "cat:beer:-1",
        "cat:beer:9999",
        "prod",
        "prod:x",
        "qty",
        "qty:dawa",
        "qty:dawa:99999:x:1",
        "qty:dawa:0::0",
        "line",
        "line:0",
        "line:9:x:1",
        "out",
        "clear:x:1",
        "age",
        "age:yes",
        "keep",
        "table",
        "table:x",
        "table:99999",
        "change:99",
        "more",
        "hello",
        "thanks",
        "unknown:1",
        "\ud800",
        "\x00",
        "pay:" + "x" * 500,
        "constructor",
        "menu:" + "9" * 50,
        "qty:sprite:٢:x:1",
    ],
)
def test_invented_taps_are_answered_in_every_state(tap: str) -> None:
    for beginning in BEGINNINGS:
        chat = Chat()
        for said in beginning:
            chat.guest.says(said)
        chat.guest.taps_id(tap)


@pytest.mark.parametrize(
    "kind",
    [
        "image",
        "audio",
        "video",
        "sticker",
        "document",
        "contacts",
        "order",
        "button",
        "unsupported",
        "nfm_reply",
    ],
)
def test_what_cannot_be_read_gets_a_helpful_line(guest: Guest, chat: Chat, kind: str) -> None:
    guest.says("2 sprite").sends(kind).reads("2 × Sprite", "Checkout")


def test_a_reaction_is_the_only_thing_left_unanswered(guest: Guest, chat: Chat) -> None:
    guest.says("2 sprite")
    session = chat.session
    turn = chat.play("unreadable", {"type": "reaction"})
    assert turn.replies == ()
    assert chat.session == session


@pytest.mark.parametrize(
    "data", [{}, {"latitude": "x", "longitude": None}, {"latitude": float("nan"), "longitude": 1e300}]
)
def test_odd_locations_are_answered(chat: Chat, data: dict[str, object]) -> None:
    assert chat.play("location", dict(data)).replies


def test_a_venue_with_an_empty_menu_says_so() -> None:
    from dataclasses import replace

    from tests.demo_menu import demo_menu

    chat = Chat(replace(demo_menu("empty"), products=(), categories=()))
    chat.guest.says("hi").reads("being prepared").says("2 dawa").says("cart").says("menu").says("7")
