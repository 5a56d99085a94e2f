"""Statuses of messages nobody knows wait for them, and hold up nobody else's."""

import json
from uuid import uuid4

import pytest

from core.domain.statuses import MessageStatus
from core.services import statuses
from core.services.statuses import save_statuses
from core.store.redis.streams import GROUP
from tests.integration.sending.house import BOX, House


def arrive(house: House, *callbacks: str) -> None:
    """Meta posts that these were read."""
    workspace = str(house.bar.workspace_id)
    for callback in callbacks:
        status = {"status": "read", "at": 1, "callback": callback, "error": "", "workspace": workspace}
        house.program.store.client.xadd("stream:statuses", {"body": json.dumps(status)})


def strangers(number: int) -> list[str]:
    return [f"{BOX}:{uuid4()}:0" for _ in range(number)]


def sends_one(house: House) -> str:
    """A message leaves the house; what its statuses will carry."""
    house.hears()
    house.says("Karibu!")
    [body] = house.sends()
    return str(body["biz_opaque_callback_data"])


def a_second_look_is_due(house: House) -> None:
    client = house.program.store.client
    ids = [entry["message_id"] for entry in client.xpending_range("stream:statuses", GROUP, "-", "+", 10_000)]
    if ids:
        client.xclaim("stream:statuses", GROUP, "statuses", 0, ids, idle=60_000, justid=True)


def test_statuses_of_unknown_messages_hold_up_no_others(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statuses, "BATCH", 10)
    arrive(house, *strangers(150))
    assert save_statuses(house.program) == 0
    ours = sends_one(house)
    house.saved()
    a_second_look_is_due(house)
    arrive(house, ours)
    assert save_statuses(house.program) == 1
    assert [message.status for message in house.saved()] == [MessageStatus.READ]
    assert house.program.store.statuses.length() == 150, "they still wait for their messages"


def test_a_status_that_came_before_its_message_counts_behind_any_number_of_others(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statuses, "BATCH", 10)
    ours = sends_one(house)
    arrive(house, *strangers(150), ours)
    assert save_statuses(house.program) == 0
    house.saved()
    a_second_look_is_due(house)
    assert save_statuses(house.program) == 1
    assert [message.status for message in house.saved()] == [MessageStatus.READ]


def test_a_status_is_given_up_only_when_all_that_was_said_before_it_is_saved(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statuses, "PATIENCE_SECONDS", -1)
    sends_one(house)
    arrive(house, *strangers(2))
    assert save_statuses(house.program) == 0
    house.saved()
    a_second_look_is_due(house)
    assert save_statuses(house.program) == 2
    assert house.program.store.statuses.length() == 0
