"""A doorbell rings: serve the mailboxes of a lane until nothing waits or the doorbell's time is up."""

import threading
from collections.abc import Callable
from time import monotonic

from core.errors import StoreUnavailable
from core.log import get_logger
from core.store.redis.mailbox import Claim, Mailboxes

SERVE_SECONDS = 20.0
RENEW_SECONDS = 1.0
# Who waits for the other half of a thought looks so often whether somebody else wrote.
GLANCE_SECONDS = 0.05
FORGIVE_TRIES = 10

log = get_logger(__name__)


def serve(mailboxes: Mailboxes, bell: str, take: Callable[[list[Claim]], None], limit: int) -> str:
    """Take up to `limit` mailboxes at a time until none is due. Answers a successor's bell, "" if none is needed."""
    end, pause = monotonic() + SERVE_SECONDS, threading.Event()
    with _Heartbeat(mailboxes, bell) as heartbeat:
        while monotonic() < end:
            claims = mailboxes.next(bell, limit)
            if isinstance(claims, float):
                pause.wait(min(claims, GLANCE_SECONDS))
                continue
            if not claims:
                return ""
            heartbeat.holds(claims)
            _take(mailboxes, claims, take)
    return mailboxes.leave(bell)


def _take(mailboxes: Mailboxes, claims: list[Claim], take: Callable[[list[Claim]], None]) -> None:
    """Three outages of the store in a row must not make a dead letter of an innocent event."""
    try:
        take(claims)
    except StoreUnavailable:
        log.warning("store_lost_during_turns", claims=len(claims))
        _forgive(mailboxes, claims)
        raise


def _forgive(mailboxes: Mailboxes, claims: list[Claim]) -> None:
    pause = threading.Event()
    for _ in range(FORGIVE_TRIES):
        try:
            return mailboxes.forgive(claims)
        except StoreUnavailable:
            pause.wait(RENEW_SECONDS)
    return None


class _Heartbeat:
    """Renews the leases this doorbell holds from a thread of its own, so that a slow turn keeps its conversation.

    A process that is killed or frozen stops renewing: its mailboxes are served elsewhere within seconds.
    """

    def __init__(self, mailboxes: Mailboxes, bell: str) -> None:
        self._mailboxes = mailboxes
        self._bell = bell
        self._claims: list[Claim] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def holds(self, claims: list[Claim]) -> None:
        """From now on these are the leases to renew; a lease already given back is left alone by its token."""
        self._claims = claims

    def _run(self) -> None:
        while not self._over.wait(RENEW_SECONDS):
            try:
                self._mailboxes.renew(self._bell, self._claims)
            except StoreUnavailable:
                log.warning("lease_renewal_failed")

    def __enter__(self) -> "_Heartbeat":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
