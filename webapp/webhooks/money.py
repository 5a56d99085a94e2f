"""What every signed webhook about money does: verify, keep, ring, 200. No SQL. Kept is what happened, not how it was
spelt: a repeat under another id has no effect."""

import hashlib
import json
import time
from collections.abc import Iterable
from typing import Any

import structlog
from flask import Blueprint, Response, request

from core.domain.receipts import Notice
from core.domain.statuses import Provider
from core.errors import BadSignature
from core.log import get_logger
from core.providers.contract import DisputeNotice, Event, Malformed, OtherMode, RefundNotice, Webhook
from core.services.payment_accounts import PACKAGES
from core.services.program import Program
from core.store.redis.mailbox import Item
from webapp.webhooks.answers import acknowledge, webhook

JOURNALLED = 64 * 1024
KINDS = {Notice: "payment_notice", RefundNotice: "refund_notice", DisputeNotice: "dispute_notice"}

log = get_logger(__name__)


def _route(provider: Provider, signed: Webhook, path: str) -> Blueprint:
    blueprint = webhook(path)

    @blueprint.post("")
    def receive() -> Response:
        """Something about money from this provider. 200 means kept, 401 signed by nobody of ours."""
        return acknowledge(path, lambda program, raw: _receive(program, provider, signed, raw))

    return blueprint


def _receive(program: Program, provider: Provider, webhook: Webhook, raw: bytes) -> None:
    workspaces = _signers(program, provider, webhook, raw)
    if not workspaces:
        raise BadSignature
    _keep(program, provider, webhook, raw, workspaces)


def _signers(program: Program, provider: Provider, webhook: Webhook, raw: bytes) -> list[str]:
    """The workspaces whose account signed this; nobody else's money is touched by it."""
    headers = {name.lower(): value for name, value in request.headers}
    accounts = program.directory.accounts(provider) if headers.get(webhook.header) else ()
    keys = webhook.authenticate(raw, headers, tuple(account.api_key for account in accounts))
    return sorted({account.workspace_id for account in accounts if account.api_key in keys})


def _keep(program: Program, provider: Provider, webhook: Webhook, raw: bytes, workspaces: list[str]) -> None:
    """One round trip for all of it; then ring, if the store says so."""
    try:
        events = webhook.parse(raw, program.settings.production)
    except Malformed as error:
        return _journal(program, provider, "malformed", raw, str(error))
    except OtherMode as error:
        return _journal(program, provider, "another mode", raw, str(error))
    if not events:
        return _journal(program, provider, "not about a payment", raw)
    pushed = program.store.payments.push(list(_items(program, events, workspaces)))
    program.directory.saw_version(pushed.directory_version)
    if pushed.bell:
        program.ring.settlements(pushed.bell)
    return None


def _items(program: Program, events: Iterable[Event], workspaces: list[str]) -> Iterable[Item]:
    now = time.time()
    for event in events:
        # By content: a repeat may carry another id of its own. And by signer: nobody can use up another's.
        told = hashlib.sha256(f"{event.provider} {event.key} {workspaces}".encode()).hexdigest()[:32]
        address = program.addresses.of("payments", event.provider, event.subject)
        structlog.contextvars.bind_contextvars(trace=told[:16])
        body: dict[str, Any] = {"kind": KINDS[type(event)], "at": now, "data": event.to_dict()}
        yield Item(f"p:{told}", (address,), now, body | {"workspaces": workspaces, "trace": told[:16]})


def _journal(program: Program, provider: Provider, outcome: str, raw: bytes, detail: str = "") -> None:
    """Signed, but nothing to settle: kept where staff see it."""
    log.warning("webhook_noted", reason=outcome)
    body = raw[:JOURNALLED].decode("utf-8", "replace")
    told = {"at": time.time(), "reason": detail, "body": body}
    note = {"type": "webhook", "source": provider.value, "outcome": outcome, "detail": told}
    program.store.payments.push([], notes=[json.dumps(note)])


blueprints = tuple(
    _route(provider, package.webhook, package.path) for provider, package in PACKAGES.items() if package.webhook
)
