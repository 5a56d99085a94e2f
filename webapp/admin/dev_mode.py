"""Practice: everything runs, nothing is sent, nobody is charged. Owners switch it, while nothing real is open."""

from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for

from core.domain.permissions import Permission
from core.errors import Rejected
from core.log import get_logger
from core.services.dev_mode import open_and_real, practise
from core.services.practice import end_practice
from core.services.relay import follow_up
from core.store.sql.engine import transaction
from core.store.sql.tables import Workspace
from webapp.admin.access import Pages
from webapp.admin.login import actor, staff
from webapp.admin.settings import SECTIONS
from webapp.admin.typed_forms import overtaken, version_in
from webapp.held import current_program

logger = get_logger(__name__)

ON = "Practice is on. Nothing is sent, nobody is charged."
OFF = "Practice is over. What was open of it is ended; guests are answered and charged again."
STILL_OPEN = "Not yet: something real is open. Practice begins when it has ended."


def register(admin: Blueprint) -> None:
    """Its page."""
    pages, here = Pages(admin), "/settings/practice"
    pages.add(here, "dev_mode", dev_mode, needs=Permission.EDIT_CREDENTIALS)
    pages.add(here, "set_dev_mode", save, needs=Permission.EDIT_CREDENTIALS, methods=("POST",))


def dev_mode() -> Response:
    """Whether it is on, and what is open."""
    return _page()


def save() -> Any:
    """It was switched on or off."""
    program, on = current_program(), "off" not in request.form
    try:
        with transaction(program.sessions) as db:
            practise(db, actor(), version_in(request.form), on=on)
    except Rejected as error:
        return _page(_why_not(error), 409)
    program.store.directory_changed()  # before anything else is told: senders look at it with each message
    if not on:
        follow_up(program, end_practice(program.sessions))
    logger.warning("dev mode set", on=on)
    flash(ON if on else OFF, "success")
    return redirect(url_for("admin.dev_mode"))


def _why_not(error: Rejected) -> str:
    if error.reason == "still_open":
        return STILL_OPEN
    return overtaken(error.detail, _house().edited_at)


def _house() -> Workspace:
    with transaction(current_program().sessions) as db:
        return db.get_one(Workspace, staff().workspace_id)


def _page(problem: str = "", status: int = 200) -> Response:
    with transaction(current_program().sessions) as db:
        house = db.get_one(Workspace, staff().workspace_id)
        real = open_and_real(db, house.id)
    shown = {"house": house, "real": real, "problem": problem, "sections": SECTIONS}
    return make_response(render_template("admin/dev_mode.html", **shown), status)
