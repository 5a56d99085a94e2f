"""Cash over the bar: whose order waits for it, taking it with the change in large, and what each has taken."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, cast
from uuid import UUID, uuid4

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.crashpoint import crashpoint
from core.domain.permissions import Permission
from core.errors import Rejected
from core.log import get_logger
from core.services.cash import Taken, drawer, take_cash, taken_before, waiting_for_cash
from core.services.relay import follow_up
from core.store.sql.engine import transaction
from core.store.sql.tables import Shift, Workspace
from webapp.admin.access import Pages
from webapp.admin.login import staff
from webapp.admin.trouble import zone_of
from webapp.held import current_program

logger = get_logger(__name__)

A_NIGHT = timedelta(hours=12)  # where no shift was opened yet
UNREADABLE = "Write the code as the guest shows it, and what they gave you in whole shillings."
PROBLEMS = {
    "cash_unknown": "No order waits under this code. Look at the guest's phone again; the code has four letters.",
    "cash_paid": "The order with this code is already paid. Take nothing, and give back what you took.",
    "cash_closed": "The order with this code was called off. Take nothing; the guest can order again.",
    "cash_form": "This form was used for something else. Nothing was taken: write code and amount again.",
    "cash_part": "In practice all of it is paid at once. Nothing was taken: write the whole amount.",
    "cash_gone": "This order lapsed and something in it is sold out. Nothing was taken: give the money back.",
}


class Handed(Schema):
    """What a member of staff has in hand. `entry` is made with the form, so that a second tap takes nothing twice."""

    class Meta:
        """What else comes is not read."""

        unknown = EXCLUDE

    entry = fields.UUID(required=True)
    code = fields.String(required=True, validate=validate.Regexp(r"\s*[A-Za-z]{4}\s*"))
    received = fields.String(required=True, validate=validate.Regexp(r"[1-9][0-9]{0,5}\Z"))


def register(admin: Blueprint) -> None:
    """The addresses of this page."""
    pages = Pages(admin)
    pages.add("/cash", "cash", cash, needs=Permission.TAKE_CASH)
    pages.add("/cash", "cash_taken", take, needs=Permission.TAKE_CASH, methods=("POST",))


def cash() -> Response:
    """The page, with what was just taken."""
    return _page(taken=_just_taken(), code=request.args.get("code", "")[:8])


def take() -> Any:
    """The money is in hand."""
    who, entered = staff(), request.form
    try:
        handed = cast(dict[str, Any], Handed().load(entered.to_dict()))
    except ValidationError:
        return _page(problem=UNREADABLE, code=entered.get("code", "")[:8], status=400)
    try:
        with transaction(current_program().sessions) as db:
            given = (handed["entry"], handed["code"], Decimal(handed["received"]))
            taken, followup = take_cash(db, who.workspace_id, who.user_id, *given)
    except Rejected as error:
        return _page(problem=PROBLEMS[error.reason], code=handed["code"], status=409)
    crashpoint("take_cash.committed")
    say_practised(taken)
    follow_up(current_program(), followup)
    logger.info("cash taken", entry=str(handed["entry"]), user_id=str(who.user_id))
    return redirect(url_for("admin.cash", taken=handed["entry"]))


def say_practised(taken: Taken) -> None:
    """Practice writes nothing down that a page could show afterwards: the change is said at once."""
    if taken.practice:
        flash(f"Practice: {taken.currency} {taken.change:,.0f} change. Nothing went into the drawer.", "success")


def _page(*, taken: Taken | None = None, problem: str = "", code: str = "", status: int = 200) -> Response:
    workspace_id = staff().workspace_id
    with transaction(current_program().sessions) as db:
        venue = db.get_one(Workspace, workspace_id)
        since = _since(db, workspace_id)
        shown = {"waiting": waiting_for_cash(db, workspace_id), "takers": drawer(db, workspace_id, since)}
    house = {"zone": zone_of(venue.timezone), "currency": venue.currency, "since": since}
    given = {"taken": taken, "problem": problem, "code": code, "entry": uuid4()}
    return make_response(render_template("admin/cash.html", **shown, **house, **given), status)


def _just_taken() -> Taken | None:
    try:
        entry_id = UUID(request.args.get("taken", ""))
    except ValueError:
        return None
    with transaction(current_program().sessions) as db:
        return taken_before(db, staff().workspace_id, entry_id)


def _since(db: Session, workspace_id: UUID) -> datetime:
    """The beginning of the shift."""
    opened = (Shift.workspace_id == workspace_id, Shift.closed_at.is_(None))
    return db.scalar(select(Shift.opened_at).where(*opened)) or datetime.now(UTC) - A_NIGHT
