"""Kopo Kopo's bodies: proven on the raw bytes, read strictly, put in our words."""

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.domain.payments import Reason
from core.domain.receipts import Notice, Outcome, Source
from core.providers.contract import Malformed, OtherMode, Refunding, RefundNotice, RefundOutcome, payer_hash
from core.providers.kopokopo import payouts
from core.providers.kopokopo.reasons import reason_for
from core.providers.kopokopo.webhook import KopoKopoWebhook, read_events, signing_keys

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "kopokopo"
KEY = "k2-test-api-key"
BODY = b'{"data":{"id":"11111111-2222-3333-4444-555555555555","type":"incoming_payment"}}'
SIGNED = "3282af3093e84fef2c17cd5fdafd4f03671c291a73fc3e7bb09a778d7b65464e"

MONEY = Notice(
    "kopokopo", Source.CALLBACK, Outcome.PAID,
    receipt="UC65K2T9QX", amount=Decimal(850), currency="KES", till="K123456",
    payer_hash="7132104d6aae9c3fac82095a42c2817952bca48e09d98d5bf4ac08218982fb90",
    at=datetime(2026, 3, 6, 18, 14, 31, tzinfo=UTC),
)  # fmt: skip
NAMED: dict[str, Any] = {
    "handle_id": "7c1f0a52-0000-4000-8000-000000000001",
    "payment_id": "5b0f6a0e-0000-4000-8000-000000000009",
}


def read_notices(body: bytes, source: Source = Source.CALLBACK) -> tuple[Notice, ...]:
    """What a body says of payments; these samples say nothing else."""
    events = read_events(body, source)
    assert all(isinstance(event, Notice) for event in events)
    return tuple(event for event in events if isinstance(event, Notice))


def raw(name: str) -> bytes:
    return (SAMPLES / f"{name}.json").read_bytes()


def changed(name: str, *path: str, to: Any) -> bytes:
    """A sample with one value replaced."""
    body = json.loads(raw(name))
    inner = body
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = to
    return json.dumps(body).encode()


def test_the_known_signature_is_good() -> None:
    assert signing_keys(BODY, SIGNED, [KEY])
    assert signing_keys(BODY, SIGNED.encode(), [KEY])


def test_either_of_two_keys_is_good_during_a_rotation() -> None:
    assert signing_keys(BODY, SIGNED, ["old", KEY]) == (KEY,)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        b"",
        SIGNED.upper(),
        SIGNED[:-1],
        SIGNED + "0",
        "sha256=" + SIGNED,
        "é" * 64,
        b"\xff" * 64,
        "0" * 64,
        " ",
    ],
)
def test_missing_odd_and_wrong_signatures_are_refused_without_an_error(header: str | bytes | None) -> None:
    assert not signing_keys(BODY, header, [KEY])


