"""Reports that go out by themselves: who gets which, and each once, however often anybody looks."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import clock
from core.crashpoint import crashpoint
from core.domain.money import plain
from core.domain.permissions import ALLOWED, Permission
from core.domain.report_times import Every, Way, due_after, last_due, told_at
from core.domain.reporting import Days
from core.domain.statuses import ChannelKind
from core.errors import Rejected
from core.jobs import make_documents
from core.log import get_logger
from core.services.activity import Actor, record
from core.services.customers import GuestRef, by_phone, find_guest
from core.services.documents_wanted import want_report
from core.services.followup import Followup
from core.services.program import Program
from core.services.reports import report_of_days
from core.store.sql.engine import transaction
from core.store.sql.tables import Channel, Conversation, Membership, ReportSchedule, User, Workspace

ALLOWED_ROLES = tuple(role for role, may in ALLOWED.items() if Permission.EDIT_SETTINGS in may)

log = get_logger(__name__)


@dataclass(frozen=True)
class Wish:
    """How somebody wants to have it. `phone`: digits with country, for WhatsApp."""

    every: Every
    way: Way
    hour: int
    phone: str = ""


def schedules(db: Session, workspace_id: UUID, user_id: UUID) -> list[ReportSchedule]:
    """What this person gets."""
    mine = (ReportSchedule.workspace_id == workspace_id, ReportSchedule.user_id == user_id)
    return list(db.scalars(select(ReportSchedule).where(*mine).order_by(ReportSchedule.every, ReportSchedule.way)))


def schedule(program: Program, db: Session, actor: Actor, wish: Wish) -> None:
    """From now on they get it; another hour or number takes the place of the one before. Raises Rejected
    ("no_channel")."""
    zone = ZoneInfo(db.get_one(Workspace, actor.workspace_id).timezone)
    values = {
        "conversation_id": _conversation(program, db, actor, wish.phone) if wish.way is Way.WHATSAPP else None,
        "hour": wish.hour,
        "due_at": due_after(wish.every, wish.hour, clock.now(), zone),
    }
    whose = {"workspace_id": actor.workspace_id, "user_id": actor.user_id, "every": wish.every, "way": wish.way}
    row = insert(ReportSchedule).values(**whose, **values)
    again = row.on_conflict_do_update(index_elements=list(whose), set_=values)
    schedule_id = db.scalar(again.returning(ReportSchedule.id))
    after = {"every": wish.every, "way": wish.way, "hour": wish.hour}
    record(db, actor, "report_scheduled", "report", schedule_id, after=after)


def unschedule(db: Session, actor: Actor, schedule_id: UUID) -> None:
    """They get it no more; tapped twice, that is so already."""
    mine = (ReportSchedule.workspace_id == actor.workspace_id, ReportSchedule.user_id == actor.user_id)
    gone = delete(ReportSchedule).where(*mine, ReportSchedule.id == schedule_id)
    if row := db.execute(gone.returning(ReportSchedule.every, ReportSchedule.way)).first():
        before = {"every": row.every, "way": row.way}
        record(db, actor, "report_unscheduled", "report", schedule_id, before=before)


def order_due(program: Program) -> Followup:
    """Whatever is due is ordered, one after the other: the document, whom it goes to and the next time are one
    transaction."""
    followup = Followup()
    while _order_next(program):
        crashpoint("reports.ordered")
        followup = Followup(jobs=(make_documents(),))
    return followup


def _order_next(program: Program) -> bool:
    with transaction(program.sessions) as db:
        due = select(ReportSchedule).where(ReportSchedule.due_at <= clock.now()).order_by(ReportSchedule.due_at)
        one = db.scalar(due.limit(1).with_for_update(skip_locked=True))
        if one is None:
            return False
        if not _still_here(db, one):
            log.info("report_ended", schedule=str(one.id))
            db.delete(one)
            return True
        _order(db, one)
        crashpoint("reports.before_commit")
    return True


def _order(db: Session, one: ReportSchedule) -> None:
    zone = ZoneInfo(db.get_one(Workspace, one.workspace_id).timezone)
    days = told_at(one.every, last_due(one.every, one.hour, one.due_at, clock.now(), zone), zone)
    one.due_at = due_after(one.every, one.hour, clock.now(), zone)
    whom = {"conversation_id": one.conversation_id, "user_id": None if one.conversation_id else one.user_id}
    want_report(db, one.workspace_id, _said(db, one.workspace_id, days), whom)


def _said(db: Session, workspace_id: UUID, days: Days) -> dict[str, Any]:
    report = report_of_days(db, workspace_id, days)
    figures = {"orders": report.orders, "amount": plain(report.net), "currency": report.currency}
    return {"first": str(days.first), "last": str(days.last), "name": f"report-{days.name}"} | figures


def _still_here(db: Session, one: ReportSchedule) -> bool:
    """Who has left, or may not see reports any more, gets none."""
    works = (Membership.workspace_id == one.workspace_id, Membership.user_id == one.user_id, Membership.active)
    may = Membership.role.in_(ALLOWED_ROLES)
    member = select(exists().where(*works, may, User.id == Membership.user_id, User.active))
    return bool(db.scalar(member))


def _conversation(program: Program, db: Session, actor: Actor, phone: str) -> UUID:
    """The one this number has with us on a line in use, or a new one."""
    customer = by_phone(db, actor.workspace_id, phone)
    if customer is None:
        return _new_conversation(program, db, actor, phone)
    mine = (Conversation.workspace_id == actor.workspace_id, Conversation.customer_id == customer.id)
    found = select(Conversation.id).join(Channel, Channel.id == Conversation.channel_id).where(*mine, *_in_use(actor))
    return db.scalar(found.order_by(Conversation.created_at.desc()).limit(1)) or _new_conversation(
        program, db, actor, phone
    )


def _new_conversation(program: Program, db: Session, actor: Actor, phone: str) -> UUID:
    channel = db.scalar(select(Channel.id).where(*_in_use(actor)).order_by(Channel.created_at).limit(1))
    if channel is None:
        raise Rejected("no_channel")
    box = program.addresses.of(str(channel), "phone", phone)
    name = db.get_one(User, actor.user_id).name
    return find_guest(db, GuestRef(actor.workspace_id, channel, box, "", phone, name)).conversation.id


def _in_use(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    ours = (Channel.workspace_id == actor.workspace_id, Channel.kind == ChannelKind.WHATSAPP)
    return *ours, Channel.active.is_(True), Channel.deleted_at.is_(None)
