"""The second half of the sign-in: the code of an authenticator app, and setting one up."""

from typing import Any

import segno
from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request
from limits import parse

from core.domain.permissions import Permission
from core.domain.second_factor import Stage, enrolment_uri
from core.log import get_logger
from core.services import second_factor
from core.services.sign_in import give_second_factor
from core.store.sql.engine import transaction
from core.store.sql.tables import Workspace
from webapp.admin.access import Pages
from webapp.admin.devices import guesser, remember_device
from webapp.admin.login import TOO_MANY, actor, note_entry, staff, wanted_page
from webapp.admin.throttle import hidden
from webapp.held import current_program

WRONG = "This code is not right, or it was used before. Wait for the next one, and type that."
# Three codes of a million open at any time: without this, whoever has the password gets in within a year of guessing.
DAILY = parse("50 per day")
SHOWN_AT = 5  # dots of the QR's smallest square

logger = get_logger(__name__)


def register(admin: Blueprint) -> None:
    """The addresses of this half of the way in."""
    pages, mine = Pages(admin), Permission.OWN_LOGIN
    pages.add("/login/code", "code", code, needs=mine, half_way=True)
    pages.add("/login/code", "give_code", give_code, needs=mine, methods=("POST",), half_way=True)
    pages.add("/login/setup", "enrol", enrol, needs=mine, half_way=True)
    pages.add("/login/setup", "confirm_enrolment", confirm, needs=mine, methods=("POST",), half_way=True)


def code() -> Any:
    """The question for a code."""
    return _ask() if staff().stage is Stage.CODE else redirect(wanted_page())


def give_code() -> Any:
    """A code was typed: of the app, or one from paper."""
    who, throttle = staff(), current_app.extensions["throttle"]
    counted = guesser(f"code:{who.email}", who.email)
    if who.stage is not Stage.CODE:
        return redirect(wanted_page())
    if not (throttle.allows(*counted) and throttle.hit((DAILY, "code-day", hidden(*counted[1:])))):
        logger.warning("codes throttled")
        return _ask(TOO_MANY, 429)
    with transaction(current_program().sessions) as db:
        right = second_factor.check(db, who.user_id, request.form.get("code", "")[:40])
        if right:
            give_second_factor(db, who.token)
    if not right:
        logger.info("code refused", user_id=str(who.user_id))
        return _ask(WRONG, 401)
    throttle.forgive(*counted)
    note_entry("code")
    response = make_response(redirect(wanted_page()))
    remember_device(response, who.email)
    return response


def enrol() -> Any:
    """The QR for the app; who has one set up already goes on."""
    return _setup() if _may_enrol() else redirect(wanted_page())


def confirm() -> Any:
    """The app shows its first code. What follows is shown once: the codes for when the phone is gone."""
    if not _may_enrol():
        return redirect(wanted_page())
    who = staff()
    with transaction(current_program().sessions) as db:
        codes = second_factor.confirm(db, actor(), who.user_id, request.form.get("code", "")[:40])
        if codes:
            give_second_factor(db, who.token)
    if not codes:
        return _setup(WRONG, 401)
    note_entry("code")
    logger.info("second factor set up", user_id=str(who.user_id))
    response = make_response(render_template("admin/recovery_codes.html", codes=codes, onward=wanted_page()))
    remember_device(response, who.email)
    return response


def _may_enrol() -> bool:
    with transaction(current_program().sessions) as db:
        return staff().stage is not Stage.CODE and not second_factor.has_factor(db, staff().user_id)


def _ask(problem: str = "", status: int = 200) -> Response:
    page = render_template("admin/code.html", problem=problem, next=request.values.get("next", ""))
    response = make_response(page, status)
    if status == 429:
        response.headers["Retry-After"] = "900"
    return response


def _setup(problem: str = "", status: int = 200) -> Response:
    who = staff()
    with transaction(current_program().sessions) as db:
        secret = second_factor.offered_secret(db, who.user_id)
        house = db.get_one(Workspace, who.workspace_id).name
    picture = segno.make(enrolment_uri(secret, who.email, house)).svg_data_uri(scale=SHOWN_AT, light="#fff")
    shown = {"picture": picture, "secret": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))}
    needed = who.stage is Stage.ENROL
    next_page = request.values.get("next", "")
    page = render_template("admin/code_setup.html", **shown, problem=problem, needed=needed, next=next_page)
    return make_response(page, status)
