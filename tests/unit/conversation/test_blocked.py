"""A guest the house has blocked: heard, told once whom to speak to, and never kept from their money."""

from dataclasses import replace
from typing import Any

from core.conversation.profile import Profile
from core.conversation.turn import Turn
from tests.unit.conversation.chat import Chat


def blocked() -> Chat:
    chat = Chat()
    chat.profile = Profile(known=True, blocked=True)
    return chat


def play(chat: Chat, kind: str, data: dict[str, Any]) -> Turn:
    """As the real shell does it: what a turn knows from now on is beside the session."""
    turn = chat.play(kind, data)
    chat.profile = turn.known or chat.profile
    return turn


def test_a_blocked_guest_is_told_once_and_never_again() -> None:
    chat = blocked()
    said = [play(chat, "text", {"text": words}).replies for words in ("hello", "2 dawa", "why not")]
    said += [
        play(chat, "tap", {"id": "menu", "title": "Menu"}).replies,
        play(chat, "cards", {"phones": [], "own": ""}).replies,
    ]
    assert [reply.body for replies in said for reply in replies] == ["Please speak to our staff."]
    assert chat.session is not None and not chat.session.lines


def test_they_are_told_in_the_language_they_spoke() -> None:
    chat = blocked()
    chat.profile = replace(chat.profile, language="sw")
    assert "wahudumu" in play(chat, "text", {"text": "habari"}).replies[0].body


def test_what_a_blocked_guest_paid_is_settled_and_told() -> None:
    chat = Chat()
    chat.guest.says("2 tusker")
    chat.profile = Profile(known=True, blocked=True, turned_away=True)
    paid = {"order_id": "o", "number": 1, "payment_id": "p", "receipt": "SKL4ABCDEF", "amount": "700",
            "currency": "KES", "total": "700", "due": "0", "status": "PAID", "refund": False}  # fmt: skip
    assert "SKL4ABCDEF" in play(chat, "payment_settled", paid).replies[0].body
    assert play(chat, "text", {"text": "SKL4ABCDEF"}).replies


def test_who_is_unblocked_orders_as_before() -> None:
    chat = blocked()
    play(chat, "text", {"text": "hello"})
    chat.profile = Profile(known=True)
    assert "speak to our staff" not in play(chat, "text", {"text": "2 tusker"}).replies[0].body
