"""Sending one message through the Graph API, and reading what Meta says about it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.conversation.replies import Reply
from core.providers.http import Answer, Http
from core.providers.whatsapp.templates import Filled

SEND_SECONDS = 15.0
READ_SECONDS = 2.0


class Action(StrEnum):
    """What to do about an error."""

    RETRY = "retry"
    ONCE = "once"
    SLOW_DOWN = "slow_down"
    PAUSE = "pause"
    STOP = "stop"
    USE_TEMPLATE = "use_template"
    OPTED_OUT = "opted_out"
    TELL_STAFF = "tell_staff"
    GIVE_UP = "give_up"


# By `error.code`; titles and HTTP statuses are unstable (Cloud API reference 4.6). STOP: the whole number can send
# nothing until staff act; TELL_STAFF: this message cannot be sent, and others like it cannot either.
CODES: dict[Action, tuple[int, ...]] = {
    Action.RETRY: (2, 131000, 131016, 131057, 133000, 133004),
    Action.ONCE: (1, 131053, 135000),
    Action.SLOW_DOWN: (131056,),
    Action.PAUSE: (4, 80007, 130429, 131048),
    Action.STOP: (0, 3, 10, 33, 104, 190, 368, 131005, 131031, 131037, 131042, 131045, 133006, 133010),
    Action.USE_TEMPLATE: (131047,),
    Action.OPTED_OUT: (131050,),
    Action.TELL_STAFF: (130497, 131063, 131064, 132001, 132007, 132015, 132016),
}
PERMISSIONS = range(200, 300)
ACTIONS = {code: action for action, codes in CODES.items() for code in codes}


@dataclass(frozen=True)
class Sent:
    """Meta took it and calls it `external_id`."""

    external_id: str


@dataclass(frozen=True)
class Refused:
    """Meta did not take it."""

    action: Action
    code: int


def send(http: Http, line: Any, guest: dict[str, Any], what: Reply | Filled, callback: str) -> Sent | Refused:
    """POST one message. `line` is the number it goes out from. Raises TryAgain (surely not sent) or OutcomeUnknown."""
    content = what.content() if isinstance(what, Filled) else _content(what)
    payload = _address(guest) | content | {"biz_opaque_callback_data": callback}
    return _read(_post(http, line, payload, SEND_SECONDS))


def mark_read(http: Http, line: Any, message_id: str, typing: bool) -> bool:
    """Show a guest's message as read, and perhaps that an answer is being written. Answers whether Meta agreed."""
    payload: dict[str, Any] = {"messaging_product": "whatsapp", "status": "read", "message_id": message_id}
    return _post(http, line, payload | ({"typing_indicator": {"type": "text"}} if typing else {}), READ_SECONDS).ok


def _post(http: Http, line: Any, payload: dict[str, Any], seconds: float) -> Answer:
    url = f"{line.api_url}/{line.api_version}/{line.phone_number_id}/messages"
    return http.send("POST", url, headers=_authorization(line), payload=payload, seconds=seconds)


def _authorization(line: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {line.access_token}"}


def _address(guest: dict[str, Any]) -> dict[str, Any]:
    to = {"to": f"+{guest['phone']}"} if guest.get("phone") else {"recipient": guest.get("bsuid", "")}
    return {"messaging_product": "whatsapp", "recipient_type": "individual"} | to


def _content(reply: Reply) -> dict[str, Any]:
    if reply.buttons:
        return {"type": "interactive", "interactive": _buttons(reply)}
    if reply.rows:
        return {"type": "interactive", "interactive": _list(reply)}
    if reply.contact:
        return {"type": "interactive", "interactive": _contact(reply)}
    return {"type": "text", "text": {"preview_url": False, "body": reply.body}}


def _buttons(reply: Reply) -> dict[str, Any]:
    buttons = [{"type": "reply", "reply": {"id": one.id, "title": one.title}} for one in reply.buttons]
    header = {"header": {"type": "image", "image": {"link": reply.image}}} if reply.image else {}
    return {"type": "button", **header, "body": {"text": reply.body}, "action": {"buttons": buttons}}


def _list(reply: Reply) -> dict[str, Any]:
    rows = [_row(row.id, row.title, row.description) for row in reply.rows]
    sections = [{"title": reply.list_title or reply.list_label, "rows": rows}]
    action = {"button": reply.list_label, "sections": sections}
    return {"type": "list", "body": {"text": reply.body}, "action": action}


def _contact(reply: Reply) -> dict[str, Any]:
    """A request for the guest's own number (Cloud API reference 3.8, since July 2026)."""
    return {"type": "request_contact_info", "body": {"text": reply.body}, "action": {"name": "request_contact_info"}}


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


def _action(code: Any, status: int, error: Any) -> Action:
    if isinstance(code, int) and code in ACTIONS:
        return ACTIONS[code]
    if status == 401 or code in PERMISSIONS:
        return Action.STOP
    transient = isinstance(error, dict) and error.get("is_transient") is True
    return Action.RETRY if transient or status >= 500 or (status == 429 and code is None) else Action.GIVE_UP
