"""A shared tablet changes hands: a name, a PIN, and nothing of it counts anywhere else."""

import re
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from core.domain.pins import is_pin
from core.domain.statuses import Role
from core.store.sql.tables import Activity, SignIn
from tests.integration.admin.test_codes import set_up
from tests.integration.admin.test_users import actions, colleague
from tests.integration.admin.venue import PASSWORD, Browser, Venue
from webapp.admin import devices, pins
from webapp.admin.throttle import hidden

PIN = "4711"


def wants_pin(browser: Browser, pin: str = PIN, password: str = PASSWORD) -> Any:
    return browser.post("/admin/profile/pin", data={"pin": pin, "password": password})


def types(browser: Browser, user_id: UUID, pin: str = PIN) -> Any:
    page = browser.get(f"/admin/pin/{user_id}")
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    token = found.group(1) if found else browser.token()
    return browser.post(f"/admin/pin/{user_id}", token=token, data={"pin": pin})


@pytest.fixture
def tablet(venue: Venue) -> Browser:
    """Wanjiru has a PIN on it, and signed out."""
    browser = venue.signed_in()
    assert wants_pin(browser).status_code == 302
    browser.post("/admin/logout")
    return browser


def test_a_tablet_changes_hands_with_a_tap_and_a_pin(venue: Venue, tablet: Browser) -> None:
    other, email = colleague(venue)
    tablet.sign_in(email=email)
    assert wants_pin(tablet, "9021").status_code == 302
    tablet.post("/admin/logout")
    page = tablet.get("/admin/login").text
    assert "Wanjiru" in page and "Otieno" in page
    assert types(tablet, venue.user_id).location == "/admin/board"
    assert tablet.get("/admin/board/orders").status_code == 200
    tablet.post("/admin/logout")
    assert types(tablet, other, "9021").status_code == 302
    assert actions(venue) == ["pin_set", "pin_set"]


def test_on_another_device_a_pin_is_nothing(venue: Venue, tablet: Browser) -> None:
    phone = venue.browser()
    assert "Wanjiru" not in phone.get("/admin/login").text
    assert types(phone, venue.user_id).status_code == 404
    copied = venue.signed_in()
    copied.post("/admin/logout")
    assert types(copied, venue.user_id).status_code == 404


def test_a_wrong_pin_is_wrong_and_after_five_only_the_password_counts(venue: Venue, tablet: Browser) -> None:
    assert [types(tablet, venue.user_id, "0815").status_code for _ in range(6)] == [401] * 5 + [429]
    assert types(tablet, venue.user_id).status_code == 429
    assert tablet.sign_in().status_code == 302


def test_who_guesses_on_one_tablet_stops_nobody_on_another(venue: Venue, tablet: Browser) -> None:
    other = venue.signed_in()
    wants_pin(other, "8052")
    other.post("/admin/logout")
    for _ in range(6):
        types(tablet, venue.user_id, "0815")
    assert types(other, venue.user_id, "8052").status_code == 302


def test_a_busy_tablet_changes_hands_all_night_and_guesses_count_all_the_same(venue: Venue, tablet: Browser) -> None:
    for _ in range(6):
        assert types(tablet, venue.user_id).status_code == 302
    assert [types(tablet, venue.user_id, "0815").status_code for _ in range(4)] == [401] * 4
    assert types(tablet, venue.user_id).status_code == 302
    throttle, key = venue.app.extensions["throttle"], hidden(device(tablet), str(venue.user_id))
    assert all(throttle.hit((pins.DAILY, "pin-day", key)) for _ in range(16))
    assert types(tablet, venue.user_id).status_code == 429, "twenty wrong ones a day, whatever was right between"


def device(browser: Browser) -> str:
    """What this browser is known by."""
    with browser.venue.app.test_request_context(headers={"Cookie": f"device={cookie(browser)}"}):
        return devices.this_device()


def cookie(browser: Browser) -> str:
    found = browser.client.get_cookie("device")
    assert found
    return str(found.value)


