"""Commands of the house: `flask seed`, `setup`, `create-user`, `audit`, `rotate-keys`, `rules`, `table-codes`, …"""

import json
import sys

import click
from flask import Flask
from flask.cli import with_appcontext
from flask_migrate import Migrate

from core.domain.statuses import Role
from core.services import setup
from core.services.audit import audit, is_clean
from core.services.demo import NAME, SLUG
from core.store.sql.engine import transaction
from core.store.sql.rotation import rotate_keys
from webapp import (
    journal_commands,
    letter_commands,
    money_commands,
    provider_commands,
    rule_commands,
    template_commands,
)
from webapp.health import MIGRATIONS
from webapp.held import current_program
from webapp.refusals import NO_VENUE, refusals

REFUSALS = {
    "no_demo_in_production": "This is production: the demo venue is not for it. Use `flask setup`.",
    "already_set_up": "There is a venue already; nothing was changed. README.md says how a new token comes in.",
    "no_such_workspace": NO_VENUE,
    "password_too_short": f"The password needs at least {setup.SHORTEST_PASSWORD} characters.",
}


def register(app: Flask) -> None:
    """Hang all commands on the app."""
    Migrate().init_app(app, directory=str(MIGRATIONS))
    for command in (seed_command, setup_command, create_user_command, audit_command, rotate_keys_command):
        app.cli.add_command(command)
    providers = (provider_commands.kopokopo, provider_commands.pesapal)
    groups = (journal_commands.group, letter_commands.group, template_commands.group, *providers)
    for command in (*groups, money_commands.reconcile_command):
        app.cli.add_command(command)
    for command in (rule_commands.rules_command, rule_commands.table_codes_command, rule_commands.discount_command):
        app.cli.add_command(command)


@click.command("seed")
@with_appcontext
def seed_command() -> None:
    """Write what is missing of the demo venue. Never in production."""
    program = current_program()
    with refusals(REFUSALS), transaction(program.sessions) as db:
        seeded = setup.seed_demo(db, program.settings)
    program.store.menus.changed(str(seeded.workspace_id))
    program.store.directory_changed()
    click.echo(f"{NAME} is ready.")
    if seeded.owner_password:
        click.echo(f"Staff login: {seeded.owner_email} with password {seeded.owner_password}")


@click.command("setup")
@click.option("--name", default=NAME, show_default=True, help="Name of the venue.")
@with_appcontext
def setup_command(name: str) -> None:
    """Make the first workspace, with its channel and provider account from the settings. Once."""
    program = current_program()
    with refusals(REFUSALS), transaction(program.sessions) as db:
        setup.set_up(db, program.settings, name)
    program.store.directory_changed()
    click.echo(f"{name} is set up. Next: flask create-user --workspace {setup.slug(name)} …")


@click.command("create-user")
@click.argument("email")
@click.option("--name", required=True, help="Shown to colleagues.")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.OWNER.value, show_default=True)
@click.option("--workspace", default=SLUG, show_default=True, help="Slug of the venue.")
@click.password_option(help=f"At least {setup.SHORTEST_PASSWORD} characters; asked for when left out.")
@with_appcontext
def create_user_command(email: str, name: str, role: str, workspace: str, password: str) -> None:
    """Let a person sign in."""
    with refusals(REFUSALS), transaction(current_program().sessions) as db:
        setup.create_user(db, workspace, email, name, Role(role), password)
    click.echo(f"{email} may sign in.")


@click.command("audit")
@with_appcontext
def audit_command() -> None:
    """Print what must always hold as JSON; exit code 1 where something does not."""
    program = current_program()
    with transaction(program.sessions) as db:
        report = audit(db, program.store.breaches())
    click.echo(json.dumps(report, indent=2))
    sys.exit(0 if is_clean(report) else 1)


@click.command("rotate-keys")
@with_appcontext
def rotate_keys_command() -> None:
    """Seal everything with the first of FIELD_ENCRYPTION_KEYS."""
    for table, count in rotate_keys(current_program().sessions).items():
        click.echo(f"{table}: {count}")
