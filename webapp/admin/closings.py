"""The end of the shift: what it came to so far, the drawer counted, and every closing there ever was."""

from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from core.domain.closing import ClosingReport
from core.domain.listing.words import PAID_BY
from core.domain.permissions import Permission
from core.errors import Rejected
from core.log import get_logger
from core.services.closings import begin_shift, close_shift, closings, current_shift, so_far
from core.store.sql.engine import transaction
from core.store.sql.tables import Workspace
from webapp.admin.access import Pages
from webapp.admin.login import staff
from webapp.admin.trouble import zone_of
from webapp.admin.typed_forms import Words
from webapp.held import current_program

logger = get_logger(__name__)

PROBLEMS = {
    "unreadable": "Write what is in the drawer in whole shillings; 0 where there is nothing.",
    "closed_before": "This shift is closed already. Below is its closing; the figures above are of the next one.",
    "begun_before": "Somebody has begun this shift already.",
}


class Counted(Schema):
    """What is in the drawer, and of which shift."""

    class Meta:
        """What else comes is not read."""

        unknown = EXCLUDE

    shift = fields.UUID(load_default=None)
    cash = fields.String(required=True, validate=validate.Regexp(r"[0-9]{1,7}\Z"))
    note = Words(load_default="", validate=validate.Length(max=300))


def register(admin: Blueprint) -> None:
    """The addresses of this page."""
    pages = Pages(admin)
    pages.add("/closings", "closings", shifts, needs=Permission.SEE_MONEY)
    pages.add("/closings/begin", "begin_shift", begin, needs=Permission.TAKE_CASH, methods=("POST",))
    pages.add("/closings/close", "close_shift", close, needs=Permission.CLOSE_SHIFTS, methods=("POST",))


def shifts() -> Response:
    """The open shift and the closings before it."""
    return _page(200)


def begin() -> Any:
    """Somebody takes the drawer over."""
    who, form = staff(), _form()
    if form is None:
        return _page(400, PROBLEMS["unreadable"])
    try:
        with transaction(current_program().sessions) as db:
            begin_shift(db, who.workspace_id, who.user_id, Decimal(form["cash"]))
    except Rejected as error:
        return _page(409, PROBLEMS[error.reason])
    logger.info("shift begun", user_id=str(who.user_id))
    return redirect(url_for("admin.closings"))


def close() -> Any:
    """The drawer was counted."""
    who, form = staff(), _form()
    if form is None:
        return _page(400, PROBLEMS["unreadable"])
    try:
        shift_id = form["shift"] or UUID(int=0)
        counted = Decimal(form["cash"])
        close_shift(current_program().sessions, who.workspace_id, shift_id, who.user_id, counted, form["note"])
    except Rejected as error:
        return _page(409, PROBLEMS["closed_before" if error.reason == "not_found" else error.reason])
    logger.info("shift closed", user_id=str(who.user_id))
    return redirect(url_for("admin.closings"))


def _form() -> dict[str, Any] | None:
    try:
        return cast(dict[str, Any], Counted().load(request.form.to_dict()))
    except ValidationError:
        return None


def _page(status: int, problem: str = "") -> Response:
    mine = staff().workspace_id
    with transaction(current_program().sessions) as db:
        shift, report = current_shift(db, mine), so_far(db, mine)
        made = [(one.id, ClosingReport.from_dict(one.report)) for one in closings(db, mine)]
        zone = zone_of(db.get_one(Workspace, mine).timezone)
    shown = {"shift": shift, "report": report, "made": made, "zone": zone, "problem": problem, "paid_by": PAID_BY}
    return make_response(render_template("admin/closings.html", **shown), status)
