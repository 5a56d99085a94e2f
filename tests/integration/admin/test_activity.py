"""The log of changes: every tap of staff leaves a line that nobody can rewrite."""

from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from core.domain.statuses import Role
from core.services.activity import Actor, record
from core.store.sql.tables import Activity
from tests.integration.admin.venue import DID, Venue


def lines(venue: Venue, action: str = "") -> list[Activity]:
    mine = select(Activity).where(Activity.workspace_id == venue.workspace_id, DID).order_by(Activity.seq)
    with venue.program.sessions.begin() as db:
        return [one for one in db.scalars(mine) if action in ("", one.action)]


def test_a_tap_on_the_board_says_who_what_before_after_and_from_where(venue: Venue) -> None:
    browser, order_id = venue.signed_in(), venue.order()
    browser.move(order_id, "PREPARING", 1)
    [line] = lines(venue, "order_moved")
    assert (line.user_id, line.who, line.address) == (venue.user_id, "Wanjiru", venue.address)
    assert (line.subject_kind, line.subject_id) == ("order", order_id)
    assert (line.before, line.after) == ({"status": "PAID"}, {"status": "PREPARING"})


def test_the_same_tap_twice_leaves_one_line_and_a_refused_one_none(venue: Venue) -> None:
    browser, order_id = venue.signed_in(), venue.order()
    for _ in range(2):
        browser.move(order_id, "PREPARING", 1)
    browser.move(order_id, "SERVED", 1)
    assert len(lines(venue, "order_moved")) == 1


@pytest.mark.parametrize("change", ["update activity_log set who = 'nobody'", "delete from activity_log"])
def test_nobody_rewrites_the_log(venue: Venue, change: str) -> None:
    venue.signed_in().move(venue.order(), "PREPARING", 1)
    with pytest.raises(IntegrityError, match="activity_log is never changed"), venue.program.sessions.begin() as db:
        db.execute(text(change))
    assert lines(venue)


def test_a_shift_begun_and_closed_is_written_down(venue: Venue) -> None:
    venue.role(Role.MANAGER)
    browser = venue.signed_in()
    browser.post("/admin/closings/begin", data={"cash": "2000"})
    with venue.program.sessions.begin() as db:
        shift_id = db.execute(text("select open_shift(:venue)"), {"venue": venue.workspace_id}).scalar_one()
    browser.post("/admin/closings/close", data={"cash": "2000", "shift": str(shift_id), "note": "quiet"})
    begun, closed = lines(venue, "shift_begun")[0], lines(venue, "shift_closed")[0]
    assert begun.after == {"cash_float": "2000"}
    assert closed.detail == {"number": 1, "counted": "2000", "note": "quiet"}


def test_what_the_account_was_told_is_seen_by_somebody_once(venue: Venue) -> None:
    venue.account_notice()
    with venue.program.sessions.begin() as db:
        mine = {"venue": venue.workspace_id}
        notice_id = db.execute(text("select id from webhook_events where workspace_id = :venue"), mine).scalar_one()
    browser = venue.signed_in()
    for _ in range(2):
        assert browser.post(f"/admin/notices/{notice_id}/seen").status_code == 302
    assert [(one.subject_id, one.detail) for one in lines(venue, "notice_seen")] == [
        (notice_id, {"kind": "account_update"})
    ]


def test_what_a_command_does_is_written_with_who_sat_there_and_no_address(venue: Venue) -> None:
    venue.signed_in().get("/admin/board")
    with venue.program.sessions.begin() as db:
        record(db, Actor(venue.workspace_id, name="command of amina"), "tried", "order", uuid4(),
               {"price": Decimal("1.50"), "sold_out": False}, {"price": Decimal("2.00"), "tags": ["new"]})  # fmt: skip
    [line] = lines(venue, "tried")
    assert (line.who, line.user_id, line.address) == ("command of amina", None, "")
    assert (line.before, line.after) == ({"price": "1.50", "sold_out": False}, {"price": "2.00", "tags": ["new"]})
