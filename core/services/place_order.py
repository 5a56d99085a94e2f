"""A guest confirmed a cart: the order, its lines and its stock, all or nothing, once per cart."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import clock
from core.conversation.effects import Effect, Outcome
from core.crashpoint import crashpoint
from core.domain.delivery import read_delivery
from core.domain.money import order_total, plain, vat_in
from core.domain.pricing import Bill, bill
from core.domain.statuses import OrderStatus
from core.domain.stock import Takes, granted, is_orderable, wanted
from core.services.activity import Actor, record
from core.services.customers import Buyer, own_discount
from core.services.followup import Followup
from core.services.recipes import free_of, recipes_of
from core.services.shutting import shut
from core.services.stock import hold, menu_changed
from core.store.sql.tables import Category, Order, OrderCounter, OrderEvent, OrderItem, Product, StockHold, Workspace

Result = tuple[Outcome, Followup]
Products = dict[UUID, Product]


def place_order(db: Session, buyer: Buyer, effect: Effect) -> Result:
    """Place it, or answer with the order this cart became before, or refuse with nothing placed."""
    workspace = db.get_one(Workspace, buyer.workspace_id)
    before = _order_of_cart(db, workspace.id, effect["cart_id"])
    if before is not None:
        return _placed(before), Followup()
    products = _products(db, workspace.id, effect["lines"])
    if not workspace.accepts_orders or products is None:
        return {"result": "closed"}, Followup()
    refused = shut(db, workspace, products.values(), clock.now()) or _too_little(workspace, effect)
    return (refused, Followup()) if refused else _place(db, buyer, workspace, effect, products)


def _too_little(workspace: Workspace, effect: Effect) -> Outcome | None:
    """The outcome where the house takes only larger orders; the chat may have been shown older rules."""
    delivered = read_delivery(workspace.delivery).minimum if effect["address"] else Decimal(0)
    least, goods = max(workspace.minimum_order, delivered), _goods(effect)
    if goods >= least:
        return None
    amounts = {"minimum": plain(least), "goods": plain(goods)}
    return {"result": "too_little", **amounts, "delivery": least > workspace.minimum_order}


def _goods(effect: Effect) -> Decimal:
    return order_total((line["quantity"], Decimal(line["unit_price"])) for line in effect["lines"])


def _place(db: Session, buyer: Buyer, workspace: Workspace, effect: Effect, products: Products) -> Result:
    recipes = recipes_of(db, products.values())
    wants = wanted(_lines(effect), recipes)
    savepoint = db.begin_nested()
    held = {product_id: hold(db, product_id, quantity) for product_id, quantity in wants}
    short = {product_id for product_id, ran_out in held.items() if ran_out is None}
    # Stock first, then the counter: refusals never wait for it, and everybody takes both in this order.
    counter = None if short else lock_counter(db, workspace.id)
    # Another worker may have placed this very cart while we waited.
    before = _order_of_cart(db, workspace.id, effect["cart_id"])
    if before is not None or counter is None:
        savepoint.rollback()
        return (_placed(before), Followup()) if before else _sold_out(db, effect, products, recipes, short)
    savepoint.commit()
    crashpoint("place_order.held")
    counter.last += 1
    order = _write(db, buyer, workspace, counter.last, effect)
    _write_lines(db, order, effect["lines"], products, recipes)
    db.add_all([_hold_row(order, product_id, quantity) for product_id, quantity in wants if quantity])
    db.flush()
    crashpoint("place_order.written")
    return _placed(order), menu_changed(workspace.id) if any(held.values()) else Followup()


def lock_counter(db: Session, workspace_id: UUID) -> OrderCounter:
    """Until the transaction ends, nobody else places an order here."""
    db.execute(insert(OrderCounter).values(workspace_id=workspace_id, last=0).on_conflict_do_nothing())
    return db.get_one(OrderCounter, workspace_id, with_for_update=True, populate_existing=True)


def _order_of_cart(db: Session, workspace_id: UUID, cart_id: str) -> Order | None:
    return db.scalar(select(Order).where(Order.workspace_id == workspace_id, Order.cart_id == cart_id))


def _products(db: Session, workspace_id: UUID, lines: list[dict[str, Any]]) -> Products | None:
    """What the lines name, or None where a line names what is not on the menu (any more) or makes no sense."""
    wants = {UUID(line["product_id"]) for line in lines}
    on_menu = (Product.workspace_id == workspace_id, Product.in_menu, Product.deleted_at.is_(None))
    query = select(Product).join(Category, Category.id == Product.category_id).where(Category.active, *on_menu)
    found = {row.id: row for row in db.scalars(query.where(Product.id.in_(wants)))}
    sensible = all(is_orderable(line["quantity"]) and Decimal(line["unit_price"]) > 0 for line in lines)
    return found if lines and sensible and found.keys() == wants else None


def _sold_out(
    db: Session, effect: Effect, products: Products, recipes: Mapping[UUID, Takes], short: set[UUID]
) -> Result:
    """Named after what the guest asked for, not after what it lacks; `left` is what the whole cart can have of it."""
    parts = {id: recipes.get(id, {id: 1}) for id in products}
    lines = list(_lines(effect))
    given = granted(lines, recipes, free_of(db, {part for takes in parts.values() for part in takes}))
    touched = [id for id in given if parts[id].keys() & short]
    # Where somebody gave some back meanwhile all of it can be had: then what fell short a moment ago is named.
    lacking = [id for id in touched if given[id] < _asked(lines, id)] or touched
    said = [{"product_id": str(id), "name": products[id].name, "left": given[id]} for id in lacking]
    return {"result": "sold_out", "short": said}, menu_changed(next(iter(products.values())).workspace_id)


def _lines(effect: Effect) -> Iterator[tuple[UUID, int]]:
    return ((UUID(line["product_id"]), line["quantity"]) for line in effect["lines"])


def _asked(lines: list[tuple[UUID, int]], product_id: UUID) -> int:
    return sum(quantity for id, quantity in lines if id == product_id)


def _write(db: Session, buyer: Buyer, workspace: Workspace, number: int, effect: Effect) -> Order:
    order = _order(buyer, workspace, number, effect)
    db.add(order)
    db.flush()
    by = {"cause": "taken_by_hand", "user_id": buyer.user_id} if buyer.user_id else {"cause": "guest"}
    db.add(OrderEvent(workspace_id=workspace.id, order_id=order.id, to_status=OrderStatus.PENDING, **by))
    if buyer.user_id:
        said = {"number": order.number, "total": order.total, "table": order.table_number}
        record(db, Actor(workspace.id, buyer.user_id), "order_taken", "order", order.id, detail=said)
    return order


def _order(buyer: Buyer, workspace: Workspace, number: int, effect: Effect) -> Order:
    costs = _bill(buyer, effect)
    return Order(
        id=order_id_of(workspace.id, effect["cart_id"]),
        workspace_id=workspace.id,
        conversation_id=buyer.conversation_id,
        customer_id=buyer.customer_id,
        cart_id=effect["cart_id"],
        number=number,
        table_number=effect["table"],
        address=effect["address"],
        pickup=effect.get("pickup", False),
        note=effect.get("note", ""),
        delivery_fee=costs.fee,
        discount=costs.discount,
        tip=costs.tip,
        customer_name=effect["customer_name"],
        total=costs.total,
        currency=effect["currency"],
        vat_percent=workspace.vat_percent,
        vat=vat_in(costs.price, workspace.vat_percent),
        # Read as it is written, behind the counter: what was read before may have been switched meanwhile.
        practice=select(Workspace.dev_mode).where(Workspace.id == workspace.id).scalar_subquery(),
        expires_at=clock.now() + timedelta(seconds=workspace.hold_seconds),
    )


def order_id_of(workspace_id: UUID, cart_id: str) -> UUID:
    """A cart becomes one order, and the same one in every replay of the night: old taps and callbacks name it."""
    return uuid5(workspace_id, f"order:{cart_id}")


def _bill(buyer: Buyer, effect: Effect) -> Bill:
    """At the prices the guest agreed to; a discount given since the review is theirs, one taken away still is."""
    fee, own = Decimal(effect.get("delivery_fee", 0)), own_discount(buyer.customer) if buyer.customer else Decimal(0)
    percent = max(Decimal(effect.get("discount_percent", 0)), own)
    return bill(_goods(effect), fee, percent, effect.get("tip", ""))


def _write_lines(
    db: Session, order: Order, lines: list[dict[str, Any]], products: Products, recipes: Mapping[UUID, Takes]
) -> None:
    for position, data in enumerate(lines, start=1):
        product = products[UUID(data["product_id"])]
        db.add(
            OrderItem(
                workspace_id=order.workspace_id,
                order_id=order.id,
                product_id=product.id,
                position=position,
                name=data["name"],
                quantity=data["quantity"],
                price_at_time=Decimal(data["unit_price"]),
                note=data["note"],
                options=data.get("options", []),
                takes={str(part): amount for part, amount in recipes.get(product.id, {}).items() if amount},
                station=product.station,
            )
        )


def _hold_row(order: Order, product_id: UUID, quantity: int) -> StockHold:
    return StockHold(workspace_id=order.workspace_id, order_id=order.id, product_id=product_id, quantity=quantity)


def _placed(order: Order) -> Outcome:
    return {
        "result": "placed",
        "order_id": str(order.id),
        "number": order.number,
        "total": plain(order.total),
        "currency": order.currency,
    }
