"""Staff sign in and out."""

from dataclasses import replace
from typing import Any, cast

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from core.domain import permissions
from core.domain.browsers import device_name
from core.domain.permissions import Permission
from core.domain.second_factor import Stage
from core.log import get_logger
from core.services import sign_in as logins
from core.services.activity import Actor
from core.services.program import Program
from webapp.admin.access import Pages
from webapp.admin.devices import guesser, remember_device
from webapp.admin.throttle import Throttle
from webapp.admin.unsent import HOUSE, WHO, discard, is_waiting, send, unsent
from webapp.held import current_program

logger = get_logger(__name__)

WRONG = "The address or the password is not right."
TOO_MANY = "Too many tries. Please wait a quarter of an hour."


class SignedIn(UserMixin):
    """What Flask-Login keeps of a member of staff: the cookie names the login, not the person."""

    def __init__(self, staff: logins.Staff) -> None:
        self.staff = staff

    def get_id(self) -> str:
        """The login's token."""
        return self.staff.token


def remember(app: Flask, program: Program) -> None:
    """Look logins up in the database, and count who guesses."""
    # Without its context processor: an error page must not need the database.
    manager = LoginManager(app, add_context_processor=False)
    manager.session_protection = None
    app.extensions["throttle"] = Throttle(program.settings.broker_url)

    def load(token: str) -> SignedIn | None:
        with program.sessions.begin() as db:
            staff = logins.signed_in(db, token, exempting=not program.settings.production)
        return SignedIn(staff) if staff else None

    manager.user_loader(load)


def register(admin: Blueprint) -> None:
    """The addresses of signing in and out."""
    pages = Pages(admin)
    pages.add_open("/login", "login", login)
    pages.add_open("/login", "sign_in", sign_in, methods=("POST",))
    pages.add("/logout", "sign_out", sign_out, needs=Permission.OWN_LOGIN, methods=("POST",), half_way=True)
    pages.add("/unsent", "unsent", unsent, needs=Permission.OWN_LOGIN)
    pages.add("/unsent", "send_unsent", send, needs=Permission.OWN_LOGIN, methods=("POST",))
    pages.add("/unsent/discard", "discard_unsent", discard, needs=Permission.OWN_LOGIN, methods=("POST",))


def staff() -> logins.Staff:
    """Who is asking, in a view behind the login."""
    return cast(SignedIn, current_user).staff


def actor() -> Actor:
    """The same, as the log of changes names them."""
    who = staff()
    return Actor(who.workspace_id, who.user_id, who.name)


def may(permission: Permission) -> bool:
    """Whether they may. In templates, too."""
    return permissions.may(staff().role, permission)


def login() -> Any:
    """The sign-in page."""
    if current_user.is_authenticated:
        return redirect(wanted_page())
    return _page()


def sign_in() -> Any:
    """Somebody sent address and password."""
    email, password = request.form.get("email", "").strip(), request.form.get("password", "")
    throttle, who = current_app.extensions["throttle"], guesser(email.lower(), email)
    if not throttle.allows(*who):
        logger.warning("sign-in throttled")
        return _page(TOO_MANY, email, 429)
    here = replace(place(), remembered=request.form.get("remember") == "yes")
    token = logins.sign_in(current_program().sessions, email, password, here)
    staff = _load(token) if token else None
    if staff is None:
        logger.info("sign-in refused")
        return _page(WRONG, email, 401)
    throttle.forgive(*who)
    return _let_in(staff, email, "password")


def sign_out() -> Any:
    """This device's login ends, also for whoever copied its cookie."""
    with current_program().sessions.begin() as db:
        logins.sign_out(db, staff())
    logout_user()
    session.clear()
    return redirect(url_for("admin.login"))


def place() -> logins.Place:
    """From where somebody asks."""
    return logins.Place(device_name(request.headers.get("User-Agent", "")), request.remote_addr or "")


def _load(token: str) -> logins.Staff | None:
    program = current_program()
    with program.sessions.begin() as db:
        return logins.signed_in(db, token, exempting=not program.settings.production)


def welcome(token: str, email: str, how: str) -> Any:
    """Their login has begun, and whoever was signed in on this device has left it."""
    if current_user.is_authenticated:
        with current_program().sessions.begin() as db:
            logins.sign_out(db, current_user.staff)
    staff = _load(token)
    return _let_in(staff, email, how) if staff else redirect(url_for("admin.login"))


def _let_in(staff: logins.Staff, email: str, how: str) -> Response:
    target = wanted_page()
    session.clear()
    session.permanent = True
    session[WHO], session[HOUSE] = str(staff.user_id), str(staff.workspace_id)
    login_user(SignedIn(staff))
    logger.info("signed in", user_id=str(staff.user_id))
    response = make_response(redirect(target))
    if staff.stage is Stage.OPEN:  # a password alone makes no device a known one
        remember_device(response, email)
        note_entry(how)
    return response


def note_entry(how: str) -> None:
    """Whoever has just given all that was asked is in the log of what staff did."""
    with current_program().sessions.begin() as db:
        logins.let_in(db, staff(), how, place().device)


def _page(problem: str = "", email: str = "", code: int = 200) -> Response:
    page = render_template("admin/login.html", problem=problem, email=email, next=request.values.get("next", ""))
    response = make_response(page, code)
    if code == 429:
        response.headers["Retry-After"] = "900"
    return response


def wanted_page() -> str:
    """Where they were going, if that is a page of ours; the board where it is the first page of all."""
    wanted = request.values.get("next", "") or (url_for("admin.unsent") if is_waiting() else "")
    ours = wanted.startswith("/admin/") and "\\" not in wanted and wanted.isprintable()
    return wanted if ours and wanted != url_for("admin.home") else url_for("admin.board")
