"""Tables: which there are, who sits at them, and the codes that stand on them."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from wtforms import BooleanField, StringField

from core.documents.codes import code_picture
from core.documents.table_sheet import TableCard, table_sheet
from core.domain.permissions import Permission
from core.domain.phone import chat_address
from core.domain.typed import line, switch
from core.domain.venue_tables import read_numbers, written
from core.errors import Rejected
from core.log import get_logger
from core.services.relay import follow_up
from core.services.rules import chat_number
from core.services.table_edit import Seat, add_tables, remove_tables, save_table, seats
from core.store.sql.engine import transaction
from core.store.sql.tables import VenueTable, Workspace
from webapp.admin.access import Pages
from webapp.admin.login import actor, staff
from webapp.admin.typed_forms import TypedForm, ago, overtaken
from webapp.held import current_program

logger = get_logger(__name__)

LONGEST_NAME = 40
READERS = {"name": line(0, LONGEST_NAME), "active": switch}
BUSY = "There are open orders at {0}. Serve or call them off first; no table was taken away."
MEANWHILE = "Somebody added some of them meanwhile. Nothing of yours was written yet: look, then add what is missing."
NO_NUMBER = "No number that guests write to is known yet: no codes. An owner writes it under Channel settings."


class TableForm(TypedForm):
    """Its number never changes: it stands on the table."""

    name = StringField("Where it is", description="Terrace, window, upstairs", render_kw={"maxlength": LONGEST_NAME})
    active = BooleanField("Guests can order to it")


def register(admin: Blueprint) -> None:
    """Its pages."""
    pages = Pages(admin)
    pages.add("/tables", "tables", tables, needs=Permission.SEE_BOARD)
    pages.add("/tables", "change_tables", change, needs=Permission.EDIT_TABLES, methods=("POST",))
    pages.add("/tables/<uuid:table_id>", "table", table, needs=Permission.EDIT_TABLES)
    pages.add("/tables/<uuid:table_id>", "save_table", save, needs=Permission.EDIT_TABLES, methods=("POST",))
    pages.add("/tables/<uuid:table_id>/code.svg", "table_code", code, needs=Permission.EDIT_TABLES)
    pages.add("/tables/codes", "table_codes", printed, needs=Permission.EDIT_TABLES)
    pages.add("/tables/codes.pdf", "table_sheet", sheet, needs=Permission.EDIT_TABLES)


def tables() -> Response:
    """Every table and how it stands."""
    return _page()


def change() -> Any:
    """More tables, or fewer."""
    program, typed, adding = current_program(), request.form.get("numbers", "")[:200], request.form.get("do") == "add"
    try:
        numbers = read_numbers(typed)
        with transaction(program.sessions) as db:
            changed, followup = (add_tables if adding else remove_tables)(db, actor(), numbers)
    except ValueError as error:
        return _page(str(error), typed, 400)
    except Rejected as error:
        return _page(BUSY.format(error.detail) if error.reason == "busy" else MEANWHILE, typed, 409)
    follow_up(program, followup)
    logger.info("tables changed", added=adding, count=len(changed))
    flash(_told(changed, adding), "success")
    return redirect(url_for("admin.tables"))


def table(table_id: UUID) -> Response:
    """One table: its name, its code."""
    row = _row(table_id)
    return _form(TableForm(data={"name": row.name, "active": row.active, "version": row.version}), row)


def save(table_id: UUID) -> Any:
    """It was changed."""
    program, form, row = current_program(), TableForm(request.form), _row(table_id)
    values = form.read(READERS)
    if values is None:
        return _form(form, row, status=400)
    try:
        with transaction(program.sessions) as db:
            followup = save_table(db, actor(), table_id, form.version.data or 0, values)
    except Rejected as error:
        row = _row(table_id)
        theirs = form.differing({"name": row.name, "active": row.active})
        form.renew(row.version)
        return _form(form, row, overtaken(error.detail, row.edited_at), theirs, 409)
    follow_up(program, followup)
    logger.info("table saved", table_id=str(table_id))
    flash("Saved.", "success")
    return redirect(url_for("admin.tables"))


def code(table_id: UUID) -> Response:
    """The code of one table as a picture."""
    found = next((card for id, card in _cards() if id == table_id), None)
    if found is None:
        abort(404)
    response = make_response(code_picture(found.address))
    response.headers["Content-Type"] = "image/svg+xml"
    return response


def printed() -> str:
    """All codes on a page for the printer."""
    return render_template("admin/table_codes.html", cards=_cards(), missing=NO_NUMBER)


def sheet() -> Response:
    """All codes as PDF, six on a page."""
    cards = [card for _, card in _cards()]
    if not cards:
        abort(404)
    with transaction(current_program().sessions) as db:
        venue = db.get_one(Workspace, staff().workspace_id).name
    response = make_response(table_sheet(venue, cards))
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = 'inline; filename="tables.pdf"'
    return response


def _cards() -> list[tuple[UUID, TableCard]]:
    """Those guests can order to, with what is in their codes; none without a number."""
    with transaction(current_program().sessions) as db:
        bar, found = _number(db), seats(db, staff().workspace_id)
    return [(seat.id, TableCard(seat.number, seat.name, _address(bar, seat))) for seat in found if bar and seat.active]


def _address(bar: str, seat: Seat) -> str:
    return chat_address(bar, f"Table {seat.number} {seat.code}")


def _number(db: Session) -> str:
    return chat_number(db, db.get_one(Workspace, staff().workspace_id).slug)


def _told(numbers: list[int], adding: bool) -> str:
    if not numbers:
        return "They are all there already." if adding else "There was no such table."
    return f"{'Added' if adding else 'Taken away'}: {written(numbers)}."


def _row(table_id: UUID) -> VenueTable:
    mine = {"workspace_id": staff().workspace_id, "id": table_id, "deleted_at": None}
    with transaction(current_program().sessions) as db:
        row = db.query(VenueTable).filter_by(**mine).one_or_none()
    return row or abort(404)


def _page(problem: str = "", typed: str = "", status: int = 200) -> Response:
    with transaction(current_program().sessions) as db:
        found, bar = seats(db, staff().workspace_id), _number(db)
        currency = db.get_one(Workspace, staff().workspace_id).currency
    shown = {"seats": found, "problem": problem, "typed": typed, "currency": currency, "ago": ago}
    return make_response(render_template("admin/tables.html", **shown, missing="" if bar else NO_NUMBER), status)


def _form(
    form: TableForm,
    row: VenueTable,
    problem: str = "",
    theirs: list[tuple[str, str, str]] | None = None,
    status: int = 200,
) -> Response:
    with transaction(current_program().sessions) as db:
        seat = next((one for one in seats(db, staff().workspace_id) if one.id == row.id), None)
        address = _address(_number(db), seat) if seat else ""
    shown = {"form": form, "table": row, "problem": problem, "theirs": theirs or [], "address": address}
    return make_response(render_template("admin/table.html", **shown, missing=NO_NUMBER), status)
