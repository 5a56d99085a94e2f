"""A day's lists compared, both directions: nightly, and whenever somebody asks. What we missed is settled as always."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.crashpoint import crashpoint
from core.domain.receipts import Notice, Outcome
from core.domain.reconciliation import Difference, Ours, Theirs, differences
from core.domain.statuses import DifferenceKind, Provider
from core.errors import Rejected, TryAgain
from core.log import get_logger
from core.providers.contract import Asked, PaymentProvider, Unsupported
from core.services.activity import Actor, record
from core.services.followup import Followup
from core.services.payment_accounts import provider_for
from core.services.program import Program
from core.services.settle import settle_notice
from core.store.sql.engine import transaction
from core.store.sql.tables import (
    Payment,
    ProviderAccount,
    Receipt,
    Reconciliation,
    ReconciliationDifference,
    Workspace,
)

MONEY = (Outcome.PAID, Outcome.REVERSED)
EDGE = timedelta(minutes=5)  # clocks differ: so near to midnight a payment may be on the other day's list
NIGHT_HOUR = 5  # by the venue's clock: the night is over, and its day can be compared
ASKED_AT_MOST = 500

log = get_logger(__name__)


def reconcile_day(program: Program, workspace_id: UUID, day: date, user_id: UUID | None = None) -> Followup:
    """Compare one venue's day with each of its providers, and keep what was found."""
    with transaction(program.sessions) as db:
        providers = _providers(db, workspace_id)
        if user_id is not None:
            record(db, Actor(workspace_id, user_id), "day_compared", "workspace", workspace_id, detail={"day": day})
    followup = Followup()
    for provider in providers:
        followup |= _reconcile(program, workspace_id, provider, day, user_id)
    return followup


def reconcile_due(program: Program, now: datetime | None = None) -> Followup:
    """Each venue's last day, once per provider, in the small hours by its own clock."""
    now = now or clock.now()
    followup = Followup()
    with transaction(program.sessions) as db:
        due = [one for venue in db.scalars(select(Workspace)).all() for one in _due(db, venue, now)]
    for workspace_id, provider, day in due:
        followup |= _reconcile(program, workspace_id, provider, day, None)
    return followup


def window_of(zone: str, day: date) -> tuple[datetime, datetime]:
    """The beginning and the end of a venue's day, in UTC."""
    begin = datetime.combine(day, time(), ZoneInfo(zone))
    return begin.astimezone(UTC), datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)


def reconciliations(db: Session, workspace_id: UUID, limit: int = 30) -> list[Reconciliation]:
    """The newest first."""
    mine = select(Reconciliation).where(Reconciliation.workspace_id == workspace_id)
    return list(db.scalars(mine.order_by(Reconciliation.created_at.desc()).limit(limit)))


def open_differences(db: Session, workspace_id: UUID) -> list[ReconciliationDifference]:
    """What nobody has seen to, the newest first."""
    mine = (ReconciliationDifference.workspace_id == workspace_id, ReconciliationDifference.seen_at.is_(None))
    query = select(ReconciliationDifference).where(*mine).order_by(ReconciliationDifference.created_at.desc())
    return list(db.scalars(query.limit(100)))


def see_difference(db: Session, workspace_id: UUID, difference_id: UUID, user_id: UUID) -> None:
    """Somebody has seen to it. Raises Rejected("not_found")."""
    mine = (ReconciliationDifference.workspace_id == workspace_id, ReconciliationDifference.id == difference_id)
    found = db.scalar(select(ReconciliationDifference).where(*mine).with_for_update())
    if found is None:
        raise Rejected("not_found")
    if found.seen_at is None:
        found.seen_by, found.seen_at = user_id, clock.now()
        record(db, Actor(workspace_id, user_id), "difference_seen", "difference", found.id, detail={"kind": found.kind})


def _due(db: Session, workspace: Workspace, now: datetime) -> list[tuple[UUID, Provider, date]]:
    """Whoever died between two providers left the second to the next run."""
    local = now.astimezone(ZoneInfo(workspace.timezone))
    day = local.date() - timedelta(days=1)
    if local.hour < NIGHT_HOUR:
        return []
    of_day = (Reconciliation.workspace_id == workspace.id, Reconciliation.day == day, Reconciliation.user_id.is_(None))
    ran = set(db.scalars(select(Reconciliation.provider).where(*of_day)))
    return [(workspace.id, one, day) for one in _providers(db, workspace.id) if one not in ran]


def _providers(db: Session, workspace_id: UUID) -> list[Provider]:
    active = (ProviderAccount.workspace_id == workspace_id, ProviderAccount.active)
    return list(db.scalars(select(ProviderAccount.provider).where(*active).order_by(ProviderAccount.provider)))


