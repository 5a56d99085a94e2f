"""Guests see that their message was read, and that an answer is being written where it takes a while."""

from typing import Any

import pytest

from core.services.reading import mark_as_read
from sandbox.simulators.guest import Guest
from tests.integration.sending.house import BOX, PHONE, House


@pytest.fixture
def guest(house: House) -> Guest:
    return house.simulators.guest(PHONE)


def writes(house: House, guest: Guest, text: str = "hi") -> str:
    """The guest's message is in the mailbox; nobody has taken its turn."""
    id = guest.says(text).id
    house.waits_for_a_turn(id)
    return id


def shown(house: House, guest: Guest) -> dict[str, Any]:
    return house.simulators.get("sandbox/api/updates", guest=guest.phone, timeout=0)


def seconds_pass(house: House, seconds: float) -> None:
    house.program.store.client.zincrby("unread", -seconds * 1000, BOX)


def ticks(house: House, id: str) -> str:
    [entry] = [one for one in shown(house, house.simulators.guest(PHONE))["messages"] if one["id"] == id]
    return str(entry["ticks"])


def test_an_answered_message_shows_as_read(house: House, guest: Guest) -> None:
    id = writes(house, guest)
    house.answers("Karibu!")
    house.sends()
    assert mark_as_read(house.program) == 1
    assert ticks(house, id) == "read"
    assert not shown(house, guest)["typing"]


def test_an_answer_that_takes_a_while_shows_as_typing(house: House, guest: Guest) -> None:
    id = writes(house, guest)
    assert mark_as_read(house.program) == 0, "it may come any moment"
    seconds_pass(house, 1)
    assert mark_as_read(house.program) == 1
    assert ticks(house, id) == "read" and shown(house, guest)["typing"]
    house.answers("Karibu!")
    house.sends()
    assert not shown(house, guest)["typing"]


def test_only_the_newest_message_is_marked_once(house: House, guest: Guest) -> None:
    for text in ("one", "two", "three"):
        writes(house, guest, text)
        house.answers()
    assert mark_as_read(house.program) == 1
    assert mark_as_read(house.program) == 0


def test_a_mark_that_fails_is_forgotten_and_nothing_else_happens(house: House, guest: Guest) -> None:
    writes(house, guest)
    house.answers("Karibu!")
    house.simulators.graph.fail_next(131000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(house.program.directory), "line", lambda *_: None)
        assert mark_as_read(house.program) == 0
    assert mark_as_read(house.program) == 0
    house.simulators.reset()
    assert len(house.sends()) == 1


def test_what_nobody_marked_is_forgotten_within_a_minute(house: House, guest: Guest) -> None:
    writes(house, guest)
    assert 0 < house.program.store.client.ttl("unread") <= 60
    assert 0 < house.program.store.client.ttl("unread:ids") <= 60
