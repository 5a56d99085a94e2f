"""Who decides about money: an owner or a manager. Everybody else sees all of it, and reads who is to be asked."""

from uuid import uuid4

import pytest
from flask import Flask

from core.domain.statuses import ReceiptState, Role
from tests.integration.admin.test_money_page import money_comes, receipt, tap
from tests.integration.admin.venue import Venue

MONEY = frozenset(
    {"decide_receipt", "refund", "decide_refund", "decide_payment", "difference_seen", "reconcile", "close_shift"}
)
LETTERS = frozenset({"replay_letter", "drop_letter"})
EVERYBODYS = frozenset(
    {"sign_in", "sign_out", "move", "see", "notice_seen", "cash_taken", "begin_shift", "revoke", "write", "hand_back"}
)
SENTENCE = "Only an owner or a manager"


def taps(app: Flask) -> dict[str, str]:
    """Every address of the staff's pages that changes something, with ids that nobody has."""
    addresses = app.url_map.bind("localhost")
    posts = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ()) and "admin." in rule.endpoint]
    return {
        rule.endpoint.removeprefix("admin."): addresses.build(
            rule.endpoint, {name: uuid4() for name in rule.arguments}, method="POST"
        )
        for rule in posts
    }


def test_of_every_tap_it_is_known_whose_it_is(app: Flask) -> None:
    assert set(taps(app)) == MONEY | LETTERS | EVERYBODYS


@pytest.mark.parametrize("name", sorted(MONEY | LETTERS))
def test_who_serves_decides_nothing_and_reads_whom_to_ask(venue: Venue, name: str) -> None:
    answer = venue.signed_in().post(taps(venue.app)[name], data={"cash": "1", "day": "2026-11-19"})
    assert answer.status_code == 403
    assert (SENTENCE in answer.text) == (name in MONEY)


@pytest.mark.parametrize("role", [Role.MANAGER, Role.OWNER])
def test_who_runs_the_house_decides(venue: Venue, role: Role) -> None:
    venue.role(role)
    browser = venue.signed_in()
    for name in sorted(MONEY | LETTERS):
        assert browser.post(taps(venue.app)[name], data={"cash": "1", "day": "soon"}).status_code != 403, name


@pytest.mark.parametrize("act", ["assign", "sales", "back", "cash"])
def test_money_stays_where_it_was_until_somebody_may_decide(venue: Venue, act: str) -> None:
    receipt_id = money_comes(venue)
    answer = tap(venue.signed_in(), f"/admin/money/receipts/{receipt_id}", act, number="1", why="she asked")
    assert answer.status_code == 403 and SENTENCE in answer.text
    assert receipt(venue, receipt_id).state is ReceiptState.UNMATCHED


def test_who_may_not_decide_sees_the_money_and_no_button_for_it(venue: Venue) -> None:
    money_comes(venue, "SEENBYALL1")
    browser = venue.signed_in()
    page, closings = browser.get("/admin/money").text, browser.get("/admin/closings").text
    assert "SEENBYALL1" in page and "an owner or a manager decides" in page and 'name="act"' not in page
    assert "An owner or a manager closes the shift" in closings and "/admin/closings/close" not in closings
    venue.role(Role.MANAGER)
    page = browser.get("/admin/money").text
    assert 'value="assign"' in page and "Compare now" in page
    assert "/admin/closings/close" in browser.get("/admin/closings").text
