"""Kopo Kopo's webhook: results of our prompts and what came into the till. Verify, keep, ring, 200. No SQL."""

import hashlib
import json
import time
from collections.abc import Iterable

import structlog
from flask import Response, request

from core.domain.receipts import Notice
from core.domain.statuses import Provider
from core.errors import BadSignature
from core.log import get_logger
from core.providers.kopokopo.webhook import Malformed, read_notices, signing_keys
from core.services.program import Program
from core.store.redis.mailbox import Item
from webapp.webhooks.answers import acknowledge, webhook

SIGNATURE = "X-KopoKopo-Signature"
JOURNALLED = 64 * 1024

blueprint = webhook("payment")
log = get_logger(__name__)


@blueprint.post("")
def receive() -> Response:
    """Something about money from Kopo Kopo. 200 means kept."""
    return acknowledge(blueprint.name, _receive)


def _receive(program: Program, raw: bytes) -> None:
    workspaces = _signers(program, raw)
    if not workspaces:
        raise BadSignature
    _keep(program, raw, workspaces)


def _signers(program: Program, raw: bytes) -> list[str]:
    """The workspaces whose account signed this; nobody else's money is touched by it."""
    given = request.headers.get(SIGNATURE)
    accounts = program.directory.accounts(Provider.KOPOKOPO) if given else ()
    keys = signing_keys(raw, given, [account.api_key for account in accounts])
    return sorted({account.workspace_id for account in accounts if account.api_key in keys})


def _keep(program: Program, raw: bytes, workspaces: list[str]) -> None:
    """One round trip for all of it; then ring, if the store says so."""
    try:
        notices = read_notices(raw)
    except Malformed as error:
        program.store.payments.push([], notes=[_note("malformed", raw, str(error))])
        return
    if not notices:
        program.store.payments.push([], notes=[_note("not about a payment", raw)])
        return
    pushed = program.store.payments.push(list(_items(program, notices, workspaces)))
    program.directory.saw_version(pushed.directory_version)
    if pushed.bell:
        program.ring.settlements(pushed.bell)


def _items(program: Program, notices: Iterable[Notice], workspaces: list[str]) -> Iterable[Item]:
    now = time.time()
    for notice in notices:
        # By content: a repeat may carry another id of its own. And by signer: nobody can use up another's.
        told = hashlib.sha256(f"{notice.provider} {notice.key} {workspaces}".encode()).hexdigest()[:32]
        address = program.addresses.of("payments", notice.provider, notice.subject)
        structlog.contextvars.bind_contextvars(trace=told[:16])
        body = {"kind": "payment_notice", "at": now, "data": notice.to_dict(), "workspaces": workspaces}
        yield Item(f"p:{told}", (address,), now, body | {"trace": told[:16]})


def _note(outcome: str, raw: bytes, detail: str = "") -> str:
    log.warning("webhook_noted", reason=outcome)
    body = raw[:JOURNALLED].decode("utf-8", "replace")
    told = {"at": time.time(), "reason": detail, "body": body}
    return json.dumps({"type": "webhook", "source": "kopokopo", "outcome": outcome, "detail": told})
