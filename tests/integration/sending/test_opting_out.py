"""Nothing unasked reaches a guest who opted out; answers and news of their orders do."""

from uuid import uuid4

import pytest

from core.conversation.replies import Button, Reply
from core.services.customers import GuestRef
from core.services.effects import perform
from core.services.relay import guest_of
from core.store.sql.tables import Conversation, Customer
from tests.integration.sending.house import BOX, PHONE, READY, House


def texts(house: House) -> list[str]:
    return [body["text"]["body"] for body in house.sends()]


def customer(house: House) -> Customer:
    with house.bar.sessions.begin() as db:
        return db.query(Customer).one()


def asks(house: House, kind: str) -> dict[str, object]:
    ref = GuestRef(house.bar.workspace_id, house.bar.channel_id, BOX, "", PHONE, "Achieng")
    with house.bar.sessions.begin() as db:
        return perform(db, ref, uuid4().hex, [{"kind": kind}])[0][0]


def test_a_guest_who_opted_out_hears_answers_and_news_and_nothing_else(house: House) -> None:
    house.hears("stop")
    house.ends_turn(stopped=True)
    house.says("As you like")
    house.advertises("Happy hour!")
    house.says("Your order 7 is ready", body=READY)
    assert texts(house) == ["As you like", "Your order 7 is ready"]


def test_an_advertisement_that_waited_when_the_guest_opted_out_stays_in(house: House) -> None:
    house.hears()
    house.advertises("Happy hour!")
    house.ends_turn(stopped=True)
    assert texts(house) == []


def test_back_in_a_guest_hears_of_us_again(house: House) -> None:
    house.hears()
    house.ends_turn(stopped=True)
    house.ends_turn(stopped=False)
    house.advertises("Happy hour!")
    assert texts(house) == ["Happy hour!"]


@pytest.mark.parametrize(("stop", "start"), [("STOP", "start"), ("acha", "anza")])
def test_a_typed_word_opts_out_and_another_back_in(house: House, stop: str, start: str) -> None:
    [said] = house.talks(stop)
    assert "*menu*" in str(said) or "*menyu*" in str(said)
    assert customer(house).messages_stopped_at is not None
    house.advertises("Happy hour!")
    assert texts(house) == []

    assert len(house.talks(start)) == 1
    assert customer(house).messages_stopped_at is None
    house.advertises("Happy hour!")
    assert texts(house) == ["Happy hour!"]


def test_the_opt_out_is_kept_with_the_customer_until_taken_back(house: House) -> None:
    assert asks(house, "stop_messages") == {"result": "stopped"}
    since = customer(house).messages_stopped_at
    assert since is not None
    asks(house, "stop_messages")
    assert customer(house).messages_stopped_at == since
    with house.bar.sessions.begin() as db:
        assert guest_of(house.program, db, db.query(Conversation).one())["stopped"]
    assert asks(house, "resume_messages") == {"result": "resumed", "was_stopped": True}
    assert asks(house, "resume_messages") == {"result": "resumed", "was_stopped": False}
    assert customer(house).messages_stopped_at is None


def test_a_store_that_forgot_learns_it_from_the_customer(house: House) -> None:
    house.hears()
    house.advertises("Happy hour!")
    house.program.store.client.set(f"guest:{BOX}", house.guest_record(stopped=True))
    assert texts(house) == []


def test_131050_is_an_opt_out_too(house: House) -> None:
    asks(house, "resume_messages")
    house.hears()
    house.simulators.graph.fail_next(131050)
    house.advertises("Happy hour!")
    house.advertises("Happy hour again!")
    assert texts(house) == []
    assert customer(house).messages_stopped_at is not None


@pytest.mark.parametrize("code", [131053, 131000])
def test_a_message_whose_picture_was_refused_goes_without_it(house: House, code: int) -> None:
    picture = Reply("Dawa", (Button("a", "Add"),), image="https://example.com/dawa.jpg")
    house.hears()
    house.simulators.graph.fail_next(code)
    house.shows(picture)
    assert house.sends() == []
    house.a_while_passes()
    [body] = house.sends()
    assert body["interactive"]["body"]["text"] == "Dawa" and "header" not in body["interactive"]
