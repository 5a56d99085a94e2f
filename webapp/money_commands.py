"""`flask reconcile`: a day's money compared with the providers' own lists."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from core import clock
from core.services.demo import SLUG
from core.services.reconcile import reconcile_day, reconciliations
from core.services.relay import follow_up
from core.services.venues import venue_called
from core.store.sql.engine import transaction
from core.store.sql.tables import ReconciliationDifference
from webapp.held import current_program
from webapp.refusals import NO_VENUE, refusals


@click.command("reconcile")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="By the venue's clock; yesterday when left out.")
@click.option("--workspace", default=SLUG, show_default=True, help="Slug of the venue.")
@with_appcontext
def reconcile_command(day: datetime | None, workspace: str) -> None:
    """Lay the providers' lists of one day beside ours and say in what they differ."""
    program = current_program()
    with refusals({"no_such_workspace": NO_VENUE}), transaction(program.sessions) as db:
        venue = venue_called(db, workspace)
    meant = day.date() if day else _yesterday(venue.timezone)
    follow_up(program, reconcile_day(program, venue.id, meant))
    with transaction(program.sessions) as db:
        for run in [one for one in reconciliations(db, venue.id) if one.day == meant][:4]:
            click.echo(f"{run.provider.value} {meant}: {run.error or f'{run.theirs} there, {run.ours} here'}")
            mine = ReconciliationDifference.reconciliation_id == run.id
            for one in db.scalars(select(ReconciliationDifference).where(mine)):
                click.echo(f"  {one.kind.value} {one.reference}: there {one.theirs or '–'}, here {one.ours or '–'}")


def _yesterday(zone: str) -> date:
    return clock.now().astimezone(ZoneInfo(zone)).date() - timedelta(days=1)
