"""The staff's pages. Every one needs a login, but for the sign-in page itself."""

from typing import Any

from flask import Blueprint, Flask, abort, redirect, request, url_for
from flask_login import current_user

from core.services.program import Program
from webapp.admin import board, conversations, letters, login, queues
from webapp.admin.streams import Streams

OPEN = frozenset({"admin.login", "admin.sign_in"})
PAGES = frozenset({"admin.home", "admin.board", "admin.queues"}) | conversations.PAGES | letters.PAGES


def register(app: Flask, program: Program) -> None:
    """The whole admin on one page: its routes, and the gate before them."""
    app.extensions["streams"] = Streams()
    login.register(app, program)
    admin = Blueprint("admin", __name__, url_prefix="/admin")
    admin.before_request(_gate)
    admin.add_url_rule("/", "home", _home)
    admin.add_url_rule("/login", "login", login.login)
    admin.add_url_rule("/login", "sign_in", login.sign_in, methods=["POST"])
    admin.add_url_rule("/logout", "sign_out", login.sign_out, methods=["POST"])
    admin.add_url_rule("/board", "board", board.board)
    admin.add_url_rule("/board/orders", "orders", board.orders)
    admin.add_url_rule("/board/orders/<uuid:order_id>", "move", board.move, methods=["POST"])
    admin.add_url_rule("/board/calls/<uuid:call_id>/seen", "see", board.see, methods=["POST"])
    admin.add_url_rule("/board/events", "events", board.events)
    admin.add_url_rule("/notices/<uuid:notice_id>/seen", "notice_seen", queues.seen, methods=["POST"])
    admin.add_url_rule("/queues", "queues", queues.queues)
    conversations.register(admin)
    letters.register(admin)
    app.register_blueprint(admin)


def _gate() -> Any:
    if request.endpoint in OPEN or current_user.is_authenticated:
        return None
    if request.endpoint in PAGES:
        return redirect(url_for("admin.login", next=request.path))
    return abort(401)


def _home() -> Any:
    return redirect(url_for("admin.board"))
