"""The menu as a file: out as CSV or Excel, and in again, with a look at what it changes before it does."""

from typing import Any

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for

from core.documents.read_sheet import LARGEST, as_text, read_sheet
from core.documents.sheets import written_csv, written_excel
from core.domain.menu_sheet import Plan
from core.domain.permissions import Permission
from core.errors import Rejected
from core.log import get_logger
from core.services.menu_sheets import COLUMNS, menu_rows, planned, state, write_sheet
from core.services.relay import follow_up
from core.store.sql.engine import transaction
from webapp.admin.access import Pages
from webapp.admin.list_files import MIME
from webapp.admin.login import actor, staff
from webapp.held import current_program

logger = get_logger(__name__)

# What a form may carry back beside a file (`MAX_FORM_MEMORY_SIZE`), with room for the rest of it.
LONGEST_TEXT = 450_000
TOO_LONG = "This file says too much at once. Cut it in two."
CHANGED = "Somebody changed the menu since you looked. Nothing was written: this is what your file would change now."
TAKEN = "A code or a name in this file was taken meanwhile. Nothing was written."
MIXED = "A recipe in this file takes from what is made itself. Nothing was written: first bring in what changes that."
NO_FILE = "Choose a file first."


def register(admin: Blueprint) -> None:
    """Its pages."""
    pages = Pages(admin)
    pages.add("/products/sheet", "menu_sheet", sheet, needs=Permission.EDIT_MENU)
    pages.add("/products/menu.<form>", "menu_file", file, needs=Permission.EDIT_MENU)
    pages.add("/products/sheet", "look_at_sheet", look, needs=Permission.EDIT_MENU, methods=("POST",))
    pages.add("/products/sheet/write", "write_sheet", write, needs=Permission.EDIT_MENU, methods=("POST",))


def sheet() -> Response:
    """Where a file is taken and given."""
    return _page()


def file(form: str) -> Response:
    """The menu as it stands."""
    if form not in ("csv", "xlsx"):
        abort(404)
    with transaction(current_program().sessions) as db:
        heading, *rows = menu_rows(db, staff().workspace_id)
    lines = [tuple(row) for row in rows]
    content = written_csv([tuple(heading), *lines]) if form == "csv" else written_excel("Menu", heading, lines)
    response = make_response(content)
    response.headers["Content-Type"] = MIME[form]
    response.headers["Content-Disposition"] = f'attachment; filename="menu.{form}"'
    return response


def look() -> Response:
    """A file was chosen: what it would change. Nothing is written."""
    chosen = request.files.get("file")
    if chosen is None or not chosen.filename:
        return _page(NO_FILE, status=400)
    try:
        rows = read_sheet(chosen.stream.read(LARGEST + 1))
    except ValueError as error:
        return _page(str(error), status=400)
    return _looked_at(rows)


def write() -> Any:
    """They have seen what it changes."""
    program = current_program()
    try:
        rows = read_sheet(request.form.get("sheet", "").encode("utf-8", "replace"))
        with transaction(program.sessions) as db:
            wanted, followup = write_sheet(db, actor(), rows, request.form.get("state", ""))
    except ValueError as error:
        return _page(str(error), status=400)
    except Rejected as error:
        return _looked_at(rows, CHANGED if error.reason in ("changed", "gone") else _taken(error), 409)
    follow_up(program, followup)
    logger.info("menu imported", changed=len(wanted.changes))
    flash(f"Written: {_many(len(wanted.changes), 'product')}. Every chat follows with its next message.", "success")
    return redirect(url_for("admin.list_products"))


def _taken(error: Rejected) -> str:
    if error.reason in ("part_gone", "part_mixed", "in_use"):
        return MIXED
    return "" if error.reason == "problems" else TAKEN


def _many(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _looked_at(rows: list[list[str]], problem: str = "", status: int = 200) -> Response:
    text = as_text(rows)
    if len(text.encode()) > LONGEST_TEXT:
        return _page(TOO_LONG, status=400)
    with transaction(current_program().sessions) as db:
        wanted, seen = planned(db, staff().workspace_id, rows), state(db, staff().workspace_id)
    return _page(problem, wanted, text, seen, status if not wanted.problems else max(status, 400))


def _page(problem: str = "", wanted: Plan | None = None, text: str = "", seen: str = "", status: int = 200) -> Response:
    shown = {"problem": problem, "plan": wanted, "text": text, "state": seen, "columns": COLUMNS}
    return make_response(render_template("admin/menu_sheet.html", **shown), status)
