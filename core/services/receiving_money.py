"""What came in from Kopo Kopo, as the mailbox store keeps it: a mailbox for each payment or receipt."""

import hashlib
from collections.abc import Iterable, Sequence

import structlog

from core.domain.receipts import Notice
from core.log import get_logger
from core.providers.kopokopo.webhook import Malformed, read_notices
from core.services.journal import outcome_of
from core.services.program import Program
from core.store.redis.mailbox import Item

SOURCE = "payment"
NOTICE = "payment_notice"
NOT_MONEY = "not about a payment"

log = get_logger(__name__)


def take_in(program: Program, raw: bytes, workspaces: Sequence[str], at: float) -> tuple[list[Item], str]:
    """Sort a body that these workspaces' keys signed and that arrived `at` (epoch seconds): its notices, and how it
    went. Never raises."""
    try:
        notices = read_notices(raw)
    except Malformed as error:
        log.warning("webhook_noted", reason="malformed", detail=str(error))
        return [], outcome_of(False, ["malformed"])
    if not notices:
        return [], outcome_of(False, [NOT_MONEY])
    return list(_items(program, notices, workspaces, at)), outcome_of(True, [])


def _items(program: Program, notices: Iterable[Notice], workspaces: Sequence[str], at: float) -> Iterable[Item]:
    for notice in notices:
        # By content: a repeat may carry another id of its own. And by signer: nobody can use up another's.
        told = hashlib.sha256(f"{notice.provider} {notice.key} {list(workspaces)}".encode()).hexdigest()[:32]
        address = program.addresses.of("payments", notice.provider, notice.subject)
        structlog.contextvars.bind_contextvars(trace=told[:16])
        body = {"kind": NOTICE, "at": at, "data": notice.to_dict(), "workspaces": list(workspaces)}
        yield Item(f"p:{told}", (address,), at, body | {"trace": told[:16]})
