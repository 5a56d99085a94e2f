"""A code beside the password: who is asked for one, which opens, and what happens when the phone is gone."""

import re
from datetime import timedelta
from typing import Any

import pyotp
import pytest
import time_machine
from sqlalchemy import select, text, update

from core.cipher import Cipher, install, installed
from core.clock import now
from core.domain.statuses import Role
from core.store.sql.rotation import rotate_keys
from core.store.sql.tables import Activity, SecondFactor, User
from tests.integration.admin.venue import DID, PASSWORD, Browser, Venue
from webapp.admin.codes import DAILY, WRONG
from webapp.admin.throttle import hidden

KEY = re.compile(r"Key: <code>([A-Z2-7 ]+)</code>")
RECOVERY = re.compile(r"<code>([A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4})</code>")


@pytest.fixture
def house(venue: Venue) -> Venue:
    """A venue whose owner is exempt from nothing."""
    venue.role(Role.OWNER)
    with venue.program.sessions.begin() as db:
        db.execute(update(User).where(User.id == venue.user_id).values(second_factor_exempt=False))
    return venue


def at_the_door(house: Venue) -> Browser:
    """Signed in with the password."""
    browser = house.browser()
    assert browser.sign_in().status_code == 302
    return browser


def token(browser: Browser, page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(page).text)
    assert found
    return found.group(1)


def type_code(browser: Browser, code: str, page: str = "/admin/login/code", **more: Any) -> Any:
    return browser.post(page, token=token(browser, page), data={"code": code, **more})


def set_up(browser: Browser) -> tuple[str, list[str]]:
    """The app reads the picture: the secret, and the codes on paper."""
    key = KEY.search(browser.get("/admin/login/setup").text)
    assert key
    secret = key.group(1).replace(" ", "")
    answer = type_code(browser, pyotp.TOTP(secret).now(), "/admin/login/setup")
    assert answer.status_code == 200
    return secret, RECOVERY.findall(answer.text)


def forget_steps(house: Venue) -> None:
    """As if half a minute had passed."""
    with house.program.sessions.begin() as db:
        db.execute(update(SecondFactor).where(SecondFactor.user_id == house.user_id).values(last_step=0))


def test_before_anything_opens_an_owner_sets_codes_up(house: Venue) -> None:
    browser = at_the_door(house)
    assert browser.get("/admin/money").location == "/admin/login/setup?next=/admin/money"
    assert browser.get("/admin/board/orders").status_code == 401
    assert browser.get("/admin/board/events").status_code == 401
    set_up(browser)
    assert browser.get("/admin/money").status_code == 200


def test_without_a_code_a_password_opens_nothing(house: Venue) -> None:
    secret, _ = set_up(at_the_door(house))
    forget_steps(house)
    browser = at_the_door(house)
    assert browser.get("/admin/money").location == "/admin/login/code?next=/admin/money"
    assert browser.get("/admin/login/setup").location == "/admin/board"
    wrong = type_code(browser, "000000")
    assert wrong.status_code == 401 and WRONG in wrong.text
    assert browser.get("/admin/board/orders").status_code == 401
    assert type_code(browser, pyotp.TOTP(secret).now(), next="/admin/money").location == "/admin/money"
    assert browser.get("/admin/money").status_code == 200


def test_a_code_opens_once(house: Venue) -> None:
    secret, _ = set_up(at_the_door(house))
    code = pyotp.TOTP(secret).now()
    assert type_code(at_the_door(house), code).status_code == 401
    with time_machine.travel(now() + timedelta(seconds=30), tick=True):
        later = pyotp.TOTP(secret).now()
        assert type_code(at_the_door(house), later).status_code == 302
        assert type_code(at_the_door(house), later).status_code == 401


def test_each_code_on_paper_opens_once(house: Venue) -> None:
    _, codes = set_up(at_the_door(house))
    assert len(set(codes)) == 10
    assert type_code(at_the_door(house), codes[3].lower()).status_code == 302
    assert type_code(at_the_door(house), codes[3]).status_code == 401
    assert type_code(at_the_door(house), codes[4]).status_code == 302


