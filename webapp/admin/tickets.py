"""Tickets on paper: a page of 80 mm for any printer, and once more on the station's own."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, jsonify, render_template

from core.domain.permissions import Permission
from core.errors import Rejected
from core.log import get_logger
from core.services.tickets import print_again, tickets_of
from webapp.admin.access import Pages
from webapp.admin.login import staff
from webapp.held import current_program

logger = get_logger(__name__)

NO_PRINTER = "No printer is set up for this order's stations. Open its ticket and print it from here."
PRINTING = "Printing again, marked as a copy."


def register(admin: Blueprint) -> None:
    """The addresses of tickets."""
    pages, order = Pages(admin), "/board/orders/<uuid:order_id>"
    pages.add("/tickets/<uuid:order_id>", "ticket", ticket, needs=Permission.PRINT_TICKETS)
    pages.add(f"{order}/print", "print_again", again, needs=Permission.PRINT_TICKETS, methods=("POST",), data=True)


def ticket(order_id: UUID) -> str:
    """An order's tickets, one for each station, as wide as the paper of a slip printer."""
    with current_program().sessions.begin() as db:
        sheets = tickets_of(db, staff().workspace_id, order_id)
    return render_template("admin/ticket.html", sheets=sheets) if sheets else abort(404)


def again(order_id: UUID) -> Any:
    """A tap: the stations' printers print it once more, headed as a copy."""
    who = staff()
    try:
        with current_program().sessions.begin() as db:
            asked = print_again(db, who.workspace_id, order_id, who.user_id)
    except Rejected:
        return abort(404)
    logger.info("tickets printed again", order_id=str(order_id), user_id=str(who.user_id), tickets=asked)
    return jsonify(say=PRINTING) if asked else _no_printer()


def _no_printer() -> tuple[Response, int]:
    return jsonify(error=NO_PRINTER), 409