def test_a_pin_does_not_spare_the_code(venue: Venue, tablet: Browser) -> None:
    tablet.sign_in()
    set_up(tablet)
    tablet.post("/admin/logout")
    types(tablet, venue.user_id)
    assert tablet.get("/admin/board").location.startswith("/admin/login/code")


def test_a_pin_ends_with_the_password_and_when_somebody_leaves(venue: Venue, tablet: Browser) -> None:
    phone = venue.signed_in()
    new = "a new and long password"
    phone.post("/admin/profile/password", data={"old": PASSWORD, "new": new, "again": new})
    assert types(tablet, venue.user_id).status_code == 404
    tablet.sign_in(password=new)
    wants_pin(tablet, password=new)
    tablet.post("/admin/logout")
    with venue.program.sessions.begin() as db:
        db.execute(text("update memberships set active = false where user_id = :user"), {"user": venue.user_id})
    assert types(tablet, venue.user_id).status_code == 404


def test_a_pin_is_forgotten_on_this_device(venue: Venue, tablet: Browser) -> None:
    tablet.sign_in()
    assert "Forget my PIN" in tablet.get("/admin/profile").text
    tablet.post("/admin/profile/pin/forget")
    assert "Forget my PIN" not in tablet.get("/admin/profile").text
    tablet.post("/admin/logout")
    assert types(tablet, venue.user_id).status_code == 404


@pytest.mark.parametrize("pin", ["", "123", "1234", "9876", "0000", "123456789", "12a4", "٤٧١١", "47 11", "\0\0\0\0"])
def test_a_pin_that_everybody_takes_is_refused(venue: Venue, pin: str) -> None:
    assert not is_pin(pin)
    answer = wants_pin(venue.signed_in(), pin)
    assert answer.status_code == 400 and "four to eight digits" in answer.text


def test_who_finds_an_open_tablet_sets_no_pin(venue: Venue) -> None:
    browser = venue.signed_in()
    assert wants_pin(browser, password="not it").status_code == 400
    browser.post("/admin/logout")
    assert types(browser, venue.user_id).status_code == 404


def test_a_manager_with_codes_has_a_pin_and_a_code(venue: Venue, tablet: Browser) -> None:
    venue.role(Role.MANAGER)
    assert types(tablet, venue.user_id).status_code == 302
    assert tablet.get("/admin/users").status_code == 200, "exempt outside production"


def test_somebody_takes_over_without_a_sign_out_and_the_one_before_has_left(venue: Venue, tablet: Browser) -> None:
    other, email = colleague(venue)
    tablet.sign_in(email=email)
    assert 'href="/admin/switch"' in tablet.get("/admin/profile").text
    page = tablet.get("/admin/switch").text
    assert "Wanjiru" in page and f"/admin/pin/{other}" not in page
    tab = tablet.token()
    assert types(tablet, venue.user_id, "0000").status_code == 401
    assert "Otieno" in tablet.get("/admin/switch").text, "nobody has left yet"
    assert types(tablet, venue.user_id).location == "/admin/board"
    assert "Wanjiru" in tablet.get("/admin/switch").text
    late = tablet.post("/admin/cash", tab, data={"code": "ABCD"})
    assert late.status_code == 400 and "reload" in late.text, "what lay open in another tab"
    with venue.program.sessions.begin() as db:
        mine = select(SignIn.id).where(SignIn.user_id == other)
        assert db.scalars(mine).all() == []
        who = select(Activity.who, Activity.action, Activity.detail["with"].astext)
        rows = db.execute(who.where(Activity.workspace_id == venue.workspace_id).order_by(Activity.seq)).all()
    ways = [tuple(row) for row in rows if row.action in ("signed_in", "signed_out")]
    assert ways == [
        ("Wanjiru", "signed_in", "password"), ("Wanjiru", "signed_out", None), ("Otieno", "signed_in", "password"),
        ("Otieno", "signed_out", None), ("Wanjiru", "signed_in", "pin"),
    ]  # fmt: skip
