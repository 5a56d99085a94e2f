"""`flask templates status` and `flask templates push`: the texts that Meta has to approve."""

import sys
from collections.abc import Callable, Iterable

import click
from flask.cli import AppGroup

from core.services import template_book
from core.services.directory import Line
from core.services.program import Program
from core.services.template_book import Standing
from webapp.held import current_program
from webapp.refusals import refusals

group = AppGroup("templates", help="Message templates: what may be said to a guest who has not written for a day.")

Ask = Callable[[Program, Line], Iterable[Standing]]

REFUSALS = {
    "no_business_account": "The channel has no business account: set WHATSAPP_BUSINESS_ACCOUNT_ID.",
    "refused_by_meta": "Meta refused with error {}.",
}
UNANSWERED = "Meta did not answer. Ask for the status before you push again."


@group.command("status")
def status() -> None:
    """List every template and language with Meta's word on it; exit code 1 where one cannot be used."""
    sys.exit(0 if _each(lambda program, line: template_book.standings(program.http, line)) else 1)


@group.command("push")
def push() -> None:
    """Register what is missing. Again and again, if you like: what is there is left alone."""
    _each(lambda program, line: template_book.hand_in(program.http, line))


def _each(ask: Ask) -> bool:
    """Print what comes of it for every number; answers whether all can be used."""
    program = current_program()
    usable = True
    for line in program.directory.lines():
        with refusals(REFUSALS, UNANSWERED):
            for standing in ask(program, line):
                usable &= standing.status == "APPROVED"
                click.echo(f"{standing.name:20} {standing.language:4} {standing.status}")
    return usable
