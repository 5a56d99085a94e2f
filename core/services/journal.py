"""Every webhook that came, written down off the guest's path: as it arrived, from whom, and what became of it."""

import time
from datetime import datetime, timedelta
from threading import Lock

from core import clock
from core.errors import StoreUnavailable
from core.log import get_logger
from core.services.program import Program
from core.store.redis.arrivals import BAD, GOOD, UNSIGNED, Arrival, read, written
from core.store.sql.engine import transaction
from core.store.sql.journal import drop_partitions, make_partitions, months, save

KEPT, NOTHING = "kept", "nothing"
REFUSED, HEARD = "refused", "heard"
BATCH = 100
MONTHS_AHEAD = 3
REFUSED_A_MINUTE = 10
REFUSED_BYTES = 2048

log = get_logger(__name__)


def arrived(source: str, raw: bytes, at: float, workspaces: tuple[str, ...], outcome: str) -> str:
    """A signed webhook for the journal, as the push that keeps its messages carries it along."""
    return written(Arrival(at, source, GOOD, outcome, workspaces, raw))


def hinted(source: str, raw: bytes, at: float) -> str:
    """What a sender who signs nothing said of a thing that we made: it may be looked up, and is never replayed. Cut
    short, for whoever has seen its name may say anything."""
    return written(Arrival(at, source, UNSIGNED, HEARD, (), raw[:REFUSED_BYTES], len(raw)))


def outcome_of(kept: bool, reasons: list[str]) -> str:
    """In a word what became of a webhook: kept, nothing to keep, or why a part of it could not be used."""
    words = [KEPT] * kept + sorted(set(reasons))
    return ", ".join(words) or NOTHING


class Refusals:
    """What nobody of ours signed, or is about nothing that we made. A few a minute are kept, cut short, and the others
    counted with the next one: whoever knocks all night fills neither the store nor the books."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._minute = 0
        self._kept = 0
        self._others = 0

    def note(self, program: Program, source: str, raw: bytes) -> None:
        """Never raises: a refusal is a refusal, whether or not it is written down."""
        now = time.time()
        others = self._may_keep(int(now // 60))
        if others is None:
            return
        arrival = Arrival(now, source, BAD, REFUSED, (), raw[:REFUSED_BYTES], len(raw), others)
        try:
            program.store.conversations.push([], arrivals=[written(arrival)])
        except StoreUnavailable:
            log.warning("refusal_not_journalled")

    def _may_keep(self, minute: int) -> int | None:
        """How many were only counted since the last one kept; None where this one is only counted, too."""
        with self._lock:
            if minute != self._minute:
                self._minute, self._kept = minute, 0
            if self._kept >= REFUSED_A_MINUTE:
                self._others += 1
                return None
            self._kept += 1
            others, self._others = self._others, 0
            return others


def save_journal(program: Program) -> int:
    """Write down what waits; answers how many. Killed anywhere, it is done again, and nothing stands there twice."""
    saved = 0
    while entries := program.store.arrivals.read("journal", BATCH):
        with transaction(program.sessions) as db:
            save(db, [arrival for entry in entries for arrival in read(entry)])
        program.store.arrivals.done(entries)
        saved += len(entries)
    return saved


def keep_months(program: Program, now: datetime | None = None) -> None:
    """The next months get their place; a month whose last day is older than the setting says goes as a whole."""
    now = now or clock.now()
    with transaction(program.sessions) as db:
        made = make_partitions(db, months(now, MONTHS_AHEAD))
        dropped = drop_partitions(db, now - timedelta(days=program.settings.journal_days))
    log.info("journal_kept", made=made, dropped=dropped)
