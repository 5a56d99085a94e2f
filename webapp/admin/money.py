"""The money page: what nobody knows, what goes back, what needs a person, and whether the providers say the same."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.domain.listing.words import METHOD, PAYMENT
from core.domain.permissions import Permission
from core.errors import Rejected
from core.log import get_logger
from core.services.diary import diary_of
from core.services.followup import Followup
from core.services.money_waiting import no_money_came, payments_waiting
from core.services.payment_accounts import provider_name
from core.services.reconcile import open_differences, reconcile_day, reconciliations, see_difference
from core.services.refund_desk import Decision, approve_refund, confirm_refund, refund_order, refunds_waiting
from core.services.relay import follow_up
from core.services.unmatched import assign, give_back, take_as_sales, unmatched
from core.store.sql.engine import transaction
from core.store.sql.tables import Order, Payment, User, Workspace
from webapp.admin.access import Pages
from webapp.admin.login import staff
from webapp.admin.money_words import PROBLEMS, told
from webapp.admin.trouble import zone_of
from webapp.admin.typed_forms import Words
from webapp.held import current_program

logger = get_logger(__name__)

Act = Callable[[Session, UUID, Decision, dict[str, Any]], Followup | None]


class Form(Schema):
    """What a tap on this page says. `key` is made with the form, so that a second tap does nothing twice."""

    class Meta:
        """What else comes is not read."""

        unknown = EXCLUDE

    act = fields.String(required=True)
    key = fields.String(required=True, validate=validate.Regexp(r"[0-9a-f-]{32,36}\Z"))
    why = Words(load_default="", validate=validate.Length(max=200))
    number = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(1, 10**9))
    amount = fields.String(load_default="", validate=validate.Regexp(r"([1-9][0-9]{0,6})?\Z"))


def register(admin: Blueprint) -> None:
    """The addresses of money that needs a person."""
    pages = Pages(admin)
    pages.add("/money", "money", money, needs=Permission.SEE_MONEY)
    pages.add("/money/payments/<uuid:payment_id>", "diary", diary, needs=Permission.SEE_MONEY)
    decisions: dict[str, tuple[str, Callable[..., Any]]] = {
        "/money/receipts/<uuid:receipt_id>": ("decide_receipt", decide_receipt),
        "/money/refunds": ("refund", refund),
        "/money/refunds/<uuid:refund_id>": ("decide_refund", decide_refund),
        "/money/payments/<uuid:payment_id>": ("decide_payment", decide_payment),
        "/money/differences/<uuid:difference_id>": ("difference_seen", see),
        "/money/reconcile": ("reconcile", reconcile),
    }
    for rule, (name, view) in decisions.items():
        pages.add(rule, name, view, needs=Permission.DECIDE_MONEY, methods=("POST",))


def money() -> Response:
    """Everything about money that waits for somebody."""
    return _page(200)


def decide_receipt(receipt_id: UUID) -> Any:
    """A tap on money nobody knows."""
    acts: dict[str, Act] = {
        "assign": lambda db, mine, by, form: assign(db, mine, receipt_id, form["number"] or 0, by),
        "sales": lambda db, mine, by, form: take_as_sales(db, mine, receipt_id, by),
        "back": lambda db, mine, by, form: give_back(db, mine, receipt_id, by),
        "cash": lambda db, mine, by, form: give_back(db, mine, receipt_id, by, cash=True),
    }
    return _do(acts)


def decide_refund(refund_id: UUID) -> Any:
    """A tap on money that is to go back."""
    acts: dict[str, Act] = {
        "send": lambda db, mine, by, form: approve_refund(db, mine, refund_id, by),
        "cash": lambda db, mine, by, form: approve_refund(db, mine, refund_id, by, cash=True),
        "went": lambda db, mine, by, form: confirm_refund(db, mine, refund_id, by, went=True),
        "not": lambda db, mine, by, form: confirm_refund(db, mine, refund_id, by, went=False),
    }
    return _do(acts)


def refund() -> Any:
    """Give back what an order cost, or a part of it."""

    def give(db: Session, mine: UUID, by: Decision, form: dict[str, Any], cash: bool) -> Followup:
        order_id = db.scalar(select(Order.id).where(Order.workspace_id == mine, Order.number == form["number"]))
        amount = Decimal(form["amount"]) if form["amount"] else None
        return refund_order(db, mine, order_id or UUID(int=0), amount, by, cash=cash)

    acts: dict[str, Act] = {
        "send": lambda db, mine, by, form: give(db, mine, by, form, cash=False),
        "cash": lambda db, mine, by, form: give(db, mine, by, form, cash=True),
    }
    return _do(acts)


def decide_payment(payment_id: UUID) -> Any:
    """A tap on an attempt whose end nobody heard of."""
    return _do({"unpaid": lambda db, mine, by, form: no_money_came(db, mine, payment_id, by)})


def see(difference_id: UUID) -> Any:
    """A tap: somebody has looked into a difference."""

    def seen(db: Session, mine: UUID, by: Decision, form: dict[str, Any]) -> None:
        see_difference(db, mine, difference_id, by.user_id)

    return _do({"seen": seen})


def reconcile() -> Any:
    """Compare a day with the providers' lists, now."""
    who = staff()
    try:
        day = date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        return _page(400, "Choose a day.")
    follow_up(current_program(), reconcile_day(current_program(), who.workspace_id, day, who.user_id))
    return redirect(url_for("admin.money"))


