"""What Paystack posts: signed with the secret key over the raw bytes. Failed charges are never told."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from core.domain.receipts import Source
from core.providers.contract import Event, Malformed, OtherMode
from core.providers.paystack import answers
from core.providers.strict_json import strict_json

SIGNATURE = "X-Paystack-Signature"
REFUNDS = ("refund.pending", "refund.processing", "refund.processed", "refund.failed", "refund.needs-attention")


class PaystackWebhook:
    """Charges, refunds and disputes."""

    header = SIGNATURE.lower()

    def authenticate(self, raw: bytes, headers: Mapping[str, str], keys: tuple[str, ...]) -> tuple[str, ...]:
        """The secret keys with which these very bytes are signed; all are tried, each in constant time."""
        given = headers.get(self.header, "").encode("utf-8", "replace")
        return tuple([key for key in keys if key and hmac.compare_digest(signature(key, raw), given)])

    def parse(self, raw: bytes, live: bool, source: Source = Source.CALLBACK) -> tuple[Event, ...]:
        """The fact in an event; none in one about something else. Raises Malformed or OtherMode."""
        try:
            body = strict_json(raw)
        except ValueError:
            raise Malformed("not JSON") from None
        data = body.get("data") if isinstance(body, Mapping) else None
        if not isinstance(body, Mapping) or not isinstance(body.get("event"), str) or not isinstance(data, Mapping):
            raise Malformed("neither event nor data")
        if live and data.get("domain", "live") != "live":
            raise OtherMode("a test event")
        return _read(body["event"], data, source)


def signature(key: str, raw: bytes) -> bytes:
    """Lower-case hex, as in the header."""
    return hmac.new(key.encode(), raw, hashlib.sha512).hexdigest().encode()


def _read(event: str, data: Mapping[str, Any], source: Source) -> tuple[Event, ...]:
    if event == "charge.success":
        return (answers.payment(data, source),)
    if event in REFUNDS:
        return (answers.refund({"status": event.partition(".")[2], **data}, source),)
    if event in answers.DISPUTES:
        return (answers.dispute(event, data, source),)
    return ()
