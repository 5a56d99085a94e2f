"""Rules 8 and 9 at the sender: what may have left already, what must not leave any more, and what waits for it."""

import pytest

from core.conversation.replies import Reply
from core.domain.statuses import MessageStatus
from core.jobs import request_payment
from core.providers.whatsapp.client import SEND_SECONDS
from core.services import sending
from tests.integration.sending.house import BOX, House

PROMPT = Reply("Check your phone.", prompt=True)


def asks_for_money(house: House) -> None:
    """The one reply a payment waits for is in the outbox."""
    house.hears()
    house.shows(PROMPT, releases="payment-1", plain=0)


def left_without_a_word(house: House, message: str, again: int) -> None:
    """This message went out so many times more, no answer came, and its time has passed."""
    house.program.store.client.hset(f"sending:{BOX}", mapping={"id": message, "until": 1, "again": again})


def test_rule_08_a_sender_that_was_frozen_since_its_claim_posts_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.hears()
    house.says("hello")
    with monkeypatch.context() as frozen:
        frozen.setattr(sending, "LEASE_SECONDS", SEND_SECONDS)  # as long as one POST: the time for it is over
        assert house.sends() == []
    assert 0 < house.waits() <= sending.PAUSE_SECONDS
    house.a_while_passes()
    [body] = house.sends()
    assert body["text"]["body"] == "hello" and body["biz_opaque_callback_data"].endswith(":0")


def test_rule_08_what_nobody_confirmed_goes_once_more(house: House) -> None:
    house.hears()
    [message] = house.says("hello")
    left_without_a_word(house, message, again=0)
    [body] = house.sends()
    assert body["text"]["body"] == "hello" and body["biz_opaque_callback_data"].endswith(":1")


def test_rule_08_what_went_twice_without_a_word_never_goes_a_third_time(house: House) -> None:
    house.hears()
    [message] = house.says("hello")
    left_without_a_word(house, message, again=1)
    assert house.sends() == []
    assert [(said.status, said.error_code) for said in house.saved()] == [(MessageStatus.UNKNOWN, "unknown")]
    house.says("and now?")
    assert [body["text"]["body"] for body in house.sends()] == ["and now?"]


def test_rule_09_the_prompt_may_open_when_check_your_phone_has_left(house: House) -> None:
    asks_for_money(house)
    assert [body["text"]["body"] for body in house.sends()] == ["Check your phone."]
    assert house.rung == [request_payment("payment-1")]


def test_rule_09_the_prompt_may_open_when_check_your_phone_will_never_leave(house: House) -> None:
    asks_for_money(house)
    house.simulators.graph.fail_next(131026)
    assert house.sends() == []
    assert house.rung == [request_payment("payment-1")]


def test_rule_09_no_prompt_opens_before_check_your_phone_has_left(house: House) -> None:
    asks_for_money(house)
    house.simulators.graph.fail_next(131056)
    assert house.sends() == [] and house.rung == []
    house.a_while_passes()
    assert len(house.sends()) == 1 and house.rung == [request_payment("payment-1")]
