"""The guest's receipt in writing."""

import pytest

from core.conversation.session import State
from tests.unit.conversation.chat import Bar, Chat, Guest


@pytest.mark.parametrize("word", ["receipt", "Risiti tafadhali", "send me the receipt please"])
def test_a_receipt_is_asked_for_with_a_word_and_comes_by_itself(paid: Guest, bar: Bar, chat: Chat, word: str) -> None:
    paid.says(word)
    assert any(said in paid.text for said in ("being written", "inaandaliwa"))
    bar.writes_the_receipt()
    [reply] = chat.last.replies
    assert (reply.document, reply.file) == ("link-1", "receipt-1.pdf") and "101" in reply.body
    assert chat.state == State.ORDER_COMPLETE


def test_it_is_fetched_again_at_once(paid: Guest, chat: Chat) -> None:
    paid.says("receipt").says("receipt").reads("Your receipt", "101")
    [reply] = chat.last.replies
    assert (reply.document, reply.file, reply.buttons) == ("link-101", "receipt-101.pdf", ())


def test_before_anything_is_paid_there_is_none(asked: Guest, chat: Chat) -> None:
    asked.says("receipt").reads("Nothing of yours is paid yet")
    assert chat.state == State.AWAITING_PAYMENT


def test_a_cart_that_was_begun_is_kept(paid: Guest, chat: Chat) -> None:
    paid.says("1 sprite").says("receipt").reads("being written")
    assert chat.session is not None and [line.name for line in chat.session.lines] == ["Sprite"]
    assert chat.state == State.ADDING_TO_CART


def test_who_talks_with_staff_is_left_to_them(paid: Guest, chat: Chat) -> None:
    paid.says("waiter").says("receipt")
    assert chat.state == State.TALKING_TO_STAFF and not chat.last.replies[-1].document


def test_a_receipt_that_comes_while_the_guest_orders_again_disturbs_nothing(paid: Guest, bar: Bar, chat: Chat) -> None:
    paid.says("receipt").says("1 sprite")
    bar.writes_the_receipt()
    assert chat.last.replies[0].document and chat.state == State.ADDING_TO_CART
    paid.says("checkout").says("yes").reads("Check your phone", "102")


def test_what_cannot_be_written_is_said(paid: Guest, chat: Chat) -> None:
    chat.world.send_receipt = lambda effect, before: {"result": "receipt_failed", "number": "101"}  # type: ignore[method-assign]
    paid.says("receipt").reads("could not be written", "101")
