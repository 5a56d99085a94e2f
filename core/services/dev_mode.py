"""A house begins to practise, or ends it: never while something real is open."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.domain.orders import OPEN
from core.domain.statuses import LIVE_PAYMENTS, OrderStatus, PaymentStatus
from core.errors import Rejected
from core.services.activity import Actor, record
from core.services.editing import editor, stamp
from core.services.place_order import lock_counter
from core.store.sql.tables import Order, Payment, Workspace

SHOWN = 10


@dataclass(frozen=True)
class Real:
    """What is open and no practice: how many orders, the first of their numbers, and payments not decided yet."""

    orders: int
    numbers: tuple[int, ...]
    payments: int


def open_and_real(db: Session, workspace_id: UUID) -> Real:
    """What must have ended before anybody practises."""
    unended = Order.status.in_((OrderStatus.PENDING, *OPEN))
    orders = (Order.workspace_id == workspace_id, unended, ~Order.practice)
    numbers = db.scalars(select(Order.number).where(*orders).order_by(Order.number).limit(SHOWN)).all()
    undecided = Payment.status.in_((*LIVE_PAYMENTS, PaymentStatus.NEEDS_REVIEW))
    payments = select(func.count()).select_from(Payment).where(Payment.workspace_id == workspace_id, undecided)
    count = db.scalar(select(func.count()).select_from(Order).where(*orders)) or 0
    return Real(count, tuple(numbers), db.scalar(payments) or 0)


def practise(db: Session, actor: Actor, version: int, *, on: bool) -> None:
    """From the commit on every order is practice, or real again. Tapped twice, it is so already.

    Whoever places an order holds the counter, and reads the switch behind it: none is placed while we look, and none by
    what was so before. Raises Rejected: `changed`, with the name of who did; `still_open`.
    """
    lock_counter(db, actor.workspace_id)
    query = select(Workspace).where(Workspace.id == actor.workspace_id).with_for_update(key_share=True)
    workspace = db.scalars(query.execution_options(populate_existing=True)).one()
    if workspace.version != version:
        raise Rejected("changed", editor(db, workspace))
    if workspace.dev_mode == on:
        return
    if on and _is_open(open_and_real(db, workspace.id)):
        raise Rejected("still_open")
    workspace.dev_mode = on
    stamp(workspace, actor)
    record(db, actor, "dev_mode_on" if on else "dev_mode_off", "workspace", workspace.id)


def _is_open(real: Real) -> bool:
    return bool(real.orders or real.payments)
