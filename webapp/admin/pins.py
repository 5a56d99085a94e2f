"""A shared tablet changes hands: tap your name, type your PIN."""

from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user
from limits import parse

from core.domain.permissions import Permission
from core.domain.pins import LONGEST, SHORTEST
from core.errors import Rejected
from core.log import get_logger
from core.services import pins
from core.store.sql.engine import transaction
from webapp.admin.access import Pages
from webapp.admin.devices import this_device
from webapp.admin.login import actor, place, staff, welcome
from webapp.admin.profile import not_them, page
from webapp.admin.throttle import hidden
from webapp.held import current_program

WRONG = "This is not your PIN."
TOO_MANY = "Too many tries on this device. Sign in with your password."
# Four digits are few: together these leave somebody who holds the tablet 20 tries a day at one person's. The right one
# is no try: a tablet changes hands all night.
QUICK, DAILY = parse("5 per 15 minutes"), parse("20 per day")

logger = get_logger(__name__)


def register(admin: Blueprint) -> None:
    """The addresses of taking over."""
    pages = Pages(admin)
    admin.add_app_template_global(known_here, "known_here")
    pages.add_open("/pin/<uuid:user_id>", "pin", pin)
    pages.add_open("/pin/<uuid:user_id>", "type_pin", take_over, methods=("POST",))
    pages.add("/switch", "switch", switch, needs=Permission.OWN_LOGIN)
    pages.add("/profile/pin", "save_pin", save, needs=Permission.OWN_LOGIN, methods=("POST",))
    pages.add("/profile/pin/forget", "forget_pin", forget, needs=Permission.OWN_LOGIN, methods=("POST",))


def known_here() -> list[pins.Known]:
    """Who may take this device over."""
    device = this_device()
    if not device:
        return []
    with transaction(current_program().sessions) as db:
        return pins.known_on(db, device)


def switch() -> str:
    """Who takes over from the one who is signed in; until a PIN is right nobody has left."""
    others = [one for one in known_here() if one.user_id != staff().user_id]
    return render_template("admin/switch.html", others=others, mine=staff().name)


def pin(user_id: UUID) -> Response:
    """The question for a PIN."""
    return _ask(_known(user_id))


def take_over(user_id: UUID) -> Any:
    """It was typed."""
    who, device = _known(user_id), this_device()
    throttle, one = current_app.extensions["throttle"], hidden(device, str(user_id))
    quick, daily = (QUICK, "pin", one), (DAILY, "pin-day", one)
    if not (throttle.hit(quick) and throttle.has_room(daily)):
        logger.warning("pins throttled")
        return _ask(who, TOO_MANY, 429)
    token = pins.take_over(current_program().sessions, device, user_id, request.form.get("pin", ""), place())
    if token is None:
        throttle.hit(daily)
        logger.info("pin refused")
        return _ask(who, WRONG, 401)
    throttle.clear(quick)
    return welcome(token, who.email, "pin")


def save() -> Any:
    """A PIN of one's own for this device."""
    if problem := not_them():
        return page("pin_password" if problem == "password" else problem)
    try:
        pins.set_pin(current_program().sessions, actor(), this_device(), request.form.get("pin", ""))
    except Rejected as error:
        return page(error.reason)
    flash("On this device your PIN counts from now on.", "success")
    return redirect(url_for("admin.profile"))


def forget() -> Any:
    """On this device the password counts again."""
    with transaction(current_program().sessions) as db:
        pins.forget_pin(db, actor(), this_device())
    return redirect(url_for("admin.profile"))


def _known(user_id: UUID) -> pins.Known:
    return next((one for one in known_here() if one.user_id == user_id), None) or abort(404)


def _ask(who: pins.Known, problem: str = "", status: int = 200) -> Response:
    back = url_for("admin.switch" if current_user.is_authenticated else "admin.login")
    shown = render_template("admin/pin.html", who=who, problem=problem, back=back, shortest=SHORTEST, longest=LONGEST)
    response = make_response(shown, status)
    if status == 429:
        response.headers["Retry-After"] = "900"
    return response
