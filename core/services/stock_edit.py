"""Staff count, receive, waste and put right: each once, however often the form is sent, and with who and why."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal, select
from sqlalchemy.orm import Session

from core.domain.recipes import measured
from core.domain.statuses import MovementReason, Unit
from core.domain.stock_moves import Kind, moved
from core.errors import Rejected
from core.services.activity import Actor, record
from core.services.editing import found
from core.services.followup import Followup
from core.services.stock import menu_changed, turned
from core.store.sql.tables import Category, Order, Product, StockMovement, User

HISTORY = 100


@dataclass(frozen=True)
class Line:
    """One line of a product's history; `balance` is what was on hand after it."""

    place: int
    at: datetime
    reason: MovementReason
    quantity: int
    balance: int
    note: str
    who: str
    order_number: int | None


@dataclass(frozen=True)
class Shelf:
    """What is there of one product or ingredient, in its `unit`; `held` of it are set aside for unpaid orders.

    An ingredient stands under no category.
    """

    id: UUID
    name: str
    category: str | None
    on_hand: int
    held: int
    low_stock: int
    sold_out: bool
    unit: Unit
    counted: bool

    @property
    def left(self) -> str:
        """What the next guest can have, in words."""
        return measured(self.free, self.unit)

    @property
    def free(self) -> int:
        """What the next guest can have."""
        return self.on_hand - self.held

    @property
    def low(self) -> bool:
        """Whether somebody should buy more."""
        return self.counted and bool(self.low_stock) and self.free <= self.low_stock


def move(
    db: Session, actor: Actor, product_id: UUID, entry: UUID, kind: Kind, quantity: int, note: str = ""
) -> Followup:
    """Somebody stood at the shelf; `entry` is the form's own id. Raises Rejected: `gone`, `held` with how many are."""
    product = found(db, Product, actor.workspace_id, product_id)
    if db.get(StockMovement, entry) is not None:
        return Followup()
    before = product.on_hand
    delta = moved(kind, quantity, before)
    if before + delta < product.held:
        raise Rejected("held", str(product.held))
    if delta == 0:
        record(db, actor, "stock_counted", "product", product.id, after={"on_hand": before})
        return Followup()
    was_free, product.on_hand = before - product.held, before + delta
    db.add(StockMovement(id=entry, workspace_id=actor.workspace_id, product_id=product.id, user_id=actor.user_id,
                         quantity=delta, reason=kind.reason, note=note))  # fmt: skip
    db.flush()
    record(db, actor, f"stock_{kind.value}", "product", product.id, {"on_hand": before},
           {"on_hand": product.on_hand}, {"note": note})  # fmt: skip
    changed = db.scalar(select(turned(product.id, literal(was_free), literal(was_free + delta))))
    return menu_changed(actor.workspace_id) if changed else Followup()


def shelves(db: Session, workspace_id: UUID) -> list[Shelf]:
    """Everything that is counted: as it stands on the menu, then the ingredients."""
    return _shelves(db, workspace_id, Product.counted.is_(True))


def _shelves(db: Session, workspace_id: UUID, *which: ColumnElement[bool]) -> list[Shelf]:
    columns = (
        Product.id,
        Product.name,
        Category.name,
        Product.on_hand,
        Product.held,
        Product.low_stock,
        Product.sold_out,
        Product.unit,
        Product.counted,
    )
    query = select(*columns).outerjoin(Category, Category.id == Product.category_id)
    mine = query.where(Product.workspace_id == workspace_id, Product.deleted_at.is_(None), *which)
    order = (Category.position, Category.name, Product.position, Product.name)
    return [Shelf(*row) for row in db.execute(mine.order_by(*order))]


def running_low(db: Session, workspace_id: UUID) -> list[Shelf]:
    """What somebody should buy, the emptiest shelf first."""
    low = [shelf for shelf in shelves(db, workspace_id) if shelf.low]
    return sorted(low, key=lambda shelf: (shelf.free, shelf.name))


def shelf_of(db: Session, workspace_id: UUID, product_id: UUID) -> Shelf | None:
    """One of them, also where its own count rests just now: its history stays."""
    return next(iter(_shelves(db, workspace_id, Product.id == product_id)), None)


def history(db: Session, workspace_id: UUID, product_id: UUID, before: int | None = None) -> list[Line]:
    """The newest lines of a product, or those before a place, each with the balance it left."""
    balance = func.sum(StockMovement.quantity).over(order_by=StockMovement.seq).label("balance")
    mine = (StockMovement.workspace_id == workspace_id, StockMovement.product_id == product_id)
    line = select(StockMovement, balance).where(*mine).subquery().c
    told = (line.seq, line.created_at, line.reason, line.quantity, line.balance, line.note)
    query = (
        select(*told, func.coalesce(User.name, ""), Order.number)
        .outerjoin(User, User.id == line.user_id)
        .outerjoin(Order, Order.id == line.order_id)
        .where(line.seq < before if before else line.seq > 0)
        .order_by(line.seq.desc())
        .limit(HISTORY)
    )
    return [Line(*row) for row in db.execute(query)]