def diary(payment_id: UUID) -> str:
    """What happened to one attempt, line by line."""
    with transaction(current_program().sessions) as db:
        payment = db.get(Payment, payment_id)
        if payment is None or payment.workspace_id != staff().workspace_id:
            abort(404)
        order, venue = db.get_one(Order, payment.order_id), db.get_one(Workspace, payment.workspace_id)
        lines = diary_of(db, payment.workspace_id, payment_id)
        names = {str(user.id): user.name for user in db.scalars(select(User).where(User.id.in_(_people(lines))))}
    rows = [(line.created_at, told(line.kind, line.detail, names, payment.currency)) for line in lines]
    zone = zone_of(venue.timezone)
    said: dict[str, Any] = {"method": METHOD[payment.method], "status": PAYMENT[payment.status]}
    return render_template("admin/diary.html", payment=payment, order=order, rows=rows, zone=zone, **said)


def _people(lines: list[Any]) -> list[UUID]:
    return [UUID(line.detail["by"]) for line in lines if line.detail.get("by")]


def _do(acts: dict[str, Act]) -> Any:
    """One decision, in one transaction, in the name of who is signed in."""
    who = staff()
    try:
        form = cast(dict[str, Any], Form().load({name: value for name, value in request.form.items() if value}))
    except ValidationError:
        return _page(400, PROBLEMS["unreadable"])
    act = acts.get(form["act"]) or abort(400)
    try:
        with transaction(current_program().sessions) as db:
            followup = act(db, who.workspace_id, Decision(who.user_id, form["why"], form["key"]), form)
    except Rejected as error:
        return abort(404) if error.reason == "not_found" else _page(409, PROBLEMS[error.reason])
    follow_up(current_program(), followup or Followup())
    logger.info("money decided", act=form["act"], user_id=str(who.user_id))
    return redirect(url_for("admin.money"))


def _page(status: int, problem: str = "") -> Response:
    mine = staff().workspace_id
    with transaction(current_program().sessions) as db:
        count, lost = unmatched(db, mine)
        venue = db.get_one(Workspace, mine)
        shown = {
            "lost": lost,
            "count": count,
            "refunds": refunds_waiting(db, mine),
            "payments": payments_waiting(db, mine),
            "differences": open_differences(db, mine),
            "runs": reconciliations(db, mine, 6),
        }
    zone = zone_of(venue.timezone)
    shown |= {"zone": zone, "problem": problem, "day": _yesterday(zone)}
    shown["provider_name"] = provider_name
    return make_response(render_template("admin/money.html", **shown), status)


def _yesterday(zone: Any) -> date:
    return datetime.now(zone).date() - timedelta(days=1)
