"""The staff's pages. Every one needs a login, but for the sign-in page itself."""

from typing import Any
from uuid import uuid4

from flask import Blueprint, Flask, abort, redirect, request, url_for
from flask_login import current_user

from core.services.program import Program
from webapp.admin import board, cash, closings, conversations, letters, login, money, queues, receipts
from webapp.admin.streams import Streams

OPEN = frozenset({"admin.login", "admin.sign_in"})
MONEY = frozenset(
    f"admin.{name}" for name in ("cash", "receipts", "receipt", "closing_file", "money", "diary", "closings")
)
PAGES = frozenset({"admin.home", "admin.board", "admin.queues"}) | MONEY | conversations.PAGES | letters.PAGES


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
    admin.add_url_rule("/cash", "cash", cash.cash)
    admin.add_url_rule("/cash", "cash_taken", cash.take, methods=["POST"])
    admin.add_url_rule("/receipts", "receipts", receipts.receipts)
    admin.add_url_rule("/receipts/<uuid:order_id>.pdf", "receipt", receipts.receipt)
    admin.add_url_rule("/documents/<uuid:document_id>/revoke", "revoke", receipts.revoke, methods=["POST"])
    admin.add_url_rule("/closings/<uuid:closing_id>/closing.<form>", "closing_file", receipts.closing)
    conversations.register(admin)
    letters.register(admin)
    _money(admin)
    app.register_blueprint(admin)


def _money(admin: Blueprint) -> None:
    """Money that needs a person, and the ends of the shifts."""
    admin.add_app_template_global(lambda: uuid4().hex, "new_key")
    admin.add_url_rule("/money", "money", money.money)
    admin.add_url_rule("/money/receipts/<uuid:receipt_id>", "decide_receipt", money.decide_receipt, methods=["POST"])
    admin.add_url_rule("/money/refunds", "refund", money.refund, methods=["POST"])
    admin.add_url_rule("/money/refunds/<uuid:refund_id>", "decide_refund", money.decide_refund, methods=["POST"])
    admin.add_url_rule("/money/payments/<uuid:payment_id>", "diary", money.diary)
    admin.add_url_rule("/money/payments/<uuid:payment_id>", "decide_payment", money.decide_payment, methods=["POST"])
    admin.add_url_rule("/money/differences/<uuid:difference_id>", "difference_seen", money.see, methods=["POST"])
    admin.add_url_rule("/money/reconcile", "reconcile", money.reconcile, methods=["POST"])
    admin.add_url_rule("/closings", "closings", closings.shifts)
    admin.add_url_rule("/closings/begin", "begin_shift", closings.begin, methods=["POST"])
    admin.add_url_rule("/closings/close", "close_shift", closings.close, methods=["POST"])


def _gate() -> Any:
    if request.endpoint in OPEN or current_user.is_authenticated:
        return None
    if request.endpoint in PAGES:
        return redirect(url_for("admin.login", next=request.path))
    return abort(401)


def _home() -> Any:
    return redirect(url_for("admin.board"))
