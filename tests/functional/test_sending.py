"""Replies through the Graph API: refused, slowed down, unanswered, and what Meta says of them later."""

from sandbox.simulators.control import Simulators
from sandbox.simulators.guest import Guest, Message
from sandbox.simulators.inbound import Sender, envelope, meta_bytes, status_value
from tests.functional.conftest import Newcomer
from tests.functional.outside import Outside, Row
from tests.waiting import eventually


def row_of(outside: Outside, message: Message) -> Row | None:
    """The history's row of a message that reached its guest."""
    _, id, _ = message.body["biz_opaque_callback_data"].split(":")
    return next(iter(outside.rows("select * from messages where id::text = %s", id)), None)


def becomes(outside: Outside, message: Message, status: str) -> Row:
    """Wait until the history knows this of a message."""
    return eventually(lambda: (row := row_of(outside, message)) and row["status"] == status and row, what=status)


def meta_says(outside: Outside, guest: Guest, message: Message, *statuses: str) -> None:
    """Statuses of one message, each in a webhook of its own."""
    for status in statuses:
        sender = Sender(guest.bsuid, guest.phone, guest.name)
        value = status_value(sender, message.id, status, message.body["biz_opaque_callback_data"], None)
        assert outside.meta_posts(meta_bytes(envelope(outside.number, value))).status_code == 200


REFUSALS = ({"code": 131000, "status": 500, "times": 2}, {"code": 131056, "times": 2}, {"code": 130429}, {"code": 2})


def test_a_passing_refusal_only_delays_the_reply(simulators: Simulators, newcomer: Newcomer) -> None:
    guests = [newcomer() for _ in REFUSALS]
    for guest, refusal in zip(guests, REFUSALS, strict=True):
        simulators.graph.fail_next(**refusal, guest=guest.phone)
        guest.says("hi")
    for guest in guests:
        guest.reads("Karibu")
        assert len(guest.messages) == 1


def test_a_guest_who_cannot_be_reached_delays_nobody_else(simulators: Simulators, newcomer: Newcomer) -> None:
    slow, other = newcomer(), newcomer()
    simulators.graph.fail_next(131056, times=3, guest=slow.phone)
    slow.says("hi")
    other.says("hi")
    other.reads("Karibu")
    assert slow.messages == []


def test_what_can_never_be_sent_is_given_up_and_the_next_reply_goes_out(
    outside: Outside, simulators: Simulators, guest: Guest
) -> None:
    simulators.graph.fail_next(131047, guest=guest.phone)
    guest.says("hi")
    query = """select m.* from messages m join messages i on i.event_id = m.event_id
               where i.external_id = %s and m.direction = 'out'"""
    asked = guest.says("cart")
    guest.reads("empty")
    assert eventually(lambda: outside.rows(query, asked.id))[0]["status"] != "failed"
    given_up = """select m.status from messages m join messages i on i.mailbox = m.mailbox
                  where i.external_id = %s and m.error_code = '131047'"""
    assert eventually(lambda: outside.rows(given_up, asked.id)) == [{"status": "failed"}]


def test_a_reply_whose_answer_was_lost_is_not_sent_again(
    outside: Outside, simulators: Simulators, guest: Guest
) -> None:
    simulators.graph.set(drop_answer=1, statuses=False)
    guest.says("hi")
    lost = guest.reads("Karibu")
    guest.says("cart")
    eventually(lambda: row_of(outside, lost), what="the history")
    meta_says(outside, guest, lost, "sent")
    guest.reads("empty")
    assert [message.text for message in guest.messages].count(lost.text) == 1


def test_statuses_may_come_before_the_answer_to_the_send(
    outside: Outside, simulators: Simulators, guest: Guest
) -> None:
    simulators.graph.set(delay=1.5, status_delay=0)
    guest.says("hi")
    row = becomes(outside, guest.reads("Karibu"), "read")
    assert row["external_id"] or eventually(lambda: (row_of(outside, guest.messages[0]) or {})["external_id"])


def test_statuses_only_go_forward(outside: Outside, simulators: Simulators, newcomer: Newcomer) -> None:
    simulators.graph.set(statuses=False)
    guest, later = newcomer(), newcomer()
    guest.says("hi")
    later.says("hi")
    message, sentinel = guest.reads("Karibu"), later.reads("Karibu")
    eventually(lambda: row_of(outside, message) and row_of(outside, sentinel), what="both in the history")
    meta_says(outside, guest, message, "read")
    becomes(outside, message, "read")
    meta_says(outside, guest, message, "delivered", "sent")
    meta_says(outside, later, sentinel, "delivered")
    becomes(outside, sentinel, "delivered")
    assert (row_of(outside, message) or {})["status"] == "read"


def test_a_message_that_fails_later_is_noted_with_its_reason(
    outside: Outside, simulators: Simulators, guest: Guest
) -> None:
    simulators.graph.fail_later(131026, guest=guest.phone)
    guest.says("hi")
    assert becomes(outside, guest.reads("Karibu"), "failed")["error_code"] == "131026"