def test_every_flipped_bit_of_the_body_is_noticed() -> None:
    for position in range(len(BODY) * 8):
        flipped = bytearray(BODY)
        flipped[position // 8] ^= 1 << position % 8
        assert not signing_keys(bytes(flipped), SIGNED, [KEY])


def test_nobody_signs_with_an_empty_key_or_without_keys() -> None:
    assert not signing_keys(BODY, SIGNED, [])
    assert not signing_keys(BODY, hmac.new(b"", BODY, hashlib.sha256).hexdigest(), [""])


def test_a_reserialised_body_is_another_body() -> None:
    assert not signing_keys(json.dumps(json.loads(BODY)).encode(), SIGNED, [KEY])


def test_a_paid_prompt() -> None:
    assert read_notices(raw("stk_success")) == (replace(MONEY, **NAMED),)


def test_a_failed_prompt() -> None:
    (notice,) = read_notices(raw("stk_failed"))
    assert notice == Notice("kopokopo", Source.CALLBACK, Outcome.FAILED, reason=Reason.INSUFFICIENT_FUNDS, **NAMED)


def test_an_open_prompt() -> None:
    assert read_notices(raw("stk_pending"), Source.POLL) == (Notice("kopokopo", Source.POLL, Outcome.PENDING, **NAMED),)


def test_money_in_the_till() -> None:
    assert read_notices(raw("buygoods_received")) == (MONEY,)


def test_money_taken_back() -> None:
    assert read_notices(raw("buygoods_reversed")) == (replace(MONEY, outcome=Outcome.REVERSED),)


def test_money_from_another_till_is_money() -> None:
    (notice,) = read_notices(raw("b2b_received"))
    assert (notice.outcome, notice.receipt, notice.amount, notice.payer_hash) == (
        Outcome.PAID, "UC65B2BTT1", Decimal(1200), "",
    )  # fmt: skip


def test_a_list_of_what_came_in() -> None:
    assert read_notices(raw("polling_result"), Source.POLL) == (replace(MONEY, source=Source.POLL),)


@pytest.mark.parametrize("name", ["customer_created", "settlement_completed"])
def test_what_is_not_about_a_payment_holds_no_notice(name: str) -> None:
    assert read_notices(raw(name)) == ()


@pytest.mark.parametrize(("word", "outcome"), [
    ("Received", Outcome.PENDING), ("PENDING", Outcome.PENDING), ("Cancelled", Outcome.UNKNOWN), ("", Outcome.UNKNOWN),
])  # fmt: skip
def test_only_success_is_paid_and_only_failed_is_failed(word: str, outcome: Outcome) -> None:
    (notice,) = read_notices(changed("stk_success", "data", "attributes", "status", to=word))
    assert notice.outcome is outcome


@pytest.mark.parametrize("resource", [None, {}, {"reference": ""}])
def test_a_success_without_a_receipt_is_not_paid(resource: Any) -> None:
    body = changed("stk_success", "data", "attributes", "event", "resource", to=resource)
    assert read_notices(body)[0].outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(("amount", "read"), [
    ("850.0", "850"), (115.0, "115"), (850, "850"), ("1200", "1200"), ("0.5", "0.5"),
])  # fmt: skip
def test_amounts_come_as_texts_and_numbers(amount: Any, read: str) -> None:
    body = changed("buygoods_received", "event", "resource", "amount", to=amount)
    assert read_notices(body)[0].amount == Decimal(read)


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-850", 0, "", None, "many", [], {}, "1e400", 10**12, True])
def test_impossible_amounts_are_malformed(amount: Any) -> None:
    with pytest.raises(Malformed):
        read_notices(changed("buygoods_received", "event", "resource", "amount", to=amount))


@pytest.mark.parametrize("reference", [None, "", "x" * 65, "A B", "A\nB", "É", 12, {}])
def test_a_receipt_must_be_a_short_printable_text(reference: Any) -> None:
    with pytest.raises(Malformed):
        read_notices(changed("buygoods_received", "event", "resource", "reference", to=reference))


@pytest.mark.parametrize("reference", ["1234567890", "A" * 12, "0123456789abcdef0123456789abcdef"])
def test_receipts_of_every_recorded_shape_are_taken(reference: str) -> None:
    assert read_notices(changed("buygoods_received", "event", "resource", "reference", to=reference))


@pytest.mark.parametrize("body", [
    b"", b"null", b"[]", b"7", b'"text"', b"{}", b"<html></html>", b"\xff\xfe", b'{"data":{}}', b'{"data":null}',
    b'{"data":{"type":"incoming_payment"}}', b'{"topic":7}', b'{"topic":"buygoods_transaction_received"}',
    b'{"topic":"buygoods_transaction_received","event":[]}', b'{"data":{"type":"polling"}}', b"[" * 200_000,
    b'{"topic":"buygoods_transaction_received","event":{"resource":{"amount":NaN}}}', b'{"a":1,"a":2}', b"1" * 5000,
])  # fmt: skip
def test_nonsense_is_malformed_and_nothing_worse(body: bytes) -> None:
    with pytest.raises(Malformed):
        read_notices(body)


def test_a_repeated_key_is_malformed() -> None:
    text = raw("buygoods_received").replace(b'"amount": "850.0"', b'"amount": "1", "amount": "1000"')
    assert text.count(b'"amount"') == 2
    with pytest.raises(Malformed):
        read_notices(text)


def test_a_malformed_line_of_a_list_does_not_sink_the_others() -> None:
    body = json.loads(raw("polling_result"))
    lines = body["data"]["attributes"]["transactions"]
    lines.append({"type": "Buygoods Transaction", "resource": {"reference": "X"}})
    lines.append({"type": "Merchant to Merchant Transaction", "resource": None})
    assert len(read_notices(json.dumps(body).encode())) == 1


def test_what_is_malformed_is_said_without_its_value() -> None:
    with pytest.raises(Malformed) as caught:
        read_notices(changed("buygoods_received", "event", "resource", "amount", to="254712345678 secret"))
    assert "amount" in str(caught.value)
    assert "254" not in str(caught.value)


def test_strange_metadata_names_no_payment() -> None:
    odd: tuple[Any, ...] = (None, [], "text", {"payment_id": "not an id"}, {"payment_id": 7}, {})
    for metadata in odd:
        (notice,) = read_notices(changed("stk_success", "data", "attributes", "metadata", to=metadata))
        assert (notice.payment_id, notice.handle_id) == ("", NAMED["handle_id"])


def test_money_with_an_odd_date_is_money_all_the_same() -> None:
    for date in (None, "yesterday", 7, "2026-13-45"):
        (notice,) = read_notices(changed("buygoods_received", "event", "resource", "origination_time", to=date))
        assert (notice.at, notice.receipt) == (None, "UC65K2T9QX")


def test_a_payer_is_known_by_hash_even_where_only_the_number_is_told() -> None:
    body = json.loads(raw("buygoods_received"))
    body["event"]["resource"]["hashed_sender_phone"] = None
    assert read_notices(json.dumps(body).encode())[0].payer_hash == MONEY.payer_hash == payer_hash("254712345678")
    body["event"]["resource"]["sender_phone_number"] = "2547*****678"
    assert read_notices(json.dumps(body).encode())[0].payer_hash == ""


@pytest.mark.parametrize(("text", "reason"), [
    ("The initiator information is invalid.", Reason.WRONG_PIN),
    ("The balance is insufficient for the transaction", Reason.INSUFFICIENT_FUNDS),
    ("Request cancelled by user", Reason.CANCELLED),
    ("Request Cancelled by user.", Reason.CANCELLED),
    ("DS timeout user cannot be reached.", Reason.UNREACHABLE),
    ("No response from user.", Reason.UNREACHABLE),
    ("Transaction has expired", Reason.EXPIRED),
    ("Unable to lock subscriber, a transaction is already in process for the current subscriber", Reason.BUSY),
    ("Error Occurred while sending push request.", Reason.PUSH_FAILED),
    ("System busy. The service request is rejected.", Reason.NETWORK_BUSY),
    ("System internal error.", Reason.NETWORK_ERROR),
    ("Something quite new", Reason.OTHER),
    ("", Reason.OTHER),
])  # fmt: skip
def test_every_known_failure_has_a_word_of_ours(text: str, reason: Reason) -> None:
    assert reason_for(text) is reason
    (notice,) = read_notices(changed("stk_failed", "data", "attributes", "event", "errors", to=text))
    assert notice.reason == reason


def test_failures_told_as_lists_are_read_too() -> None:
    (notice,) = read_notices(changed("stk_failed", "data", "attributes", "event", "errors", to=["Request cancelled"]))
    assert notice.reason == Reason.CANCELLED
    (notice,) = read_notices(changed("stk_failed", "data", "attributes", "event", "errors", to=[]))
    assert notice.reason == Reason.OTHER


def test_a_reversal_that_was_carried_out_is_money_back() -> None:
    (told,) = read_events(raw("reversal"))
    assert isinstance(told, RefundNotice)
    assert (told.outcome, told.receipt, told.reference) == (RefundOutcome.DONE, "UC65K2T9QX", "UC65REV1")
    assert told.amount == Decimal(850)
    assert RefundNotice.from_dict(told.to_dict()) == told


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("Received", RefundOutcome.PENDING),
        ("Scheduled", RefundOutcome.PENDING),
        ("Failed", RefundOutcome.FAILED),
        ("Lost", RefundOutcome.UNKNOWN),
    ],
)
def test_every_status_of_a_reversal(status: str, outcome: RefundOutcome) -> None:
    (told,) = read_events(changed("reversal", "data", "attributes", "status", to=status))
    assert isinstance(told, RefundNotice) and told.outcome is outcome


