"""The dashboard: how the venue does today, this week, this month, for whoever may see reports."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for

from core import clock
from core.domain.listing.words import ORDER, ORDER_TONES
from core.domain.periods import Length, growth, period
from core.domain.permissions import Permission
from core.domain.reporting import Out
from core.services import dashboard as figures
from core.services.conversation_history import conversations
from core.services.stock_outs import stock_outs
from core.store.sql.engine import transaction
from core.store.sql.tables import Workspace
from webapp.admin.access import Pages
from webapp.admin.conversations import with_names
from webapp.admin.login import may, staff
from webapp.admin.order import mark
from webapp.admin.said import said
from webapp.admin.trouble import zone_of
from webapp.held import current_program

CHATS = 6


def register(admin: Blueprint) -> None:
    """The addresses of this page, which is also the staff's first."""
    pages = Pages(admin)
    pages.add("/", "home", home, needs=Permission.OWN_LOGIN)
    pages.add("/dashboard/charts", "dashboard_charts", charts, needs=Permission.SEE_REPORTS, data=True)


def home() -> Any:
    """The dashboard; the board for those whose work is there."""
    if not may(Permission.SEE_REPORTS):
        return redirect(url_for("admin.board"))
    shown = _figures(_length())
    zone = shown["zone"]
    chats = [(chat, said(chat.last, zone)) for chat in with_names(current_program(), shown["chats"])]
    words = {"ORDER": ORDER, "ORDER_TONES": ORDER_TONES, "mark": mark, "lengths": Length, "growth": growth}
    return render_template("admin/dashboard.html", **shown | {"chats": chats} | words)


def _figures(length: Length) -> dict[str, Any]:
    mine = staff().workspace_id
    with transaction(current_program().sessions) as db:
        venue = db.get_one(Workspace, mine)
        zone = zone_of(venue.timezone)
        looked = period(length, clock.now(), zone)
        return {
            "length": length, "zone": zone, "currency": venue.currency,
            "cards": figures.cards(db, mine, looked),
            "products": figures.top_products(db, mine, looked),
            "clients": figures.top_clients(db, mine, looked) if may(Permission.SEE_CUSTOMERS) else [],
            "dearest": figures.top_orders(db, mine, looked),
            "orders": figures.recent_orders(db, mine),
            "chats": conversations(db, mine)[0][:CHATS] if may(Permission.READ_CHATS) else [],
        }  # fmt: skip


def charts() -> Response:
    """What the charts draw."""
    mine = staff().workspace_id
    with transaction(current_program().sessions) as db:
        zone = zone_of(db.get_one(Workspace, mine).timezone)
        looked = period(_length(), clock.now(), zone)
        outs = stock_outs(db, mine, (looked.since, looked.until), zone)
        return jsonify(**figures.charts(db, mine, looked), lost=sum(int(one.cost) for one in outs), outs=_rows(outs))


def _rows(outs: Sequence[Out]) -> list[dict[str, Any]]:
    """The dearest of what ran out."""
    return [{"name": one.name, "hours": float(one.hours), "cost": int(one.cost)} for one in outs[: figures.TOP]]


def _length() -> Length:
    """Whatever else an address says is a day."""
    try:
        return Length(request.args.get("period", ""))
    except ValueError:
        return Length.DAY
