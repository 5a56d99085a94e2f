"""A guest wants to be forgotten: what goes and what stays is said, asked twice, and done."""

from typing import Any
from uuid import UUID

from flask import Response, abort, flash, make_response, redirect, render_template, request, url_for

from core.domain.permissions import Permission
from core.errors import Rejected, StoreUnavailable
from core.log import get_logger
from core.services.customer_standing import theirs
from core.services.erasing import erase
from core.store.sql.engine import transaction
from webapp.admin.access import Pages
from webapp.admin.login import actor, staff
from webapp.held import current_program

logger = get_logger(__name__)

PROBLEMS = {
    "still_open": "An order, a payment or a refund of theirs is still open. End it first, then erase them; "
    "a payment that was never confirmed may still come for a day.",
    "busy": "A message to or from them is on its way. Try again in a minute.",
    "unsure": "Tick the box first: this cannot be undone.",
    "store": "The chats cannot be reached just now. Nothing was erased: try again in a minute.",
}


def register(pages: Pages) -> None:
    """The addresses of this page."""
    rule, edits = "/customers/<uuid:customer_id>/erase", Permission.EDIT_CUSTOMERS
    pages.add(rule, "ask_erasure", ask, needs=edits)
    pages.add(rule, "erase_customer", confirm, needs=edits, methods=("POST",))


def ask(customer_id: UUID) -> Response:
    """What it means."""
    return _page(customer_id)


def confirm(customer_id: UUID) -> Any:
    """It was asked for twice."""
    if request.form.get("sure") != "yes":
        return _page(customer_id, "unsure", 422)
    program = current_program()
    try:
        with transaction(program.sessions) as db:
            erase(program, db, actor(), customer_id)
    except StoreUnavailable:
        return _page(customer_id, "store", 503)
    except Rejected as error:
        return abort(404) if error.reason == "not_found" else _page(customer_id, error.reason, 409)
    logger.info("customer erased", user_id=str(actor().user_id))
    flash("They are forgotten. Their orders stay without them.")
    return redirect(url_for("admin.list_customers"))


def _page(customer_id: UUID, reason: str = "", code: int = 200) -> Response:
    try:
        with transaction(current_program().sessions) as db:
            customer = theirs(db, staff().workspace_id, customer_id)
    except Rejected:
        abort(404)
    page = render_template("admin/customer_erase.html", person=customer, problem=PROBLEMS.get(reason, ""))
    return make_response(page, code)
