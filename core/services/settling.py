"""A payment provider told us something: settle it, one notice at a time per payment."""

from typing import Any

from core import metrics
from core.crashpoint import crashpoint
from core.errors import StoreUnavailable, TryAgain
from core.log import bind, get_logger
from core.services.mishaps import what_went_wrong
from core.services.program import Program
from core.services.relay import follow_up
from core.services.settle import settle_notice
from core.store.redis.mailbox import Claim, Ending

TRIES = 3
LATER_SECONDS = 1.0

log = get_logger(__name__)


def take_notices(program: Program, claims: list[Claim]) -> None:
    """Settle each; a notice leaves its mailbox only when its transaction is committed."""
    for claim in claims:
        bind(trace=claim.body.get("trace", ""), event=claim.id)
        try:
            _take(program, claim)
        except StoreUnavailable:
            raise
        except TryAgain:
            program.store.payments.release(claim, counts=False, delay=LATER_SECONDS)
        except Exception as error:
            log.exception("settle_failed", tries=claim.tries)
            program.store.payments.release(claim, counts=True, error=what_went_wrong(error))


def _take(program: Program, claim: Claim) -> None:
    if claim.tries > TRIES:
        return _bury(program, claim)
    followup = settle_notice(program.sessions, claim.body)
    crashpoint("settle.after_commit")
    program.store.payments.commit([(claim, Ending())])
    crashpoint("settle.after_pop")
    return follow_up(program, followup)


def _bury(program: Program, claim: Claim) -> None:
    """A notice we could not settle is kept where staff see it; polling goes on looking for the money."""
    metrics.dead_letters.labels("payments").inc()
    log.error("notice_given_up", tries=claim.tries - 1)
    workspace = next(iter(claim.body.get("workspaces", ())), "")
    error = program.store.payments.error(claim)
    dead = {"body": claim.body, "attempts": claim.tries - 1, "lane": "payments", "error": error}
    note: dict[str, Any] = {
        "type": "turn",
        "event": claim.id,
        "box": claim.box,
        "workspace": workspace,
        "replies": [],
        "external": "",
    }
    program.store.payments.commit([(claim, Ending(history=note | {"dead": dead}))])
