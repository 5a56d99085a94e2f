"""`flask kopokopo subscribe|check`, `flask pesapal register-ipn|list-ipns`: what is arranged with a provider once."""

import sys
from collections import defaultdict
from collections.abc import Iterable

import click
from flask.cli import AppGroup

from core.providers.kopokopo.subscriptions import Subscription
from core.services import provider_setup
from webapp.held import current_program
from webapp.refusals import NO_VENUE, refusals
from webapp.rule_commands import WORKSPACE

kopokopo = AppGroup("kopokopo", help="Kopo Kopo: being told of what comes into the till.")
pesapal = AppGroup("pesapal", help="Pesapal: the address that it posts to.")
REFUSALS = defaultdict(
    lambda: "The provider refused the account's keys.",
    no_such_workspace=NO_VENUE,
    no_account="The venue has no account with this provider: set its names of .env.example.",
    account_not_filled_in="Something of the account is missing: see .env.example.",
)
UNANSWERED = "The provider did not answer. Look at its status page, and try again."


@kopokopo.command("subscribe")
@WORKSPACE
def subscribe(workspace: str) -> None:
    """Have Kopo Kopo tell us of money that comes into the till, and of money taken back."""
    with refusals(REFUSALS, UNANSWERED):
        _print(provider_setup.subscribe_till(current_program(), workspace))


@kopokopo.command("check")
@WORKSPACE
def check(workspace: str) -> None:
    """Say of each subscription how it stands; exit code 1 where one is not active."""
    with refusals(REFUSALS, UNANSWERED):
        sys.exit(0 if _print(provider_setup.check_till(current_program(), workspace)) else 1)


@pesapal.command("register-ipn")
@WORKSPACE
def register_ipn(workspace: str) -> None:
    """Register our address for notifications, and use its id from now on."""
    with refusals(REFUSALS, UNANSWERED):
        click.echo(f"Registered as {provider_setup.register_ipn(current_program(), workspace)}.")


@pesapal.command("list-ipns")
@WORKSPACE
def list_ipns(workspace: str) -> None:
    """List the addresses that Pesapal knows; exit code 1 where ours is not among them."""
    with refusals(REFUSALS, UNANSWERED):
        found, ours = provider_setup.list_ipns(current_program(), workspace)
    for one in found:
        mark = "*" if one.get("ipn_id") == ours else " "
        click.echo(f"{mark} {one.get('ipn_id')} {one.get('ipn_status_decription', '')} {one.get('url')}")
    sys.exit(0 if any(one.get("ipn_id") == ours for one in found) else 1)


def _print(subscriptions: Iterable[Subscription]) -> bool:
    """Whether all are active."""
    good = True
    for one in subscriptions:
        click.echo(f"{one.topic:32} {one.status}")
        good &= one.active
    return good
