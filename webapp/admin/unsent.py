"""A login ended while somebody filled in a form: what they typed waits for them to sign in again.

It lies sealed in the store, for half an hour, under a random name that this browser's cookie alone knows, and is shown
to the same person only. Passwords, codes and keys are never kept.
"""

import json
import re
import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from flask import Response, current_app, make_response, redirect, render_template, request, session, url_for
from flask_login import current_user

from core.cipher import installed
from core.errors import Rejected, StoreUnavailable
from core.log import get_logger
from core.services.sign_in import enter
from core.store.sql.engine import transaction
from webapp.held import current_program

COOKIE, SECONDS, LARGEST = "unsent", 1800, 32 * 1024
WHO, HOUSE = "who", "house"  # in the session: whose login it was, and which house its pages showed
# What forms carry that nobody typed.
MACHINES = frozenset({"entry", "shown", "tap", "version", "key", "state", "before"})
SECRET = re.compile(r"pass|secret|credential|token|(^|_)(pin|code|api_key|otp)($|_)", re.IGNORECASE)

logger = get_logger(__name__)


@dataclass(frozen=True)
class Typed:
    """A form as it was sent: to where, by whom, in which house, from which page, and its fields in their order."""

    to: str
    who: str
    house: str
    page: str
    fields: list[list[str]]
    files: bool = False

    @property
    def shown(self) -> list[tuple[str, str]]:
        """What a person recognises of it."""
        told = [(name, _ordered(text) if name == "lines" else text) for name, text in self.fields]
        typed = [(name, text) for name, text in told if text and name not in MACHINES]
        return [(name.replace("_", " ").replace("-", " ").capitalize(), text) for name, text in typed]


def keep_typed() -> Response | None:
    """The way to the sign-in with this form kept; None where there is nothing to keep, or not of somebody known."""
    fields = [[name, text] for name, text in request.form.items(multi=True) if name != "csrf_token"]
    if not fields or WHO not in session or any(SECRET.search(name) for name, _ in fields):
        return None
    if request.endpoint == "admin.send_unsent":  # what is kept already waits on
        return _away(url_for("admin.login", next=url_for("admin.unsent")))
    where, query = request.path, request.query_string.decode("ascii", "ignore")
    to = f"{where}?{query}" if query else where
    typed = Typed(to, session[WHO], session.get(HOUSE, ""), _from_page(), fields, bool(request.files))
    sealed = installed().encrypt(json.dumps(vars(typed)))
    if len(sealed) > LARGEST:
        return None
    name = secrets.token_urlsafe(24)
    try:
        current_program().store.lay_by(_key(name), sealed, SECONDS)
    except StoreUnavailable:
        return None
    logger.info("form kept for after the sign-in", endpoint=request.endpoint)
    response = _away(url_for("admin.login", next=url_for("admin.unsent")))
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(COOKIE, name, max_age=SECONDS, path="/admin", httponly=True, samesite="Lax", secure=secure)
    return response


def _away(address: str) -> Response:
    """Where the browser goes, also where a page's script has sent the form (htmx's HX-Redirect)."""
    if "HX-Request" in request.headers:
        return make_response("", 200, {"HX-Redirect": address})
    return make_response(redirect(address, 303))


def _ordered(lines: str) -> str:
    """The lines of an order of the counter, as people read them."""
    try:
        return "\n".join(f"{one['quantity']} × {one['name']}" for one in json.loads(lines))
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""


def is_waiting() -> bool:
    """Whether this browser has a form that was not taken."""
    return bool(request.cookies.get(COOKIE))


def unsent() -> Any:
    """What was typed, to be sent now or thrown away. Somebody else's waits on for them."""
    try:
        typed = _kept()
    except StoreUnavailable:
        return redirect(url_for("admin.board"))
    if typed is None:
        return _gone(redirect(url_for("admin.board")))
    if not _mine(typed):
        return redirect(url_for("admin.board"))
    if not _of_this_house(typed):
        return _over_there(typed)
    return make_response(render_template("admin/unsent.html", typed=typed))


def send() -> Any:
    """The browser sends the same form on to where it was going."""
    typed = _taken()
    return _gone(redirect(typed.to, 307)) if typed else redirect(url_for("admin.board"), 303)


def discard() -> Any:
    """It is not wanted any more."""
    typed = _taken()
    return _gone(redirect(typed.page, 303)) if typed else redirect(url_for("admin.board"), 303)


def _taken() -> Typed | None:
    """One's own, which is kept no longer."""
    typed = _kept()
    if typed is None or not (_mine(typed) and _of_this_house(typed)):
        return None
    current_program().store.take_up(_key(request.cookies.get(COOKIE, "")))
    return typed


def _kept() -> Typed | None:
    name = request.cookies.get(COOKIE, "")
    sealed = current_program().store.laid_by(_key(name)) if name else None
    return Typed(**json.loads(installed().decrypt(sealed))) if sealed else None


def _mine(typed: Typed) -> bool:
    return typed.who == str(current_user.staff.user_id)


def _of_this_house(typed: Typed) -> bool:
    return typed.house == str(current_user.staff.workspace_id)


def _over_there(typed: Typed) -> Any:
    """Of several houses a login begins in the first: this was typed in another, and goes there."""
    try:
        with transaction(current_program().sessions) as db:
            enter(db, current_user.staff, UUID(typed.house))
    except (Rejected, ValueError):
        return _gone(redirect(url_for("admin.board")))
    session[HOUSE] = typed.house
    return redirect(url_for("admin.unsent"))


def _gone(response: Any) -> Response:
    answer = make_response(response)
    answer.delete_cookie(COOKIE, path="/admin")
    return answer


def _from_page() -> str:
    """The page of ours they came from."""
    path = (request.referrer or "").removeprefix(request.host_url.rstrip("/"))
    return path if path.startswith("/admin/") and "\\" not in path else url_for("admin.board")


def _key(name: str) -> str:
    return sha256(name.encode()).hexdigest()
