"""What is in a message, by its type (Cloud API reference 2.3): in our words, short, and with nothing taken on trust."""

import json
from collections.abc import Callable
from typing import Any

from core.conversation.events import CARDS, CATALOGUE, FORM, IDENTITY, LOCATION, TAP, TEXT, UNREADABLE
from core.providers.whatsapp.fields import items, mapping, text, whole

Content = tuple[str, dict[str, Any]]

TEXT_KEPT = 4096
NUMBERS_KEPT = 10
LINES_KEPT = 30
FIELDS_KEPT = 20
OPT_OUTS = ("stop", "optout", "opt_out", "opt-out", "unsubscribe", "acha")
# The system's word that a chat has another person, number or id behind it than before.
CHANGES = frozenset({"user_changed_number", "user_changed_user_id", "customer_identity_changed"})


def content(message: dict[str, Any]) -> Content:
    """The event a message is, and its data."""
    kind = text(message, "type")
    read = _READERS.get(kind)
    return read(mapping(message, kind)) if read else _unreadable(kind or "unknown")


def _unreadable(kind: str) -> Content:
    return UNREADABLE, {"type": kind[:40]}


def _text(part: dict[str, Any]) -> Content:
    return TEXT, {"text": text(part, "body")[:TEXT_KEPT]}


def _captioned(kind: str) -> Callable[[dict[str, Any]], Content]:
    def read(part: dict[str, Any]) -> Content:
        caption = text(part, "caption")[:TEXT_KEPT]
        return (TEXT, {"text": caption, "media": kind}) if caption.strip() else _unreadable(kind)

    return read


def _plain(kind: str) -> Callable[[dict[str, Any]], Content]:
    return lambda part: _unreadable(kind)


def _interactive(part: dict[str, Any]) -> Content:
    kind = text(part, "type")
    reply = mapping(part, kind)
    if kind in ("button_reply", "list_reply") and text(reply, "id"):
        return TAP, {"id": text(reply, "id")[:256], "title": text(reply, "title")[:80]}
    return _form(reply) if kind == "nfm_reply" else _unreadable(kind or "interactive")


def _template_button(part: dict[str, Any]) -> Content:
    """A button of a template: its payload is what we set, else its label; one that says stop is a stop."""
    payload, label = text(part, "payload")[:256], text(part, "text")[:80]
    said = f"{payload} {label}".casefold()
    return TAP, {"id": "stop" if any(word in said for word in OPT_OUTS) else payload, "title": label}


def _form(reply: dict[str, Any]) -> Content:
    """A finished Flow. Its answers are a JSON text written by the client: only short words and numbers are kept."""
    try:
        answers = json.loads(text(reply, "response_json") or "{}")
    except (ValueError, RecursionError):
        answers = {}
    pairs = answers.items() if isinstance(answers, dict) else ()
    words = [(name, str(value)) for name, value in pairs if isinstance(value, str | int) and name.strip()]
    kept = {whole(name[:40]): whole(value[:200]) for name, value in words}
    return FORM, {"fields": dict(list(kept.items())[:FIELDS_KEPT])}


def _location(part: dict[str, Any]) -> Content:
    place: dict[str, Any] = {name: text(part, name)[:200] for name in ("name", "address")}
    for name in ("latitude", "longitude"):
        value = part.get(name)
        place[name] = value if isinstance(value, int | float) and not isinstance(value, bool) else None
    return LOCATION, place


def _catalogue(part: dict[str, Any]) -> Content:
    """A cart of Meta's catalogue: products and how many; what the client thinks they cost is left behind."""
    lines = [
        {"sku": text(one, "product_retailer_id")[:100], "quantity": _whole(one.get("quantity"))}
        for one in items(part, "product_items")[: LINES_KEPT + 1]
        if isinstance(one, dict)
    ]
    return CATALOGUE, {"lines": lines, "text": text(part, "text")[:TEXT_KEPT]}


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1000 else 0


def _system(part: dict[str, Any]) -> Content:
    if text(part, "type") not in CHANGES:
        return _unreadable("system")
    return IDENTITY, {"phone": text(part, "wa_id")[:32], "bsuid": text(part, "user_id")[:160]}


def _unsupported(part: dict[str, Any]) -> Content:
    """What Meta itself could not read; mostly it says what it was."""
    return _unreadable(text(part, "type") or "unsupported")


def _welcome(part: dict[str, Any]) -> Content:
    return TEXT, {"text": "hi"}


def cards(message: dict[str, Any]) -> Content:
    """Contact cards: the numbers in them, and whether it is the guest's own, sent because we asked for it."""
    numbers: list[str] = []
    own = bool(items(message, "contacts"))
    for card in items(message, "contacts")[:NUMBERS_KEPT]:
        own = own and text(card, "origin") == "contact_request"
        phones = items(card, "phones")[:NUMBERS_KEPT]
        numbers += [(text(phone, "phone") or text(phone, "wa_id"))[:32] for phone in phones]
    return CARDS, {"phones": list(dict.fromkeys(filter(None, numbers)))[:NUMBERS_KEPT], "own": own}


_READERS: dict[str, Callable[[dict[str, Any]], Content]] = {
    "text": _text,
    "interactive": _interactive,
    "button": _template_button,
    "location": _location,
    "order": _catalogue,
    "system": _system,
    "image": _captioned("image"),
    "video": _captioned("video"),
    "document": _captioned("document"),
    "audio": _plain("audio"),
    "sticker": _plain("sticker"),
    "unsupported": _unsupported,
    "unknown": _unsupported,
    "request_welcome": _welcome,
}
