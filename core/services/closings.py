"""Shifts and their closings: what came in since the last one, counted once, numbered without gaps, never changed."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from core import clock
from core.crashpoint import crashpoint
from core.domain.closing import ClosingReport
from core.errors import Rejected
from core.services.activity import Actor, record
from core.services.closing_figures import figures_of
from core.store.sql.engine import transaction
from core.store.sql.tables import Closing, Shift, User, Workspace

SHOWN = 60


def current_shift(db: Session, workspace_id: UUID) -> Shift:
    """The shift that money belongs to at the moment."""
    return db.get_one(Shift, db.scalar(select(func.open_shift(workspace_id))))


def begin_shift(db: Session, workspace_id: UUID, user_id: UUID, cash_float: Decimal) -> None:
    """Somebody takes the drawer over with so much in it. Raises Rejected("begun_before")."""
    shift = _lock(db, current_shift(db, workspace_id).id)
    if shift.opened_by is not None or shift.closed_at is not None:
        raise Rejected("begun_before")
    shift.opened_by, shift.cash_float = user_id, cash_float
    record(db, Actor(workspace_id, user_id), "shift_begun", "shift", shift.id, after={"cash_float": cash_float})


def so_far(db: Session, workspace_id: UUID) -> ClosingReport:
    """What the open shift has come to until now; nothing is counted yet."""
    return _report(db, current_shift(db, workspace_id), clock.now(), "", None, "")


def close_shift(
    sessions: sessionmaker[Session], workspace_id: UUID, shift_id: UUID, user_id: UUID, counted: Decimal, note: str = ""
) -> ClosingReport:
    """The drawer was counted: the shift ends here, and its closing with it. What comes now is in the next one.

    Money on its way into the shift is waited for. Raises Rejected: not_found, closed_before.
    """
    crashpoint("close_shift.before")
    with transaction(sessions) as db:
        report = _close(db, workspace_id, shift_id, user_id, counted, note)
        crashpoint("close_shift.before_commit")
    crashpoint("close_shift.committed")
    return report


def closings(db: Session, workspace_id: UUID) -> list[Closing]:
    """The newest first."""
    mine = select(Closing).where(Closing.workspace_id == workspace_id)
    return list(db.scalars(mine.order_by(Closing.number.desc()).limit(SHOWN)))


def _close(
    db: Session, workspace_id: UUID, shift_id: UUID, user_id: UUID, counted: Decimal, note: str
) -> ClosingReport:
    if db.scalar(select(Shift.id).where(Shift.workspace_id == workspace_id, Shift.id == shift_id)) is None:
        raise Rejected("not_found")
    shift = _lock(db, shift_id)
    if shift.closed_at is not None:
        raise Rejected("closed_before")
    shift.closed_at = clock.now()
    report = _report(db, shift, shift.closed_at, db.get_one(User, user_id).name, counted, note)
    db.add(
        Closing(
            workspace_id=workspace_id,
            shift_id=shift.id,
            number=shift.number,
            report=report.to_dict(),
            closed_by=user_id,
        )
    )
    said = {"number": shift.number, "counted": counted, "note": note}
    record(db, Actor(workspace_id, user_id), "shift_closed", "shift", shift.id, detail=said)
    db.flush()
    return report


def _lock(db: Session, shift_id: UUID) -> Shift:
    """For ourselves alone: whoever is booking into it finishes first, and whoever comes later books into the next."""
    query = select(Shift).where(Shift.id == shift_id).with_for_update()
    return db.scalars(query.execution_options(populate_existing=True)).one()


def _report(
    db: Session, shift: Shift, until: datetime, closed_by: str, counted: Decimal | None, note: str
) -> ClosingReport:
    venue = db.get_one(Workspace, shift.workspace_id)
    opened_by = db.get_one(User, shift.opened_by).name if shift.opened_by else ""
    return ClosingReport(
        venue=venue.name,
        number=shift.number,
        currency=venue.currency,
        timezone=venue.timezone,
        opened_at=shift.opened_at,
        closed_at=until,
        opened_by=opened_by,
        closed_by=closed_by,
        cash_float=shift.cash_float,
        cash_counted=counted or Decimal(0),
        note=note,
        **figures_of(db, shift.workspace_id, shift.id, venue.currency),
    )
