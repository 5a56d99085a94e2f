"""Receipts for whoever has their link, and the page that says whether one is genuine. Nobody signs in here."""

from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, make_response, render_template

from core.services.document_links import File, fetched, read_token
from core.services.invoices import verified
from core.store.sql.engine import transaction
from core.store.sql.tables import Workspace
from webapp.held import current_program

blueprint = Blueprint("documents", __name__, url_prefix="/receipts")


@blueprint.get("/<token>.pdf")
def fetch(token: str) -> Response:
    """The document behind a link: 404 where we never gave it out, 410 where its time is over or it was taken back."""
    program = current_program()
    link_id = read_token(program.settings.secret_key, token)
    if link_id is None:
        abort(404)
    with transaction(program.sessions) as db:
        file = fetched(db, link_id)
    if file is None:
        abort(410)
    return handed_out(file)


@blueprint.get("/verify/<token>")
def verify(token: str) -> Response:
    """What the QR code on a receipt leads to."""
    with transaction(current_program().sessions) as db:
        invoice = verified(db, token)
        zone = db.get_one(Workspace, invoice.workspace_id).timezone if invoice else "UTC"
    issued_at = invoice.issued_at.astimezone(ZoneInfo(zone)) if invoice else None
    page = render_template("receipts/verify.html", invoice=invoice, issued_at=issued_at)
    return make_response(page, 200 if invoice else 404)


def handed_out(file: File) -> Response:
    """A file, shown where a browser can, never kept by anybody on the way, and no page of ours."""
    how = "inline" if file.mime == "application/pdf" else "attachment"
    response = make_response(file.content)
    response.headers["Content-Type"] = file.mime
    response.headers["Content-Disposition"] = f'{how}; filename="{file.name}"'
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
