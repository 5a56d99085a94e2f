"""One's own page: the name colleagues read, the password, the codes, and where one is signed in."""

import re
from typing import Any

import pyotp
import pytest
from sqlalchemy import select

from core.domain.statuses import Role
from core.services.profile import logins
from core.services.sign_in import hash_password
from core.store.sql.tables import Activity, User
from tests.integration.admin.test_codes import RECOVERY, at_the_door, forget_steps, set_up, type_code
from tests.integration.admin.venue import DID, PASSWORD, Browser, Venue, open_venue

NEW = "a new and long password"


def page(browser: Browser) -> str:
    answer = browser.get("/admin/profile")
    assert answer.status_code == 200
    return str(answer.text)


def change(browser: Browser, old: str = PASSWORD, new: str = NEW, again: str = NEW) -> Any:
    return browser.post("/admin/profile/password", data={"old": old, "new": new, "again": again})


def actions(venue: Venue) -> list[str]:
    with venue.program.sessions.begin() as db:
        mine = select(Activity.action).where(Activity.workspace_id == venue.workspace_id, DID).order_by(Activity.seq)
        return list(db.scalars(mine))


def test_a_new_password_counts_at_once_and_signs_every_other_browser_out(venue: Venue) -> None:
    tablet, phone = venue.signed_in(), venue.signed_in()
    assert change(phone).location == "/admin/profile"
    assert "password is changed" in page(phone)
    assert tablet.get("/admin/board/orders").status_code == 401
    assert venue.browser().sign_in().status_code == 401
    assert venue.browser().sign_in(password=NEW).status_code == 302
    assert actions(venue) == ["password_changed"]


@pytest.mark.parametrize(
    ("old", "new", "again", "sentence"),
    [
        ("not it", NEW, NEW, "This is not your password."),
        (PASSWORD, "short", "short", "at least 12 characters"),
        (PASSWORD, "x" * 2000, "x" * 2000, "more than anybody can type"),
        (PASSWORD, NEW, NEW + "x", "The two are not the same."),
        (PASSWORD, "", "", "at least 12 characters"),
    ],
)
def test_a_password_is_refused_beside_its_field_and_the_old_one_stays(
    venue: Venue, old: str, new: str, again: str, sentence: str
) -> None:
    browser = venue.signed_in()
    answer = change(browser, old, new, again)
    assert answer.status_code == 400 and sentence in answer.text and 'aria-invalid="true"' in answer.text
    assert venue.browser().sign_in().status_code == 302 and actions(venue) == []


def test_guessing_the_old_password_on_an_open_tablet_ends_soon(venue: Venue) -> None:
    tablet = venue.signed_in()
    codes = [change(tablet, old="guess").status_code for _ in range(11)]
    assert codes == [400] * 10 + [429]
    assert venue.browser().sign_in().status_code == 302, "signing in is counted apart"


def test_a_new_name_is_on_the_page_and_in_the_log(venue: Venue) -> None:
    browser = venue.signed_in()
    assert browser.post("/admin/profile/name", data={"name": "  Amina <b>  Otieno\u200b "}).status_code == 302
    assert "Amina &lt;b&gt; Otieno" in page(browser)
    with venue.program.sessions.begin() as db:
        [line] = db.scalars(select(Activity).where(Activity.workspace_id == venue.workspace_id, DID)).all()
        assert (line.before, line.after) == ({"name": "Wanjiru"}, {"name": "Amina <b> Otieno"})


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "\0\u200b"])
def test_a_name_nobody_can_read_is_refused(venue: Venue, name: str) -> None:
    answer = venue.signed_in().post("/admin/profile/name", data={"name": name})
    assert answer.status_code == 400 and "Write a name" in answer.text


def test_they_see_where_they_are_signed_in_and_end_one_of_them(venue: Venue) -> None:
    tablet, phone = venue.browser(), venue.signed_in()
    agent = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) Chrome/142.0 Safari/537.36"}
    tablet.sign_in(headers=agent)
    shown = page(phone)
    assert "Chrome on Android" in shown and "This one" in shown and venue.address in shown
    [end] = re.findall(r'action="(/admin/profile/logins/[0-9a-f-]+/end)"', shown)
    phone.post(end)
    assert tablet.get("/admin/board/orders").status_code == 401
    assert phone.get("/admin/board/orders").status_code == 200


def test_nobody_ends_a_strangers_login(venue: Venue, app: Any) -> None:
    other = open_venue(app)
    theirs = other.signed_in()
    with other.program.sessions.begin() as db:
        [login] = logins(db, other.user_id, "")
    venue.signed_in().post(f"/admin/profile/logins/{login.id}/end")
    assert theirs.get("/admin/board/orders").status_code == 200


def test_all_others_end_at_once(venue: Venue) -> None:
    others = [venue.signed_in() for _ in range(3)]
    mine = venue.signed_in()
    mine.post("/admin/profile/logins/end")
    assert {one.get("/admin/board/orders").status_code for one in others} == {401}
    assert "3 other browsers are signed out" in page(mine)


def test_new_codes_on_paper_need_the_password_and_end_the_old_ones(venue: Venue) -> None:
    browser = venue.signed_in()
    _, old = set_up(browser)
    assert browser.post("/admin/profile/codes", data={"password": "not it"}).status_code == 400
    fresh = RECOVERY.findall(browser.post("/admin/profile/codes", data={"password": PASSWORD}).text)
    assert len(fresh) == 10 and not set(fresh) & set(old)
    assert type_code(at_the_door(venue), old[0]).status_code == 401
    assert type_code(at_the_door(venue), fresh[0]).status_code == 302
    assert "9 of the codes" in page(browser)


def test_who_must_have_codes_only_changes_the_phone(venue: Venue) -> None:
    venue.role(Role.OWNER)
    with venue.program.sessions.begin() as db:
        db.get_one(User, venue.user_id).second_factor_exempt = False
    browser = at_the_door(venue)
    first, _ = set_up(browser)
    answer = browser.post("/admin/profile/codes/remove", data={"password": PASSWORD})
    assert answer.location.startswith("/admin/login/setup")
    assert browser.get("/admin/money").location.startswith("/admin/login/setup")
    second, _ = set_up(browser)
    assert first != second and browser.get("/admin/money").status_code == 200
    forget_steps(venue)
    assert type_code(at_the_door(venue), pyotp.TOTP(first).now()).status_code == 401
    assert type_code(at_the_door(venue), pyotp.TOTP(second).now()).status_code == 302


def test_who_serves_may_do_without_again(venue: Venue) -> None:
    browser = venue.signed_in()
    set_up(browser)
    venue.set_password(hash_password(PASSWORD))
    assert browser.post("/admin/profile/codes/remove", data={"password": PASSWORD}).location == "/admin/profile"
    assert at_the_door(venue).get("/admin/board").status_code == 200
