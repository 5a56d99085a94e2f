"""While a house is tried out one number is answered; news of orders and money reach everybody."""

from dataclasses import replace

from tests.demo_menu import demo_menu
from tests.unit.conversation.chat import Chat

OURS, GUEST = "254712345678", "254722000111"


def test_the_number_it_is_tried_with_is_answered_as_ever() -> None:
    chat = Chat(replace(demo_menu(), debug=OURS), phone=OURS)
    chat.guest.says("hi").reads("Karibu")


def test_nobody_else_is_answered_and_nothing_of_theirs_changes() -> None:
    chat = Chat(replace(demo_menu(), debug=OURS), phone=GUEST)
    for kind in ("text", "tap", "location", "unreadable"):
        turn = chat.play(kind, {"text": "2 dawa", "id": "menu", "type": "image"})
        assert turn.replies == () and turn.effects == () and not turn.session.lines, kind


def test_who_ordered_before_hears_that_their_money_came() -> None:
    chat = Chat(phone=GUEST)
    chat.guest.says("2 coke to table 7").taps("Pay with M-Pesa")
    chat.menu = replace(chat.menu, debug=OURS)
    chat.bar.pays()
    chat.guest.reads("M-Pesa receipt")
