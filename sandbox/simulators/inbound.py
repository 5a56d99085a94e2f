"""What Meta posts to a webhook: inbound messages and statuses, in Meta's own bytes and with Meta's signature."""

import hashlib
import hmac
import json
import time
import uuid
from dataclasses import dataclass
from typing import Any

DISPLAY_PHONE = "254700000100"
WABA_ID = "100200300400500"


@dataclass(frozen=True)
class Sender:
    """A guest as Meta names one: a business-scoped id, and a phone where the guest shows it."""

    bsuid: str
    phone: str = ""
    name: str = ""

    @classmethod
    def of(cls, who: "str | Sender", name: str = "Achieng") -> "Sender":
        """From a phone number (254712345678) or a business-scoped id (KE.123…)."""
        if isinstance(who, Sender):
            return who
        digits = who.lstrip("+")
        return cls(bsuid_of(digits), digits, name) if digits.isdigit() else cls(who, "", name)


def bsuid_of(phone: str) -> str:
    """The business-scoped id that belongs to a simulated phone; always the same."""
    return f"KE.{int(hashlib.sha256(phone.encode()).hexdigest(), 16) % 10**20:020d}"


def new_wamid() -> str:
    """A message id as Meta makes them: opaque and never repeated."""
    return f"wamid.HBgM{uuid.uuid4().hex.upper()}"


def sign(secret: str, raw: bytes) -> str:
    """The value of X-Hub-Signature-256 over these very bytes."""
    return "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


def meta_bytes(payload: dict[str, Any]) -> bytes:
    """JSON as Meta writes it: non-ASCII as \\u escapes and slashes escaped, so that re-serialising changes it."""
    return json.dumps(payload, separators=(",", ":")).replace("/", "\\/").encode()


def envelope(phone_number_id: str, *values: dict[str, Any]) -> dict[str, Any]:
    """One POST with one change for each value (messages or statuses)."""
    changes = [{"field": "messages", "value": _value(phone_number_id, value)} for value in values]
    return {"object": "whatsapp_business_account", "entry": [{"id": WABA_ID, "changes": changes}]}


def _value(phone_number_id: str, value: dict[str, Any]) -> dict[str, Any]:
    metadata = {"display_phone_number": DISPLAY_PHONE, "phone_number_id": phone_number_id}
    return {"messaging_product": "whatsapp", "metadata": metadata} | value


def contact(sender: Sender) -> dict[str, Any]:
    """The contact that accompanies a message or a status."""
    known = {"wa_id": sender.phone} if sender.phone else {}
    profile = {"name": sender.name} if sender.phone else {"name": sender.name, "username": sender.name.lower()}
    return {"profile": profile, "user_id": sender.bsuid} | known


def message_value(sender: Sender, message: dict[str, Any], wamid: str = "", at: float | None = None) -> dict[str, Any]:
    """A message in the shape of `{"type": "text", "text": {…}}`, with who wrote it, its id and its time."""
    origin = {"from": sender.phone} if sender.phone else {}
    stamp = str(int(time.time() if at is None else at))
    common = {"from_user_id": sender.bsuid, "id": wamid or new_wamid(), "timestamp": stamp}
    return {"contacts": [contact(sender)], "messages": [origin | common | message]}


def inbound(
    phone_number_id: str, who: str | Sender, message: dict[str, Any], wamid: str = "", at: float | None = None
) -> bytes:
    """The bytes of one inbound message."""
    return meta_bytes(envelope(phone_number_id, message_value(Sender.of(who), message, wamid, at)))


def inbound_text(phone_number_id: str, who: str | Sender, text: str, wamid: str = "", at: float | None = None) -> bytes:
    """The bytes of one inbound text. `who` is a phone (254712345678), a business-scoped id, or a Sender."""
    return inbound(phone_number_id, who, text_message(text), wamid, at)


def text_message(text: str) -> dict[str, Any]:
    """A typed message."""
    return {"type": "text", "text": {"body": text}}


def tap_message(kind: str, reply: dict[str, str], context_id: str) -> dict[str, Any]:
    """A tap: `kind` is button_reply or list_reply, `reply` has id, title and perhaps description."""
    context = {"from": DISPLAY_PHONE, "id": context_id}
    return {"type": "interactive", "context": context, "interactive": {"type": kind, kind: reply}}


def card_message(name: str, phone: str, context_id: str) -> dict[str, Any]:
    """The guest's own card: what comes of a tap on WhatsApp's button under a request for it."""
    phones = [{"phone": f"+{phone}", "wa_id": phone, "type": "CELL"}]
    card = {"name": {"formatted_name": name, "first_name": name}, "phones": phones, "origin": "contact_request"}
    return {"type": "contacts", "context": {"from": DISPLAY_PHONE, "id": context_id}, "contacts": [card]}


def media_message(kind: str) -> dict[str, Any]:
    """An image, audio, video, document or sticker."""
    media = {"id": str(uuid.uuid4().int)[:16], "mime_type": f"{kind}/simulated", "sha256": "c2ltdWxhdGVk"}
    return {"type": kind, kind: media | ({"voice": True} if kind == "audio" else {})}


def status_value(sender: Sender, wamid: str, status: str, opaque: str, error: dict[str, Any] | None) -> dict[str, Any]:
    """One status of one outgoing message; a failed one carries its error and no contact."""
    recipient = {"recipient_id": sender.phone} if sender.phone else {}
    callback = {"biz_opaque_callback_data": opaque} if opaque else {}
    entry = {"id": wamid, "status": status, "timestamp": str(int(time.time())), "recipient_user_id": sender.bsuid}
    if error is not None:
        return {"statuses": [entry | recipient | callback | {"errors": [error]}]}
    pricing = {"billable": True, "pricing_model": "PMP", "category": "service", "type": "regular"}
    return {"contacts": [contact(sender)], "statuses": [entry | recipient | callback | {"pricing": pricing}]}
