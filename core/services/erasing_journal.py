"""The journal, and what came late, without the guests who were erased: a piece at a time, until nothing is left."""

import time
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import clock
from core.log import get_logger
from core.services.erasing import hide_messages
from core.services.forgetting import Forgotten
from core.services.program import Program
from core.store.sql.engine import transaction
from core.store.sql.journal import BEGINNING, Span, rewrite
from core.store.sql.tables import WebhookEvent
from core.store.sql.tables.people import Erasure

# What was on its way to the books when they were erased is in them by then.
SETTLED = timedelta(minutes=2)
RUN_SECONDS = 20.0
MARGIN = timedelta(days=1)

log = get_logger(__name__)


def finish_erasures(program: Program, seconds: float = RUN_SECONDS, settled: timedelta = SETTLED) -> int:
    """Go on with what is due; answers how many were finished. Killed anywhere, the next run goes on from there."""
    end, finished = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        with transaction(program.sessions) as db:
            erasure = _due(db, settled)
            if erasure is None:
                break
            finished += _go_on(db, erasure)
    return finished


def _due(db: Session, settled: timedelta) -> Erasure | None:
    open_ones = select(Erasure).where(Erasure.done_at.is_(None), Erasure.created_at <= func.now() - settled)
    return db.scalar(open_ones.order_by(Erasure.created_at).limit(1).with_for_update(skip_locked=True))


def _go_on(db: Session, erasure: Erasure) -> bool:
    """One piece of the journal; with the last one, whatever came late. Then nobody knows any more who it was."""
    traces = erasure.traces or {}
    bsuids = {one for one in (traces["bsuid"], *traces.get("former", ())) if one}
    person, until = Forgotten(tuple(traces["phones"]), frozenset(bsuids)), datetime.fromisoformat(traces["until"])
    span = Span(erasure.since - MARGIN, until + SETTLED, erasure.workspace_id)
    moment, position = traces.get("after", (BEGINNING[0].isoformat(), BEGINNING[1]))
    after = rewrite(db, span, person.put_over, (datetime.fromisoformat(moment), position))
    if after is not None:
        erasure.traces = traces | {"after": [after[0].isoformat(), after[1]]}
        return False
    hide_messages(db, erasure.workspace_id, traces["boxes"], until)
    _odd_ones(db, person, traces)
    erasure.traces, erasure.done_at = None, clock.now()
    log.info("guest_erased", erasure=str(erasure.id))
    return True


def _odd_ones(db: Session, person: Forgotten, traces: dict[str, Any]) -> None:
    """What the history could not write down was kept whole."""
    for odd in db.scalars(select(WebhookEvent).where(WebhookEvent.source == "history", WebhookEvent.body.is_not(None))):
        if person.names(odd.body or "") or any(box in (odd.body or "") for box in traces["boxes"]):
            odd.body = None
