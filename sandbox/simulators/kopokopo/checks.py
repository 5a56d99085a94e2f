"""What Kopo Kopo accepts in a request for money."""

import re
from typing import Any
from urllib.parse import urlsplit

PHONE = re.compile(r"(?:\+?254|0)([17]\d{8})")
HIGHEST = 250_000


class RefusedError(Exception):
    """Refused with status 400 and this message."""


def check_payment(fields: dict[str, Any], till: str) -> str:
    """Check the body of an STK push; the phone as 2547XXXXXXXX."""
    if not isinstance(fields.get("payment_channel"), str):
        raise RefusedError("Payment channel can't be blank")
    if str(fields.get("till_number", "")) != till:
        raise RefusedError("Till number is invalid")
    _check_amount(fields.get("amount"))
    metadata = fields.get("metadata") or {}
    if not isinstance(metadata, dict) or len(metadata) > 5:
        raise RefusedError("Metadata must be an object with at most 5 entries")
    check_callback(fields)
    subscriber = fields.get("subscriber")
    return check_phone(subscriber.get("phone_number") if isinstance(subscriber, dict) else None)


def check_phone(phone: Any) -> str:
    """A Kenyan mobile number as 2547XXXXXXXX or 2541XXXXXXXX."""
    match = PHONE.fullmatch(phone) if isinstance(phone, str) else None
    if match is None:
        raise RefusedError("Subscriber phone number is an invalid number")
    return "254" + match[1]


def check_callback(fields: dict[str, Any]) -> str:
    """The URL that gets the result."""
    links = fields.get("_links")
    url = links.get("callback_url") if isinstance(links, dict) else None
    if not isinstance(url, str) or urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
        raise RefusedError("Callback url is invalid")
    return url


def _check_amount(amount: Any) -> None:
    if not isinstance(amount, dict) or amount.get("currency") != "KES":
        raise RefusedError("Currency is invalid")
    value = amount.get("value")
    whole = (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, str) and value.isdigit())
    if not whole or not 1 <= int(value or 0) <= HIGHEST:
        raise RefusedError("Amount is invalid")
