"""`flask journal …`: what came in, shown; a night run again; a night as a file for a test."""

import json
from datetime import UTC, datetime, timedelta
from typing import TextIO
from uuid import UUID

import click
from flask.cli import AppGroup

from core import clock, log
from core.errors import Rejected
from core.services.journal_export import NotANight, export, furnish, read_night, until
from core.services.journal_replay import Replayed, books_are_empty, replay_missing, replay_night
from core.services.program import Program
from core.services.venues import venue_called
from core.store.redis.arrivals import Arrival
from core.store.sql import journal as books
from core.store.sql.engine import transaction
from webapp.held import current_program
from webapp.refusals import NO_VENUE, refusals

group = AppGroup("journal", help="Every webhook that came: show it, run it again, make a file of it.")

REFUSALS = {
    "no_such_workspace": NO_VENUE,
    "production": "This is production and its books are empty: a night runs as it was on a copy only.",
    "books_not_empty": "There are orders or messages in these books already.",
    "store_not_empty": "The mailbox store is in use: give the replay one of its own (REDIS_URL).",
    "workers_running": "Workers run on this mailbox store and would send: stop them, or give the replay its own.",
}


class Moment(click.ParamType):
    """2026-11-20T18:00+03:00; without an offset it is UTC."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """An aware time."""
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail("a time like 2026-11-20T18:00+03:00 is needed", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


SINCE = click.option("--from", "since", type=Moment(), help="Time from which on: 2026-11-20T18:00+03:00.")
UNTIL = click.option("--to", "to", type=Moment(), help="Time until which; now, if left out.")
WORKSPACE = click.option("--workspace", help="Slug of the venue; all of them, if left out.")


@group.command("list")
@SINCE
@UNTIL
@WORKSPACE
def list_command(since: datetime | None, to: datetime | None, workspace: str | None) -> None:
    """One line for each webhook: position, time, source, signature, bytes, outcome."""
    for one in books.read(current_program().sessions, _span(since, to, workspace)):
        more = f" and {one.others} more not kept" if one.others else ""
        click.echo(f"{one.position} {_time(one)} {one.source} {one.signature} {one.size} {one.outcome}{more}")


@group.command("show")
@click.argument("position", type=int)
@click.option("--body", is_flag=True, help="Print what it said, numbers masked.")
@click.option("--unmasked", is_flag=True, help="Print what it said, as it came.")
def show_command(position: int, body: bool, unmasked: bool) -> None:
    """One webhook of the journal."""
    with transaction(current_program().sessions) as db:
        one = books.find(db, position)
    if one is None:
        raise click.ClickException("No webhook stands at this position.")
    about = {"arrived": _time(one), "source": one.source, "signature": one.signature, "outcome": one.outcome}
    click.echo(json.dumps(about | {"workspaces": one.workspaces, "bytes": one.size, "more_not_kept": one.others}))
    if body or unmasked:
        said = one.body.decode("utf-8", "replace")
        click.echo(said if unmasked else log.masked(said))


@group.command("replay")
@SINCE
@UNTIL
@WORKSPACE
@click.option("--file", type=click.File(), help="A file of `flask journal export`, instead of this journal.")
def replay_command(since: datetime | None, to: datetime | None, workspace: str | None, file: TextIO | None) -> None:
    """Run a period again.

    Into empty books it runs as it was, with its own clock, and nothing is sent. Into living ones only what nobody has
    handled is brought to the workers; nothing happens twice.
    """
    program = current_program()
    with refusals(REFUSALS):
        done = _replay_file(program, file) if file else _replay(program, _span(since, to, workspace))
    click.echo(f"{done.webhooks} webhooks, {done.events} events.")


@group.command("export")
@SINCE
@UNTIL
@WORKSPACE
def export_command(since: datetime | None, to: datetime | None, workspace: str | None) -> None:
    """Print a period as a file, with other numbers and names. What guests wrote stays: read it before you share it."""
    for line in export(current_program(), _span(since, to, workspace)):
        click.echo(line)


@group.command("size")
def size_command() -> None:
    """How many webhooks there are, and the bytes each takes on disk."""
    with transaction(current_program().sessions) as db:
        count, each = books.bytes_per_entry(db)
        months = books.partitions(db)
    click.echo(json.dumps({"webhooks": count, "bytes_each": round(each, 1), "months": months}))


def _replay(program: Program, span: books.Span) -> Replayed:
    arrivals = books.read(program.sessions, span)
    with transaction(program.sessions) as db:
        empty = books_are_empty(db, span.workspace_id)
    if not empty:
        click.echo("These books are in use: only what nobody has handled is brought.", err=True)
        return replay_missing(program, arrivals, span.workspace_id)
    click.echo("These books are empty: it runs as it was, and nothing is sent.", err=True)
    return replay_night(program, arrivals, span.until, span.workspace_id)


def _replay_file(program: Program, file: TextIO) -> Replayed:
    try:
        house, arrivals = read_night(file)
        with transaction(program.sessions) as db:
            if not books_are_empty(db, None):
                raise Rejected("books_not_empty")
            furnish(db, house)
        return replay_night(program, arrivals, until(house))
    except NotANight as error:
        raise click.ClickException(str(error)) from None


def _span(since: datetime | None, to: datetime | None, slug: str | None) -> books.Span:
    to = to or clock.now()
    with refusals(REFUSALS):
        return books.Span(since or to - timedelta(days=1), to, _workspace(slug) if slug else None)


def _workspace(slug: str) -> UUID:
    with transaction(current_program().sessions) as db:
        return venue_called(db, slug).id


def _time(one: Arrival) -> str:
    return datetime.fromtimestamp(one.at, UTC).isoformat(timespec="milliseconds")
