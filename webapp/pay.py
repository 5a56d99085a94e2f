"""The guest's page: what they are about to order, or have ordered, and a button to pay for it. Nobody signs in here;
the link is signed, short-lived, and for one cart in one state."""

import hashlib
from typing import Any, cast
from uuid import uuid4

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from limits import RateLimitItem, parse
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from core.domain.paying import Way
from core.log import get_logger
from core.services.web_links import Forged, Gone, Page, installed
from core.services.web_pay import Sheet, chat_of, confirm, sheet_of, too_old, words_of
from webapp.admin.throttle import Throttle
from webapp.held import current_program

blueprint = Blueprint("pay", __name__, url_prefix="/pay")
logger = get_logger(__name__)

LOOKS = parse("60 per minute")  # a page asks every two seconds, and may be open twice
CONFIRMS = parse("6 per minute")
PER_ADDRESS = parse("600 per minute")  # a whole bar comes from one address


class Confirmed(Schema):
    """What was on the page when it was confirmed. `entry` is made with the form, so that a second tap is the first."""

    class Meta:
        """What else comes is not read."""

        unknown = EXCLUDE

    entry = fields.UUID(required=True)
    stamp = fields.String(required=True, validate=validate.Length(1, 64))
    way = fields.Enum(Way, by_value=True, required=True)
    phone = fields.String(load_default="", validate=validate.Length(max=20))


@blueprint.get("/<token>")
def show(token: str) -> Response:
    """The page as it stands."""
    page = _page(token, LOOKS)
    return _shown(token, sheet_of(current_program(), page), sent=request.args.get("sent", ""))


@blueprint.post("/<token>")
def pay(token: str) -> Any:
    """Confirmed: the conversation takes it from here."""
    page = _page(token, CONFIRMS)
    sheet = sheet_of(current_program(), page)
    try:
        said = cast(dict[str, Any], Confirmed().load(request.form.to_dict()))
    except ValidationError:
        return _shown(token, sheet, status=400)
    if said["stamp"] != sheet.stamp or said["way"].value not in {way for way, _, _ in sheet.ways}:
        return _shown(token, sheet, status=409)
    confirm(current_program(), page, said["entry"], sheet.stamp, said["way"].value, said["phone"])
    logger.info("confirmed on the web", entry=str(said["entry"]), way=said["way"].value)
    return redirect(url_for("pay.show", token=token, sent=sheet.token), 303)


@blueprint.get("/<token>/state")
def state(token: str) -> Response:
    """What the page's script asks for: the same token means that nothing has changed."""
    page = _page(token, LOOKS)
    return _private(jsonify(token=sheet_of(current_program(), page).token))


def _shown(token: str, sheet: Sheet, sent: str = "", status: int = 200) -> Response:
    """`sent`: how the page stood when it was confirmed; while it still does, the guest waits."""
    waits = bool(sent) and sent == sheet.token
    values = {"sheet": sheet, "token": token, "waits": waits, "entry": uuid4(), "words": words_of(sheet, waits)}
    return _private(make_response(render_template("pay/page.html", **values), status))


@blueprint.errorhandler(Gone)
def old(gone: Gone) -> Response:
    """The link's time is over: the way back to the chat, where a new one is had."""
    chat = chat_of(current_program(), gone.page)
    return _private(make_response(render_template("pay/old.html", said=too_old(), chat=chat), 410))


def _page(token: str, limit: RateLimitItem) -> Page:
    """Whose page it is. Nobody guesses links, and nobody asks too often. Raises Gone."""
    throttle = cast(Throttle, current_app.extensions["throttle"])
    name = hashlib.sha256(token.encode()).hexdigest()[:32]
    address = hashlib.sha256((request.remote_addr or "").encode()).hexdigest()[:32]
    if not (throttle.hit((limit, "pay-page", name)) and throttle.hit((PER_ADDRESS, "pay-address", address))):
        abort(429)
    try:
        return installed().read(token)
    except Forged:
        abort(404)


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