def _reconcile(program: Program, workspace_id: UUID, provider: Provider, day: date, user_id: UUID | None) -> Followup:
    """The provider is asked outside of any transaction; what it lists and we do not know is settled first."""
    with transaction(program.sessions) as db:
        since, until = window_of(db.get_one(Workspace, workspace_id).timezone, day)
        account = provider_for(program, db, workspace_id, provider)
        asked = _attempts(db, workspace_id, provider, since, until)
    if account is None:
        return Followup()
    run = Reconciliation(workspace_id=workspace_id, provider=provider, day=day, user_id=user_id)
    try:
        listed = _listed(account, asked, since, until)
    except TryAgain as error:
        log.warning("reconciliation_without_list", provider=provider.value, error=str(error))
        run.error = str(error)
        listed = ()
    crashpoint("reconcile.listed")
    return _compare(program, run, listed, since, until)


def _compare(
    program: Program, run: Reconciliation, listed: Sequence[Notice], since: datetime, until: datetime
) -> Followup:
    theirs = [Theirs(one.receipt, one.amount, one.currency, one.outcome) for one in listed]
    with transaction(program.sessions) as db:
        ours = _ours(db, run, [one.reference for one in theirs], since, until)
    found = [] if run.error else differences(theirs, ours)
    followup = _settle_missing(program, run, listed, found)
    crashpoint("reconcile.settled")
    with transaction(program.sessions) as db:
        _keep(db, run, theirs, ours, found)
        crashpoint("reconcile.before_commit")
    return followup


def _listed(account: PaymentProvider, asked: Sequence[Asked], since: datetime, until: datetime) -> Sequence[Notice]:
    """Their list; where a provider has none, its word on each of our attempts of that day."""
    try:
        return [one for one in account.list_transactions(since, until) if one.outcome in MONEY and one.receipt]
    except Unsupported:
        told = [account.query_status(one) for one in asked]
        return [one for one in told if one.outcome in MONEY and one.receipt]


def _settle_missing(
    program: Program, run: Reconciliation, listed: Sequence[Notice], found: Sequence[Difference]
) -> Followup:
    """By the same code as every callback: it finds its attempt, or waits for staff among the unmatched money."""
    odd = {one.reference for one in found if one.kind in (DifferenceKind.MISSING_HERE, DifferenceKind.STATUS)}
    followup = Followup()
    for notice in (one for one in listed if one.receipt in odd):
        followup |= settle_notice(program.sessions, {"data": notice.to_dict(), "workspaces": [str(run.workspace_id)]})
    return followup


def _attempts(db: Session, workspace_id: UUID, provider: Provider, since: datetime, until: datetime) -> list[Asked]:
    asked = (Payment.workspace_id == workspace_id, Payment.provider == provider, Payment.handle.is_not(None))
    query = select(Payment).where(*asked, Payment.posted_at.between(since, until)).order_by(Payment.posted_at)
    return [Asked(str(one.id), one.handle or "", one.start) for one in db.scalars(query.limit(ASKED_AT_MOST))]


def _ours(db: Session, run: Reconciliation, references: Sequence[str], since: datetime, until: datetime) -> list[Ours]:
    """Receipts of that day, and those the provider names whatever their day."""
    mine = (Receipt.workspace_id == run.workspace_id, Receipt.provider == run.provider)
    of_day = Receipt.received_at.between(since, until)
    found = db.scalars(select(Receipt).where(*mine, of_day | Receipt.reference.in_(references)))
    inside = (since + EDGE, until - EDGE)
    return [_of(one, inside[0] <= one.received_at <= inside[1]) for one in found]


def _of(receipt: Receipt, inside: bool) -> Ours:
    money = (receipt.reference, receipt.amount, receipt.currency, receipt.state)
    return Ours(receipt.id, *money, inside, receipt.refunded_cash > 0)


def _keep(
    db: Session, run: Reconciliation, theirs: Sequence[Theirs], ours: Sequence[Ours], found: Sequence[Difference]
) -> None:
    paid = {one.reference: one.amount for one in theirs if one.outcome is Outcome.PAID}
    run.theirs, run.theirs_amount = len(paid), sum(paid.values(), Decimal(0))
    run.ours, run.ours_amount = len(ours), sum((one.amount for one in ours), Decimal(0))
    db.add(run)
    db.flush()
    named = _receipts(db, run, [one.reference for one in found])
    for one in found:
        db.add(
            ReconciliationDifference(
                workspace_id=run.workspace_id,
                reconciliation_id=run.id,
                kind=one.kind,
                reference=one.reference,
                theirs=one.theirs,
                ours=one.ours,
                action=one.action,
                receipt_id=named.get(one.reference),
            )
        )


def _receipts(db: Session, run: Reconciliation, references: Sequence[str]) -> dict[str, UUID]:
    mine = (Receipt.workspace_id == run.workspace_id, Receipt.provider == run.provider)
    query = select(Receipt.reference, Receipt.id).where(*mine, Receipt.reference.in_(references))
    return {row.reference: row.id for row in db.execute(query)}
