"""What guests should have heard and did not, and numbers that could not send: for staff to act on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from core import clock
from core.domain.statuses import MessageStatus
from core.services.alerts import ACTION
from core.store.sql.tables import Activity, Conversation, Customer, Message

LOOK_BACK = timedelta(hours=24)
SHOWN = 20


@dataclass(frozen=True)
class Lost:
    """A message that matters and did not arrive: to whom, about what, and Meta's code."""

    guest: str
    kind: str
    code: str
    at: datetime


def undelivered(db: Session, workspace_id: UUID) -> list[Lost]:
    """Those of the last day, newest first."""
    failed = (Message.important, Message.status.in_((MessageStatus.FAILED, MessageStatus.UNKNOWN)))
    about = and_(Conversation.workspace_id == Message.workspace_id, Conversation.mailbox == Message.mailbox)
    columns = select(Customer.name, Message.kind, Message.error_code, Message.at).select_from(Message)
    known = columns.outerjoin(Conversation, about).outerjoin(Customer, Customer.id == Conversation.customer_id)
    mine = known.where(Message.workspace_id == workspace_id, Message.at > _since(), *failed)
    rows = db.execute(mine.order_by(Message.at.desc()).limit(SHOWN)).all()
    return [Lost(name or "a guest", kind, code or "no answer", at) for name, kind, code, at in rows]


def sending_alerts(db: Session, workspace_id: UUID) -> Sequence[Activity]:
    """Reasons of the last day for which a number could not send, newest first."""
    mine = select(Activity).where(Activity.workspace_id == workspace_id, Activity.created_at > _since())
    return db.scalars(mine.where(Activity.action == ACTION).order_by(Activity.seq.desc()).limit(SHOWN)).all()


def _since() -> datetime:
    return clock.now() - LOOK_BACK
