"""An order that was taken by hand: whether it is paid, the change, and other ways to pay while it is not."""

from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for

from core.domain.payments import Reason
from core.domain.permissions import Permission
from core.domain.statuses import LIVE_PAYMENTS, OrderStatus, PaymentStatus, Start
from core.services.by_hand import Standing, chat_is_open, standing_of
from core.services.cash import Taken, taken_before
from core.services.relay import follow_up
from core.store.sql.engine import transaction
from core.store.sql.tables import Workspace
from webapp.admin.access import Pages, refused
from webapp.admin.by_hand import PAY_WAYS, Problem, pay, takes_prompts
from webapp.admin.login import may, staff
from webapp.admin.trouble import zone_of
from webapp.held import current_program

FAILED: dict[str, str] = {
    Reason.CANCELLED: "The guest said no on the phone.",
    Reason.EXPIRED: "Nobody entered the PIN in time.",
    Reason.INSUFFICIENT_FUNDS: "There is not enough money on this M-Pesa.",
    Reason.WRONG_PIN: "The PIN was wrong.",
    Reason.PUSH_FAILED: "The request did not reach the phone.",
    Reason.UNREACHABLE: "The phone could not be reached.",
    Reason.BUSY: "Another request is open on this phone.",
    Reason.BAD_NUMBER: "M-Pesa does not know this number.",
    Reason.LIMIT: "That is over the limit of this M-Pesa.",
}
FAILED_OTHERWISE = "M-Pesa did not take the money."


def register(admin: Blueprint) -> None:
    """The addresses of this page."""
    pages, address = Pages(admin), "/by-hand/<uuid:order_id>"
    pages.add(address, "taken_by_hand", taken, needs=Permission.TAKE_ORDERS)
    pages.add(address, "pay_by_hand", pay_again, needs=Permission.TAKE_ORDERS, methods=("POST",))
    pages.add(f"{address}/now", "taken_now", now, needs=Permission.TAKE_ORDERS, data=True)


def taken(order_id: UUID) -> Response:
    """The page."""
    return _page(order_id)


def pay_again(order_id: UUID) -> Any:
    """Another way, or once more: the order stands, only its money is missing."""
    way, entry = request.form.get("tap", ""), _entry()
    if way not in PAY_WAYS:
        abort(400)
    if way == "cash" and not may(Permission.TAKE_CASH):
        return refused(Permission.TAKE_CASH)
    try:
        with transaction(current_program().sessions) as db:
            followup = pay(db, order_id, way, entry)
    except Problem as problem:
        return _page(order_id, problem, 422)
    follow_up(current_program(), followup)
    return redirect(url_for("admin.taken_by_hand", order_id=order_id, taken=entry if way == "cash" else None), 303)


def now(order_id: UUID) -> Response:
    """For the page while it waits: nothing, or that it should be read again."""
    with transaction(current_program().sessions) as db:
        standing = standing_of(db, staff().workspace_id, order_id)
    changed = standing is None or standing.token != request.args.get("seen")
    return make_response("", 200, {"HX-Refresh": "true"}) if changed else make_response("", 204)


def _page(order_id: UUID, problem: Problem | None = None, status: int = 200) -> Response:
    with transaction(current_program().sessions) as db:
        standing = standing_of(db, staff().workspace_id, order_id)
        zone = zone_of(db.get_one(Workspace, staff().workspace_id).timezone)
    if standing is None:
        abort(404)
    shown = {"one": standing, "order": standing.order, "handed": _handed(), "says": _says(standing), "zone": zone}
    wrong = {problem.field: problem.sentence} if problem else {}
    doors = {"prompts": takes_prompts(), "chat": chat_is_open(current_program(), standing.box), "shut": False}
    typed = {name: request.form.get(name, "")[:20] for name in ("received", "payer")} if problem else {}
    open_one = standing.order.status is OrderStatus.PENDING
    more = {"problems": wrong, "entry": uuid4(), "open": open_one}
    return make_response(render_template("admin/taken_by_hand.html", **shown, **more, **doors, **typed), status)


def _handed() -> Taken | None:
    try:
        entry = UUID(request.args.get("taken", ""))
    except ValueError:
        return None
    with transaction(current_program().sessions) as db:
        return taken_before(db, staff().workspace_id, entry)


def _says(one: Standing) -> str:
    """How the newest attempt stands, in plain words."""
    payment = one.payment
    if payment is None or payment.start is not Start.PROMPT or one.paid:
        return ""
    if payment.status is PaymentStatus.UNKNOWN:
        return "M-Pesa gives no answer yet. We keep asking; do not ask the guest to pay again."
    if payment.status in LIVE_PAYMENTS:
        return f"The M-Pesa request is on its way to the phone ending in {(payment.phone or '')[-3:]}."
    if payment.status in (PaymentStatus.FAILED, PaymentStatus.EXPIRED):
        return FAILED.get(payment.reason or "", FAILED_OTHERWISE)
    return ""


def _entry() -> UUID:
    try:
        return UUID(request.form.get("entry", ""))
    except ValueError:
        abort(400)
