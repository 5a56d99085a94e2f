"""Who works here: roles, links that let somebody in, who has left, and lost phones and passwords."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, text

from core.clock import now
from core.domain.statuses import Role
from core.errors import Rejected
from core.services.activity import Actor
from core.services.people import Boss, change_role
from core.services.sign_in import hash_password
from core.store.sql.tables import Activity, Membership, User
from tests.integration.admin.test_codes import at_the_door, set_up
from tests.integration.admin.venue import DID, PASSWORD, PASSWORD_HASH, Browser, Venue, open_venue

LINK = re.compile(r'value="http://localhost(/admin/[a-z]+/[\w-]+)"')
NEW = "a new and long password"


@pytest.fixture
def house(venue: Venue) -> Venue:
    """An owner looks after it."""
    venue.role(Role.OWNER)
    return venue


@pytest.fixture
def owner(house: Venue) -> Iterator[Browser]:
    yield house.signed_in()


def colleague(venue: Venue, role: Role = Role.BAR) -> tuple[UUID, str]:
    """Somebody else who works there."""
    email = f"{uuid4().hex[:8]}@bar.example"
    user = User(id=uuid4(), email=email, name="Otieno", password_hash=PASSWORD_HASH, second_factor_exempt=True)
    venue.write(user, Membership(workspace_id=venue.workspace_id, user_id=user.id, role=role))
    return user.id, email


def role_of(venue: Venue, user_id: UUID) -> tuple[Role, bool]:
    with venue.program.sessions.begin() as db:
        mine = (Membership.workspace_id == venue.workspace_id, Membership.user_id == user_id)
        found = db.scalars(select(Membership).where(*mine)).one()
        return found.role, found.active


def invited(owner: Browser, role: str = "bar", email: str = "") -> tuple[str, str]:
    """Address of the link, and of the person."""
    email = email or f"{uuid4().hex[:8]}@bar.example"
    answer = owner.post("/admin/users/invite", data={"email": email, "role": role})
    found = LINK.search(answer.text)
    assert answer.status_code == 200 and found, answer.text
    return found.group(1), email


def follow(browser: Browser, link: str, **form: str) -> Any:
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(link).text)
    assert token
    return browser.post(link, token=token.group(1), data=form)


def actions(venue: Venue) -> list[str]:
    """What they did, besides coming and going."""
    with venue.program.sessions.begin() as db:
        return list(
            db.scalars(
                select(Activity.action).where(Activity.workspace_id == venue.workspace_id, DID).order_by(Activity.seq)
            )
        )


def test_somebody_is_invited_comes_in_and_works_at_the_bar(house: Venue, owner: Browser) -> None:
    link, email = invited(owner)
    newcomer = house.browser()
    assert "Welcome to The Bar" in newcomer.get(link).text
    assert follow(newcomer, link, name="Njeri", password=NEW).location == "/admin/board"
    assert newcomer.get("/admin/board/orders").status_code == 200
    assert newcomer.get("/admin/users").status_code == 403
    assert "Njeri" in owner.get("/admin/users").text
    assert house.browser().sign_in(email=email, password=NEW).status_code == 302
    assert actions(house) == ["member_invited", "invitation_accepted"]


def test_a_link_lets_one_person_in(house: Venue, owner: Browser) -> None:
    link, _ = invited(owner)
    follow(house.browser(), link, name="Njeri", password=NEW)
    again = house.browser().get(link)
    assert again.status_code == 410 and "counts no longer" in again.text


def test_a_link_ends_after_a_week_or_when_it_is_taken_back_or_made_anew(house: Venue, owner: Browser) -> None:
    first, email = invited(owner)
    second, _ = invited(owner, email=email)
    assert house.browser().get(first).status_code == 410
    with time_machine.travel(now() + timedelta(days=8), tick=True):
        assert house.browser().get(second).status_code == 410
        third, _ = invited(house.signed_in(), email=email)
        assert house.browser().get(third).status_code == 200
    later = house.signed_in()
    fourth, _ = invited(later, email=email)
    [end] = re.findall(r'action="(/admin/users/invitations/[0-9a-f-]+/end)"', later.get("/admin/users").text)
    later.post(end)
    assert house.browser().get(fourth).status_code == 410


def test_only_a_hash_of_the_link_is_kept(house: Venue, owner: Browser) -> None:
    link, _ = invited(owner)
    with house.program.sessions.begin() as db:
        rows = db.execute(text("select invitations::text from invitations")).scalars().all()
        log = db.execute(text("select activity_log::text from activity_log")).scalars().all()
    assert not [row for row in [*rows, *log] if link.rsplit("/", 1)[1] in row]


@pytest.mark.parametrize(("name", "password"), [("", NEW), ("Njeri", "short"), ("Njeri", "x" * 2000), ("\u200b", NEW)])
def test_a_newcomer_is_told_beside_the_field_and_the_link_still_counts(
    house: Venue, owner: Browser, name: str, password: str
) -> None:
    link, _ = invited(owner)
    newcomer = house.browser()
    answer = follow(newcomer, link, name=name, password=password)
    assert answer.status_code == 400 and 'aria-invalid="true"' in answer.text
    assert follow(newcomer, link, name="Njeri", password=NEW).status_code == 302


def test_who_has_an_account_elsewhere_proves_it_with_its_password(app: Flask, house: Venue, owner: Browser) -> None:
    other = open_venue(app)
    link, _ = invited(owner, email=other.email)
    guest = house.browser()
    assert "Your name" not in guest.get(link).text
    assert follow(guest, link, name="Mallory", password=NEW).status_code == 400
    assert follow(guest, link, password=PASSWORD).status_code == 302
    assert role_of(house, other.user_id) == (Role.BAR, True)


def test_two_houses_that_let_a_newcomer_in_at_once_share_one_account(
    app: Flask, house: Venue, owner: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = open_venue(app)
    other.role(Role.OWNER)
    link, email = invited(owner)
    elsewhere, _ = invited(other.signed_in(), email=email)

    def meanwhile(password: str) -> str:
        monkeypatch.undo()
        assert follow(other.browser(), elsewhere, name="Njeri", password=NEW).status_code == 302
        return hash_password(password)

    monkeypatch.setattr("core.services.invitations.hash_password", meanwhile)
    asked = follow(house.browser(), link, name="Njeri", password="another and long password")
    assert asked.status_code == 400 and "not the password of your account" in asked.text
    assert follow(house.browser(), link, password=NEW).status_code == 302
    with house.program.sessions.begin() as db:
        account = db.scalars(select(User).where(User.email == email)).one()
        houses = set(db.scalars(select(Membership.workspace_id).where(Membership.user_id == account.id)))
    assert houses == {house.workspace_id, other.workspace_id}


@pytest.mark.parametrize("email", ["", "nobody", "a@b", "x" * 300 + "@bar.example", "a@b.co\nBcc: c@d.co"])
def test_nobody_is_invited_to_what_is_no_address(owner: Browser, email: str) -> None:
    answer = owner.post("/admin/users/invite", data={"email": email, "role": "bar"})
    assert answer.status_code == 409 and "no e-mail address" in answer.text


def test_nobody_is_invited_who_is_here(house: Venue, owner: Browser) -> None:
    _, email = colleague(house)
    answer = owner.post("/admin/users/invite", data={"email": email.upper(), "role": "bar"})
    assert answer.status_code == 409 and "works here already" in answer.text and email.upper() in answer.text


def test_a_role_counts_from_the_next_tap(house: Venue, owner: Browser) -> None:
    user_id, email = colleague(house, Role.KITCHEN)
    cook = house.browser()
    cook.sign_in(email=email)
    assert cook.get("/admin/cash").status_code == 403
    assert owner.post(f"/admin/users/{user_id}/role", data={"role": "bar"}).status_code == 302
    assert cook.get("/admin/cash").status_code == 200
    with house.program.sessions.begin() as db:
        [line] = db.scalars(select(Activity).where(Activity.workspace_id == house.workspace_id, DID)).all()
        assert (line.action, line.before, line.after) == ("role_changed", {"role": "kitchen"}, {"role": "bar"})


def test_who_left_is_out_at_once_and_may_come_back(house: Venue, owner: Browser) -> None:
    user_id, email = colleague(house)
    tablet = house.browser()
    tablet.sign_in(email=email)
    owner.post(f"/admin/users/{user_id}/leave")
    assert tablet.get("/admin/board/orders").status_code == 401
    assert house.browser().sign_in(email=email).status_code == 401
    owner.post(f"/admin/users/{user_id}/return")
    assert house.browser().sign_in(email=email).status_code == 302
    assert actions(house) == ["member_left", "member_back"]


@pytest.mark.parametrize(("tap", "form"), [("leave", {}), ("role", {"role": "bar"})])
def test_the_last_owner_stays_one(house: Venue, owner: Browser, tap: str, form: dict[str, str]) -> None:
    answer = owner.post(f"/admin/users/{house.user_id}/{tap}", data=form)
    assert answer.status_code == 409 and "last owner" in answer.text
    other, _ = colleague(house, Role.OWNER)
    assert owner.post(f"/admin/users/{other}/{tap}", data=form).status_code == 302
    assert role_of(house, house.user_id) == (Role.OWNER, True)


def test_of_two_owners_who_step_down_at_once_one_stays(house: Venue) -> None:
    other, _ = colleague(house, Role.OWNER)

    def step_down(user_id: UUID) -> str:
        try:
            with house.program.sessions.begin() as db:
                change_role(db, Boss(Actor(house.workspace_id, user_id), Role.OWNER), user_id, Role.BAR)
        except Rejected as error:
            return error.reason
        return "stepped down"

    with ThreadPoolExecutor(2) as both:
        said = list(both.map(step_down, (house.user_id, other)))
    assert sorted(said) == ["last_owner", "stepped down"]


@pytest.mark.parametrize("theirs", [Role.OWNER, Role.MANAGER])
def test_a_manager_decides_about_the_floor_alone(house: Venue, theirs: Role) -> None:
    boss, _ = colleague(house, theirs)
    barkeeper, _ = colleague(house)
    colleague(house, Role.OWNER)
    house.role(Role.MANAGER)
    manager = house.signed_in()
    for tap in ("leave", "codes", "password"):
        assert manager.post(f"/admin/users/{boss}/{tap}").status_code == 409, tap
    for user_id, role in ((boss, "bar"), (barkeeper, theirs.value)):
        assert manager.post(f"/admin/users/{user_id}/role", data={"role": role}).status_code == 409
    assert manager.post("/admin/users/invite", data={"email": "x@bar.example", "role": theirs.value}).status_code == 409
    assert role_of(house, boss) == (theirs, True) and role_of(house, barkeeper) == (Role.BAR, True)
    assert manager.post(f"/admin/users/{barkeeper}/role", data={"role": "kitchen"}).status_code == 302


def test_nobody_decides_about_another_house(app: Flask, owner: Browser) -> None:
    other = open_venue(app)
    for tap in ("leave", "return", "codes", "password"):
        assert owner.post(f"/admin/users/{other.user_id}/{tap}").status_code == 404
    assert owner.post(f"/admin/users/{other.user_id}/role", data={"role": "viewer"}).status_code == 404
    assert other.email not in owner.get("/admin/users").text


def test_who_forgot_the_password_gets_a_link_once(house: Venue, owner: Browser) -> None:
    user_id, email = colleague(house)
    tablet = house.browser()
    tablet.sign_in(email=email)
    found = LINK.search(owner.post(f"/admin/users/{user_id}/password").text)
    assert found
    link, browser = found.group(1), house.browser()
    assert follow(browser, link, new=NEW, again=NEW + "x").status_code == 400
    assert follow(browser, link, new="short", again="short").status_code == 400
    assert follow(browser, link, new=NEW, again=NEW).location == "/admin/login"
    assert tablet.get("/admin/board/orders").status_code == 401
    assert house.browser().get(link).status_code == 410
    assert house.browser().sign_in(email=email, password=NEW).status_code == 302
    assert actions(house) == ["password_link_made", "password_changed"]


def test_a_link_to_a_password_ends_after_a_day(house: Venue, owner: Browser) -> None:
    user_id, _ = colleague(house)
    found = LINK.search(owner.post(f"/admin/users/{user_id}/password").text)
    assert found
    with time_machine.travel(now() + timedelta(hours=25), tick=True):
        assert house.browser().get(found.group(1)).status_code == 410


def test_who_lost_the_phone_and_the_paper_begins_anew(house: Venue, owner: Browser) -> None:
    user_id, email = colleague(house)
    browser = house.browser()
    browser.sign_in(email=email)
    _, codes = set_up(browser)
    owner.post(f"/admin/users/{user_id}/codes")
    assert browser.get("/admin/board/orders").status_code == 401
    assert browser.sign_in(email=email).location == "/admin/board"
    assert browser.get("/admin/board/orders").status_code == 200
    assert codes and "second_factor_removed" in actions(house)


def test_no_house_hands_out_a_way_into_another(app: Flask, house: Venue, owner: Browser) -> None:
    other = open_venue(app)
    house.write(Membership(workspace_id=house.workspace_id, user_id=other.user_id, role=Role.BAR))
    for tap in ("codes", "password"):
        answer = owner.post(f"/admin/users/{other.user_id}/{tap}")
        assert answer.status_code == 409 and "another house" in answer.text
    assert at_the_door(other).get("/admin/board").status_code == 200, "nothing of theirs has changed"


def test_a_link_that_one_house_handed_out_opens_no_other(app: Flask, house: Venue, owner: Browser) -> None:
    user_id, email = colleague(house)
    found = LINK.search(owner.post(f"/admin/users/{user_id}/password").text)
    assert found
    other = open_venue(app)
    other.role(Role.OWNER)
    invitation, _ = invited(other.signed_in(), "manager", email)
    assert follow(other.browser(), invitation, password=PASSWORD).status_code == 302
    assert house.browser().get(found.group(1)).status_code == 410


def test_who_left_has_no_other_way_in(house: Venue, owner: Browser) -> None:
    user_id, email = colleague(house, Role.MANAGER)
    manager = house.browser()
    manager.sign_in(email=email)
    own_friend, _ = invited(manager)
    assert owner.post(f"/admin/users/{user_id}/leave").status_code == 302
    assert house.browser().get(own_friend).status_code == 410
    back, _ = invited(owner, "manager", email)
    assert owner.post(f"/admin/users/{user_id}/return").status_code == 302
    assert owner.post(f"/admin/users/{user_id}/leave").status_code == 302
    assert house.browser().get(back).status_code == 410


def test_who_is_back_becomes_nothing_else_by_a_link_from_before(house: Venue, owner: Browser) -> None:
    user_id, email = colleague(house, Role.OWNER)
    assert owner.post(f"/admin/users/{user_id}/leave").status_code == 302
    link, _ = invited(owner, "bar", email)
    assert owner.post(f"/admin/users/{user_id}/return").status_code == 302
    assert house.browser().get(link).status_code == 410
    assert role_of(house, user_id) == (Role.OWNER, True)


def test_names_from_elsewhere_run_nothing(house: Venue, owner: Browser) -> None:
    link, _ = invited(owner)
    follow(house.browser(), link, name="<script>alert(1)</script>\u202e🍹", password=NEW)
    page = owner.get("/admin/users").text
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)&lt;/script&gt;🍹" in page
