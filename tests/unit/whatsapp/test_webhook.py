"""Reading Meta's webhooks: each part by itself, nothing that a store cannot keep."""

import json
from typing import Any

from core.conversation.events import TEXT
from core.conversation.session import Session
from core.providers.whatsapp.webhook import read

NOW = 1_790_000_100.0


def posted(*values: dict[str, Any]) -> bytes:
    """One POST with a change per value."""
    changes = [{"field": "messages", "value": {"metadata": {"phone_number_id": "1"}} | value} for value in values]
    return json.dumps({"object": "whatsapp_business_account", "entry": [{"id": "9", "changes": changes}]}).encode()


def text(id: str = "wamid.1", **more: Any) -> dict[str, Any]:
    return {"id": id, "from": "254711000001", "timestamp": "1790000000", "type": "text", "text": {"body": "hi"}} | more


def test_half_a_surrogate_pair_and_nul_are_cleaned_everywhere() -> None:
    contact = {"profile": {"name": "Bob\ud83d\x00"}, "wa_id": "254711000001"}
    message = text(from_user_id="KE.\ud83d", text={"body": "\ud800 2 dawa\x00"})
    [read_message] = read(posted({"contacts": [contact], "messages": [message]}), NOW).messages
    for kept in (read_message.name, read_message.bsuid, read_message.data["text"]):
        assert kept == kept.encode("utf-8").decode()
        assert "\x00" not in kept


def test_guests_without_an_id_do_not_get_each_others_names() -> None:
    contacts = [{"profile": {"name": "Ann"}, "wa_id": "254711000001"}, {"profile": {"name": "Ben"}, "wa_id": "2547"}]
    messages = [text(), text("wamid.2", **{"from": "254711000002"})]
    names = [m.name for m in read(posted({"contacts": contacts, "messages": messages}), NOW).messages]
    assert names == ["Ann", ""]


def test_the_same_id_on_another_number_is_another_message() -> None:
    [one] = read(posted({"messages": [text()]}), NOW).messages
    [other] = read(posted({"metadata": {"phone_number_id": "2"}, "messages": [text()]}), NOW).messages
    assert one.id != other.id


def test_a_bad_part_sinks_no_other() -> None:
    intake = read(
        posted({"messages": [{"type": "text"}, text(), 7]}, {"statuses": [{}]}, {"messages": [text("b")]}), NOW
    )
    assert [m.external_id for m in intake.messages] == ["wamid.1", "b"]
    assert [reason for reason, _ in intake.notes] == ["malformed"] * 3


def test_a_first_opening_of_the_chat_is_a_greeting() -> None:
    [message] = read(posted({"messages": [text(type="request_welcome")]}), NOW).messages
    assert (message.kind, message.data) == (TEXT, {"text": "hi"})


def test_a_clock_ahead_of_ours_does_not_put_a_message_last() -> None:
    [message] = read(posted({"messages": [text(timestamp="1890000000")]}), NOW).messages
    assert message.at == NOW


def test_a_session_of_another_release_is_read() -> None:
    stored = Session(cart_id="c", cart_version=2).to_dict() | {"a_field_of_tomorrow": 1}
    assert Session.from_dict(stored).cart_id == "c"
