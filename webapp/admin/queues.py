"""The operators' page: what needs a person, what waits and how long, and who is at work."""

from dataclasses import dataclass
from datetime import tzinfo
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, url_for
from redis.exceptions import RedisError

from core.domain.permissions import Permission
from core.errors import TryAgain
from core.jobs import QUEUES
from core.services.notices import Said, see, unseen
from core.services.payment_accounts import provider_name, provider_standings
from core.services.program import Program
from core.services.trouble import odd_notices, trouble
from core.services.undelivered import sending_alerts, undelivered
from core.store.redis.circuits import Standing
from core.store.sql.tables import Workspace
from webapp.admin.access import Pages
from webapp.admin.login import actor, staff
from webapp.admin.trouble import KINDS, Table, tables, zone_of
from webapp.held import current_program

LATE_SECONDS = {"outbox": 60}  # while a PIN is entered replies wait on purpose
LATE_OTHERWISE = 10


@dataclass(frozen=True)
class Figure:
    """One number and what it is."""

    label: str
    value: str
    alarming: bool = False


@dataclass(frozen=True)
class Group:
    """Figures that belong together."""

    heading: str
    figures: list[Figure]


def register(admin: Blueprint) -> None:
    """The addresses of the operators' page."""
    pages = Pages(admin)
    pages.add("/queues", "queues", queues, needs=Permission.SEE_TROUBLE)
    handles = Permission.HANDLE_TROUBLE
    pages.add("/notices/<uuid:notice_id>/seen", "notice_seen", seen, needs=handles, methods=("POST",))


def queues() -> str:
    """Trouble, backlog and heartbeats, as of now."""
    program = current_program()
    flower = f"http://127.0.0.1:{program.settings.flower_port}/"
    zone = _zone(program)
    needs, found = _trouble(program, zone)
    groups = [_undelivered(program, zone), *_store(program), *_providers(program)]
    shown = {"needs": needs, "tables": found, "groups": groups, "notices": _notices(program), "zone": zone}
    return render_template("admin/queues.html", **shown, flower_url=flower)


def seen(notice_id: UUID) -> Any:
    """Tap: somebody has seen to what WhatsApp said."""
    with current_program().sessions.begin() as db:
        if not see(db, actor(), notice_id):
            abort(404)
    return redirect(url_for("admin.queues"))


def _notices(program: Program) -> list[Said]:
    """What WhatsApp says of the account and nobody has seen to."""
    with program.sessions.begin() as db:
        return unseen(db, staff().workspace_id)


def _store(program: Program) -> list[Group]:
    try:
        report = program.store.report()
        alive = {queue: program.store.alive(queue) for queue in QUEUES}
    except (TryAgain, RedisError):
        return [Group("Mailboxes", [Figure("store", "does not answer", alarming=True)])]
    return [
        *(Group(name.capitalize(), _lane(name, lane)) for name, lane in report.items() if isinstance(lane, dict)),
        Group("To be written down", [_left(name, n) for name, n in report.items() if not isinstance(n, dict)]),
        Group("Workers", [Figure(name, "alive" if there else "silent", not there) for name, there in alive.items()]),
    ]


def _left(name: str, count: int) -> Figure:
    return Figure(name.replace("_", " "), str(count), name == "journal_missed" and count > 0)


def _providers(program: Program) -> list[Group]:
    """Who takes the guests' money, and whether they answer; guests are offered only what works."""
    try:
        found = provider_standings(program.store)
    except (TryAgain, RedisError):
        return []
    figures = [Figure(provider_name(name), _said(one), one.state != "closed") for name, one in found.items()]
    return [Group("Payment providers", figures)]


def _said(standing: Standing) -> str:
    if standing.state == "closed":
        return "answers" if not standing.failures else f"answers, {standing.failures} failures just now"
    return f"fails, not asked for {standing.seconds:.0f} s; guests are offered the other ways"


def _lane(name: str, lane: dict[str, Any]) -> list[Figure]:
    late = LATE_SECONDS.get(name, LATE_OTHERWISE)
    return [
        Figure("events waiting", str(lane["events"])),
        Figure("guests waiting", str(lane["waiting"])),
        Figure("being served", str(lane["leased"])),
        Figure("oldest", f"{lane['oldest']:.0f} s", lane["oldest"] > late),
    ]


def _zone(program: Program) -> tzinfo:
    with program.sessions.begin() as db:
        return zone_of(db.get_one(Workspace, staff().workspace_id).timezone)


def _trouble(program: Program, zone: tzinfo) -> tuple[Group, list[Table]]:
    workspace_id = staff().workspace_id
    with program.sessions.begin() as db:
        found, odd = trouble(db, workspace_id), odd_notices(db, workspace_id)
    figures = [Figure(KINDS[name].heading, str(kind.count), kind.count > 0) for name, kind in found.items()]
    return Group("What needs you", [*figures, Figure("Unusable notices, 24 h", str(odd))]), tables(found, zone)


def _undelivered(program: Program, zone: tzinfo) -> Group:
    """Whoever reads this tells the guest in person, or looks after the number."""
    with program.sessions.begin() as db:
        stops = sending_alerts(db, staff().workspace_id)
        found = [(f"all sending: error {one.detail['code']}", one.created_at) for one in stops]
        lost = undelivered(db, staff().workspace_id)
    found += [(f"{one.guest}: {one.kind.replace('_', ' ')} (error {one.code})", one.at) for one in lost]
    figures = [Figure(label, at.astimezone(zone).strftime("%H:%M"), alarming=True) for label, at in found]
    return Group("Did not reach the guest", figures or [Figure("in the last day", "0")])
