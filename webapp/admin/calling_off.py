"""An order is called off from its own page, with its money and its goods, wherever it was taken."""

from typing import Any, cast
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from core.domain.permissions import Permission
from core.domain.statuses import OrderStatus
from core.errors import Rejected
from core.log import get_logger
from core.services.floor import call_off, call_off_unpaid
from core.services.refund_desk import Decision
from core.services.relay import follow_up
from core.store.sql.engine import transaction
from core.store.sql.tables import Order
from webapp.admin.access import Pages, refused
from webapp.admin.login import may, staff
from webapp.admin.money_words import PROBLEMS as OF_MONEY
from webapp.admin.order import page
from webapp.admin.typed_forms import Words
from webapp.held import current_program

logger = get_logger(__name__)

LONGEST_WHY = 500
UNREADABLE = f"Write why, in at most {LONGEST_WHY} letters. Nothing was done."
PROBLEMS = OF_MONEY | {
    "version_conflict": "Somebody has changed this order meanwhile. Nothing was done: look at it, then decide again.",
    "order_closed": "This order is over already. Nothing was done.",
}


class CallOff(Schema):
    """Why, which way the money goes, and of which version of the order. `key`: sent twice it counts once."""

    class Meta:
        """What else comes is not read."""

        unknown = EXCLUDE

    version = fields.String(required=True, validate=validate.Regexp(r"[0-9]{1,9}\Z"))
    why = Words(required=True, validate=validate.Length(1, LONGEST_WHY))
    key = fields.String(required=True, validate=validate.Regexp(r"[0-9A-Za-z-]{8,64}\Z"))
    back = fields.String(load_default="same", validate=validate.OneOf(("same", "cash")))
    restock = fields.String(load_default="")


def register(pages: Pages) -> None:
    """The address of the form."""
    pages.add(
        "/orders/<uuid:order_id>/call-off", "call_order_off", save, needs=Permission.TAKE_ORDERS, methods=("POST",)
    )


def save(order_id: UUID) -> Any:
    """It was filled in."""
    program, mine = current_program(), staff().workspace_id
    try:
        wish = cast(dict[str, Any], CallOff().load(request.form.to_dict()))
    except ValidationError:
        return page(order_id, UNREADABLE, 400)
    by, version = Decision(staff().user_id, wish["why"], wish["key"]), int(wish["version"])
    try:
        with transaction(program.sessions) as db:
            order = db.get(Order, order_id)
            if order is not None and order.workspace_id == mine and order.status is OrderStatus.PENDING:
                followup = call_off_unpaid(db, mine, order_id, by, version)
            elif not may(Permission.DECIDE_MONEY):
                return refused(Permission.DECIDE_MONEY)
            else:
                back = {"cash": wish["back"] == "cash", "restock": bool(wish["restock"])}
                followup = call_off(db, mine, order_id, by, version, **back)
    except Rejected as error:
        return abort(404) if error.reason == "not_found" else page(order_id, PROBLEMS[error.reason], 409)
    follow_up(program, followup)
    logger.info("order called off", order_id=str(order_id), user_id=str(by.user_id))
    flash("Called off.", "success")
    return redirect(url_for("admin.order", order_id=order_id), 303)
