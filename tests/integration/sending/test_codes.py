"""Each error code of the Graph API has its own behaviour (Cloud API reference 4.6)."""

import json

import pytest

from core.conversation.events import PAYMENT_LINK, STAFF_SAID
from core.domain.statuses import MessageStatus
from core.services.relay import relay_conversation
from core.services.statuses import save_statuses
from core.store.sql.outbox import owe
from tests.integration.sending.house import BOX, PHONE, READY, House


def arrives(house: House, status: dict[str, object]) -> None:
    """Meta posts a status of one of our messages."""
    status["workspace"] = str(house.bar.workspace_id)
    house.program.store.client.xadd("stream:statuses", {"body": json.dumps(status)})


def texts(bodies: list[dict[str, object]]) -> list[object]:
    return [body.get("text", body.get("template")) for body in bodies]


def test_consecutive_texts_are_one_message_and_each_is_written_down_as_sent(house: House) -> None:
    house.hears()
    one, two = house.says("Karibu!", "What may we bring you?")
    [body] = house.sends()
    assert body["text"]["body"] == "Karibu!\n\nWhat may we bring you?"
    assert body["biz_opaque_callback_data"] == f"{BOX}:{one},{two}:0"
    saved = house.saved()
    assert [message.status for message in saved] == [MessageStatus.SENT] * 2
    assert len({message.external_id for message in saved}) == 1


def test_a_status_of_merged_texts_is_the_status_of_each(house: House) -> None:
    house.hears()
    house.says("one", "two")
    [body] = house.sends()
    house.saved()
    status = {"status": "read", "at": 1, "callback": body["biz_opaque_callback_data"], "error": ""}
    arrives(house, status)
    assert save_statuses(house.program) == 1
    assert [message.status for message in house.saved()] == [MessageStatus.READ] * 2


def test_what_merged_texts_all_say_is_said_once(house: House) -> None:
    house.hears()
    house.says("text only", "text only", "welcome", "text only")
    assert [body["text"]["body"] for body in house.sends()] == ["text only\n\nwelcome"]
    assert len(house.saved()) == 4


def test_131056_this_guest_waits_longer_and_longer(house: House) -> None:
    house.hears()
    house.simulators.graph.fail_next(131056, times=2)
    house.says("hello")
    assert house.sends() == [] and 0 < house.waits() <= 1
    house.a_while_passes()
    assert house.sends() == [] and 3 < house.waits() <= 4
    house.a_while_passes()
    assert len(house.sends()) == 1


def test_130429_the_whole_number_rests_for_a_moment(house: House) -> None:
    house.hears()
    house.simulators.graph.fail_next(130429)
    house.says("hello")
    assert house.sends() == []
    assert house.program.store.client.pttl(f"number:{house.bar.channel_id}") > 1000
    house.a_while_passes()
    assert len(house.sends()) == 1
    assert house.alerts() == []


@pytest.mark.parametrize("code", [190, 368, 131031, 131042])
def test_a_number_that_may_not_send_keeps_its_messages_and_staff_are_told_once(house: House, code: int) -> None:
    house.hears()
    house.simulators.graph.fail_next(code, times=2)
    house.says("hello")
    assert house.sends() == [] and 25 < house.waits() <= 30
    house.a_while_passes()
    assert house.sends() == []
    assert house.alerts() == [{"code": code}]
    house.a_while_passes()
    assert len(house.sends()) == 1


def test_130497_a_country_we_may_not_write_to_is_given_up_and_staff_are_told(house: House) -> None:
    house.hears()
    house.simulators.graph.fail_next(130497)
    house.says("hello")
    assert house.sends() == [] and house.waits() < 0
    assert house.alerts() == [{"code": 130497}]
    assert [(one.status, one.error_code) for one in house.saved()] == [(MessageStatus.FAILED, "130497")]


def test_131026_an_undeliverable_message_is_given_up_and_the_next_one_goes(house: House) -> None:
    house.hears()
    house.simulators.graph.fail_next(131026)
    house.says("lost")
    assert house.sends() == []
    house.says("found")
    assert len(house.sends()) == 1


def test_131000_is_tried_again(house: House) -> None:
    house.hears()
    house.simulators.graph.fail_next(131000)
    house.says("hello")
    assert house.sends() == [] and 0 < house.waits() < 2
    house.a_while_passes()
    assert len(house.sends()) == 1


def test_135000_is_tried_once_more_and_then_given_up(house: House) -> None:
    house.hears()
    house.simulators.graph.fail_next(135000, times=2)
    house.says("hello")
    house.sends()
    house.a_while_passes()
    assert house.sends() == [] and house.waits() < 0


