"""Behind the links that let somebody in: an invitation, and choosing a new password."""

from typing import Any

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, url_for
from limits import parse

from core.errors import Rejected
from core.log import get_logger
from core.services import invitations, password_links
from core.services.profile import LONGEST_NAME
from core.services.relay import follow_up
from core.services.setup import SHORTEST_PASSWORD
from core.store.sql.engine import transaction
from webapp.admin.access import Pages
from webapp.admin.devices import guesser
from webapp.admin.login import TOO_MANY, place, welcome
from webapp.admin.profile import PROBLEMS
from webapp.admin.throttle import hidden
from webapp.admin.users import ROLES
from webapp.errors import failure
from webapp.held import current_program

OVER = "This link counts no longer: it was used, taken back, or is too old. Ask for a new one."
WRONG = "This is not the password of your account."
# Nobody's box is filled by somebody who asks in their name.
MAILED, ASKED_BY = parse("3 per hour"), parse("20 per hour")

logger = get_logger(__name__)


def register(admin: Blueprint) -> None:
    """The addresses behind the links. Whoever holds one proves it by its token."""
    pages = Pages(admin)
    pages.add_open("/invitation/<token>", "invitation", invitation)
    pages.add_open("/invitation/<token>", "accept_invitation", accept, methods=("POST",))
    pages.add_open("/forgotten", "forgotten", forgotten)
    pages.add_open("/forgotten", "ask_password", ask, methods=("POST",))
    pages.add_open("/password/<token>", "new_password", new_password)
    pages.add_open("/password/<token>", "choose_password", choose, methods=("POST",))


def invitation(token: str) -> Response:
    """Where to, and as what."""
    return _invitation(token)


def accept(token: str) -> Any:
    """They come in."""
    name, password = request.form.get("name", ""), request.form.get("password", "")
    try:
        with transaction(current_program().sessions) as db:
            email = invitations.welcome(db, token).email
        if not current_app.extensions["throttle"].allows(*guesser(email, email)):
            return _invitation(token, "too_many", name)
        login = invitations.accept(current_program().sessions, token, name, password, place())
    except Rejected as error:
        return _over() if error.reason == "link_over" else _invitation(token, error.reason, name)
    logger.info("invitation accepted")
    return welcome(login, email, "invitation")


def forgotten() -> str:
    """Whose password?"""
    return _forgotten()


def ask() -> Any:
    """Somebody says they forgot: the same answer whether anybody has this address, and however often they ask."""
    email, program = request.form.get("email", "").strip(), current_program()
    if program.settings.mail is None:
        return redirect(url_for("admin.forgotten"))
    if _within_limits(email):
        with transaction(program.sessions) as db:
            followup = password_links.mail_link(db, program.settings.public_base_url, email)
        follow_up(program, followup)
    else:
        logger.warning("password links throttled")
    return _forgotten(email)


def _within_limits(email: str) -> bool:
    hit = current_app.extensions["throttle"].hit
    hits = (hit((ASKED_BY, "asked-by", request.remote_addr or "")), hit((MAILED, "mailed", hidden(email.lower()))))
    return all(hits)


def _forgotten(asked: str = "") -> str:
    return render_template("admin/forgotten.html", asked=asked, mails=current_program().settings.mail is not None)


def new_password(token: str) -> Response:
    """The question for a new one."""
    return _choice(token)


def choose(token: str) -> Any:
    """It was chosen."""
    password = request.form.get("new", "")
    if password != request.form.get("again", ""):
        return _choice(token, "again")
    try:
        password_links.choose_password(current_program().sessions, token, password)
    except Rejected as error:
        return _over() if error.reason == "link_over" else _choice(token, error.reason)
    logger.info("password chosen by link")
    return redirect(url_for("admin.login"))


def _invitation(token: str, refused: str = "", name: str = "") -> Response:
    try:
        with transaction(current_program().sessions) as db:
            found = invitations.welcome(db, token)
    except Rejected:
        return _over()
    field, sentence = PROBLEMS.get(refused, ("", TOO_MANY if refused else ""))
    if refused == "wrong_password":
        sentence = WRONG
    wrong = {"password" if field in ("new", "old") else field: sentence}
    shown = {"found": found, "as_what": ROLES[found.role], "token": token, "name": name, "wrong": wrong}
    page = render_template("admin/invitation.html", **shown, problem="" if field else sentence, **_limits())
    return make_response(page, _code(refused))


def _choice(token: str, refused: str = "") -> Response:
    try:
        with transaction(current_program().sessions) as db:
            email = password_links.whose(db, token)
    except Rejected:
        return _over()
    field, sentence = PROBLEMS.get(refused, ("", ""))
    page = render_template("admin/new_password.html", token=token, email=email, wrong={field: sentence}, **_limits())
    return make_response(page, _code(refused))


def _code(refused: str) -> int:
    return {"": 200, "too_many": 429}.get(refused, 400)


def _limits() -> dict[str, int]:
    return {"shortest": SHORTEST_PASSWORD, "longest_name": LONGEST_NAME}


def _over() -> Response:
    return failure(410, sentence=OVER)
