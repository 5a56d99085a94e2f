"""Reading what Meta posts: many entries, changes, messages and statuses, each by itself, a bad one sinking no other.

Shapes from the Cloud API reference: envelope `entry[].changes[].value`, `messages[]` or `statuses[]` or `errors[]`.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from core.conversation.events import LOCATION, TAP, TEXT, UNREADABLE

TEXT_KEPT = 4096


@dataclass(frozen=True)
class Message:
    """What one guest sent. `at` is Meta's timestamp in epoch seconds; phone or bsuid may be empty, never both."""

    id: str
    external_id: str
    phone_number_id: str
    kind: str
    at: float
    data: dict[str, Any]
    phone: str
    bsuid: str
    name: str


@dataclass(frozen=True)
class Status:
    """What became of one of our messages. `callback` is what we sent along with it."""

    id: str
    phone_number_id: str
    external_id: str
    status: str
    at: float
    callback: str
    error_code: str


@dataclass
class Intake:
    """One POST, sorted. `notes` are (reason, phone_number_id) of what was signed but is nobody's message."""

    messages: list[Message] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)


def read(raw: bytes, now: float) -> Intake:
    """Sort a signed body. Never raises: what cannot be read becomes a note."""
    intake = Intake()
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        intake.notes.append(("malformed", ""))
        return intake
    if not isinstance(body, dict) or body.get("object") != "whatsapp_business_account":
        intake.notes.append(("malformed", ""))
        return intake
    for change in _changes(body):
        _read_change(change, intake, now)
    return intake


def _changes(body: dict[str, Any]) -> Iterator[Any]:
    """Every change of every entry; what is no list counts as one change that cannot be read."""
    entries = body.get("entry")
    for entry in entries if isinstance(entries, list) else [None]:
        changes = entry.get("changes") if isinstance(entry, dict) else None
        yield from changes if isinstance(changes, list) else [None]


def _list(value: Any, name: str) -> list[Any]:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, list) else []


def _read_change(change: Any, intake: Intake, now: float) -> None:
    value = change.get("value") if isinstance(change, dict) else None
    if not isinstance(value, dict):
        intake.notes.append(("malformed", ""))
        return
    number = _text(_dict(value, "metadata"), "phone_number_id")
    if change.get("field") != "messages" or not number or "errors" in value:
        intake.notes.append((f"account: {_text(change, 'field')[:60]}", number))
    names = _names(value)
    for name in ("messages", "statuses"):
        if name in value and not isinstance(value[name], list):
            intake.notes.append(("malformed", number))
    for message in _list(value, "messages"):
        _keep(intake.messages, _message(message, number, names, now), intake, number)
    for status in _list(value, "statuses"):
        _keep(intake.statuses, _status(status, number, now), intake, number)


def _keep(kept: list[Any], read: Any, intake: Intake, number: str) -> None:
    if read is None:
        intake.notes.append(("malformed", number))
    else:
        kept.append(read)


def _names(value: dict[str, Any]) -> dict[str, str]:
    names = {}
    for contact in _list(value, "contacts"):
        name = _text(_dict(contact, "profile"), "name")
        for key in ("wa_id", "user_id"):
            names[_text(contact, key)] = name
    names.pop("", None)
    return names


def _message(message: Any, number: str, names: dict[str, str], now: float) -> Message | None:
    external_id, phone, bsuid = _text(message, "id"), _text(message, "from"), _text(message, "from_user_id")
    if not number or not external_id or not (phone or bsuid):
        return None
    kind, data = _content(message)
    return Message(
        id=event_id("m", number, external_id),
        external_id=external_id,
        phone_number_id=number,
        kind=kind,
        at=_time(message, now),
        data=data,
        phone=phone[:32],
        bsuid=bsuid[:160],
        name=(names.get(bsuid) or names.get(phone) or "")[:120],
    )


def _content(message: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    kind = _text(message, "type")
    part = _dict(message, kind)
    if kind == "text":
        return TEXT, {"text": _text(part, "body")[:TEXT_KEPT]}
    if kind == "interactive":
        return _tap(part)
    if kind == "button":
        return TAP, {"id": _text(part, "payload")[:256], "title": _text(part, "text")[:80]}
    if kind == "location":
        return LOCATION, _location(part)
    if kind == "request_welcome":
        return TEXT, {"text": "hi"}
    return UNREADABLE, {"type": kind[:40] or "unknown"}


def _tap(part: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    reply = _dict(part, _text(part, "type"))
    if _text(part, "type") in ("button_reply", "list_reply") and _text(reply, "id"):
        return TAP, {"id": _text(reply, "id")[:256], "title": _text(reply, "title")[:80]}
    return UNREADABLE, {"type": _text(part, "type")[:40] or "interactive"}


def _location(part: dict[str, Any]) -> dict[str, Any]:
    place: dict[str, Any] = {name: _text(part, name)[:200] for name in ("name", "address")}
    for name in ("latitude", "longitude"):
        value = part.get(name)
        place[name] = value if isinstance(value, int | float) and not isinstance(value, bool) else None
    return place


def _status(status: Any, number: str, now: float) -> Status | None:
    external_id, word = _text(status, "id"), _text(status, "status")
    if not external_id or not word:
        return None
    errors = _list(status, "errors")
    code = errors[0].get("code") if errors and isinstance(errors[0], dict) else ""
    return Status(
        id=event_id("s", number, f"{external_id}:{word}"),
        phone_number_id=number,
        external_id=external_id,
        status=word[:20],
        at=_time(status, now),
        callback=_text(status, "biz_opaque_callback_data")[:512],
        error_code=str(code)[:12] if isinstance(code, int) else "",
    )


def event_id(kind: str, number: str, text: str) -> str:
    """Our id of something of Meta's: its own can contain the phone number in base64, and others may claim it."""
    return f"{kind}:{hashlib.blake2b(f'{number}:{text}'.encode(), digest_size=16).hexdigest()}"


def _time(value: dict[str, Any], now: float) -> float:
    # A clock ahead of ours would put a message behind every later one.
    text = str(value.get("timestamp", ""))
    return min(float(text), now) if text.isascii() and text.isdigit() and len(text) < 12 else now


def _dict(value: Any, name: str) -> dict[str, Any]:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def _text(value: Any, name: str) -> str:
    """A text without what the stores cannot keep: halves of surrogate pairs, and NUL."""
    found = value.get(name) if isinstance(value, dict) else None
    return found.encode("utf-8", "replace").decode().replace("\x00", "") if isinstance(found, str) else ""
