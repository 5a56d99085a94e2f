"""Files that are being written: how far each is, and the file itself, for who asked for it."""

from uuid import UUID

from flask import Blueprint, Response, abort, make_response, render_template
from sqlalchemy.orm import Session

from core.domain.documents import DocumentState
from core.domain.permissions import Permission
from core.services.document_links import file_of
from core.services.exports import export_of
from core.store.sql.engine import transaction
from core.store.sql.tables import Document
from webapp.admin.access import Pages
from webapp.admin.login import may, staff
from webapp.documents import handed_out
from webapp.held import current_program

AGAIN_SECONDS = 2


def register(admin: Blueprint) -> None:
    """The addresses of one file."""
    pages = Pages(admin)
    pages.add("/exports/<uuid:document_id>", "export", export, needs=Permission.OWN_LOGIN)
    pages.add("/exports/<uuid:document_id>/file", "export_file", export_file, needs=Permission.OWN_LOGIN)


def export(document_id: UUID) -> Response:
    """How far it is; while it is being written the page looks again by itself."""
    with transaction(current_program().sessions) as db:
        document = _mine(db, document_id)
    response = make_response(render_template("admin/export.html", one=document))
    if document.state is DocumentState.WANTED:
        response.headers["Refresh"] = str(AGAIN_SECONDS)
    return response


def export_file(document_id: UUID) -> Response:
    """The file."""
    with transaction(current_program().sessions) as db:
        file = file_of(db, _mine(db, document_id).id)
    return handed_out(file) if file is not None else abort(404)


def _mine(db: Session, document_id: UUID) -> Document:
    """Theirs, while they may see that list."""
    document = export_of(db, staff().workspace_id, staff().user_id, document_id)
    if document is None or not may(Permission(document.request["needs"])):
        abort(404)
    return document
