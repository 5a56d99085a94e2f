"""One's own page: name, password, codes, and where one is signed in."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, request, url_for

from core.domain.permissions import SECOND_FACTOR_REQUIRED, Permission
from core.errors import Rejected
from core.log import get_logger
from core.services import second_factor
from core.services.pins import known_on
from core.services.profile import (
    LONGEST_NAME,
    change_password,
    end_login,
    end_other_logins,
    logins,
    rename,
)
from core.services.setup import SHORTEST_PASSWORD
from core.services.sign_in import right_password
from core.store.sql.engine import transaction
from core.store.sql.tables import Workspace
from webapp.admin.access import Pages
from webapp.admin.devices import guesser, this_device
from webapp.admin.login import TOO_MANY, actor, staff
from webapp.admin.trouble import zone_of
from webapp.held import current_program

# Beside which field each refusal stands, and what it says.
PROBLEMS = {
    "name": ("name", f"Write a name of up to {LONGEST_NAME} characters."),
    "wrong_password": ("old", "This is not your password."),
    "password_short": ("new", f"Take at least {SHORTEST_PASSWORD} characters; a sentence is easy to keep in mind."),
    "password_long": ("new", "That is more than anybody can type."),
    "again": ("again", "The two are not the same."),
    "password": ("password", "This is not your password."),
    "pin_password": ("pin_password", "This is not your password."),
    "pin": ("pin", "Take four to eight digits, no run like 1234 and not all the same."),
}

logger = get_logger(__name__)


def register(admin: Blueprint) -> None:
    """The addresses of one's own page."""
    pages, mine = Pages(admin), Permission.OWN_LOGIN
    pages.add("/profile", "profile", profile, needs=mine)
    taps: dict[str, tuple[str, Callable[..., Any]]] = {
        "/profile/name": ("save_name", save_name),
        "/profile/password": ("save_password", save_password),
        "/profile/codes": ("renew_codes", renew_codes),
        "/profile/codes/remove": ("remove_codes", remove_codes),
        "/profile/logins/<uuid:login_id>/end": ("end_login", end_one),
        "/profile/logins/end": ("end_other_logins", end_others),
    }
    for rule, (name, view) in taps.items():
        pages.add(rule, name, view, needs=mine, methods=("POST",))


def profile() -> Response:
    """The page."""
    return page()


def save_name() -> Any:
    """Another name."""
    name = request.form.get("name", "")
    try:
        with transaction(current_program().sessions) as db:
            rename(db, actor(), name)
    except Rejected as error:
        return page(error.reason, name=name)
    flash("Saved.", "success")
    return redirect(url_for("admin.profile"))


def save_password() -> Any:
    """Another password."""
    old, new = request.form.get("old", ""), request.form.get("new", "")
    if new != request.form.get("again", ""):
        return page("again")
    try:
        _count_guess()
        change_password(current_program().sessions, actor(), staff().token, old, new)
    except Rejected as error:
        return page(error.reason)
    flash("Your password is changed, and every other browser is signed out.", "success")
    return redirect(url_for("admin.profile"))


def renew_codes() -> Any:
    """New codes on paper."""
    if problem := not_them():
        return page(problem)
    with transaction(current_program().sessions) as db:
        codes = second_factor.renew_recovery(db, actor(), staff().user_id)
    return render_template("admin/recovery_codes.html", codes=codes, onward=url_for("admin.profile"))


def remove_codes() -> Any:
    """Another phone, or none."""
    if problem := not_them():
        return page(problem)
    with transaction(current_program().sessions) as db:
        second_factor.remove(db, actor(), staff().user_id)
    if staff().role in SECOND_FACTOR_REQUIRED:
        return redirect(url_for("admin.enrol", next=url_for("admin.profile")))
    return redirect(url_for("admin.profile"))


def end_one(login_id: UUID) -> Any:
    """Tap: this browser is signed out."""
    with transaction(current_program().sessions) as db:
        end_login(db, actor(), login_id)
    return redirect(url_for("admin.profile"))


def end_others() -> Any:
    """Tap: every browser but this one is."""
    with transaction(current_program().sessions) as db:
        count = end_other_logins(db, actor(), staff().token)
    flash(f"{count} other {'browser is' if count == 1 else 'browsers are'} signed out.", "success")
    return redirect(url_for("admin.profile"))


def not_them() -> str:
    """Whoever found an open tablet does not know the password."""
    try:
        _count_guess()
    except Rejected as error:
        return error.reason
    right = right_password(current_program().sessions, staff().user_id, request.form.get("password", ""))
    return "" if right else "password"


def _count_guess() -> None:
    email = staff().email
    if not current_app.extensions["throttle"].allows(*guesser(f"own:{email}", email)):
        logger.warning("own password throttled", user_id=str(staff().user_id))
        raise Rejected("too_many")


def page(refused: str = "", **typed: str) -> Response:
    """The page, with what was refused beside its field."""
    who = staff()
    with transaction(current_program().sessions) as db:
        zone = zone_of(db.get_one(Workspace, who.workspace_id).timezone)
        shown = {
            "logins": logins(db, who.user_id, who.token),
            "has_codes": second_factor.has_factor(db, who.user_id),
            "codes_left": second_factor.recovery_left(db, who.user_id),
            "has_pin": who.user_id in {one.user_id for one in known_on(db, this_device())},
        }
    shown |= {"required": who.role in SECOND_FACTOR_REQUIRED, "name": typed.get("name", who.name), "email": who.email}
    field, sentence = PROBLEMS.get(refused, ("", TOO_MANY if refused else ""))
    shown_page = render_template(
        "admin/profile.html", **shown, wrong={field: sentence}, problem="" if field else sentence,
        when=lambda moment: _when(moment.astimezone(zone)), shortest=SHORTEST_PASSWORD, longest_name=LONGEST_NAME,
    )  # fmt: skip
    return make_response(shown_page, (429 if refused == "too_many" else 400) if refused else 200)


def _when(moment: datetime) -> str:
    return moment.strftime("%d %b %H:%M")
