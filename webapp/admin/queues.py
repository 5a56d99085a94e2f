"""The operators' page: what waits, how long, who is at work, and what did not reach its guest."""

from dataclasses import dataclass
from typing import Any, cast

from flask import current_app, render_template
from redis.exceptions import RedisError
from sqlalchemy import func, select

from core.domain.statuses import DeadLetterState
from core.errors import TryAgain
from core.jobs import QUEUES
from core.services.notices import Said, unseen
from core.services.program import Program
from core.services.undelivered import sending_alerts, undelivered
from core.store.sql.tables import DeadLetter
from webapp.admin.login import staff

LATE_SECONDS = 10


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


def queues() -> str:
    """Backlog, dead letters and heartbeats, as of now."""
    program = cast(Program, current_app.extensions["program"])
    flower = f"http://127.0.0.1:{program.settings.flower_port}/"
    groups = [*_store(program), _dead_letters(program), _undelivered(program)]
    return render_template("admin/queues.html", groups=groups, notices=_notices(program), flower_url=flower)


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
        *(Group(name.capitalize(), _lane(lane)) for name, lane in report.items() if isinstance(lane, dict)),
        Group("To be written down", [Figure(name, str(n)) for name, n in report.items() if not isinstance(n, dict)]),
        Group("Workers", [Figure(name, "alive" if there else "silent", not there) for name, there in alive.items()]),
    ]


def _lane(lane: dict[str, Any]) -> list[Figure]:
    return [
        Figure("events waiting", str(lane["events"])),
        Figure("guests waiting", str(lane["waiting"])),
        Figure("being served", str(lane["leased"])),
        Figure("oldest", f"{lane['oldest']:.0f} s", lane["oldest"] > LATE_SECONDS),
    ]


def _dead_letters(program: Program) -> Group:
    mine = select(func.count()).where(DeadLetter.workspace_id == staff().workspace_id)
    with program.sessions.begin() as db:
        count = db.scalar(mine.where(DeadLetter.state == DeadLetterState.DEAD)) or 0
    return Group("Dead letters", [Figure("to look at", str(count), count > 0)])


def _undelivered(program: Program) -> Group:
    """Whoever reads this tells the guest in person, or looks after the number."""
    with program.sessions.begin() as db:
        stops = sending_alerts(db, staff().workspace_id)
        found = [(f"all sending: error {one.detail['code']}", one.created_at) for one in stops]
        lost = undelivered(db, staff().workspace_id)
    found += [(f"{one.guest}: {one.kind.replace('_', ' ')} (error {one.code})", one.at) for one in lost]
    figures = [Figure(label, at.strftime("%H:%M UTC"), alarming=True) for label, at in found]
    return Group("Did not reach the guest", figures or [Figure("in the last day", "0")])
