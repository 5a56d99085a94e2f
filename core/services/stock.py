"""Stock moves: set aside, sold, given back, received, counted. Every taking is one conditional update."""

from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from core.domain.statuses import HoldState, MovementReason
from core.errors import Rejected
from core.services.followup import Followup
from core.store.sql.tables import Order, Product, StockHold, StockMovement

# One statement: locked by product id like everywhere, sold all or not at all, however many products an order has.
_SELL = text(
    """
    with wanted as (
        select h.id, h.product_id, h.quantity, h.state = 'ACTIVE' as active,
            p.held, case when p.sold_out then 0 else p.on_hand - p.held end as free
        from stock_holds h join products p on p.id = h.product_id
        where h.order_id = :order and h.state <> 'SOLD' order by h.product_id for no key update of h, p),
    enough as (
        select coalesce(bool_and(quantity <= case when active then held else free end), true) as ok
        from wanted),
    taken as (
        update products p set on_hand = p.on_hand - w.quantity, updated_at = now(),
            held = p.held - case when w.active then w.quantity else 0 end
        from wanted w, enough where enough.ok and p.id = w.product_id),
    sold as (
        update stock_holds h set state = 'SOLD', updated_at = now()
        from wanted w, enough where enough.ok and h.id = w.id),
    written as (
        insert into stock_movements (workspace_id, product_id, order_id, quantity, reason)
        select :venue, w.product_id, :order, -w.quantity, 'SOLD' from wanted w, enough where enough.ok
        order by w.product_id)
    select ok from enough
    """
)


def hold(db: Session, product_id: UUID, quantity: int) -> int | None:
    """Set some aside. Answers how much is left for others, or None where there was not enough."""
    free = Product.on_hand - Product.held
    take = (
        update(Product)
        .where(Product.id == product_id, free >= quantity, ~Product.sold_out)
        .values(held=Product.held + quantity)
    )
    return db.scalar(take.returning(free))


def sell_holds(db: Session, order: Order) -> bool:
    """What was set aside for a locked order is sold; what had gone back is taken again. False: nothing changed."""
    return bool(db.scalar(_SELL, {"venue": order.workspace_id, "order": order.id}))


def release_holds(db: Session, order: Order) -> Followup:
    """What was set aside for a locked order goes back, once."""
    came_back = False
    for held in _holds(db, order):
        if held.state is HoldState.ACTIVE:
            free_now = _unhold(db, held)
            held.state = HoldState.RELEASED
            came_back = came_back or free_now == held.quantity
    db.flush()
    return menu_changed(order.workspace_id) if came_back else Followup()


def move_stock(
    db: Session,
    workspace_id: UUID,
    product_id: UUID,
    quantity: int,
    reason: MovementReason,
    user_id: UUID | None,
    *,
    order_id: UUID | None = None,
) -> Followup:
    """A delivery came, a count says otherwise, an order is not made.

    Raises Rejected where more would be held than is there.
    """
    after = Product.on_hand + quantity
    mine = (Product.workspace_id == workspace_id, Product.id == product_id, after >= Product.held)
    row = db.execute(
        update(Product).where(*mine).values(on_hand=after).returning(Product.on_hand - Product.held)
    ).one_or_none()
    if row is None:
        raise Rejected("not_enough_stock")
    _write(db, workspace_id, product_id, quantity, reason, user_id=user_id, order_id=order_id)
    free_now: int = row[0]
    return menu_changed(workspace_id) if (free_now > 0) != (free_now - quantity > 0) else Followup()


def receive_stock(db: Session, workspace_id: UUID, product_id: UUID, quantity: int, user_id: UUID | None) -> Followup:
    """A delivery came."""
    return move_stock(db, workspace_id, product_id, quantity, MovementReason.RECEIVED, user_id)


def correct_stock(db: Session, workspace_id: UUID, product_id: UUID, on_hand: int, user_id: UUID | None) -> Followup:
    """Somebody counted."""
    mine = (Product.workspace_id == workspace_id, Product.id == product_id)
    before = db.scalar(select(Product.on_hand).where(*mine).with_for_update(key_share=True))
    if before is None:
        raise Rejected("not_found")
    if before == on_hand:
        return Followup()
    return move_stock(db, workspace_id, product_id, on_hand - before, MovementReason.CORRECTED, user_id)


def menu_changed(workspace_id: UUID) -> Followup:
    """Something sold out or came back."""
    return Followup(menus=frozenset({workspace_id}))


def _holds(db: Session, order: Order) -> list[StockHold]:
    # By product id, like everybody: two orders of the same products never wait for each other in a ring.
    query = select(StockHold).where(StockHold.order_id == order.id).order_by(StockHold.product_id)
    return list(db.scalars(query.with_for_update().execution_options(populate_existing=True)))


def _unhold(db: Session, held: StockHold) -> int:
    back = update(Product).where(Product.id == held.product_id).values(held=Product.held - held.quantity)
    return db.execute(back.returning(Product.on_hand - Product.held)).scalar_one()


def _write(
    db: Session,
    workspace_id: UUID,
    product_id: UUID,
    quantity: int,
    reason: MovementReason,
    *,
    order_id: UUID | None = None,
    user_id: UUID | None = None,
) -> None:
    db.add(
        StockMovement(
            workspace_id=workspace_id,
            product_id=product_id,
            order_id=order_id,
            user_id=user_id,
            quantity=quantity,
            reason=reason,
        )
    )
    db.flush()
