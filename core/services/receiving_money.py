"""What came in from a payment provider, as the mailbox store keeps it: a mailbox for each payment or receipt. Kept is
what happened, not how it was spelt: a repeat under another id has no effect."""

import hashlib
from collections.abc import Iterable, Sequence

import structlog

from core.domain.receipts import Notice
from core.log import get_logger
from core.providers.contract import DisputeNotice, Event, Malformed, OtherMode, RefundNotice, Webhook
from core.services.journal import outcome_of
from core.services.payment_accounts import PACKAGES
from core.services.program import Program
from core.store.redis.mailbox import Item

# The names of their webhooks, under which the journal has what came.
SOURCES = {package.path: provider for provider, package in PACKAGES.items() if package.webhook}
KINDS: dict[str, type[Event]] = {
    "payment_notice": Notice,
    "refund_notice": RefundNotice,
    "dispute_notice": DisputeNotice,
}
NOT_MONEY = "not about a payment"

log = get_logger(__name__)


def webhook_of(source: str) -> Webhook:
    """How the provider behind this webhook signs and speaks."""
    found = PACKAGES[SOURCES[source]].webhook
    if found is None:
        raise LookupError(f"{source} has no signed webhook")
    return found


def event_of(item: Item) -> Event:
    """The fact that a kept notice tells."""
    return KINDS[item.body["kind"]].from_dict(item.body["data"])


def take_in(program: Program, source: str, raw: bytes, workspaces: Sequence[str], at: float) -> tuple[list[Item], str]:
    """Sort a body that these workspaces' keys signed and that arrived `at` (epoch seconds): its notices, and how it
    went. Never raises."""
    try:
        events = webhook_of(source).parse(raw, program.settings.production)
    except Malformed as error:
        return _noted("malformed", str(error))
    except OtherMode as error:
        return _noted("another mode", str(error))
    if not events:
        return [], outcome_of(False, [NOT_MONEY])
    return list(_items(program, events, workspaces, at)), outcome_of(True, [])


def _noted(reason: str, detail: str) -> tuple[list[Item], str]:
    """Signed, but nothing to settle: it stands in the journal, and the operators' page counts it."""
    log.warning("webhook_noted", reason=reason, detail=detail)
    return [], outcome_of(False, [reason])


def _items(program: Program, events: Iterable[Event], workspaces: Sequence[str], at: float) -> Iterable[Item]:
    kinds = {made: kind for kind, made in KINDS.items()}
    for event in events:
        # By content: a repeat may carry another id of its own. And by signer: nobody can use up another's.
        told = hashlib.sha256(f"{event.provider} {event.key} {list(workspaces)}".encode()).hexdigest()[:32]
        address = program.addresses.of("payments", event.provider, event.subject)
        structlog.contextvars.bind_contextvars(trace=told[:16])
        body = {"kind": kinds[type(event)], "at": at, "data": event.to_dict(), "workspaces": list(workspaces)}
        yield Item(f"p:{told}", (address,), at, body | {"trace": told[:16]})