def test_inside_the_day_an_order_that_is_ready_is_a_plain_text(house: House) -> None:
    house.hears()
    house.says("Your order 7 is ready", body=READY)
    assert texts(house.sends()) == [{"preview_url": False, "body": "Your order 7 is ready"}]


@pytest.mark.parametrize(("language", "sent"), [("", "en"), ("sw", "sw"), ("fr", "en")])
def test_outside_the_day_it_is_a_template_in_the_guests_language(house: House, language: str, sent: str) -> None:
    house.says("Your order 7 is ready", body=READY, language=language)
    [template] = texts(house.sends())
    parameters = [{"type": "text", "parameter_name": "number", "text": "7"}]
    components = [{"type": "body", "parameters": parameters}]
    assert template == {"name": "order_ready", "language": {"code": sent}, "components": components}


def test_a_message_of_a_day_ago_leaves_five_minutes_to_the_clocks(house: House) -> None:
    import time

    house.hears(at=time.time() - 24 * 3600 + 290)
    house.says("Your order 7 is ready", body=READY)
    assert "template" in house.sends()[0]


def test_131047_says_the_day_is_over_and_the_template_goes_instead(house: House) -> None:
    house.hears()
    house.simulators.graph.fail_next(131047)
    house.says("Your order 7 is ready", body=READY)
    [body] = house.sends()
    assert body["template"]["name"] == "order_ready"
    house.says("Order 8 is ready", body=READY | {"data": {"number": 8, "status": "READY"}})
    assert "template" in house.sends()[0]
    house.hears()
    house.says("Order 9 is ready", body=READY)
    assert "text" in house.sends()[0]


def test_131047_without_a_template_ends_there(house: House) -> None:
    house.hears()
    house.simulators.graph.fail_next(131047)
    house.says("just chatting")
    assert house.sends() == [] and house.waits() < 0


def test_131047_on_merged_texts_sends_those_with_a_template_one_by_one(house: House) -> None:
    house.hears()
    house.simulators.graph.fail_next(131047)
    house.says("Order 7 is ready", body=READY)
    house.says("Order 8 is ready", body=READY | {"data": {"number": 8, "status": "READY"}})
    sent = [body["template"]["components"][0]["parameters"][0]["text"] for body in house.sends()]
    assert sent == ["7", "8"]


def test_what_matters_is_marked_so_that_staff_see_it_when_it_fails(house: House) -> None:
    house.hears()
    house.simulators.graph.fail_next(131026, times=2, guest=PHONE)
    house.says("Your order 7 is ready", body=READY)
    house.sends()
    house.says("chatter")
    house.sends()
    assert [(one.kind, one.important, one.status) for one in house.saved()] == [
        ("order_status", True, MessageStatus.FAILED),
        ("reply", False, MessageStatus.FAILED),
    ]


@pytest.mark.parametrize("kind", [STAFF_SAID, PAYMENT_LINK])
def test_what_staff_wrote_and_a_page_to_pay_on_matter(house: House, kind: str) -> None:
    house.hears()
    house.simulators.graph.fail_next(131026, guest=PHONE)
    house.says("👤 The kitchen is out of wings", body={"kind": kind, "data": {}})
    house.sends()
    assert [(one.important, one.status) for one in house.saved()] == [(True, MessageStatus.FAILED)]


def test_131047_that_comes_as_a_status_sends_the_news_once_more_as_a_template(house: House) -> None:
    house.hears()
    conversation_id = house.conversation()
    with house.bar.sessions.begin() as db:
        owe(db, conversation_id, "order_status", {"order_id": "o", "number": 7, "status": "READY"})
    relay_conversation(house.program, conversation_id)
    house.answers("Your order 7 is ready")
    [body] = house.sends()
    assert "text" in body
    house.saved()

    for _ in range(2):
        status = {"status": "failed", "at": 1, "callback": body["biz_opaque_callback_data"], "error": "131047"}
        arrives(house, status)
        save_statuses(house.program)

    assert not house.saved()[0].important, "it has not failed yet"
    house.answers("Your order 7 is ready")
    [again] = house.sends()
    assert again["template"]["name"] == "order_ready"
    assert house.program.store.conversations.claim("bell") == []


def test_131047_for_mere_chatter_says_nothing_more(house: House) -> None:
    house.hears()
    house.says("chatter")
    [body] = house.sends()
    house.saved()
    status = {"status": "failed", "at": 1, "callback": body["biz_opaque_callback_data"], "error": "131047"}
    arrives(house, status)
    save_statuses(house.program)
    assert house.program.store.conversations.claim("bell") == []
    assert [one.status for one in house.saved()] == [MessageStatus.FAILED]
