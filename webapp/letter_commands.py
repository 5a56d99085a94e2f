"""`flask dead-letters list|show|replay|drop`: events that failed on every try."""

import getpass
import json
from typing import Any
from uuid import UUID

import click
from flask.cli import AppGroup

from core.domain.statuses import DeadLetterState
from core.services import dead_letters
from core.services.dead_letters import Decider
from core.services.venues import venue_called
from core.store.sql.engine import transaction
from core.store.sql.tables import DeadLetter
from webapp.held import current_program
from webapp.refusals import NO_VENUE, refusals
from webapp.rule_commands import WORKSPACE

group = AppGroup("dead-letters", help="Events that failed on every try: read them, replay them, or drop them.")

REFUSALS = {
    "no_such_workspace": NO_VENUE,
    "not_found": "This venue has no such dead letter. `flask dead-letters list` shows those it has.",
    "decided": "This one was replayed or dropped already; `flask dead-letters show` says by whom.",
    "no_reason": "Say why: --reason must not be empty.",
    "guest_unknown": "Nobody knows any more whose message this was: it can only be dropped.",
}
UNANSWERED = "A server did not answer. Nothing was done; try again."
LETTER = click.argument("letter_id", type=click.UUID)


@group.command("list")
@WORKSPACE
@click.option("--all", "every", is_flag=True, help="Also those somebody has decided on.")
def list_command(workspace: str, every: bool) -> None:
    """The newest of a venue, one a line: id, time (UTC), lane, state, tries, what went wrong."""
    with refusals(REFUSALS, UNANSWERED), transaction(current_program().sessions) as db:
        state = None if every else DeadLetterState.DEAD
        for letter in dead_letters.letters(db, venue_called(db, workspace).id, state):
            about = f"{letter.at:%Y-%m-%d %H:%M:%S}  {letter.lane:13}  {letter.state.value:8}  {letter.attempts}"
            click.echo(f"{letter.id}  {about}  {letter.error}")


@group.command("show")
@LETTER
@WORKSPACE
def show_command(letter_id: UUID, workspace: str) -> None:
    """Everything about one of them as JSON, with what the guest wrote: that it was read is written down."""
    with refusals(REFUSALS, UNANSWERED), transaction(current_program().sessions) as db:
        letter = dead_letters.read_letter(db, venue_called(db, workspace).id, letter_id, _here())
        click.echo(json.dumps(_document(letter), indent=2))


@group.command("replay")
@LETTER
@WORKSPACE
@click.option("--reason", default="", help="Kept with it.")
def replay_command(letter_id: UUID, workspace: str, reason: str) -> None:
    """Put it back into its mailbox, to be taken as if it came now."""
    program = current_program()
    with refusals(REFUSALS, UNANSWERED):
        with transaction(program.sessions) as db:
            workspace_id = venue_called(db, workspace).id
        dead_letters.replay(program, workspace_id, letter_id, _here(reason))
    click.echo("It is back in its mailbox. If it fails again, it comes back as another dead letter.")


@group.command("drop")
@LETTER
@WORKSPACE
@click.option("--reason", required=True, help="Why nothing shall come of it.")
def drop_command(letter_id: UUID, workspace: str, reason: str) -> None:
    """Nothing will come of it. It is kept, with the reason."""
    with refusals(REFUSALS, UNANSWERED), transaction(current_program().sessions) as db:
        dead_letters.drop(db, venue_called(db, workspace).id, letter_id, _here(reason))
    click.echo("Dropped.")


def _here(reason: str = "") -> Decider:
    """Who sits at the machine: nobody has signed in here."""
    return Decider(None, f"command of {getpass.getuser()}", reason)


def _document(letter: DeadLetter) -> dict[str, Any]:
    columns = ("id", "lane", "mailbox", "event_id", "attempts", "error", "at", "decided_at", "decided_by", "reason",
               "replayed_as")  # fmt: skip
    kept = {name: getattr(letter, name) for name in columns}
    known = {name: value if isinstance(value, int) else str(value) for name, value in kept.items() if value}
    return known | {"state": letter.state.value, "body": dead_letters.body_of(letter)}
