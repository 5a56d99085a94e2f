"""Who may do what: every address of the staff's pages, for every role. Money and letters: owners and managers alone."""

from uuid import uuid4

import pytest
from flask import Flask

from core.domain.permissions import ALLOWED, Permission, may, who_may
from core.domain.statuses import ReceiptState, Role
from tests.integration.admin.test_money_page import money_comes, receipt, tap
from tests.integration.admin.venue import Browser, Venue
from webapp.admin.access import NEEDS, Need

MONEY = frozenset(
    {"decide_receipt", "refund", "decide_refund", "decide_payment", "difference_seen", "reconcile", "close_shift"}
)
LETTERS = frozenset({"replay_letter", "drop_letter"})
SENTENCE = "Only an owner or a manager"
RUNS_THE_HOUSE = {Role.OWNER, Role.MANAGER}
THEIR_OWN = "sign_out"  # asked last: it ends the login


def needs(app: Flask) -> dict[str, Need]:
    return {name.removeprefix("admin."): need for name, need in app.extensions[NEEDS].items()}


def ways(app: Flask) -> list[tuple[str, str, str]]:
    """Every address of the staff's pages, with ids that nobody has: name, method, address."""
    addresses = app.url_map.bind("localhost")
    return [
        (rule.endpoint.removeprefix("admin."), method, addresses.build(rule.endpoint, made_up(rule.arguments), method))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("admin.")
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def made_up(names: set[str]) -> dict[str, object]:
    return {name: uuid4() for name in names}


def taps(app: Flask) -> dict[str, str]:
    return {name: address for name, method, address in ways(app) if method == "POST"}


def status(browser: Browser, token: str, method: str, address: str) -> int:
    answer = browser.client.open(address, method=method, headers={"X-CSRFToken": token, "Accept": "application/json"})
    answer.close()
    return int(answer.status_code)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_comes_to_its_own_pages_and_to_no_other(venue: Venue, role: Role) -> None:
    venue.role(role)
    browser = venue.signed_in()
    token = browser.token()
    for name, method, address in sorted(ways(venue.app), key=lambda way: way[0] == THEIR_OWN):
        permission = needs(venue.app)[name].permission
        allowed = permission is None or may(role, permission)
        assert (status(browser, token, method, address) != 403) == allowed, (role, method, name)


def test_what_runs_through_other_peoples_hands_is_an_owners_or_a_managers(app: Flask) -> None:
    for name in MONEY | LETTERS:
        permission = needs(app)[name].permission
        assert permission and {role for role in Role if may(role, permission)} == RUNS_THE_HOUSE, name


def test_an_address_nobody_gave_a_need_is_closed_to_everybody(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> None:
    venue.role(Role.OWNER)
    browser = venue.signed_in()
    monkeypatch.delitem(venue.app.extensions[NEEDS], "admin.money")
    assert browser.get("/admin/money").status_code == 403


def test_an_owner_may_everything_and_who_looks_on_changes_nothing(app: Flask) -> None:
    assert ALLOWED[Role.OWNER] == set(Permission)
    reads = {name for name, method, _ in ways(app) if method == "GET"}  # a file of chosen rows is asked for by POST
    asked = {need.permission for name, need in needs(app).items() if name in set(taps(app)) - reads}
    assert not (asked - {None, Permission.OWN_LOGIN}) & ALLOWED[Role.VIEWER]


@pytest.mark.parametrize("name", sorted(MONEY | LETTERS))
def test_who_serves_decides_nothing_and_reads_whom_to_ask(venue: Venue, name: str) -> None:
    answer = venue.signed_in().post(taps(venue.app)[name], data={"cash": "1", "day": "2026-11-19"})
    assert answer.status_code == 403 and SENTENCE in answer.text


@pytest.mark.parametrize(
    ("permission", "words"),
    [
        (Permission.EDIT_CREDENTIALS, "an owner"),
        (Permission.DECIDE_MONEY, "an owner or a manager"),
        (Permission.TAKE_CASH, "an owner, a manager or the bar"),
    ],
)
def test_whom_to_ask_is_said_in_words(permission: Permission, words: str) -> None:
    assert who_may(permission) == words


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
