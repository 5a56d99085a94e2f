"""What Kopo Kopo posts to us, proven and put in our words. Callbacks and answers to questions have the same shape."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from core.domain.payments import Reason
from core.domain.receipts import Notice, Outcome, Source
from core.domain.statuses import Provider
from core.log import get_logger
from core.providers.contract import Event, Malformed, OtherMode, payer_hash
from core.providers.kopokopo import payouts
from core.providers.kopokopo.reasons import is_still_open, reason_for
from core.providers.reading import id_named, moment
from core.providers.strict_json import strict_json

TOPICS = {
    "buygoods_transaction_received": Outcome.PAID,
    "b2b_transaction_received": Outcome.PAID,
    "buygoods_transaction_reversed": Outcome.REVERSED,
    "b2b_transaction_reversed": Outcome.REVERSED,
}
STATUSES = {"success": Outcome.PAID, "failed": Outcome.FAILED, "pending": Outcome.PENDING, "received": Outcome.PENDING}
PRINTABLE = validate.Regexp(r"[!-~]{1,64}\Z")
FULL_NUMBER = re.compile(r"\+?(\d{9,15})\Z")

log = get_logger(__name__)


SIGNATURE = "X-KopoKopo-Signature"
SANDBOX = "sandbox.kopokopo.com"


class KopoKopoWebhook:
    """Results of what we asked for, and what came into the till."""

    header = SIGNATURE.lower()

    def authenticate(self, raw: bytes, headers: Mapping[str, str], keys: tuple[str, ...]) -> tuple[str, ...]:
        """The API keys with which these very bytes were signed."""
        return signing_keys(raw, headers.get(self.header), keys)

    def parse(self, raw: bytes, live: bool, source: Source = Source.CALLBACK) -> tuple[Event, ...]:
        """The facts in a body. Raises Malformed, or OtherMode for the sandbox's where money is real."""
        events = read_events(raw, source)
        if live and events and _is_sandbox(raw):
            raise OtherMode("from the sandbox")
        return events


