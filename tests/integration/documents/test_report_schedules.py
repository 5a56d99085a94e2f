"""A report goes out by itself: once, to whoever still works there, also where somebody died in between."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text, update

from core.clock import stopped_at
from core.domain.documents import DocumentState
from core.domain.report_times import Every, Way
from core.domain.statuses import ChannelKind, Role
from core.errors import Rejected
from core.services import report_schedules
from core.services.activity import Actor
from core.services.erasing import erase
from core.services.report_schedules import Wish, order_due
from core.store.sql.engine import transaction
from core.store.sql.tables import Channel, Conversation, Mail, Membership, ReportSchedule, User, Workspace
from tests import pdf
from tests.integration.documents.office import Office
from tests.integration.sql.bar import all_at_once

PHONE = "254722000111"
SUNDAY_EVENING = datetime(2026, 11, 29, 17, 0, tzinfo=UTC)  # eight o'clock in Nairobi
MONDAY_MORNING = datetime(2026, 11, 30, 5, 0, 1, tzinfo=UTC)  # a second past eight


@pytest.fixture
def manager(office: Office) -> UUID:
    return hired(office, Role.MANAGER)


def hired(office: Office, role: Role) -> UUID:
    with office.bar.sessions.begin() as db:
        user = User(email=f"{uuid4().hex}@bar.example", name="Otieno", password_hash="-")
        db.add(user)
        db.flush()
        db.add(Membership(workspace_id=office.bar.workspace_id, user_id=user.id, role=role))
        return user.id


def wants(office: Office, user_id: UUID, every: Every = Every.DAILY, way: Way = Way.WHATSAPP) -> None:
    """On Sunday evening somebody asks for it at eight."""
    with stopped_at(SUNDAY_EVENING), transaction(office.bar.sessions) as db:
        wish = Wish(every, way, 8, PHONE if way is Way.WHATSAPP else "")
        report_schedules.schedule(office.program, db, Actor(office.bar.workspace_id, user_id), wish)


def sold_on_sunday(office: Office) -> None:
    order_id = office.sold(Dawa=2)
    with office.bar.sessions.begin() as db:
        db.execute(text("set local session_replication_role = replica"))
        db.execute(text("update ledger_lines set created_at = :at"), {"at": SUNDAY_EVENING})
    assert order_id


def goes_out(office: Office, at: datetime = MONDAY_MORNING) -> None:
    """The sweep looks, and what was ordered is drawn."""
    with stopped_at(at):
        order_due(office.program)
        office.makes()


def told(office: Office) -> list[dict[str, Any]]:
    return office.owed("report_ready")


def test_a_daily_report_comes_once_however_often_anybody_looks(office: Office, manager: UUID) -> None:
    sold_on_sunday(office)
    wants(office, manager)
    goes_out(office, SUNDAY_EVENING + timedelta(hours=1))
    assert told(office) == []
    for seconds in (0, 1, 60, 3600):
        goes_out(office, MONDAY_MORNING + timedelta(seconds=seconds))
    (one,) = told(office)
    (link,) = office.links()
    assert one == {
        "first": "2026-11-29", "last": "2026-11-29", "orders": 1, "amount": "1400", "currency": "KES",
        "link": str(link.id), "file": "report-2026-11-29.pdf",
    }  # fmt: skip
    assert "Report, 29 Nov 2026" in pdf.text(office.content())
    goes_out(office, MONDAY_MORNING + timedelta(days=1))
    assert [(one["first"], one["orders"]) for one in told(office)] == [("2026-11-29", 1), ("2026-11-30", 0)]


def test_several_who_look_at_once_order_it_once(office: Office, manager: UUID) -> None:
    wants(office, manager)

    def look(_: int) -> None:
        with stopped_at(MONDAY_MORNING):
            order_due(office.program)

    all_at_once(4, look)
    assert len(office.documents()) == 1


class Died(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("where", ["reports.before_commit", "reports.ordered", "documents.claimed", "documents.drawn",
                                   "documents.before_commit", "documents.kept"])  # fmt: skip
def test_who_dies_in_between_leaves_it_to_the_next_and_it_comes_once(
    office: Office, manager: UUID, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wants(office, manager)
    with monkeypatch.context() as patched:
        for module in ("core.services.report_schedules", "core.services.documents"):
            patched.setattr(f"{module}.crashpoint", dies_at(where))
        with pytest.raises(Died):
            goes_out(office)
    goes_out(office, MONDAY_MORNING + timedelta(minutes=1))
    goes_out(office, MONDAY_MORNING + timedelta(minutes=2))
    assert len(told(office)) == 1 and [one.state for one in office.documents()] == [DocumentState.MADE]


def dies_at(where: str) -> Callable[[str], None]:
    def reached(name: str) -> None:
        if name == where:
            raise Died

    return reached


def test_a_week_is_told_on_monday_and_days_nobody_looked_are_told_once(office: Office, manager: UUID) -> None:
    wants(office, manager, Every.WEEKLY)
    goes_out(office, MONDAY_MORNING + timedelta(days=16))
    (one,) = told(office)
    assert (one["first"], one["last"], one["file"]) == (
        "2026-12-07",
        "2026-12-13",
        "report-2026-12-07-to-2026-12-13.pdf",
    )
    goes_out(office, MONDAY_MORNING + timedelta(days=20))
    assert len(told(office)) == 1


def test_by_mail_it_is_a_link_that_is_posted_once(office: Office, manager: UUID) -> None:
    sold_on_sunday(office)
    wants(office, manager, way=Way.MAIL)
    goes_out(office)
    goes_out(office)
    (mail,) = office.rows(select(Mail))
    assert mail.subject == "Test bar: 29 Nov 2026" and "1 order: KES 1,400" in mail.text
    link = mail.text.partition("https://bar.example.co.ke")[2].strip()
    assert office.app.test_client().get(link).data.startswith(b"%PDF")
    assert told(office) == []


def test_a_house_that_practises_mails_no_report(office: Office, manager: UUID) -> None:
    sold_on_sunday(office)
    wants(office, manager, way=Way.MAIL)
    office.bar.change(Workspace, office.bar.workspace_id, dev_mode=True)
    goes_out(office)
    assert office.rows(select(Mail)) == []


@pytest.mark.parametrize("change", ["left", "dismissed", "lowered"])
def test_who_has_left_or_may_not_see_reports_any_more_gets_none(office: Office, manager: UUID, change: str) -> None:
    wants(office, manager)
    member = Membership.user_id == manager
    with office.bar.sessions.begin() as db:
        if change == "left":
            db.execute(update(Membership).where(member).values(active=False))
        elif change == "dismissed":
            db.execute(update(User).where(User.id == manager).values(active=False))
        else:
            db.execute(update(Membership).where(member).values(role=Role.KITCHEN))
    goes_out(office)
    assert told(office) == [] and office.rows(select(ReportSchedule)) == []


def test_another_hour_takes_the_place_of_the_one_before_and_unscheduled_it_ends(office: Office, manager: UUID) -> None:
    wants(office, manager)
    wants(office, manager)
    (one,) = office.rows(select(ReportSchedule))
    assert one.due_at == datetime(2026, 11, 30, 8, tzinfo=ZoneInfo("Africa/Nairobi"))
    assert len(office.rows(select(Conversation))) == 1
    with transaction(office.bar.sessions) as db:
        stranger = Actor(office.bar.workspace_id, hired(office, Role.OWNER))
        report_schedules.unschedule(db, stranger, one.id)
    assert len(office.rows(select(ReportSchedule))) == 1
    with transaction(office.bar.sessions) as db:
        report_schedules.unschedule(db, Actor(office.bar.workspace_id, manager), one.id)
    goes_out(office)
    assert told(office) == []


def test_whose_chat_was_erased_gets_it_no_more_and_nothing_waits(office: Office, manager: UUID) -> None:
    wants(office, manager)
    with transaction(office.bar.sessions) as db:
        customer_id = db.scalars(select(Conversation.customer_id)).one()
        erase(office.program, db, Actor(office.bar.workspace_id, manager), customer_id)
    goes_out(office)
    assert told(office) == []
    with office.bar.sessions.begin() as db:
        assert db.scalars(select(ReportSchedule)).all() == []


def test_a_line_that_is_switched_off_carries_no_report(office: Office, manager: UUID) -> None:
    office.bar.change(Channel, office.bar.channel_id, active=False)
    with pytest.raises(Rejected, match="no_channel"):
        wants(office, manager)
    with office.bar.sessions.begin() as db:
        new = {"workspace_id": office.bar.workspace_id, "phone_number_id": uuid4().hex, "kind": ChannelKind.WHATSAPP}
        db.add(channel := Channel(**new, api_url="", api_version="", secrets={}))
        db.flush()
        channel_id = channel.id
    wants(office, manager)
    with office.bar.sessions.begin() as db:
        (one,) = db.scalars(select(ReportSchedule)).all()
        assert one.conversation_id and db.get_one(Conversation, one.conversation_id).channel_id == channel_id
