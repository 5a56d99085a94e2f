"""Pictures of products for whoever has their address: WhatsApp, and browsers. Nobody signs in here."""

from uuid import UUID

from flask import Blueprint, Response, abort, make_response

from core.services.pictures import content_of
from core.store.sql.engine import transaction
from webapp.held import current_program

blueprint = Blueprint("pictures", __name__, url_prefix="/pictures")


@blueprint.get("/<uuid:picture_id>.jpg")
def picture(picture_id: UUID) -> Response:
    """Never changed under its address, so everybody may keep it."""
    with transaction(current_program().sessions) as db:
        content = content_of(db, picture_id)
    if content is None:
        abort(404)
    response = make_response(content)
    response.headers["Content-Type"] = "image/jpeg"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
