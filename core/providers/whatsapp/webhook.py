"""Reading what Meta posts: many entries, changes, messages and statuses, each by itself, a bad one sinking no other.

Shapes from the Cloud API reference: envelope `entry[].changes[].value`, `messages[]` or `statuses[]` or `errors[]`.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from core.conversation.events import IDENTITY, PREFERENCE
from core.providers.whatsapp.accounts import Notice, read_notice, read_preferences
from core.providers.whatsapp.contents import cards, content
from core.providers.whatsapp.fields import items, mapping, text, when

USER_ID_UPDATE = "user_id_update"
USER_PREFERENCES = "user_preferences"


@dataclass(frozen=True)
class Message:
    """What one guest sent, or what Meta says of one. `at` is Meta's timestamp in epoch seconds; phone or bsuid may be
    empty, never both. `former` are the (phone, bsuid) by which the guest was known until now. Without a
    `phone_number_id` it is meant for every number of the account."""

    id: str
    external_id: str
    phone_number_id: str
    kind: str
    at: float
    data: dict[str, Any]
    phone: str
    bsuid: str
    name: str
    former: tuple[str, str] = ("", "")
    account_id: str = ""


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
    notices: list[Notice] = field(default_factory=list)
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
    for entry, change in _changes(body):
        _read_change(change, entry, intake, now)
    return intake


def _changes(body: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Every change of every entry; what is no list counts as one change that cannot be read."""
    entries = body.get("entry")
    for entry in entries if isinstance(entries, list) else [None]:
        changes = entry.get("changes") if isinstance(entry, dict) else None
        for change in changes if isinstance(changes, list) else [None]:
            yield entry, change


def _read_change(change: Any, entry: Any, intake: Intake, now: float) -> None:
    value = change.get("value") if isinstance(change, dict) else None
    if not isinstance(value, dict):
        intake.notes.append(("malformed", ""))
        return
    name, number = text(change, "field"), text(mapping(value, "metadata"), "phone_number_id")
    account_id = text(entry, "id")
    if name != "messages" or not number or "errors" in value:
        intake.notices.append(read_notice(name, value, account_id, str(entry.get("time", ""))))
    if name == USER_ID_UPDATE:
        intake.messages += _moved(value, number, account_id, now)
    if name == USER_PREFERENCES:
        intake.messages += _preferences(value, number, account_id, now)
    _read_messages(value, number, intake, now)


def _read_messages(value: dict[str, Any], number: str, intake: Intake, now: float) -> None:
    names = _names(value)
    for name in ("messages", "statuses"):
        if name in value and not isinstance(value[name], list):
            intake.notes.append(("malformed", number))
    for message in items(value, "messages"):
        _keep(intake.messages, _message(message, number, names, now), intake, number)
    for status in items(value, "statuses"):
        _keep(intake.statuses, _status(status, number, now), intake, number)


def _keep(kept: list[Any], read: Any, intake: Intake, number: str) -> None:
    if read is None:
        intake.notes.append(("malformed", number))
    else:
        kept.append(read)


def _names(value: dict[str, Any]) -> dict[str, str]:
    names = {}
    for contact in items(value, "contacts"):
        name = text(mapping(contact, "profile"), "name")
        for key in ("wa_id", "user_id"):
            names[text(contact, key)] = name
    names.pop("", None)
    return names


def _message(message: Any, number: str, names: dict[str, str], now: float) -> Message | None:
    external_id, phone, bsuid = text(message, "id"), text(message, "from")[:32], text(message, "from_user_id")[:160]
    if not number or not external_id or not (phone or bsuid):
        return None
    kind, data = cards(message) if text(message, "type") == "contacts" else content(message)
    moved = kind == IDENTITY
    return Message(
        id=event_id("m", number, external_id),
        external_id="" if moved else external_id,
        phone_number_id=number,
        kind=kind,
        at=when(message, now),
        data=data,
        phone=(data["phone"] or phone) if moved else phone,
        bsuid=(data["bsuid"] or bsuid) if moved else bsuid,
        name=(names.get(bsuid) or names.get(phone) or "")[:120],
        former=(phone, bsuid) if moved else ("", ""),
    )


def _moved(value: dict[str, Any], number: str, account_id: str, now: float) -> list[Message]:
    """A guest got another id: the field's own shape, alone or in a list."""
    found = []
    for one in [value, *items(value, USER_ID_UPDATE)]:
        ids, phone = mapping(one, "user_id"), text(one, "wa_id")[:32]
        before, after = text(ids, "previous")[:160], text(ids, "current")[:160]
        if before and after:
            data, id = {"phone": phone, "bsuid": after}, event_id("i", account_id, f"{before}:{after}")
            change = Message(id, "", number, IDENTITY, when(one, now), data, phone, after, "", ("", before), account_id)
            found.append(change)
    return found


def _preferences(value: dict[str, Any], number: str, account_id: str, now: float) -> list[Message]:
    digest = json.dumps(value, sort_keys=True)
    return [
        Message(
            id=event_id("p", account_id, f"{digest}:{index}"),
            external_id="",
            phone_number_id=number,
            kind=PREFERENCE,
            at=now,
            data={"stop": one.stop},
            phone=one.phone,
            bsuid=one.bsuid,
            name="",
            account_id=account_id,
        )
        for index, one in enumerate(read_preferences(value))
    ]


def _status(status: Any, number: str, now: float) -> Status | None:
    external_id, word = text(status, "id"), text(status, "status")
    if not external_id or not word:
        return None
    errors = items(status, "errors")
    code = errors[0].get("code") if errors and isinstance(errors[0], dict) else ""
    return Status(
        id=event_id("s", number, f"{external_id}:{word}"),
        phone_number_id=number,
        external_id=external_id,
        status=word[:20],
        at=when(status, now),
        callback=text(status, "biz_opaque_callback_data")[:512],
        error_code=str(code)[:12] if isinstance(code, int) else "",
    )


def event_id(kind: str, number: str, text: str) -> str:
    """Our id of something of Meta's: its own can contain the phone number in base64, and others may claim it."""
    return f"{kind}:{hashlib.blake2b(f'{number}:{text}'.encode(), digest_size=16).hexdigest()}"