def test_who_guesses_codes_is_stopped_and_the_owners_own_tablet_is_not(house: Venue) -> None:
    tablet = at_the_door(house)
    _, codes = set_up(tablet)
    tablet.post("/admin/logout")
    thief = at_the_door(house)
    answers = [type_code(thief, "000000").status_code for _ in range(11)]
    assert answers == [401] * 10 + [429]
    # A fresh sign-in with the stolen password makes no device a known one.
    assert type_code(at_the_door(house), codes[0]).status_code == 429
    assert tablet.sign_in().status_code == 302
    assert type_code(tablet, codes[0]).status_code == 302


def test_nobody_guesses_codes_all_day_and_the_owners_own_tablet_goes_on(house: Venue) -> None:
    tablet = at_the_door(house)
    secret, _ = set_up(tablet)
    tablet.post("/admin/logout")
    stranger, throttle = at_the_door(house), house.app.extensions["throttle"]
    while throttle.hit((DAILY, "code-day", hidden(f"code:{house.email}", ""))):
        pass
    forget_steps(house)
    assert type_code(stranger, pyotp.TOTP(secret).now()).status_code == 429
    assert tablet.sign_in().status_code == 302
    assert type_code(tablet, pyotp.TOTP(secret).now()).status_code == 302


def test_who_serves_at_the_bar_needs_no_code_until_they_want_one(house: Venue) -> None:
    house.role(Role.BAR)
    browser = at_the_door(house)
    assert browser.get("/admin/board").status_code == 200
    set_up(browser)
    assert at_the_door(house).get("/admin/board").location == "/admin/login/code?next=/admin/board"


def test_codes_set_up_on_the_phone_are_asked_for_on_the_tablet_at_once(house: Venue) -> None:
    house.role(Role.BAR)
    tablet = at_the_door(house)
    set_up(at_the_door(house))
    assert tablet.get("/admin/board/orders").status_code == 401
    assert tablet.get("/admin/board").location.startswith("/admin/login/code")


def test_only_outside_production_a_password_may_be_enough(venue: Venue) -> None:
    venue.role(Role.OWNER)
    browser = venue.signed_in()
    assert browser.get("/admin/money").status_code == 200
    settings = venue.program.settings
    object.__setattr__(settings, "environment", "production")
    try:
        assert browser.get("/admin/money").location.startswith("/admin/login/setup")
    finally:
        object.__setattr__(settings, "environment", "test")


def test_that_codes_were_set_up_is_in_the_log_and_no_secret_is(house: Venue) -> None:
    secret, codes = set_up(at_the_door(house))
    with house.program.sessions.begin() as db:
        [line] = db.scalars(select(Activity).where(Activity.workspace_id == house.workspace_id, DID)).all()
        stored = db.execute(text("select secret from second_factors where user_id = :user"), {"user": house.user_id})
        hashes = db.execute(text("select code_hash from recovery_codes where user_id = :user"), {"user": house.user_id})
        assert (line.action, line.subject_id) == ("second_factor_set_up", house.user_id)
        assert secret not in stored.scalar_one() and not {row[0] for row in hashes} & set(codes)


def test_after_new_keys_the_codes_still_open(house: Venue) -> None:
    secret, _ = set_up(at_the_door(house))
    forget_steps(house)
    before, keys = installed(), house.program.settings.encryption_keys
    try:
        install(Cipher(["a new key", *keys]))
        assert rotate_keys(house.program.sessions)["second_factors"] >= 1
        install(Cipher(["a new key"]))
        assert type_code(at_the_door(house), pyotp.TOTP(secret).now()).status_code == 302
    finally:
        install(Cipher([*keys, "a new key"]))
        rotate_keys(house.program.sessions)
        install(before)


@pytest.mark.parametrize("typed", ["", "x" * 10_000, "\0", "🍹", "' or 1=1 --"])
def test_odd_codes_are_only_wrong(house: Venue, typed: str) -> None:
    set_up(at_the_door(house))
    assert type_code(at_the_door(house), typed).status_code == 401


def test_the_password_stays_wrong_whoever_has_codes(house: Venue) -> None:
    set_up(at_the_door(house))
    assert house.browser().sign_in(password=PASSWORD + "x").status_code == 401
