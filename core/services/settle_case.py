"""What a notice is about: found, locked in the order of locks, and looked up in the books, in few journeys."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import exists, false, func, literal, select
from sqlalchemy.orm import Session, aliased

from core.domain.receipts import Notice, Outcome, same_till
from core.domain.settlement import Books
from core.domain.statuses import Provider, ReceiptState, Start
from core.log import get_logger
from core.services.orders import lock_order
from core.services.payment_codes import claimed_payment
from core.services.payment_rows import keep_handle
from core.services.receipts import known, take_in
from core.store.sql.tables import Order, Payment, PaymentEvent, ProviderAccount, Receipt, Workspace

MONEY = (Outcome.PAID, Outcome.REVERSED)

log = get_logger(__name__)


@dataclass(frozen=True)
class Case:
    """A notice and the locked rows it is about. `is_new`: nobody had told us of this money; `told`: this very notice
    was settled before; `others`: the order has other ways to pay; `user_id`: staff say so; `venue`: read with them."""

    notice: Notice
    workspace_id: UUID
    order: Order | None
    payment: Payment | None
    receipt: Receipt | None
    is_new: bool
    user_id: UUID | None = None
    told: bool = False
    others: bool = False
    venue: Workspace | None = None


@dataclass(frozen=True)
class About:
    """What a notice names; the order is locked where it was found at once."""

    workspace_id: UUID
    order_id: UUID | None
    payment_id: UUID | None
    order: Order | None = None
    handle_id: str | None = None


def open_case(
    db: Session, notice: Notice, workspaces: tuple[UUID, ...], user_id: UUID | None
) -> tuple[Case, Books] | None:
    """Lock order, payment and receipt, then look. None where there is nothing to write down."""
    about = _about(db, notice, workspaces)
    if notice.outcome not in MONEY and (about is None or about.payment_id is None):
        return None
    workspace_id = about.workspace_id if about else _owner_of_till(db, notice, workspaces)
    order = _order(db, about) if about else None
    case = Case(notice, workspace_id, order, None, None, False, user_id)
    case, known_books = _look(db, case, about.payment_id if about else None)
    receipt, is_new = take_in(db, notice, workspace_id) if notice.outcome in MONEY else (None, False)
    case = replace(case, notice=_as_first_told(notice, receipt))
    if case.payment and notice.handle_id and not keep_handle(db, case.payment, notice.handle_id, notice.handle_id):
        log.error("handle_does_not_fit", payment=str(case.payment.id))
    decided = {} if receipt is None or is_new else _of_receipt(receipt)
    return replace(case, receipt=receipt, is_new=is_new), Books(**known_books, **decided)


def _order(db: Session, about: About) -> Order | None:
    return about.order or (lock_order(db, about.workspace_id, about.order_id) if about.order_id else None)


def _about(db: Session, notice: Notice, workspaces: tuple[UUID, ...]) -> About | None:
    """By our own id, else by the handle, else by the receipt, else by who typed its code; never by amount."""
    found = _by(db, notice, workspaces, Payment.id == UUID(notice.payment_id)) if notice.payment_id else None
    if found is not None and _is_anothers(db, notice, found):
        log.error("notice_names_two_payments", payment=notice.payment_id)
        found = None
    elif found is None and notice.handle_id:
        found = _by(db, notice, workspaces, Payment.handle_id == notice.handle_id)
    if found is not None:
        return found
    receipt = known(db, notice, workspaces)
    if receipt is not None:
        return About(receipt.workspace_id, receipt.order_id, receipt.payment_id)
    claimed = claimed_payment(db, notice, workspaces)
    return About(claimed.workspace_id, claimed.order_id, claimed.id) if claimed else None


def _is_anothers(db: Session, notice: Notice, found: About) -> bool:
    """Our own id names one attempt and the handle another: nobody knows whose it is. Asking by the handle will tell."""
    if not notice.handle_id or found.handle_id == notice.handle_id:
        return False
    other = (Payment.handle_id == notice.handle_id, Payment.id != found.payment_id)
    return bool(db.scalar(select(exists().where(Payment.provider == notice.provider, *other))))


def _by(db: Session, notice: Notice, workspaces: tuple[UUID, ...], which: Any) -> About | None:
    """The order of an attempt, locked; what of the attempt is read before its own lock never changes."""
    ours = (Payment.provider == notice.provider, which)
    query = select(Order, Payment.id, Payment.handle_id).join(Payment, Payment.order_id == Order.id).where(*ours)
    locked = query.where(Payment.workspace_id.in_(workspaces)).with_for_update(key_share=True, of=Order)
    row = db.execute(locked, execution_options={"populate_existing": True}).first()
    if row is not None:
        return About(row[0].workspace_id, row[0].id, row[1], row[0], row[2])
    if db.scalar(select(Payment.id).where(*ours)):
        log.error("payment_of_another_workspace", provider=notice.provider)
    return None


def _owner_of_till(db: Session, notice: Notice, workspaces: tuple[UUID, ...]) -> UUID:
    """Whose list of unmatched money it goes to: of two houses with one till, the one whose account is on."""
    mine = (ProviderAccount.workspace_id.in_(workspaces), ProviderAccount.provider == Provider(notice.provider))
    order = (ProviderAccount.active.desc(), ProviderAccount.workspace_id)
    accounts = db.scalars(select(ProviderAccount).where(*mine).order_by(*order)).all()
    tills = (one.workspace_id for one in accounts if same_till(one.settings.get("till_number", ""), notice.till))
    return next(tills, workspaces[0])


def _look(db: Session, case: Case, payment_id: UUID | None) -> tuple[Case, dict[str, Any]]:
    """Lock the attempt, and look under the order's lock, which makes two tellings of one thing wait for each other.

    The venue comes along: whoever asks for it later in this transaction has it.
    """
    told, others = _told(case), _others(case, payment_id)
    columns = (Workspace, Payment, told, _credited(case), _till(case), others)
    mine = (Payment.id == payment_id) if payment_id else false()
    query = select(*columns).outerjoin(Payment, mine).where(Workspace.id == case.workspace_id)
    if payment_id:
        query = query.where(mine).with_for_update(key_share=True, of=Payment)
    venue, payment, was_told, credited, till, has_others = db.execute(
        query, execution_options={"populate_existing": True}
    ).one()
    case = replace(case, payment=payment, told=was_told, others=has_others, venue=venue)
    books: dict[str, Any] = {}
    if case.order:
        books |= {"order": case.order.status, "total": case.order.total, "credited": credited}
    if payment:
        books |= {"payment": payment.status, "failed_by": payment.failed_by, "currency": payment.currency}
        books["till"] = till or ""
    return case, books


def _as_first_told(notice: Notice, receipt: Receipt | None) -> Notice:
    """Our books keep what we were told first; who then says another sum is found out by the comparison of the day."""
    if receipt is None or (receipt.amount, receipt.currency) == (notice.amount, notice.currency):
        return notice
    log.error("money_told_differently", receipt=str(receipt.id))
    return replace(notice, amount=receipt.amount, currency=receipt.currency)


def _of_receipt(receipt: Receipt) -> dict[str, Any]:
    decided = receipt.decided_by is not None
    known = {"receipt": receipt.state, "bound": receipt.payment_id is not None, "decided": decided}
    return known | {"from_drawer": receipt.refunded_cash > 0}


def _told(case: Case) -> Any:
    told = (
        PaymentEvent.workspace_id == case.workspace_id,
        PaymentEvent.provider == Provider(case.notice.provider),
        PaymentEvent.dedupe_key == case.notice.key,
    )
    return exists().where(*told)


def _credited(case: Case) -> Any:
    if case.order is None:
        return literal(0)
    matched = (Receipt.order_id == case.order.id, Receipt.state == ReceiptState.MATCHED)
    return select(func.coalesce(func.sum(Receipt.amount), 0)).where(*matched).scalar_subquery()


def _till(case: Case) -> Any:
    mine = (ProviderAccount.workspace_id == case.workspace_id, ProviderAccount.provider == case.notice.provider)
    return select(ProviderAccount.settings["till_number"].astext).where(*mine).scalar_subquery()


def _others(case: Case, payment_id: UUID | None) -> Any:
    if case.order is None:
        return literal(False)
    other = aliased(Payment)
    links = (other.order_id == case.order.id, other.start != Start.PROMPT, other.id.is_distinct_from(payment_id))
    return exists().where(*links)
