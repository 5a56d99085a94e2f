"""Receipts and closings in writing, for staff: a list, the files, and taking links back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session

from core.domain.documents import DocumentKind
from core.domain.permissions import Permission
from core.errors import Rejected
from core.jobs import make_documents
from core.log import get_logger
from core.services.document_links import File
from core.services.followup import Followup
from core.services.receipt_list import closing_of, listed, receipt_of, take_back
from core.services.relay import follow_up
from core.store.sql.engine import transaction
from core.store.sql.tables import Workspace
from webapp.admin.access import Pages
from webapp.admin.login import staff
from webapp.documents import handed_out
from webapp.held import current_program

AGAIN_SECONDS = 2
FORMS = {"pdf": DocumentKind.CLOSING_PDF, "csv": DocumentKind.CLOSING_CSV, "xlsx": DocumentKind.CLOSING_XLSX}

logger = get_logger(__name__)


def register(admin: Blueprint) -> None:
    """The addresses of what is in writing."""
    pages, sees = Pages(admin), Permission.SEE_MONEY
    pages.add("/receipts", "receipts", receipts, needs=sees)
    pages.add("/receipts/<uuid:order_id>.pdf", "receipt", receipt, needs=sees)
    pages.add("/closings/<uuid:closing_id>/closing.<form>", "closing_file", closing, needs=sees)
    revocation = "/documents/<uuid:document_id>/revoke"
    pages.add(revocation, "revoke", revoke, needs=Permission.SHARE_RECEIPTS, methods=("POST",))


def receipts() -> str:
    """The newest invoices, each with its PDF."""
    workspace_id = staff().workspace_id
    with transaction(current_program().sessions) as db:
        rows = listed(db, workspace_id)
        zone = ZoneInfo(db.get_one(Workspace, workspace_id).timezone)
    return render_template("admin/receipts.html", rows=rows, zone=zone)


def receipt(order_id: UUID) -> Response:
    """One order's receipt; where it is being made, a page that looks again by itself."""
    return _handed_out(lambda db: receipt_of(db, staff().workspace_id, order_id))


def closing(closing_id: UUID, form: str) -> Response:
    """A day's closing as PDF, CSV or Excel."""
    if form not in FORMS:
        abort(404)
    return _handed_out(lambda db: closing_of(db, staff().workspace_id, closing_id, FORMS[form]))


def revoke(document_id: UUID) -> Any:
    """Tap: whoever was given a link to this document cannot fetch it any more."""
    who = staff()
    try:
        with transaction(current_program().sessions) as db:
            take_back(db, who.workspace_id, document_id, who.user_id)
    except Rejected:
        abort(404)
    logger.info("links taken back", document_id=str(document_id), user_id=str(who.user_id))
    return redirect(url_for("admin.receipts"))


def _handed_out(find: Callable[[Session], File | None]) -> Response:
    program = current_program()
    try:
        with transaction(program.sessions) as db:
            file = find(db)
    except Rejected:
        abort(404)
    if file is not None:
        return handed_out(file)
    follow_up(program, Followup(jobs=(make_documents(),)))
    response = make_response(render_template("admin/being_made.html", seconds=AGAIN_SECONDS), 202)
    response.headers["Refresh"] = str(AGAIN_SECONDS)
    return response
