"""The number guests write to and the accounts their money goes to: keys are typed here, and never shown again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for

from core.domain.connections import KINDS, Kind, secret
from core.domain.permissions import Permission
from core.domain.typed import read
from core.errors import Rejected
from core.log import get_logger
from core.services.connection_check import arrange_connection, check_connection
from core.services.connections import Connection, change_connection, connections_of, first_workspace
from core.services.relay import follow_up
from core.store.sql.engine import transaction
from core.store.sql.tables import Workspace
from webapp.admin.access import Pages
from webapp.admin.login import actor, staff
from webapp.admin.settings import SECTIONS
from webapp.admin.typed_forms import overtaken, version_in
from webapp.held import current_program

logger = get_logger(__name__)

SAVED = "Saved. It counts from now on; test it."
NEEDED = "This is needed."
TAKEN = "This number belongs to another house already."
AGAIN = "Keys that were typed are not kept: type them again."
TITLES = {
    "whatsapp": ("WhatsApp", "The number guests write to."),
    "kopokopo": ("Kopo Kopo", "Takes M-Pesa on your till."),
    "pesapal": ("Pesapal", "A page for cards and mobile money."),
    "paystack": ("Paystack", "A page for cards and mobile money."),
}
# What each is called where it comes from, and where to find it.
LABELS = {
    "phone_number_id": ("Id of the phone number", "WhatsApp Manager, not the number itself."),
    "display_number": ("The number itself", "For table codes and links: +254 712 345678."),
    "business_account_id": ("Id of the WhatsApp business account", "Needed for templates."),
    "throughput": ("Messages a second", "What Meta allows; 80 for most."),
    "access_token": ("Access token", ""),
    "app_secrets": ("App secret", "While you change it: both, with a comma."),
    "verify_token": ("Verify token", "The word you gave Meta with our webhook's address."),
    "till_number": ("Till number", ""),
    "calls_per_second": ("Calls a second", "5 unless Kopo Kopo allows more."),
    "client_id": ("Client id", ""),
    "client_secret": ("Client secret", ""),
    "consumer_key": ("Consumer key", ""),
    "consumer_secret": ("Consumer secret", ""),
    "api_key": ("API key", "It signs what Kopo Kopo posts to us."),
}
PAYSTACK_KEY = ("Secret key", "Begins with sk_live_, or with sk_test_ while you try.")
USUAL = {"throughput": "80", "calls_per_second": "5"}


@dataclass(frozen=True)
class Typed:
    """One form that was refused."""

    name: str
    plain: Mapping[str, str]
    active: bool
    problems: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""


def register(admin: Blueprint) -> None:
    """Its page."""
    pages, here = Pages(admin), "/settings/connections"
    pages.add(here, "connections", connections, needs=Permission.EDIT_CREDENTIALS)
    saving, checking, arranging = f"{here}/<name>", f"{here}/<name>/check", f"{here}/<name>/arrange"
    pages.add(saving, "save_connection", save, needs=Permission.EDIT_CREDENTIALS, methods=("POST",))
    pages.add(checking, "check_connection", check, needs=Permission.EDIT_CREDENTIALS, methods=("POST",))
    pages.add(arranging, "arrange_connection", arrange, needs=Permission.EDIT_CREDENTIALS, methods=("POST",))


def connections() -> Response:
    """All of them."""
    return _page()


def save(name: str) -> Any:
    """One was typed."""
    kind = _kind(name)
    plain, sealed, typed = _typed(kind)
    if typed.problems:
        return _page(typed, 400)
    program = current_program()
    try:
        with transaction(program.sessions) as db:
            wanted = (version_in(request.form), plain, sealed, typed.active)
            followup = change_connection(db, actor(), program.settings, kind, *wanted)
    except Rejected as error:
        return _refused(kind, typed, error)
    program.store.directory_changed()
    follow_up(program, followup)
    logger.info("connection saved", connection=name)
    flash(SAVED, "success")
    return redirect(url_for("admin.connections", _anchor=name))


def check(name: str) -> Any:
    """A tap: does it work?"""
    works, words = check_connection(current_program(), staff().workspace_id, _kind(name))
    logger.info("connection checked", connection=name, works=works)
    flash(words, "success" if works else "danger")
    return redirect(url_for("admin.connections", _anchor=name))


def arrange(name: str) -> Any:
    """A tap: the provider is told where to tell us of money."""
    kind = _kind(name)
    if not kind.arranged:
        abort(404)
    arranged, words = arrange_connection(current_program(), actor(), kind)
    logger.info("connection arranged", connection=name, arranged=arranged)
    flash(words, "success" if arranged else "danger")
    return redirect(url_for("admin.connections", _anchor=name))


def _kind(name: str) -> Kind:
    return KINDS[name] if name in KINDS else abort(404)


def _typed(kind: Kind) -> tuple[dict[str, Any], dict[str, str], Typed]:
    """What may be seen, what may not, and what of both is shown again: nothing that was sealed."""
    said = {name: request.form.get(name, "")[:200] for name in kind.plain}
    plain, problems = read(said, kind.plain)
    keys = {name: text for name in kind.sealed if (text := request.form.get(name, "").strip())}
    sealed, bad = read(keys, dict.fromkeys(keys, secret))
    return plain, sealed, Typed(kind.name, said, "active" in request.form, problems | bad)


def _refused(kind: Kind, typed: Typed, error: Rejected) -> Response:
    problems: dict[str, str] = {}
    problem = ""
    if error.reason == "missing":
        problems = dict.fromkeys(error.detail.split(","), NEEDED)
    elif error.reason == "number_taken":
        problems = {"phone_number_id": TAKEN}
    else:
        with transaction(current_program().sessions) as db:
            now = connections_of(db, staff().workspace_id)[kind.name]
        problem = overtaken(error.detail, now.edited_at)
    return _page(Typed(typed.name, typed.plain, typed.active, problems, problem), 409)


def _page(typed: Typed | None = None, status: int = 200) -> Response:
    program, mine = current_program(), staff().workspace_id
    with transaction(program.sessions) as db:
        found = connections_of(db, mine)
        overwritten = not program.settings.production and first_workspace(db) == mine
        zone = ZoneInfo(db.get_one(Workspace, mine).timezone)
    cards = [_card(name, one, typed, zone) for name, one in found.items()]
    shown = {"cards": cards, "overwritten": overwritten, "sections": SECTIONS, "again": AGAIN if typed else ""}
    return make_response(render_template("admin/connections.html", **shown), status)


def _card(name: str, one: Connection, typed: Typed | None, zone: ZoneInfo) -> dict[str, Any]:
    mine = typed if typed and typed.name == name else None
    plain = mine.plain if mine else {key: value or USUAL.get(key, "") for key, value in one.plain.items()}
    labels = LABELS | ({"api_key": PAYSTACK_KEY} if name == "paystack" else {})
    title, beneath = TITLES[name]
    return {
        "name": name, "title": title, "beneath": beneath, "connection": one, "labels": labels, "plain": plain,
        "active": mine.active if mine else one.active, "problems": mine.problems if mine else {},
        "problem": mine.problem if mine else "", "since": {key: _day(at, zone) for key, at in one.sealed.items()},
    }  # fmt: skip


def _day(at: datetime | None, zone: ZoneInfo) -> str:
    """`3 Nov 2026`; empty where nothing is set."""
    there = at.astimezone(zone) if at else None
    return f"{there.day} {there:%b %Y}" if there else ""
