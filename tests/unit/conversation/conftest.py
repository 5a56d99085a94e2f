"""A chat to write into."""

import pytest

from tests.unit.conversation.chat import Bar, Chat, Guest


@pytest.fixture
def chat() -> Chat:
    """Jane at Destination Cocktails, with the bar's menu and a Kenyan number."""
    return Chat()


@pytest.fixture
def guest(chat: Chat) -> Guest:
    """Jane's phone."""
    return chat.guest


@pytest.fixture
def bar(chat: Chat) -> Bar:
    """Everything that is not Jane."""
    return chat.bar


@pytest.fixture
def ordered(guest: Guest) -> Guest:
    """Jane, with two Dawa and a Tusker before her, about to confirm."""
    guest.says("2 dawa and 1 tusker to table 7").taps("I am 18")
    return guest


@pytest.fixture
def asked(ordered: Guest) -> Guest:
    """Jane, with the PIN dialog on her phone."""
    return ordered.taps("Pay with M-Pesa")


@pytest.fixture
def paid(asked: Guest, bar: Bar) -> Guest:
    """Jane, thanked."""
    bar.pays()
    return asked
