"""Sending one reply through the Graph API, and reading what Meta says about it."""

from dataclasses import dataclass
from typing import Any

from core.conversation.replies import Reply
from core.providers.http import Answer, Http

SEND_SECONDS = 15.0

# What to do by `error.code`; titles and HTTP statuses are unstable (Cloud API reference 4.6).
SLOW_DOWN_GUEST = frozenset({131056})
SLOW_DOWN_NUMBER = frozenset({4, 80007, 130429, 131048})
STOP_AND_TELL = frozenset({0, 3, 10, 33, 104, 190, 368, 131005, 131031, 131037, 131042, 131045, 133006, 133010})
RETRY = frozenset({1, 2, 131000, 131016, 131057, 133000, 133004, 135000})


@dataclass(frozen=True)
class Sent:
    """Meta took it and calls it `external_id`."""

    external_id: str


@dataclass(frozen=True)
class Refused:
    """Meta did not take it. `action` is retry, slow_down, pause, tell_staff or give_up."""

    action: str
    code: int


def send(http: Http, line: Any, guest: dict[str, Any], reply: Reply, callback: str) -> Sent | Refused:
    """POST one message. `line` is the number it goes out from. Raises TryAgain (surely not sent) or OutcomeUnknown."""
    url = f"{line.api_url}/{line.api_version}/{line.phone_number_id}/messages"
    payload = _address(guest) | _content(reply) | {"biz_opaque_callback_data": callback}
    headers = {"Authorization": f"Bearer {line.access_token}"}
    return _read(http.send("POST", url, headers=headers, payload=payload, seconds=SEND_SECONDS))


def _address(guest: dict[str, Any]) -> dict[str, Any]:
    to = {"to": f"+{guest['phone']}"} if guest.get("phone") else {"recipient": guest.get("bsuid", "")}
    return {"messaging_product": "whatsapp", "recipient_type": "individual"} | to


def _content(reply: Reply) -> dict[str, Any]:
    if reply.buttons:
        return {"type": "interactive", "interactive": _buttons(reply)}
    if reply.rows:
        return {"type": "interactive", "interactive": _list(reply)}
    return {"type": "text", "text": {"preview_url": False, "body": reply.body}}


def _buttons(reply: Reply) -> dict[str, Any]:
    buttons = [{"type": "reply", "reply": {"id": one.id, "title": one.title}} for one in reply.buttons]
    return {"type": "button", "body": {"text": reply.body}, "action": {"buttons": buttons}}


def _list(reply: Reply) -> dict[str, Any]:
    rows = [_row(row.id, row.title, row.description) for row in reply.rows]
    sections = [{"title": reply.list_title or reply.list_label, "rows": rows}]
    action = {"button": reply.list_label, "sections": sections}
    return {"type": "list", "body": {"text": reply.body}, "action": action}


def _row(id: str, title: str, description: str) -> dict[str, str]:
    return {"id": id, "title": title} | ({"description": description} if description else {})


def _read(answer: Answer) -> Sent | Refused:
    body = answer.json()
    body = body if isinstance(body, dict) else {}
    if answer.ok:
        return Sent(_external_id(body))
    error = body.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    return Refused(_action(code, answer.status, error), code if isinstance(code, int) else answer.status)


def _external_id(body: dict[str, Any]) -> str:
    messages = body.get("messages")
    first = messages[0] if isinstance(messages, list) and messages else {}
    return str(first.get("id", "")) if isinstance(first, dict) else ""


def _action(code: Any, status: int, error: Any) -> str:
    if code in SLOW_DOWN_GUEST:
        return "slow_down"
    if code in SLOW_DOWN_NUMBER:
        return "pause"
    if code in STOP_AND_TELL or status == 401:
        return "tell_staff"
    transient = isinstance(error, dict) and error.get("is_transient") is True
    if code in RETRY or transient or status == 429 or (status >= 500 and code is None):
        return "retry"
    return "retry" if status >= 500 else "give_up"
