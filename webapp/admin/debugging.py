"""Trying a house out: while a number stands here, nobody else is answered."""

from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for

from core.domain.connections import phone
from core.domain.permissions import Permission
from core.errors import Rejected
from core.log import get_logger
from core.services.debugging import answer_only
from core.services.relay import follow_up
from core.store.sql.engine import transaction
from core.store.sql.tables import Workspace
from webapp.admin.access import Pages
from webapp.admin.frame import written
from webapp.admin.login import actor, staff
from webapp.admin.settings import SECTIONS
from webapp.admin.typed_forms import overtaken, version_in
from webapp.held import current_program

logger = get_logger(__name__)

ON = "Debug mode is on. From the next message only this number is answered."
OFF = "Debug mode is off. Everybody is answered."


def register(admin: Blueprint) -> None:
    """Its page."""
    pages, here = Pages(admin), "/settings/debug"
    pages.add(here, "debugging", debugging, needs=Permission.EDIT_SETTINGS)
    pages.add(here, "set_debugging", save, needs=Permission.EDIT_SETTINGS, methods=("POST",))


def debugging() -> Response:
    """Whether it is on, and for which number."""
    return _page(written(_house().debug_phone or ""))


def save() -> Any:
    """It was switched on, for another number, or off."""
    program, typed = current_program(), request.form.get("phone", "").strip()[:40]
    try:
        number = "" if "off" in request.form else phone(typed)
        with transaction(program.sessions) as db:
            followup = answer_only(db, actor(), version_in(request.form), number)
    except ValueError as error:
        return _page(typed, error=str(error), status=400)
    except Rejected as error:
        return _page(typed, problem=overtaken(error.detail, _house().edited_at), status=409)
    follow_up(program, followup)
    logger.warning("debug mode set", on=bool(number))
    flash(ON if number else OFF, "success")
    return redirect(url_for("admin.debugging"))


def _house() -> Workspace:
    with transaction(current_program().sessions) as db:
        return db.get_one(Workspace, staff().workspace_id)


def _page(typed: str, error: str = "", problem: str = "", status: int = 200) -> Response:
    house = _house()
    shown = {"typed": typed, "error": error, "problem": problem, "version": house.version, "on": house.debug_phone}
    return make_response(render_template("admin/debugging.html", **shown, sections=SECTIONS), status)
