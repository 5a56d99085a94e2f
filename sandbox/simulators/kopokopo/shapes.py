"""The JSON that Kopo Kopo answers and posts."""

import hashlib
import hmac
import json
import secrets
import string
import time
import uuid
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

EAT = timezone(timedelta(hours=3))
LETTERS = string.ascii_uppercase + string.digits


def signature(api_key: str, raw: bytes) -> str:
    """The value of X-KopoKopo-Signature over these very bytes."""
    return hmac.new(api_key.encode(), raw, hashlib.sha256).hexdigest()


def receipt_code() -> str:
    """An M-Pesa receipt: letters for year and month, the day (here 1 to 9), seven upper-case letters and digits."""
    month, day = secrets.choice(LETTERS[:12]), secrets.choice("123456789")
    return f"U{month}{day}" + "".join(secrets.choice(LETTERS) for _ in range(7))


def stamp(at: float) -> str:
    """A time as Kopo Kopo writes it, in the bar's own zone."""
    return datetime.fromtimestamp(at, UTC).astimezone(EAT).isoformat(timespec="milliseconds")


def transaction(receipt: str, phone: str, amount: str, till: str, at: float) -> dict[str, Any]:
    """Money in a till."""
    return {
        "id": str(uuid.uuid4()), "reference": receipt, "origination_time": stamp(at), "amount": f"{amount}.0",
        "sender_phone_number": f"+{phone}", "hashed_sender_phone": hashlib.sha256(phone.encode()).hexdigest(),
        "currency": "KES", "till_number": till, "system": "Lipa Na M-PESA", "status": "Received",
        "sender_first_name": "Achieng", "sender_middle_name": None, "sender_last_name": "Otieno",
    }  # fmt: skip


def result(kind: str, identity: str, url: str, callback: str, attributes: dict[str, Any]) -> dict[str, Any]:
    """The envelope shared by status answers and result callbacks."""
    links = {"callback_url": callback, "self": url}
    return {"data": {"id": identity, "type": kind, "attributes": attributes | {"_links": links}}}


def payment_attributes(
    at: float, status: str, resource: dict[str, Any] | None, errors: str | None, metadata: Any
) -> dict[str, Any]:
    """How an incoming payment stands."""
    event = {"type": "Incoming Payment Request", "resource": resource, "errors": errors}
    return {"initiation_time": stamp(at), "status": status, "event": event, "metadata": metadata}


def till_event(topic: str, resource: dict[str, Any], base: str) -> dict[str, Any]:
    """A subscribed event about a till."""
    identity = str(uuid.uuid4())
    links = {"self": f"{base}/webhook_events/{identity}", "resource": f"{base}/financial_transaction/{resource['id']}"}
    event = {"type": "Buygoods Transaction", "resource": resource}
    return {"topic": topic, "id": identity, "created_at": stamp(time.time()), "event": event, "_links": links}


def raw_json(data: Any) -> bytes:
    """The bytes that are signed and sent."""
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode()
