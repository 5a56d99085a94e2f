"""Every shape Meta posts, through parsing and the chat, to the outcome written beside it."""

import json
from pathlib import Path
from typing import Any

import pytest

from core.providers.whatsapp.webhook import Intake, Message, read
from tests.unit.conversation.chat import Chat

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "whatsapp"
NAMES = sorted(path.name.removesuffix(".expected.json") for path in SAMPLES.glob("*.expected.json"))
NOW = 1_795_197_700.0


def sample(name: str) -> tuple[Intake, dict[str, Any]]:
    """One body as bytes, as it is signed, and what shall become of it."""
    expected: dict[str, Any] = json.loads((SAMPLES / f"{name}.expected.json").read_text())
    return read((SAMPLES / f"{name}.json").read_bytes(), NOW), expected


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_is_read_as_written_beside_it(name: str) -> None:
    intake, expected = sample(name)
    assert [{"kind": m.kind, "data": m.data} for m in intake.messages] == expected["events"]
    assert [[s.status, s.error_code] for s in intake.statuses] == expected.get("statuses", [])
    assert [note for note, _ in intake.notes] == expected.get("notes", [])
    notices = [{name: getattr(one, name) for name in ("field", "event", "subject", "loud")} for one in intake.notices]
    assert notices == expected.get("notices", [])
    for message in intake.messages:
        for known in ("phone", "bsuid"):
            assert getattr(message, known) == expected.get(known, getattr(message, known))
        assert list(message.former) == expected.get("former", list(message.former))


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_is_answered_as_written_beside_it(name: str) -> None:
    intake, expected = sample(name)
    for message in intake.messages:
        chat = began(message, expected)
        done = len(chat.world.done)
        turn = chat.play(message.kind, message.data)
        assert (not turn.replies) == expected.get("silent", False)
        for words in expected.get("says", []):
            assert words in chat.guest.text
        assert chat.state == expected.get("state", chat.state)
        effects = [effect["kind"] for effect in chat.world.done[done:]]
        assert effects == expected.get("effects", effects)


def began(message: Message, expected: dict[str, Any]) -> Chat:
    """A chat that stands where the sample's guest stood."""
    chat = Chat(phone=expected.get("chat_phone", message.phone), name=message.name)
    for words in expected.get("before", []):
        chat.guest.says(words)
    for title in expected.get("taps", []):
        chat.guest.taps(title)
    return chat
