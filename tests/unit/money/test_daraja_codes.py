"""Every result code of M-Pesa, by the text in which Kopo Kopo passes it on: our reason, and words for the guest."""

import pytest

from core.conversation import texts
from core.domain.payments import Reason
from core.providers.kopokopo.reasons import reason_for

CODES = [
    (1, "The balance is insufficient for the transaction", Reason.INSUFFICIENT_FUNDS),
    (4, "The transaction exceeds the daily limit", Reason.LIMIT),
    (17, "System internal error.", Reason.NETWORK_ERROR),
    (26, "System busy. The service request is rejected.", Reason.NETWORK_BUSY),
    (
        1001,
        "Unable to lock subscriber, a transaction is already in process for the current subscriber",
        Reason.BUSY,
    ),
    (1019, "Transaction has expired", Reason.EXPIRED),
    (1025, "Error Occurred while sending push request.", Reason.PUSH_FAILED),
    (1031, "Request cancelled by user", Reason.CANCELLED),
    (1032, "Request Cancelled by user.", Reason.CANCELLED),
    (1037, "DS timeout user cannot be reached.", Reason.UNREACHABLE),
    (1037, "No response from user.", Reason.UNREACHABLE),
    (2001, "The initiator information is invalid.", Reason.WRONG_PIN),
    (9999, "Error Occurred while sending push request.", Reason.PUSH_FAILED),
    (8006, "Something that M-Pesa has never said before", Reason.OTHER),
]


@pytest.mark.parametrize(("code", "text", "reason"), CODES)
def test_every_code_has_a_reason_and_every_reason_words_for_the_guest(code: int, text: str, reason: Reason) -> None:
    assert reason_for(text) is reason, code
    assert texts.FAILED.get(reason, texts.FAILED[Reason.OTHER])
