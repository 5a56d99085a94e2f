"""Kopo Kopo's webhook: results of our prompts and what came into the till. Verify, keep, ring, 200. No SQL."""

import time

from flask import Response, request

from core.domain.statuses import Provider
from core.errors import BadSignature
from core.providers.kopokopo.webhook import signing_keys
from core.services import journal, receiving_money
from core.services.program import Program
from webapp.webhooks.answers import acknowledge, webhook

SIGNATURE = "X-KopoKopo-Signature"

blueprint = webhook("payment")


@blueprint.post("")
def receive() -> Response:
    """Something about money from Kopo Kopo. 200 means kept."""
    return acknowledge(blueprint.name, _receive)


def _receive(program: Program, raw: bytes) -> None:
    """One round trip for all of it; then ring, if the store says so."""
    workspaces = _signers(program, raw)
    if not workspaces:
        raise BadSignature
    now = time.time()
    items, outcome = receiving_money.take_in(program, raw, workspaces, now)
    arrival = journal.arrived(receiving_money.SOURCE, raw, now, workspaces, outcome)
    pushed = program.store.payments.push(items, arrivals=[arrival])
    program.directory.saw_version(pushed.directory_version)
    if pushed.bell:
        program.ring.settlements(pushed.bell)


def _signers(program: Program, raw: bytes) -> tuple[str, ...]:
    """The workspaces whose account signed this; nobody else's money is touched by it."""
    given = request.headers.get(SIGNATURE)
    accounts = program.directory.accounts(Provider.KOPOKOPO) if given else ()
    keys = signing_keys(raw, given, [account.api_key for account in accounts])
    return tuple(sorted({account.workspace_id for account in accounts if account.api_key in keys}))