def signing_keys(raw: bytes, signature: str | bytes | None, keys: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """The API keys with which these very bytes were signed. All are tried, each in constant time."""
    given = signature.encode("utf-8", "replace") if isinstance(signature, str) else signature or b""
    return tuple([key for key in keys if key and hmac.compare_digest(_signature(key, raw), given)])


def _signature(key: str, raw: bytes) -> bytes:
    return hmac.new(key.encode(), raw, hashlib.sha256).hexdigest().encode()


def read_events(raw: bytes, source: Source = Source.CALLBACK) -> tuple[Event, ...]:
    """The facts about money in a body; none in one about something else. Raises Malformed."""
    try:
        return _read(strict_json(raw), source)
    except ValidationError as error:
        raise Malformed(", ".join(sorted(error.messages_dict))) from None
    except (ValueError, OverflowError):
        raise Malformed("not JSON, or a value out of range") from None


def _is_sandbox(raw: bytes) -> bool:
    """Every body links to itself; the sandbox's leads to the sandbox."""
    body = strict_json(raw)
    links = body.get("_links") or ((body.get("data") or {}).get("attributes") or {}).get("_links")
    return isinstance(links, Mapping) and urlsplit(str(links.get("self", ""))).hostname == SANDBOX


def _read(body: Any, source: Source) -> tuple[Event, ...]:
    envelope = _Envelope().load(body)
    if envelope["topic"]:
        outcome = TOPICS.get(envelope["topic"])
        return (_till_event(envelope["event"], outcome, source),) if outcome else ()
    kind = envelope["data"].get("type")
    if kind in ("incoming_payment", "payment_link"):
        return (_result(_Result().load(envelope["data"]), source),)
    if kind == "polling":
        return _listed(_List().load(envelope["data"]), source)
    if kind in payouts.RESULTS:
        return (payouts.read_result(envelope["data"], source),)
    if not kind:
        raise ValidationError({"data": ["neither an event nor a result"]})
    return ()


class _Base(Schema):
    class Meta:
        unknown = EXCLUDE


class _Envelope(_Base):
    topic = fields.String(load_default="")
    event = fields.Dict(load_default=dict)
    data = fields.Dict(load_default=dict)


class _Resource(_Base):
    """Money in a till."""

    reference = fields.String(required=True, validate=PRINTABLE)
    amount = fields.Decimal(required=True, validate=validate.Range(min=0, max=10**9, min_inclusive=False))
    currency = fields.String(required=True, validate=PRINTABLE)
    till_number = fields.String(load_default="", allow_none=True, validate=validate.Length(max=32))
    sender_phone_number = fields.String(load_default="", allow_none=True)
    hashed_sender_phone = fields.String(load_default="", allow_none=True, validate=validate.Length(max=128))
    origination_time = fields.Raw(load_default=None, allow_none=True)


class _Event(_Base):
    resource = fields.Dict(load_default=None, allow_none=True)
    errors = fields.Raw(load_default=None, allow_none=True)


class _Attributes(_Base):
    status = fields.String(required=True)
    event = fields.Nested(_Event, load_default=dict)
    metadata = fields.Raw(load_default=None, allow_none=True)


class _Result(_Base):
    id = fields.String(required=True, validate=PRINTABLE)
    attributes = fields.Nested(_Attributes, required=True)


class _Transactions(_Base):
    status = fields.String(required=True)
    transactions = fields.List(fields.Nested(_Event), load_default=list)


class _List(_Base):
    attributes = fields.Nested(_Transactions, required=True)


def _till_event(event: dict[str, Any], outcome: Outcome, source: Source) -> Notice:
    return _notice(outcome, source, _Event().load(event)["resource"])


def _listed(found: dict[str, Any], source: Source) -> tuple[Notice, ...]:
    """One line nobody can read does not sink the others."""
    notices = []
    for one in found["attributes"]["transactions"]:
        try:
            notices.append(_notice(Outcome.PAID, source, one["resource"]))
        except ValidationError as error:
            log.warning("listed_payment_unreadable", fields=sorted(error.messages_dict))
    return tuple(notices)


def _result(result: dict[str, Any], source: Source) -> Notice:
    attributes = result["attributes"]
    event = attributes["event"]
    named = {"handle_id": result["id"], "payment_id": id_named(attributes["metadata"], "payment_id")}
    outcome = STATUSES.get(attributes["status"].lower(), Outcome.UNKNOWN)
    if outcome is Outcome.PAID and not (event.get("resource") or {}).get("reference"):
        outcome = Outcome.UNKNOWN  # paid only with a receipt
    if outcome is Outcome.FAILED and is_still_open(str(event.get("errors") or "")):
        outcome = Outcome.PENDING
    if outcome is Outcome.PAID:
        return _notice(outcome, source, event["resource"], **named)
    reason = _reason(event.get("errors")) if outcome is Outcome.FAILED else ""
    return Notice(Provider.KOPOKOPO, source, outcome, reason=reason, **named)


def _notice(outcome: Outcome, source: Source, resource: dict[str, Any] | None, **named: str) -> Notice:
    money = _Resource().load(resource or {})
    return Notice(
        Provider.KOPOKOPO,
        source,
        outcome,
        receipt=money["reference"],
        amount=money["amount"],
        currency=money["currency"].upper(),
        till=money["till_number"] or "",
        payer_hash=(money["hashed_sender_phone"] or _payer_hash(money["sender_phone_number"] or "")).lower(),
        at=moment(money["origination_time"]),
        **named,
    )


def _payer_hash(number: str) -> str:
    whole = FULL_NUMBER.match(number)
    return payer_hash(whole.group(1)) if whole else ""


def _reason(errors: Any) -> Reason:
    return reason_for(errors if isinstance(errors, str) else str(errors or ""))
