"""Every result code of M-Pesa, by the text in which Kopo Kopo passes it on: our reason, and what the guest reads."""

import json
import re
from typing import Any

import pytest

from core.domain.payments import Reason
from core.domain.receipts import Notice, Outcome
from core.providers.kopokopo.reasons import reason_for
from core.providers.kopokopo.webhook import read_events
from tests.integration.money.kopokopo import SAMPLES
from tests.unit.conversation.test_ways import chat_at

GENERAL = "The payment did not go through. Tap Try again, or use another number."
CODES = [
    ("1", "The balance is insufficient for the transaction", Reason.INSUFFICIENT_FUNDS, "balance is too low"),
    ("4", "The transaction exceeds the daily limit", Reason.LIMIT, "over a limit of that number"),
    ("15", "Duplicate originator conversation ID", Reason.OTHER, GENERAL),
    ("17", "System internal error.", Reason.NETWORK_ERROR, "M-Pesa had a problem. Wait a minute"),
    ("26", "System busy. The service request is rejected.", Reason.NETWORK_BUSY, "M-Pesa is very busy"),
    (
        "1001",
        "Unable to lock subscriber, a transaction is already in process for the current subscriber",
        Reason.BUSY,
        "Another M-Pesa request or menu is open on that phone. Close it, wait two minutes",
    ),
    ("1019", "Transaction has expired", Reason.EXPIRED, "closed before the PIN came"),
    ("1025", "Error Occurred while sending push request.", Reason.PUSH_FAILED, "We could not reach your phone"),
    ("1031", "Request cancelled by user", Reason.CANCELLED, "cancelled on the phone"),
    ("1032", "Request Cancelled by user.", Reason.CANCELLED, "cancelled on the phone"),
    ("1036", "SMSC ACK timeout.", Reason.UNREACHABLE, "Your phone did not answer"),
    ("1037", "DS timeout user cannot be reached.", Reason.UNREACHABLE, "Your phone did not answer"),
    ("1037", "No response from user.", Reason.UNREACHABLE, "Your phone did not answer"),
    ("2001", "The initiator information is invalid.", Reason.WRONG_PIN, "The PIN was not accepted"),
    ("2028", "The request is not permitted according to product assignment.", Reason.OTHER, GENERAL),
    ("8006", "Something that M-Pesa has never said before", Reason.OTHER, GENERAL),
    ("9999", "Error Occurred while sending push request.", Reason.PUSH_FAILED, "We could not reach your phone"),
]


def failed(errors: Any) -> tuple[Outcome, str]:
    """What a callback says whose attempt failed with these words."""
    body = json.loads((SAMPLES / "stk_failed.json").read_text())
    body["data"]["attributes"]["event"]["errors"] = errors
    (notice,) = read_events(json.dumps(body).encode())
    assert isinstance(notice, Notice)
    return notice.outcome, notice.reason


@pytest.mark.parametrize(("code", "text", "reason", "words"), CODES)
def test_every_code_has_a_reason_and_the_guest_reads_what_to_do(
    code: str, text: str, reason: Reason, words: str
) -> None:
    assert reason_for(text) is reason, code
    assert failed(text) == (Outcome.FAILED, reason)
    chat = chat_at("MPESA")
    chat.guest.taps("Pay with M-Pesa")
    chat.bar.fails(failed(text)[1])
    chat.guest.reads("is not paid yet", words)
    assert "Try again" in chat.guest.titles


@pytest.mark.parametrize(
    "text", ["The transaction is still under processing", "The transaction is being processed", "Still in process."]
)
def test_4999_and_500_001_1001_are_no_failure(text: str) -> None:
    assert failed(text) == (Outcome.PENDING, "")


def test_0_is_money_and_its_receipt_is_what_the_guest_reads() -> None:
    chat = chat_at("MPESA")
    chat.guest.taps("Pay with M-Pesa")
    chat.bar.pays()
    assert re.search(r"M-Pesa receipt \*\w+\*: KES \d", chat.guest.text)
