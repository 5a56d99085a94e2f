"""Stock moves: set aside, sold, given back. Every taking is one conditional update."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, text, update
from sqlalchemy.orm import Session

from core.domain.statuses import HoldState, MovementReason
from core.errors import Rejected
from core.services.followup import Followup
from core.store.sql.tables import Order, Product, RecipeLine, StockHold, StockMovement

free = Product.on_hand - Product.held

# One statement: locked by product id like everywhere, sold all or not at all, however many products an order has.
# What went back is taken again only where nothing of the order is off sale: a cocktail may have no hold of its own.
_SELL = text(
    """
    with wanted as (
        select h.id, h.product_id, h.quantity, h.state = 'ACTIVE' as active,
            p.held, case when p.sold_out then 0 else p.on_hand - p.held end as free
        from stock_holds h join products p on p.id = h.product_id
        where h.order_id = :order and h.state <> 'SOLD' order by h.product_id for no key update of h, p),
    enough as (
        select coalesce(bool_and(quantity <= case when active then held else free end), true)
            and (coalesce(bool_and(active), true) or not exists (
                select from order_items i join products p on p.id = i.product_id
                where i.order_id = :order and p.sold_out)) as ok
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


# In words of its own: built anew for every line of every order, it took longer to write than to carry out.
_HOLD = text(
    """
    update products p set held = held + :quantity, updated_at = now()
    where id = :id and on_hand - held >= :quantity and not sold_out
    returning (:quantity > 0 and on_hand = held) or exists (
        select from recipe_lines l where l.ingredient_id = :id and l.quantity > p.on_hand - p.held
        and l.quantity <= p.on_hand - p.held + :quantity)
    """
)


def turned(product_id: UUID, before: ColumnElement[int], after: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether something sold out or came back as this much of a product became free: it, or what is made of it."""
    low, high = func.least(before, after), func.greatest(before, after)
    line = (RecipeLine.ingredient_id == product_id, RecipeLine.quantity > low, RecipeLine.quantity <= high)
    return or_(and_(low < 1, high >= 1), exists().where(*line).correlate(Product))


def hold(db: Session, product_id: UUID, quantity: int) -> bool | None:
    """Set some aside; 0 of what is not counted itself. Answers whether something sold out by that, or None where there
    was not enough."""
    ran_out: bool | None = db.scalar(_HOLD, {"id": product_id, "quantity": quantity})
    return ran_out


def sell_holds(db: Session, order: Order) -> bool:
    """What was set aside for a locked order is sold; what had gone back is taken again. False: nothing changed."""
    return bool(db.scalar(_SELL, {"venue": order.workspace_id, "order": order.id}))


def release_holds(db: Session, order: Order) -> Followup:
    """What was set aside for a locked order goes back, once."""
    came_back = False
    for held in _holds(db, order):
        if held.state is HoldState.ACTIVE:
            came_back = _unhold(db, held) or came_back
            held.state = HoldState.RELEASED
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
    """Something went or came back, for a reason, as for an order that is not made.

    Raises Rejected where more would be held than is there.
    """
    after = Product.on_hand + quantity
    mine = (Product.workspace_id == workspace_id, Product.id == product_id, after >= Product.held)
    moved = update(Product).where(*mine).values(on_hand=after)
    otherwise = db.scalar(moved.returning(turned(product_id, free - quantity, free)))
    if otherwise is None:
        raise Rejected("not_enough_stock")
    _write(db, workspace_id, product_id, quantity, reason, user_id=user_id, order_id=order_id)
    return menu_changed(workspace_id) if otherwise else Followup()


def menu_changed(workspace_id: UUID) -> Followup:
    """Something sold out or came back."""
    return Followup(menus=frozenset({workspace_id}))


def _holds(db: Session, order: Order) -> list[StockHold]:
    # By product id, like everybody: two orders of the same products never wait for each other in a ring.
    query = select(StockHold).where(StockHold.order_id == order.id).order_by(StockHold.product_id)
    return list(db.scalars(query.with_for_update().execution_options(populate_existing=True)))


def _unhold(db: Session, held: StockHold) -> bool:
    """Answers whether something came back by it."""
    back = update(Product).where(Product.id == held.product_id).values(held=Product.held - held.quantity)
    came_back = turned(held.product_id, free - held.quantity, free)
    return bool(db.execute(back.returning(came_back)).scalar_one())


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
