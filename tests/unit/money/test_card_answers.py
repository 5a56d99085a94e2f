"""What Pesapal and Paystack say, in our words: the recorded shapes, and whatever is almost like them."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.domain.payments import Reason
from core.domain.receipts import Notice, Outcome, Source
from core.errors import TryAgain
from core.providers.contract import DisputeNotice, DisputeOutcome, Malformed, OtherMode, RefundNotice, RefundOutcome
from core.providers.paystack import answers
from core.providers.paystack.webhook import PaystackWebhook, signature
from core.providers.pesapal.answers import error_of, moment, notice
from core.providers.pesapal.ipn import read_hint

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
PAYMENT, TRACKING = "5b0f6a0e-0000-4000-8000-000000000009", "4e8d21c7-0000-4000-8000-000000000001"


def sample(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text())
    return loaded


def told(**changes: Any) -> Notice:
    """Pesapal's answer about a payment that came off, but for this."""
    return notice(sample("pesapal/status_completed") | changes, PAYMENT, TRACKING, Source.POLL)


# --- Pesapal ---


@pytest.mark.parametrize(
    ("name", "outcome", "reason"),
    [
        ("status_completed", Outcome.PAID, ""),
        ("status_failed", Outcome.FAILED, Reason.CANCELLED),
        ("status_reversed", Outcome.REVERSED, ""),
        ("status_invalid", Outcome.PENDING, ""),
        ("status_no_attempt", Outcome.PENDING, ""),
    ],
)
def test_every_status_of_pesapal_is_one_of_ours(name: str, outcome: Outcome, reason: str) -> None:
    read = notice(sample(f"pesapal/{name}"), PAYMENT, TRACKING, Source.POLL)
    assert (read.outcome, read.reason) == (outcome, reason)
    assert (read.payment_id, read.handle_id) == (PAYMENT, TRACKING)


def test_a_payment_at_pesapal_is_money_in_shillings_with_its_receipt() -> None:
    read = told()
    assert (read.receipt, read.amount, read.currency) == ("UC65K2T9QX", Decimal(850), "KES")
    assert read.at == datetime(2026, 3, 6, 21, 20, 11, 123000, tzinfo=UTC)


@pytest.mark.parametrize("code", [4, -1, None, "1", True, 1.5])
def test_a_status_nobody_knows_is_unknown_and_never_paid(code: Any) -> None:
    assert told(status_code=code).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("receipt", ["", None, "x" * 65, "\u00fc\u00fc"])
def test_without_a_receipt_nothing_is_paid(receipt: Any) -> None:
    assert told(confirmation_code=receipt).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("amount", [None, "much", 0, -1, "NaN", "Infinity"])
def test_an_amount_nobody_can_read_is_asked_for_again(amount: Any) -> None:
    with pytest.raises(TryAgain):
        told(amount=amount)


def test_pitfall_11_an_error_inside_http_200_is_an_error_and_an_empty_one_is_none() -> None:
    assert error_of(sample("pesapal/bad_keys")) == "invalid_consumer_key_or_secret_provided"
    assert error_of(sample("pesapal/submitted")) == ""
    assert error_of(sample("pesapal/status_completed")) == ""
    assert error_of({"status": "200", "error": "refused"}) == "refused"
    assert error_of({"error": None}) and error_of({})
    with pytest.raises(TryAgain):
        notice(sample("pesapal/bad_keys"), PAYMENT, TRACKING, Source.POLL)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2026-03-06T18:19:05.1234567Z", 5.123456),
        ("2026-03-06T18:19:05Z", 5.0),
        ("2026-03-06T18:19:05.12", 5.12),
    ],
)
def test_pitfall_17_times_with_seven_digits_or_without_an_offset_are_utc(text: str, seconds: float) -> None:
    read = moment(text)
    assert read and read.tzinfo is UTC and read.second + read.microsecond / 1e6 == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "yesterday", None, 7, "2026-13-01T00:00:00"])
def test_an_odd_date_is_no_date(text: Any) -> None:
    assert moment(text) is None


def test_a_hint_is_read_in_both_spellings_and_answered_as_it_was_written() -> None:
    ipn = sample("pesapal/ipn")
    lower = {name[0].lower() + name[1:]: value for name, value in ipn.items()}
    assert read_hint(ipn) == read_hint(lower)
    assert read_hint(ipn).answer(200) == lower | {"status": 200}
    assert read_hint({"OrderTrackingId": 7}).tracking_id == ""


# --- Paystack ---


def posted(name: str, live: bool = True, **changes: Any) -> Any:
    """The one fact in a sample, but for these values of its data."""
    body = sample(f"paystack/{name}")
    body["data"] |= changes
    (fact,) = PaystackWebhook().parse(json.dumps(body).encode(), live)
    return fact


