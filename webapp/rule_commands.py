"""`flask rules`, `flask table-codes`, `flask discount`: a venue's rules, its tables' codes, a guest's own discount."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TextIO

import click
from flask.cli import with_appcontext

from core.domain.phone import chat_address
from core.services.demo import SLUG
from core.services.discounts import MOST, set_discount
from core.services.rules import chat_number, rules_of, table_codes, write_rules
from core.store.sql.engine import transaction
from webapp.held import current_program
from webapp.refusals import NO_VENUE, refusals

WORKSPACE = click.option("--workspace", default=SLUG, show_default=True, help="Slug of the venue.")
REFUSALS = {
    "no_such_workspace": NO_VENUE,
    "no_such_guest": "Nobody has written to this venue from that number.",
}


@click.command("rules")
@WORKSPACE
@click.option("--set", "file", type=click.File(), help="A JSON file with what shall change; - reads it from here.")
@with_appcontext
def rules_command(workspace: str, file: TextIO | None) -> None:
    """Print hours, delivery, minimum order and switches of a venue, after changing what a file says."""
    program = current_program()
    try:
        with refusals(REFUSALS), transaction(program.sessions) as db:
            changed = write_rules(db, workspace, _document(file)) if file else None
            rules = rules_of(db, workspace)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    if changed is not None:
        program.store.menus.changed(str(changed))
    click.echo(json.dumps(rules, indent=2))


@click.command("table-codes")
@WORKSPACE
@with_appcontext
def table_codes_command(workspace: str) -> None:
    """Print the text for the QR of each table, signed with its short code, and the address that it leads to."""
    program = current_program()
    with refusals(REFUSALS), transaction(program.sessions) as db:
        codes, bar = table_codes(db, workspace), chat_number(db, workspace)
    for number, code in codes:
        text = f"Table {number} {code}"
        click.echo(f"{text} {chat_address(bar, text)}".rstrip())


@click.command("discount")
@WORKSPACE
@click.option("--phone", required=True, help="The guest's number, as they write from.")
@click.option("--percent", type=click.IntRange(0, MOST), help="What is taken off goods and delivery.")
@click.option("--off", is_flag=True, help="End it; the percentage is kept.")
@with_appcontext
def discount_command(workspace: str, phone: str, percent: int | None, off: bool) -> None:
    """Give a guest a discount of their own, or end it."""
    program = current_program()
    with refusals(REFUSALS), transaction(program.sessions) as db:
        profiles = set_discount(db, workspace, phone, None if percent is None else Decimal(percent), not off)
    for box, profile in profiles.items():
        program.store.known_anew(box, profile)
    click.echo("It is ended." if off else "It counts with the guest's next message.")


def _document(file: TextIO) -> Mapping[str, Any]:
    found = json.load(file)
    if not isinstance(found, dict):
        raise ValueError("The file must hold one JSON object.")
    return found
