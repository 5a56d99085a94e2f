"""What was said, as staff read it: who, when in the venue's own time, and how far it got."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import groupby
from uuid import UUID

from core.conversation import events
from core.conversation.stages.staffing import WORDS_LIMIT
from core.domain.statuses import MessageStatus
from core.services.conversation_history import Line, Place
from core.services.staff_writing import DAY_IS_OVER, NOT_TALKING, Standing

UNKNOWN = "Whether this guest can be written to cannot be told right now. This page tries again by itself."
REFUSALS = {
    "empty": "Write something first.",
    "too_long": f"This has {{}} characters, and {WORDS_LIMIT} fit. Please make it two messages.",
    "not_found": "This guest cannot be written to: they have never asked for anybody.",
    NOT_TALKING: "The bot talks with this guest. You can write once they ask for somebody, with the word staff.",
    DAY_IS_OVER: "It is more than 24 hours since this guest wrote. WhatsApp lets us write again when they do.",
}
STATUSES = {
    MessageStatus.QUEUED: "on its way",
    MessageStatus.SENT: "sent",
    MessageStatus.DELIVERED: "delivered",
    MessageStatus.READ: "read",
    MessageStatus.FAILED: "did not arrive",
    MessageStatus.UNKNOWN: "may not have arrived",
    MessageStatus.PRACTICE: "not sent (practice)",
}
# Meta's codes (Cloud API reference 4.6) and our own, for those who have never heard of them.
REASONS = {
    "131047": "24 hours since the guest wrote",
    "131026": "this number cannot be reached on WhatsApp",
    "131050": "the guest wants no messages",
    "131049": "WhatsApp held it back",
    "131053": "the picture was refused",
    "130429": "too many messages at once",
    "131056": "too many messages to this guest",
    "190": "our access token is no longer valid",
    "368": "our account is restricted",
    "unknown": "WhatsApp gave no answer",
    "stopped": "the guest wants nothing unasked",
    "unreachable": "WhatsApp could not be reached",
    "no_channel": "this number is not set up any more",
}
KINDS = {
    events.TAP: "tapped",
    events.LOCATION: "a place on the map",
    events.UNREADABLE: "not text",
    events.CARDS: "contact cards",
    events.CATALOGUE: "a cart from the catalogue",
    events.FORM: "a filled-in form",
    events.IDENTITY: "a new number",
    events.PREFERENCE: "changed what messages they want",
}


@dataclass(frozen=True)
class Said:
    """One message, ready to be shown. `side`: theirs, bot or staff. `failed`: somebody should tell the guest."""

    side: str
    by: str
    words: str
    what: str
    at: datetime
    status: str
    reason: str
    failed: bool


def said(line: Line, zone: tzinfo) -> Said:
    """A message in the venue's time and in plain words."""
    staffs = line.kind == events.STAFF_SAID
    return Said(
        side="theirs" if line.incoming else "staff" if staffs else "bot",
        by="" if line.incoming else (line.by or "Staff") if staffs else "Bot",
        words=line.words,
        what=KINDS.get(line.kind, "") if line.incoming else "",
        at=line.at.astimezone(zone),
        status=STATUSES[line.status] if line.status else "",
        reason=_reason(line.code),
        failed=line.status in (MessageStatus.FAILED, MessageStatus.UNKNOWN),
    )


def between(lines: Iterable[Said]) -> list[tuple[datetime, list[Said]]]:
    """The messages of each day."""
    days = groupby(lines, lambda line: line.at.date())
    return [(rows[0].at, rows) for rows in (list(group) for _, group in days)]


def why_not(stands: Standing | None) -> str:
    """Why staff cannot write now; empty where they can."""
    if stands is None:
        return UNKNOWN
    return REFUSALS[stands.barrier] if stands.barrier else ""


def place_in(place: Place) -> str:
    """A place in a list, as links carry it."""
    return f"{place[0].isoformat()},{place[1]}"


def place_of(link: str) -> Place | None:
    """The place a link names; None where it names none."""
    moment, _, id = link.partition(",")
    try:
        at = datetime.fromisoformat(moment)
        return (at, UUID(id)) if at.tzinfo else None
    except ValueError:
        return None


def _reason(code: str) -> str:
    return REASONS.get(code, f"error {code}") if code else ""
