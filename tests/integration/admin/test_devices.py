"""Whoever looks after the people sees on which devices they are signed in, and ends one that got lost."""

import re

from flask import Flask
from sqlalchemy import select

from core.domain.statuses import Role
from core.store.sql.tables import Membership, SignIn
from tests.integration.admin.test_users import actions, colleague
from tests.integration.admin.venue import Browser, Venue, open_venue

END = re.compile(r'action="(/admin/users/logins/[0-9a-f-]+/end)"')
PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"


def on_a_phone(venue: Venue, email: str) -> Browser:
    browser = venue.browser()
    assert browser.sign_in(email=email, headers={"User-Agent": PHONE}).status_code == 302
    return browser


def mine(venue: Venue) -> str:
    """The address that would end the login of whoever looks."""
    with venue.program.sessions.begin() as db:
        login = db.scalars(select(SignIn).where(SignIn.user_id == venue.user_id)).one()
    return f"/admin/users/logins/{login.id}/end"


def test_a_lost_phone_is_signed_out_and_the_tablet_stays(venue: Venue, manager: Browser) -> None:
    _, email = colleague(venue)
    tablet, phone = venue.browser(), on_a_phone(venue, email)
    assert tablet.sign_in(email=email).status_code == 302
    page = manager.get("/admin/users").text
    assert "Signed in on 2 devices" in page and "Chrome on Android" in page
    lost = next(
        found for found in END.finditer(page) if "Chrome on Android" in page[: found.start()].rsplit("<li", 1)[1]
    )
    assert manager.post(lost[1]).status_code == 302
    assert phone.get("/admin/board/orders").status_code == 401
    assert tablet.get("/admin/board/orders").status_code == 200
    assert manager.post(lost[1]).status_code == 302, "again does nothing"
    assert actions(venue) == ["login_ended"]


def test_a_manager_ends_no_device_of_an_owner(venue: Venue, manager: Browser) -> None:
    _, email = colleague(venue, Role.OWNER)
    theirs = on_a_phone(venue, email)
    page = manager.get("/admin/users").text
    assert "Chrome on Android" in page
    venue.role(Role.OWNER)
    (address,) = set(END.findall(manager.get("/admin/users").text)) - set(END.findall(page)) - {mine(venue)}
    venue.role(Role.MANAGER)
    refused = manager.post(address)
    assert refused.status_code == 409 and "Only an owner decides" in refused.text
    assert theirs.get("/admin/board/orders").status_code == 200


def test_what_somebody_does_in_another_house_is_not_ours(app: Flask, venue: Venue, manager: Browser) -> None:
    other = open_venue(app)
    user_id, email = colleague(venue)
    other.write(Membership(workspace_id=other.workspace_id, user_id=user_id, role=Role.BAR))
    theirs = on_a_phone(venue, email)
    (address,) = END.findall(manager.get("/admin/users").text)
    assert theirs.post(f"/admin/houses/{other.workspace_id}").status_code == 302
    assert "Chrome on Android" not in manager.get("/admin/users").text
    assert manager.post(address).status_code == 302
    assert theirs.get("/admin/board/orders").status_code == 200, "and cannot be ended from here"
