"""What WhatsApp and payment providers say about our accounts: kept, and shown until somebody has seen to it."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import SQLColumnExpression, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import clock
from core.services.activity import Actor, record
from core.store.sql.tables import WebhookEvent

SHOWN = 50
SOURCE = "whatsapp"
# What to do, by what it is about; by the event first, then by the field.
WHAT_TO_DO = {
    "ACCOUNT_VIOLATION": "Read the violation in WhatsApp Manager and appeal there. Until then sell no alcohol by chat.",
    "ACCOUNT_RESTRICTION": "Messages are restricted. Read why in WhatsApp Manager, and serve guests at the table.",
    "DISABLED_UPDATE": "The account is disabled. Contact Meta's Business Support; take orders at the table.",
    "REJECTED": "Change the template's text and register it again.",
    "PAUSED": "Guests disliked this template. It comes back by itself; look at what it says.",
    "DISABLED": "This template cannot be sent any more. Write another one and register it.",
    "account_update": "Look into WhatsApp Manager.",
    "account_alerts": "Look into WhatsApp Manager.",
    "message_template_status_update": "Nothing, unless the template is one you miss.",
    "message_template_quality_update": "Look at what the template says: guests block or report it.",
    "phone_number_quality_update": "Nothing, if the limit went up. Else write less that nobody asked for.",
    "security": "If nobody of yours did this, change the two-step PIN in WhatsApp Manager.",
    "dispute": "Answer it on the provider's own pages, with the order and its receipt, or the money goes back.",
    "sent_after_all": "It went back twice, or was used and went back: speak to the guest, and ask the provider.",
    "money_taken_back": "Speak to the guest, and look on the provider's own page why their money was taken back.",
    "stock_low": "Buy more, or mark it sold out; what comes is written down under Stock.",
    "messages": "Meta reports an error of the app or the account. Look into WhatsApp Manager.",
}
LOOK = "Look into WhatsApp Manager if you did not expect this."
# Every board asks again and again: without the sealed bodies, which nobody reads here.
_AS_READ = select(
    *(WebhookEvent.id, WebhookEvent.received_at, WebhookEvent.kind, WebhookEvent.reason),
    *(WebhookEvent.subject, WebhookEvent.loud),
)
# These are about one guest, or expected: kept, but nothing for staff to do.
QUIET = ("user_preferences", "user_id_update")


@dataclass(frozen=True)
class Said:
    """One notice, as staff read it."""

    id: UUID
    at: datetime
    what: str
    to_do: str
    loud: bool


def save_notices(db: Session, notes: list[dict[str, Any]]) -> None:
    """Each once for its venue, however often Meta repeats it."""
    rows = [_row(note) for note in notes]
    db.execute(insert(WebhookEvent).on_conflict_do_nothing(), rows)


def notice_of_money(
    workspace_id: UUID, provider: str, kind: str, moment: str, subject: str, *, event: str = "", loud: bool = True
) -> dict[str, Any]:
    """What stands on every board until somebody has seen to it; once per `moment`."""
    return {
        "workspace": str(workspace_id),
        "source": str(provider),
        "kind": kind,
        "event": event,
        "moment": moment,
        "subject": subject,
        "loud": loud,
        "body": "",
        "at": clock.now().timestamp(),
    }


def unseen(db: Session, workspace_id: UUID) -> list[Said]:
    """What nobody has seen to yet, the loud ones first."""
    return _unseen(db, workspace_id)


def urgent(db: Session, workspace_id: UUID) -> list[str]:
    """What cannot wait until somebody looks at the queues."""
    return [one.what for one in _unseen(db, workspace_id, WebhookEvent.loud)]


def see(db: Session, actor: Actor, notice_id: UUID) -> bool:
    """Somebody has seen to it; answers whether there was such a notice."""
    mine = select(WebhookEvent).where(*_of(actor.workspace_id), WebhookEvent.id == notice_id)
    notice = db.scalar(mine.with_for_update())
    if notice is not None and notice.seen_at is None:
        notice.seen_at = clock.now()
        record(db, actor, "notice_seen", "notice", notice.id, detail={"kind": notice.kind})
    return notice is not None


def _unseen(db: Session, workspace_id: UUID, *which: SQLColumnExpression[bool]) -> list[Said]:
    mine = (*_of(workspace_id), WebhookEvent.seen_at.is_(None), WebhookEvent.kind.not_in(QUIET), *which)
    order = (WebhookEvent.loud.desc(), WebhookEvent.received_at.desc())
    return [_said(row) for row in db.execute(_AS_READ.where(*mine).order_by(*order).limit(SHOWN))]


def _of(workspace_id: UUID) -> tuple[Any, ...]:
    return (WebhookEvent.workspace_id == workspace_id, WebhookEvent.kind != "")


def _row(note: dict[str, Any]) -> dict[str, Any]:
    what = ":".join(note[name] for name in ("workspace", "kind", "moment", "body"))
    digest = hashlib.sha256(what.encode()).hexdigest()
    return {
        "workspace_id": UUID(note["workspace"]),
        "source": note.get("source", SOURCE),
        "kind": note["kind"] or "unknown",
        "reason": note["event"] or f"account: {note['kind']}",
        "subject": note["subject"],
        "loud": note["loud"],
        "digest": digest,
        "body": note["body"],
        "received_at": datetime.fromtimestamp(note["at"], UTC),
    }


def _said(row: Any) -> Said:
    event = row.reason.replace("_", " ").capitalize() if not row.reason.startswith("account: ") else ""
    what = ": ".join(filter(None, (row.kind.replace("_", " ").capitalize(), event, row.subject)))
    to_do = WHAT_TO_DO.get(row.reason) or WHAT_TO_DO.get(row.kind, LOOK)
    return Said(row.id, row.received_at, what, to_do, row.loud)
