"""Reports: any days of the venue, or one shift, as figures, charts and files."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, abort, make_response, render_template, request
from sqlalchemy.orm import Session

from core import clock
from core.documents.pdf import draw
from core.documents.report import parts, report_statement
from core.documents.sheets import as_csv, as_excel
from core.documents.statement import Statement, on_paper
from core.domain.periods import day_of
from core.domain.permissions import Permission
from core.domain.reporting import Days, Report, last_days, read_days
from core.errors import Rejected
from core.services.document_links import File
from core.services.reports import report_of_days, report_of_shift
from core.store.sql.engine import transaction
from core.store.sql.tables import Workspace
from webapp.admin.access import Pages
from webapp.admin.list_files import MIME
from webapp.admin.login import staff
from webapp.admin.trouble import zone_of
from webapp.documents import handed_out
from webapp.held import current_program

YESTERDAY = "yesterday"
LENGTHS = {"1": 1, "7": 7, "30": 30}
CHOICES = {"1": "Today", YESTERDAY: "Yesterday", "7": "7 days", "30": "30 days"}
NO_SHIFT = "There is no such shift. These are the figures of today."
BEST = 10
WRITE: dict[str, Callable[[Statement], bytes]] = {
    "pdf": lambda said: draw(on_paper(said)),
    "csv": as_csv,
    "xlsx": as_excel,
}


def register(admin: Blueprint) -> None:
    """The page and its files."""
    pages, sees = Pages(admin), Permission.SEE_REPORTS
    pages.add("/reports", "reports", reports, needs=sees)
    pages.add("/reports/report.<form>", "report_file", report_file, needs=sees)


def reports() -> Response:
    """The days asked for; today where none were, or none that can be meant."""
    problem = ""
    with transaction(current_program().sessions) as db:
        today = last_days(1, clock.now(), _zone(db))
        try:
            report, days = _asked(db)
        except Rejected as error:
            problem, days = error.reason, today
            report = report_of_days(db, staff().workspace_id, today)
    shown = {"report": report, "days": days, "parts": parts(report), "charts": _charts(report), "today": today.last}
    page = render_template("admin/reports.html", **shown, choices=CHOICES, asked=_query(), forms=WRITE, problem=problem)
    return make_response(page, 400 if problem else 200)


def report_file(form: str) -> Response:
    """The same as PDF, CSV or Excel."""
    if form not in WRITE:
        abort(404)
    try:
        with transaction(current_program().sessions) as db:
            report, _ = _asked(db)
    except Rejected:
        abort(404)
    name = "-".join(report.title.lower().replace("–", "to").split())
    return handed_out(File(f"report-{name}.{form}", MIME[form], WRITE[form](report_statement(report))))


def _asked(db: Session) -> tuple[Report, Days]:
    """What the address asks for, and which days that is. Raises Rejected with a sentence."""
    now, zone, mine = clock.now(), _zone(db), staff().workspace_id
    if number := request.args.get("shift", ""):
        report = _shift(db, number, now)
        return report, Days(day_of(report.since, zone), day_of(report.until, zone))
    days = _days(day_of(now, zone))
    return report_of_days(db, mine, days), days


def _shift(db: Session, number: str, now: datetime) -> Report:
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise Rejected(NO_SHIFT)
    try:
        return report_of_shift(db, staff().workspace_id, int(number), now)
    except Rejected:
        raise Rejected(NO_SHIFT) from None


def _days(today: date) -> Days:
    asked = request.args.get("days", "")
    if asked == YESTERDAY:
        return Days(today - timedelta(days=1), today - timedelta(days=1))
    first, last = request.args.get("first", ""), request.args.get("last", "")
    if asked in LENGTHS or not (first or last):
        return Days(today - timedelta(days=LENGTHS.get(asked, 1) - 1), today)
    return read_days(first, last)


def _query() -> dict[str, str]:
    """What the address says, for the files beside the page."""
    return {name: request.args[name] for name in ("days", "first", "last", "shift") if request.args.get(name)}


def _charts(report: Report) -> list[dict[str, Any]]:
    """What is drawn: the days where there are several, the hours, and what sold best."""
    days = [(date.fromisoformat(one.name).strftime("%d %b"), one.amount) for one in report.days]
    hours = [(one.name, one.amount) for one in report.hours]
    best = [(one.name, one.amount) for one in report.products[:BEST]]
    drawn = {"Sales by day": days if len(days) > 1 else [], "Sales by hour": hours, "What sold best": best}
    return [
        {"title": title, "labels": [name for name, _ in lines], "values": [int(amount) for _, amount in lines]}
        for title, lines in drawn.items()
        if any(amount for _, amount in lines)
    ]


def _zone(db: Session) -> Any:
    return zone_of(db.get_one(Workspace, staff().workspace_id).timezone)