def test_the_known_signature_is_good() -> None:
    raw = b'{"event":"charge.success","data":{"reference":"bar-0001"}}'
    known = (
        "445c1d23b33a6071f9ccc771bd2de71a289958d267ca980259189bb6d321871f"
        "78310c3a5b00c1bc492628b9bff095462d1e24e0ca82223cc126295dab0cf161"
    )
    assert signature("sk_test_example", raw).decode() == known
    headers = {"x-paystack-signature": known}
    assert PaystackWebhook().authenticate(raw, headers, ("other", "sk_test_example")) == ("sk_test_example",)
    for given in ({}, {"x-paystack-signature": known.upper()}, {"x-paystack-signature": "\u00e9"}):
        assert PaystackWebhook().authenticate(raw, given, ("sk_test_example",)) == ()
    assert PaystackWebhook().authenticate(raw, headers, ("",)) == ()


def test_a_charge_is_money_in_shillings_under_our_own_id() -> None:
    read = posted("charge_success")
    assert (read.outcome, read.payment_id, read.handle_id) == (Outcome.PAID, PAYMENT, PAYMENT)
    assert (read.receipt, read.amount, read.currency) == ("5120034411", Decimal(850), "KES")
    assert read.at == datetime(2026, 3, 6, 18, 21, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "outcome", "reason"),
    [
        ("verify_failed", Outcome.FAILED, Reason.INSUFFICIENT_FUNDS),
        ("verify_abandoned", Outcome.PENDING, ""),
    ],
)
def test_a_good_answer_about_bad_news(name: str, outcome: Outcome, reason: str) -> None:
    read = answers.payment(sample(f"paystack/{name}")["data"], Source.POLL)
    assert (read.outcome, read.reason, read.payment_id) == (outcome, reason, PAYMENT)


@pytest.mark.parametrize("status", ["ongoing", "pending", "processing", "queued", "abandoned"])
def test_what_is_under_way_is_pending(status: str) -> None:
    assert posted("charge_success", status=status).outcome is Outcome.PENDING


@pytest.mark.parametrize("status", ["", "SUCCES", None, 1])
def test_a_word_nobody_knows_is_unknown(status: Any) -> None:
    assert posted("charge_success", status=status).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("metadata", [{}, "", "text", 0, None, [], {"payment_id": 7}])
def test_metadata_of_any_shape_is_read_calmly(metadata: Any) -> None:
    assert posted("charge_success", metadata=metadata).payment_id == PAYMENT
    assert posted("charge_success", metadata=metadata, reference="somebody-elses").payment_id == ""


def test_a_payment_is_found_by_metadata_where_the_reference_is_another() -> None:
    assert posted("charge_success", reference="T123").payment_id == PAYMENT


@pytest.mark.parametrize("amount", ["20000", 20000])
def test_refunds_write_amounts_as_texts_and_as_numbers(amount: Any) -> None:
    read = posted("refund_processed", amount=amount)
    assert isinstance(read, RefundNotice)
    assert (read.outcome, read.amount, read.payment_id) == (RefundOutcome.DONE, Decimal(200), PAYMENT)
    assert read.reference == "132013318360"
    assert RefundNotice.from_dict(read.to_dict()) == read


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("pending", RefundOutcome.PENDING),
        ("processing", RefundOutcome.PENDING),
        ("needs-attention", RefundOutcome.PENDING),
        ("processed", RefundOutcome.DONE),
        ("failed", RefundOutcome.FAILED),
        ("lost", RefundOutcome.UNKNOWN),
    ],
)
def test_every_status_of_a_refund(status: str, outcome: RefundOutcome) -> None:
    assert posted("refund_pending", status=status).outcome is outcome


def test_a_dispute_names_the_payment_and_the_day_by_which_to_answer() -> None:
    read = posted("dispute_create")
    assert isinstance(read, DisputeNotice)
    assert (read.outcome, read.payment_id, read.amount) == (DisputeOutcome.OPENED, PAYMENT, Decimal(850))
    assert read.due_at == datetime(2026, 3, 17, 18, tzinfo=UTC)
    assert DisputeNotice.from_dict(read.to_dict()) == read


def test_a_test_event_is_none_where_money_is_real() -> None:
    with pytest.raises(OtherMode):
        posted("charge_success", domain="test")
    assert posted("charge_success", live=False, domain="test").outcome is Outcome.PAID


@pytest.mark.parametrize(
    "changes",
    [
        {"id": None}, {"amount": None}, {"amount": "much"}, {"amount": 0}, {"amount": -5}, {"amount": 1.5},
        {"amount": 10**12}, {"currency": ""}, {"currency": 7}, {"currency": None},
    ],
)  # fmt: skip
def test_money_that_cannot_be_read_is_malformed(changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        posted("charge_success", **changes)


@pytest.mark.parametrize(
    "raw",
    [b"", b"null", b"[]", b"{}", b"\xff", b'{"event":"charge.success"}', b'{"event":1,"data":{}}', b'{"a":NaN}', b"["],
)
def test_nonsense_is_malformed_and_nothing_worse(raw: bytes) -> None:
    with pytest.raises(Malformed):
        PaystackWebhook().parse(raw, live=True)


def test_events_about_something_else_hold_nothing() -> None:
    assert PaystackWebhook().parse(b'{"event":"transfer.success","data":{"domain":"live"}}', live=True) == ()
