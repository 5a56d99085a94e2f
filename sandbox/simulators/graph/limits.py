"""What the Graph API accepts of a message, to the letter: required fields, spelling, lengths, counts.

Lengths are counted in UTF-16 units, the stricter reading of an open question. A missing field is 131008, a value out
of bounds 131009, a field nobody knows 100.
"""

import re
from typing import Any

from sandbox.simulators.graph.errors import Refused

MISSING, INVALID, UNKNOWN_FIELD, UNSUPPORTED = 131008, 131009, 100, 131051
Fields = dict[str, Any]

BSUID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")
PHONE = re.compile(r"\+?[0-9]{7,15}")
TEMPLATE_NAME = re.compile(r"[a-z0-9_]{1,512}")
COMMON = {"messaging_product", "recipient_type", "to", "recipient", "type", "context", "biz_opaque_callback_data"}


def units(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def only(fields: Fields, allowed: set[str], where: str) -> None:
    """Refuse a field that nobody knows."""
    unknown = fields.keys() - allowed
    if unknown:
        raise Refused(UNKNOWN_FIELD, f"Unexpected key {sorted(unknown)[0]!r} in {where}")


def text_of(fields: Fields, name: str, limit: int, where: str, required: bool = True) -> str:
    """A text that is there, not blank and not too long."""
    value = fields.get(name)
    if value is None:
        if required:
            raise Refused(MISSING, f"{where}['{name}'] is required")
        return ""
    if not isinstance(value, str) or not value.strip():
        raise Refused(INVALID, f"{where}['{name}'] must be a non-empty string")
    if units(value) > limit:
        raise Refused(INVALID, f"{where}['{name}'] must be at most {limit} characters long")
    return value


def object_of(fields: Fields, name: str, where: str) -> Fields:
    """An object that is there."""
    value = fields.get(name)
    if value is None:
        raise Refused(MISSING, f"{where}['{name}'] is required")
    if not isinstance(value, dict):
        raise Refused(INVALID, f"{where}['{name}'] must be an object")
    return value


def list_of(fields: Fields, name: str, most: int, where: str) -> list[Fields]:
    """A list of objects with at least one and at most `most`."""
    value = fields.get(name)
    if value is None:
        raise Refused(MISSING, f"{where}['{name}'] is required")
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise Refused(INVALID, f"{where}['{name}'] must be an array of objects")
    if not 1 <= len(value) <= most:
        raise Refused(INVALID, f"{where}['{name}'] must have 1 to {most} entries")
    return value


def unique(values: list[str], where: str) -> None:
    """Refuse repeated ids or titles."""
    if len(values) != len(set(values)):
        raise Refused(INVALID, f"Duplicated values in {where}")


def wamid_of(fields: Fields, where: str) -> str:
    """The id of a message."""
    value = text_of(fields, "message_id", 1024, where)
    if not value.startswith("wamid."):
        raise Refused(INVALID, f"{where}['message_id'] is not the id of a message")
    return value


def recipient(fields: Fields, own_number: str) -> str:
    """Who it goes to: the digits of a phone or a business-scoped id; the phone wins."""
    phone = fields.get("to")
    if phone is not None:
        if not isinstance(phone, str) or not PHONE.fullmatch(phone):
            raise Refused(INVALID, "to must be a phone number")
        if phone.lstrip("+") == own_number:
            raise Refused(131021, "Recipient and sender are the same")
        return phone.lstrip("+")
    bsuid = fields.get("recipient")
    if bsuid is None:
        raise Refused(MISSING, "to or recipient is required")
    if not isinstance(bsuid, str) or not BSUID.fullmatch(bsuid):
        raise Refused(INVALID, "recipient must be a business-scoped user id")
    return bsuid


def check_common(fields: Fields) -> str:
    """Check what every message has; its type."""
    if fields.get("messaging_product") != "whatsapp":
        raise Refused(UNKNOWN_FIELD, "The parameter messaging_product is required and must be whatsapp")
    if fields.get("recipient_type", "individual") != "individual":
        raise Refused(INVALID, "recipient_type must be individual")
    kind = fields.get("type", "text")
    if not isinstance(kind, str):
        raise Refused(INVALID, "type must be a string")
    only(fields, COMMON | {kind}, "message")
    text_of(fields, "biz_opaque_callback_data", 512, "message", required=False)
    if "context" in fields:
        context = object_of(fields, "context", "message")
        only(context, {"message_id"}, "context")
        wamid_of(context, "context")
    return kind