def test_a_reversal_that_names_no_money_is_not_done_yet() -> None:
    (told,) = read_events(changed("reversal", "data", "attributes", "reversal_bulk_payment", to=None))
    assert isinstance(told, RefundNotice) and told.outcome is RefundOutcome.PENDING


def test_a_payout_is_done_when_its_money_left() -> None:
    sent = {"amount": "200.0", "status": "Transferred", "transaction_reference": "UC65OUT1"}
    attributes = {"status": "Processed", "transfer_batches": [{"disbursements": [sent]}], "errors": None}
    body = {"data": {"id": "9", "type": "send_money", "attributes": attributes}}
    (told,) = read_events(json.dumps(body).encode())
    assert isinstance(told, RefundNotice)
    assert (told.outcome, told.amount, told.reference) == (RefundOutcome.DONE, Decimal(200), "UC65OUT1")


def test_an_empty_list_of_destinations_is_refused_in_code() -> None:
    """Kopo Kopo would send everything there is to the bank."""
    with pytest.raises(payouts.NoDestination):
        payouts.payout([], "KES")
    part = Refunding("r", "p", "h", "UC65K2T9QX", Decimal(200), "KES", whole=False, reason="Out of stock")
    with pytest.raises(payouts.NoDestination):
        payouts.request(part)
    kind, body = payouts.request(replace(part, phone="254712345678"))
    assert (kind, len(body["destinations"])) == ("send_money", 1)
    kind, body = payouts.request(replace(part, whole=True))
    assert kind == "reversals" and "amount" not in body and "destinations" not in body


@pytest.mark.parametrize("name", ["stk_success", "buygoods_received"])
def test_what_comes_from_the_sandbox_is_none_where_money_is_real(name: str) -> None:
    body = raw(name).replace(b"https://api.kopokopo.com", b"https://sandbox.kopokopo.com")
    assert b"sandbox.kopokopo.com" in body
    with pytest.raises(OtherMode):
        KopoKopoWebhook().parse(body, live=True)
    assert KopoKopoWebhook().parse(body, live=False)
    assert KopoKopoWebhook().parse(body.replace(b"sandbox.kopokopo", b"api.kopokopo"), live=True)
