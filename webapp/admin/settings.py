"""The rules of the house, page by page: what `flask rules` knows, for people."""

from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for

from core.domain.permissions import Permission
from core.domain.statuses import Station
from core.errors import Rejected, TryAgain
from core.log import get_logger
from core.providers.printer.client import dial
from core.services.printer_check import print_test
from core.services.relay import follow_up
from core.services.rules import document
from core.services.rules_edit import change_rules
from core.store.sql.engine import transaction
from core.store.sql.tables import Workspace
from webapp.admin.access import Pages
from webapp.admin.login import actor, staff
from webapp.admin.settings_fields import Rules, Said, Section
from webapp.admin.settings_paying import PAYMENTS, PRINTERS
from webapp.admin.settings_sections import DELIVERY, HOURS, INVOICES, VENUE, ZONES, worded
from webapp.admin.typed_forms import overtaken, version_in
from webapp.held import current_program

logger = get_logger(__name__)

SECTIONS = {one.name: one for one in (VENUE, HOURS, DELIVERY, PAYMENTS, INVOICES, PRINTERS)}
SAVED = "Saved. Every chat follows with its next message."
PRINTED = "A test slip is on its way. If none comes out, look for paper, power and the network."
SILENT = "The printer does not answer. Is it switched on, in the same network, and is this its address?"
NO_PRINTER = "Write its address first, and save."


def register(admin: Blueprint) -> None:
    """Its pages."""
    pages = Pages(admin)
    pages.add("/settings", "settings", first, needs=Permission.EDIT_SETTINGS)
    pages.add("/settings/<name>", "setting", setting, needs=Permission.EDIT_SETTINGS)
    pages.add("/settings/<name>", "save_setting", save, needs=Permission.EDIT_SETTINGS, methods=("POST",))
    testing = "/settings/printers/<station>/test"
    pages.add(testing, "try_printer", try_printer, needs=Permission.EDIT_SETTINGS, methods=("POST",))


def first() -> Any:
    """The gear leads to the first page."""
    return redirect(url_for("admin.setting", name=VENUE.name))


def setting(name: str) -> Response:
    """One page as the rules stand."""
    section = _section(name)
    rules, workspace = _rules()
    return _page(section, section.said(rules), workspace)


def save(name: str) -> Any:
    """It was changed."""
    program, section = current_program(), _section(name)
    rules, workspace = _rules()
    typed = section.typed(request.form)
    try:
        meant, problems = section.read(typed, rules)
        if problems:
            return _page(section, typed, workspace, problems, status=400)
        with transaction(program.sessions) as db:
            followup = change_rules(db, actor(), version_in(request.form), meant)
    except ValueError as error:
        return _page(section, typed, workspace, problem=worded(error), status=400)
    except Rejected as error:
        return _overtaken(section, typed, error.detail)
    follow_up(program, followup)
    logger.info("settings saved", section=section.name)
    flash(SAVED, "success")
    return redirect(url_for("admin.setting", name=section.name))


def try_printer(station: str) -> Any:
    """A tap: the printer of a station shows that it works."""
    if station not in Station.__members__:
        abort(404)
    try:
        program = current_program()
        dialling = partial(dial, guarded=program.settings.production)
        print_test(program, dialling, staff().workspace_id, Station(station))
        flash(PRINTED, "success")
    except Rejected:
        flash(NO_PRINTER, "danger")
    except TryAgain as error:
        logger.warning("test slip not printed", station=station, error=str(error))
        flash(SILENT, "danger")
    return redirect(url_for("admin.setting", name=PRINTERS.name))


def _section(name: str) -> Section:
    return SECTIONS[name] if name in SECTIONS else abort(404)


def _rules() -> tuple[Rules, Workspace]:
    with transaction(current_program().sessions) as db:
        workspace = db.get_one(Workspace, staff().workspace_id)
        return document(workspace), workspace


def _overtaken(section: Section, typed: Said, who: str) -> Response:
    rules, workspace = _rules()
    theirs = section.differing(typed, rules)
    return _page(section, typed, workspace, problem=overtaken(who, workspace.edited_at), theirs=theirs, status=409)


def _page(
    section: Section,
    typed: Said,
    workspace: Workspace,
    problems: Said | None = None,
    problem: str = "",
    theirs: list[tuple[str, str, str]] | None = None,
    status: int = 200,
) -> Response:
    shown = {"section": section, "sections": SECTIONS, "typed": typed, "problems": problems or {}, "problem": problem}
    more = {"theirs": theirs, "version": workspace.version, "zones": ZONES.values(), "stations": list(Station)}
    return make_response(render_template("admin/setting.html", **shown, **more), status)
