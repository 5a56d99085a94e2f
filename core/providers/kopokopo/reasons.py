"""M-Pesa's words for why a payment failed, as Kopo Kopo passes them on, in ours."""

from core.domain.payments import Reason
from core.providers.reading import reason_in

# The first part found in the text counts. What is not here is told as "it did not work" and shows in the log.
PARTS: tuple[tuple[str, Reason], ...] = (
    ("initiator information", Reason.WRONG_PIN),
    ("wrong pin", Reason.WRONG_PIN),
    ("insufficient", Reason.INSUFFICIENT_FUNDS),
    ("unable to lock", Reason.BUSY),
    ("in process", Reason.BUSY),
    ("pending request", Reason.BUSY),
    ("push request", Reason.PUSH_FAILED),
    ("cancel", Reason.CANCELLED),
    ("cannot be reached", Reason.UNREACHABLE),
    ("no response", Reason.UNREACHABLE),
    ("timeout", Reason.UNREACHABLE),
    ("expired", Reason.EXPIRED),
    ("phone number", Reason.BAD_NUMBER),
    ("limit", Reason.LIMIT),
    ("maximum", Reason.LIMIT),
    ("busy", Reason.NETWORK_BUSY),
    ("internal error", Reason.NETWORK_ERROR),
)

# M-Pesa's 4999: an error by its place, and none by its meaning. A second prompt now could take the money twice.
STILL_OPEN = ("under processing", "being processed", "still in process")


def is_still_open(text: str) -> bool:
    """Whether a failure only says that there is no answer yet."""
    lowered = text.lower()
    return any(part in lowered for part in STILL_OPEN)


def reason_for(text: str) -> Reason:
    """Our word for theirs; OTHER where they have a new one."""
    return reason_in(text, PARTS, Reason.OTHER)
