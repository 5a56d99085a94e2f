"""Guests who press send too early, or faster than they are served."""

from sandbox.simulators.guest import Guest
from sandbox.simulators.inbound import Sender, envelope, message_value, meta_bytes, text_message
from tests.functional.outside import Outside
from tests.waiting import eventually


def writes_at_once(outside: Outside, guest: Guest, *texts: str) -> None:
    """Meta had them waiting, and brings them in one webhook."""
    sender = Sender(guest.bsuid, guest.phone, guest.name)
    values = [message_value(sender, text_message(text)) for text in texts]
    assert outside.meta_posts(meta_bytes(envelope(outside.number, *values))).status_code == 200


def test_an_order_in_two_texts_that_came_together_gets_one_answer(outside: Outside, guest: Guest) -> None:
    writes_at_once(outside, guest, "2 coke", "and 1 fanta", "table 5")
    answer = guest.reads("Your order")
    assert "2 × Coca-Cola" in answer.text and "1 × Fanta" in answer.text and "Table 5" in answer.text
    assert [message.text for message in guest.messages] == [answer.text]
    said = "select body from messages where mailbox = %s and direction = 'in' order by body"
    box = eventually(lambda: outside.message(answer.text), what="the history")["mailbox"]
    assert [row["body"] for row in outside.rows(said, box)] == ["2 coke", "and 1 fanta", "table 5"]


def test_an_order_in_two_texts_is_the_same_order_however_they_come(guest: Guest) -> None:
    guest.says("2 dawa")
    guest.says("and 1 tusker")
    guest.taps("I am 18")
    answer = guest.reads("1 × Tusker")
    assert "2 × Dawa" in answer.text


def test_a_number_and_what_it_counts_is_one_order(guest: Guest) -> None:
    guest.says("2")
    guest.says("coke")
    guest.reads("2 × Coca-Cola")


def test_a_number_that_nothing_follows_is_asked_about(guest: Guest) -> None:
    guest.says("2")
    guest.reads("what would you like")


def test_a_tap_is_answered_although_half_a_thought_waits_before_it(guest: Guest) -> None:
    guest.says("1 coke")
    guest.reads("1 × Coca-Cola")
    guest.says("2")
    guest.taps("Checkout")
    guest.reads("able")
    guest.says("cart")
    assert "1 × Coca-Cola" in guest.reads("Coca-Cola").text
