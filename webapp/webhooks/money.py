"""What every signed webhook about money does: verify, keep, ring, 200. No SQL."""

import time

from flask import Blueprint, Response, request

from core.errors import BadSignature
from core.services import journal, receiving_money
from core.services.program import Program
from webapp.webhooks.answers import acknowledge, webhook


def _route(source: str) -> Blueprint:
    blueprint = webhook(source)

    @blueprint.post("")
    def receive() -> Response:
        """Something about money from this provider. 200 means kept, 401 signed by nobody of ours."""
        return acknowledge(source, lambda program, raw: _receive(program, source, raw))

    return blueprint


def _receive(program: Program, source: str, raw: bytes) -> None:
    """One round trip for all of it; then ring, if the store says so."""
    workspaces = _signers(program, source, raw)
    if not workspaces:
        raise BadSignature
    now = time.time()
    items, outcome = receiving_money.take_in(program, source, raw, workspaces, now)
    arrival = journal.arrived(source, raw, now, workspaces, outcome)
    pushed = program.store.payments.push(items, arrivals=[arrival])
    program.directory.saw_version(pushed.directory_version)
    if pushed.bell:
        program.ring.settlements(pushed.bell)


def _signers(program: Program, source: str, raw: bytes) -> tuple[str, ...]:
    """The workspaces whose account signed this; nobody else's money is touched by it."""
    webhook = receiving_money.webhook_of(source)
    headers = {name.lower(): value for name, value in request.headers}
    accounts = program.directory.accounts(receiving_money.SOURCES[source]) if headers.get(webhook.header) else ()
    keys = webhook.authenticate(raw, headers, tuple(account.api_key for account in accounts))
    return tuple(sorted({account.workspace_id for account in accounts if account.api_key in keys}))


blueprints = tuple(_route(source) for source in receiving_money.SOURCES)
