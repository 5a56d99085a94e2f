"""A provider told us about money: one transaction that puts it in its place, however often and late it is told."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, sessionmaker

from core.crashpoint import crashpoint
from core.domain.receipts import Notice, Outcome, same_till
from core.domain.settlement import Books, Settlement, settle
from core.domain.statuses import Provider
from core.log import get_logger
from core.services.followup import Followup
from core.services.orders import lock_order, paid_so_far
from core.services.payment_accounts import account_of
from core.services.payment_codes import claimed_payment
from core.services.payment_rows import keep_handle, lock_attempt
from core.services.receipts import known, take_in
from core.services.settle_writes import Case, write
from core.services.stock import sell_holds
from core.store.sql.engine import transaction
from core.store.sql.tables import Order, Payment, PaymentEvent, ProviderAccount, Receipt

MONEY = (Outcome.PAID, Outcome.REVERSED)

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
    case = _open_case(db, notice, workspaces, user_id)
    if case is None or _told_before(db, case):
        return Followup()
    books = _books(db, case)
    decision = settle(notice, books)
    if decision.buys and case.order and not sell_holds(db, case.order):
        decision = settle(notice, replace(books, stock_gone=True))
    return _carry_out(db, case, decision)


def _carry_out(db: Session, case: Case, decision: Settlement) -> Followup:
    log.info("settled", note=decision.note, payment=case.payment and str(case.payment.id), source=case.notice.source)
    if case.notice.outcome in (Outcome.PENDING, Outcome.UNKNOWN):
        return Followup()  # not worth a line in the diary
    followup = write(db, case, decision)
    crashpoint("settle.written")
    db.add(_diary(case, decision))
    db.flush()
    return followup


def _open_case(db: Session, notice: Notice, workspaces: tuple[UUID, ...], user_id: UUID | None) -> Case | None:
    """Find what it is about and lock it: order, payment, receipt. None where there is nothing to write down."""
    about = _about(db, notice, workspaces)
    if notice.outcome not in MONEY and (about is None or about.payment_id is None):
        return None
    workspace_id = about.workspace_id if about else _owner_of_till(db, notice, workspaces)
    order = lock_order(db, workspace_id, about.order_id) if about and about.order_id else None
    payment = lock_attempt(db, about.payment_id) if about and about.payment_id else None
    receipt, is_new = take_in(db, notice, workspace_id) if notice.outcome in MONEY else (None, False)
    if payment and notice.handle_id and not keep_handle(db, payment, notice.handle_id, notice.handle_id):
        log.error("handle_does_not_fit", payment=str(payment.id))
    return Case(notice, workspace_id, order, payment, receipt, is_new, user_id)


@dataclass(frozen=True)
class About:
    """What a notice names."""

    workspace_id: UUID
    order_id: UUID | None
    payment_id: UUID | None


def _about(db: Session, notice: Notice, workspaces: tuple[UUID, ...]) -> About | None:
    """By our own id, else by the provider's handle, else by the receipt, else by who typed its code; never by amount."""
    ours = select(Payment.workspace_id, Payment.order_id, Payment.id).where(Payment.provider == notice.provider)
    found = db.execute(ours.where(Payment.id == UUID(notice.payment_id))).first() if notice.payment_id else None
    if found is None and notice.handle_id:
        found = db.execute(ours.where(Payment.handle_id == notice.handle_id)).first()
    if found is not None and found.workspace_id in workspaces:
        return About(*found)
    if found is not None:
        log.error("payment_of_another_workspace", payment=str(found.id))
        return None
    receipt = known(db, notice, workspaces)
    if receipt is not None:
        return About(receipt.workspace_id, receipt.order_id, receipt.payment_id)
    claimed = claimed_payment(db, notice, workspaces)
    return About(claimed.workspace_id, claimed.order_id, claimed.id) if claimed else None


def _owner_of_till(db: Session, notice: Notice, workspaces: tuple[UUID, ...]) -> UUID:
    """Whose list of unmatched money it goes to."""
    mine = (ProviderAccount.workspace_id.in_(workspaces), ProviderAccount.provider == Provider(notice.provider))
    accounts = db.scalars(select(ProviderAccount).where(*mine).order_by(ProviderAccount.workspace_id)).all()
    tills = (one.workspace_id for one in accounts if same_till(one.settings.get("till_number", ""), notice.till))
    return next(tills, workspaces[0])


def _told_before(db: Session, case: Case) -> bool:
    """Asked under the locks, which make two tellings of the same thing wait for each other."""
    told = (
        PaymentEvent.workspace_id == case.workspace_id,
        PaymentEvent.provider == Provider(case.notice.provider),
        PaymentEvent.dedupe_key == case.notice.key,
    )
    return bool(db.scalar(select(exists().where(*told))))


def _books(db: Session, case: Case) -> Books:
    return Books(
        **_order_in_books(db, case.order),
        **_payment_in_books(db, case.payment),
        **_receipt_in_books(case.receipt, case.is_new),
    )


def _order_in_books(db: Session, order: Order | None) -> dict[str, Any]:
    if order is None:
        return {}
    return {"order": order.status, "total": order.total, "credited": paid_so_far(db, order.id)}


def _payment_in_books(db: Session, payment: Payment | None) -> dict[str, Any]:
    if payment is None:
        return {}
    account = account_of(db, payment.workspace_id, payment.provider)
    till = account.settings.get("till_number", "") if account else ""
    return {"payment": payment.status, "failed_by": payment.failed_by, "currency": payment.currency, "till": till}


def _receipt_in_books(receipt: Receipt | None, is_new: bool) -> dict[str, Any]:
    if receipt is None or is_new:
        return {}
    decided = receipt.decided_by is not None
    return {"receipt": receipt.state, "bound": receipt.payment_id is not None, "decided": decided}


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
