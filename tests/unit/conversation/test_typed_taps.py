"""Guests type what they could tap: every title, written out, does what its tap does."""

import pytest

from core.domain.delivery import Delivery
from tests.demo_menu import demo_menu
from tests.unit.conversation.chat import Chat

SCRIPTS: list[list[str]] = [
    [],
    ["hi"],
    ["cocktail"],
    ["more cocktails"],
    ["dawa"],
    ["2 dawa"],
    ["2 sprite"],
    ["2 sprite", "change"],
    ["2 sprite", "change", "1"],
    ["2 sprite", "cancel"],
    ["2 martini"],
    ["2 sprite", "checkout"],
    ["2 sprite", "checkout", "show tables"],
    ["2 sprite", "checkout", "deliver to me"],
    ["/pickup", "2 sprite", "checkout"],
    ["/pickup", "2 sprite", "checkout", "deliver to me"],
    ["2 sprite to table 4"],
    ["2 sprite to table 4", "other number"],
    ["2 sprite to table 4", "pay", "/fails"],
    ["2 sprite to table 4", "pay", "/checks"],
    ["2 sprite to table 4", "pay", "/pays"],
    ["2 sprite to table 4", "pay", "/pays", "status"],
    ["2 sprite to table 4", "pay", "/gives_up"],
    ["2 sprite to table 4", "pay", "/part"],
    ["help"],
    ["staff"],
]


def play(script: list[str]) -> Chat:
    chat = Chat(demo_menu("delivers", delivers=True))
    for line in script:
        if line == "/part":
            chat.bar.pays("100")
        elif line == "/pickup":
            chat.menu_becomes(delivers=True, delivery=Delivery(pickup=True))
        elif line.startswith("/"):
            getattr(chat.bar, line[1:])()
        else:
            chat.guest.says(line)
    return chat


@pytest.mark.parametrize("script", [s for s in SCRIPTS if s], ids=" → ".join)
def test_a_title_typed_does_what_its_tap_does(script: list[str]) -> None:
    for title in play(script).guest.titles:
        typed, tapped = play(script), play(script)
        typed.guest.says(title)
        tapped.guest.taps(title)
        assert typed.session == tapped.session, title
        assert typed.last.replies == tapped.last.replies, title
