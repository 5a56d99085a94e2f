"""A provider told us about money: one transaction that puts it in its place, however often and late it is told."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session, sessionmaker

from core.crashpoint import crashpoint
from core.domain.receipts import Notice, Outcome
from core.domain.settlement import Settlement, settle
from core.domain.statuses import Provider
from core.log import get_logger
from core.services.followup import Followup
from core.services.settle_case import Case, open_case
from core.services.settle_writes import write
from core.services.stock import sell_holds
from core.store.sql.engine import transaction
from core.store.sql.tables import PaymentEvent

log = get_logger(__name__)


def settle_notice(sessions: sessionmaker[Session], body: dict[str, Any]) -> Followup:
    """`body`: the notice as `data`, and the `workspaces` in whose name it was signed: no other's money is touched."""
    notice = Notice.from_dict(body["data"])
    crashpoint("settle.before")
    with transaction(sessions) as db:
        followup = settle_in(db, notice, tuple(UUID(one) for one in body["workspaces"]))
        crashpoint("settle.before_commit")
    crashpoint("settle.committed")
    return followup


def settle_in(db: Session, notice: Notice, workspaces: tuple[UUID, ...], user_id: UUID | None = None) -> Followup:
    """The same inside the caller's transaction; `user_id` of the member of staff who saw the money (cash)."""
    opened = open_case(db, notice, workspaces, user_id)
    if opened is None or opened[0].told:
        return Followup()
    case, books = opened
    decision = settle(case.notice, books)
    if decision.buys and case.order and not sell_holds(db, case.order):
        decision = settle(case.notice, replace(books, stock_gone=True))
    return _carry_out(db, case, decision)


def _carry_out(db: Session, case: Case, decision: Settlement) -> Followup:
    log.info("settled", note=decision.note, payment=case.payment and str(case.payment.id), source=case.notice.source)
    if case.notice.outcome in (Outcome.PENDING, Outcome.UNKNOWN):
        return Followup()  # not worth a line in the diary
    followup = write(db, case, decision, _diary(case, decision))
    crashpoint("settle.written")
    return followup


def _diary(case: Case, decision: Settlement) -> PaymentEvent:
    notice = case.notice
    detail = {"outcome": notice.outcome, "source": notice.source, "amount": str(notice.amount), "reason": notice.reason}
    detail |= {"receipt": notice.receipt, "by": str(case.user_id or "")}
    return PaymentEvent(
        workspace_id=case.workspace_id,
        provider=Provider(notice.provider),
        payment_id=case.payment.id if case.payment else None,
        receipt_id=case.receipt.id if case.receipt else None,
        kind=decision.note,
        dedupe_key=notice.key,
        detail={name: value for name, value in detail.items() if value},
    )
