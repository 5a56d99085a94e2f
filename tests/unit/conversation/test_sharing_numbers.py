"""A guest who shows no number is asked for one to pay from, by WhatsApp's own button and in plain words."""

import pytest

from core.conversation import events
from core.conversation.replies import BODY_LIMIT, Reply
from core.conversation.session import State
from core.providers.whatsapp.client import _content
from tests.unit.conversation.chat import Chat

ORDER = "2 sprite to table 7"


@pytest.fixture
def chat() -> Chat:
    """Known to us by the business-scoped id alone, at the point where money is asked for."""
    chat = Chat(phone="")
    chat.guest.says(ORDER).taps("Pay with M-Pesa").reads("Which M-Pesa number")
    return chat


def test_the_request_is_one_tap_and_can_be_answered_in_words(chat: Chat) -> None:
    [reply] = chat.last.replies
    assert reply.contact and not reply.buttons
    chat.guest.says("0722 000 111").reads("0722 000 111")
    assert chat.state == State.AWAITING_PAYMENT


def test_the_number_that_was_shared_pays(chat: Chat) -> None:
    chat.guest.shares(events.CARDS, phones=["+254 722 000 111"], own=True).reads("0722 000 111")
    assert [prompt["phone"] for prompt in chat.world.prompts] == ["254722000111"]


def test_a_shared_number_that_m_pesa_cannot_reach_is_asked_for_again(chat: Chat) -> None:
    chat.guest.shares(events.CARDS, phones=["+44 7700 900123"], own=True).reads("Kenyan")
    assert chat.world.prompts == [] and chat.last.replies[0].contact


def test_who_paid_from_a_number_is_not_asked_to_share_it_again(chat: Chat) -> None:
    chat.guest.says("0722 000 111")
    chat.bar.fails()
    chat.guest.taps("Other number").reads("Which M-Pesa number")
    assert not chat.last.replies[0].contact


def test_who_shows_a_foreign_number_is_asked_to_write_another() -> None:
    chat = Chat(phone="447700900123")
    chat.guest.says(ORDER).taps("Pay with M-Pesa").reads("Which M-Pesa number")
    assert not chat.last.replies[0].contact


def test_it_goes_out_as_the_reference_has_it() -> None:
    assert _content(Reply("Which number?", contact=True)) == {
        "type": "interactive",
        "interactive": {
            "type": "request_contact_info",
            "body": {"text": "Which number?"},
            "action": {"name": "request_contact_info"},
        },
    }
    assert len(Reply("x" * 2000, contact=True).body) == BODY_LIMIT


def test_a_reply_stored_before_there_were_requests_is_read() -> None:
    kept = Reply("Which number?").to_dict()
    del kept["contact"]
    assert Reply.from_dict(kept) == Reply("Which number?")
