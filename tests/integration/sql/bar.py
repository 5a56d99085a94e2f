"""A small bar in a real database, with guests who order."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from threading import Barrier
from typing import Any, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from core.domain.statuses import ChannelKind, OrderStatus, PaymentStatus, Provider, ReceiptState, Station, Unit
from core.errors import TryAgain
from core.services.activity import Actor
from core.services.audit import audit
from core.services.effects import GuestRef, perform
from core.services.followup import Followup
from core.services.ingredients import save_ingredient
from core.services.ledger import book
from core.services.menu import load_menu
from core.services.orders import buy_order, lock_order
from core.services.recipe_edit import set_recipe
from core.services.stock import sell_holds
from core.store.sql.engine import transaction
from core.store.sql.outbox import owe
from core.store.sql.tables import (
    Category,
    Channel,
    Order,
    Payment,
    Product,
    Receipt,
    StockHold,
    StockMovement,
    Workspace,
)
from tests.integration import shelf

Answer = TypeVar("Answer")
Effects = list[dict[str, Any]]
PRICES = {"Dawa": 700, "Tusker": 350, "Wings": 900}


@dataclass
class Bar:
    """`products` by name."""

    sessions: sessionmaker[Session]
    workspace_id: UUID
    channel_id: UUID
    products: dict[str, UUID] = field(default_factory=dict)

    def guest(self, number: int = 1) -> GuestRef:
        return GuestRef(self.workspace_id, self.channel_id, f"box-{number}", "", f"2547{number:08d}", f"Guest {number}")

    def perform(self, guest: GuestRef, *effects: dict[str, Any], event: str = "") -> list[dict[str, Any]]:
        return self.perform_all(guest, list(effects), event)[0]

    def perform_all(self, guest: GuestRef, effects: Effects, event: str = "") -> tuple[Effects, Followup]:
        event = event or uuid4().hex
        return self._patiently(lambda db: perform(db, guest, event, effects))

    def order(self, guest: GuestRef, pay: bool = True, **quantities: int) -> list[dict[str, Any]]:
        effects = [self.place("", **quantities)]
        return self.perform(guest, *effects, *([self.pay(guest)] if pay else []))

    def place(self, cart: str = "", **quantities: int) -> dict[str, Any]:
        return {
            "kind": "place_order",
            "cart_id": cart or uuid4().hex,
            "lines": [self._line(name, quantity) for name, quantity in quantities.items()],
            "table": 7,
            "address": "",
            "customer_name": "Achieng",
            "currency": "KES",
        }

    def pay(self, guest: GuestRef, order_id: str | None = None, phone: str = "") -> dict[str, Any]:
        return {"kind": "request_payment", "order_id": order_id, "method": "MPESA", "phone": phone or guest.phone}

    def settle(self, order_id: UUID | str, amount: int = 0) -> bool:
        """What a settlement does, in its lock order; False where the stock is gone."""
        return self._patiently(lambda db: settle(db, self.workspace_id, UUID(str(order_id)), amount))

    def stock(self, name: str) -> tuple[int, int]:
        with self.sessions.begin() as db:
            row = db.get_one(Product, self.products[name])
            return row.on_hand, row.held

    def status(self, order_id: UUID | str) -> OrderStatus:
        with self.sessions.begin() as db:
            return db.get_one(Order, UUID(str(order_id))).status

    def holds(self, order_id: UUID | str) -> list[str]:
        with self.sessions.begin() as db:
            query = select(StockHold).where(StockHold.order_id == UUID(str(order_id))).order_by(StockHold.product_id)
            return [row.state.value for row in db.scalars(query)]

    def movements(self, name: str) -> list[int]:
        with self.sessions.begin() as db:
            query = select(StockMovement).where(StockMovement.product_id == self.products[name])
            return [row.quantity for row in db.scalars(query.order_by(StockMovement.seq))]

    def keeps(self, name: str, quantity: int, unit: Unit = Unit.MILLILITRE) -> UUID:
        """An ingredient on the shelf."""
        with self.sessions.begin() as db:
            said = {"name": name, "unit": unit, "low_stock": 0}
            self.products[name] = save_ingredient(db, Actor(self.workspace_id), None, 0, said)
            if quantity:
                shelf.receive(db, self.workspace_id, self.products[name], quantity)
        return self.products[name]

    def mixes(self, name: str, parts: Mapping[str, int], counted: bool = False) -> Followup:
        """Staff say what a product is made of."""
        lines = [(self.products[part], quantity) for part, quantity in parts.items()]
        with self.sessions.begin() as db:
            product = db.get_one(Product, self.products[name])
            return set_recipe(db, Actor(self.workspace_id), product.id, product.version, lines, counted)

    def available(self) -> set[str]:
        """What a guest can have."""
        with self.sessions.begin() as db:
            return {product.name for product in load_menu(db, self.workspace_id).products if product.available}

    def change(self, table: Any, row_id: UUID | str, **values: Any) -> None:
        with self.sessions.begin() as db:
            db.execute(update(table).where(table.id == UUID(str(row_id))).values(**values))

    def count(self, table: Any) -> int:
        with self.sessions.begin() as db:
            return len(db.scalars(select(table)).all())

    def breaches(self, but: str = "") -> list[Any]:
        """What the audit finds; `but` one invariant."""
        with self.sessions.begin() as db:
            verdicts = audit(db, {})
        return [breach for name, verdict in verdicts.items() if name != but for breach in verdict["breaches"]]

    def _patiently(self, do: Callable[[Session], Answer]) -> Answer:
        """On a crowded machine a lock may not be had in time: then again, as the turn of a conversation does."""
        for _ in range(5):
            with suppress(TryAgain), transaction(self.sessions) as db:
                return do(db)
        raise TimeoutError

    def _line(self, name: str, quantity: int) -> dict[str, Any]:
        product = {"product_id": str(self.products[name]), "name": name}
        return {**product, "quantity": quantity, "unit_price": str(PRICES[name]), "note": ""}


def open_bar(sessions: sessionmaker[Session], **stock: int) -> Bar:
    """A venue whose products have the given stock, 100 of each otherwise."""
    with sessions.begin() as db:
        workspace = Workspace(name="Test bar", slug=uuid4().hex, serves_alcohol=True)
        db.add(workspace)
        db.flush()
        secrets = {"access_token": "t", "app_secrets": ["s"], "verify_token": "v"}
        channel = Channel(
            workspace_id=workspace.id, kind=ChannelKind.WHATSAPP, phone_number_id=uuid4().hex,
            api_url="http://localhost", api_version="v25.0", secrets=secrets,
        )  # fmt: skip
        db.add(channel)
        db.flush()
        bar = Bar(sessions, workspace.id, channel.id)
        _fill(db, bar, stock)
    return bar


def _fill(db: Session, bar: Bar, stock: dict[str, int]) -> None:
    category = Category(workspace_id=bar.workspace_id, name="All", slug="all")
    db.add(category)
    db.flush()
    for name, price in PRICES.items():
        product = Product(
            workspace_id=bar.workspace_id, category_id=category.id, name=name, slug=name.lower(),
            price=Decimal(price), station=Station.KITCHEN if name == "Wings" else Station.BAR,
        )  # fmt: skip
        db.add(product)
        db.flush()
        bar.products[name] = product.id
        if quantity := stock.get(name, 100):
            shelf.receive(db, bar.workspace_id, product.id, quantity)


def settle(db: Session, workspace_id: UUID, order_id: UUID, amount: int = 0) -> bool:
    order = lock_order(db, workspace_id, order_id)
    assert order is not None
    payment = db.scalars(select(Payment).where(Payment.order_id == order_id).with_for_update()).first()
    receipt = Receipt(
        workspace_id=workspace_id, provider=Provider.KOPOKOPO, reference=uuid4().hex[:10].upper(),
        amount=Decimal(amount) or order.total, currency="KES", received_at=datetime.now(UTC),
        payment_id=payment.id if payment else None, order_id=order_id, state=ReceiptState.MATCHED,
    )  # fmt: skip
    if amount and amount < order.total:
        db.add(receipt)
        book(db, "part_paid", receipt)
        return False
    if not sell_holds(db, order):
        return False
    db.add(receipt)
    if payment is not None:
        payment.status, payment.next_check_at, payment.succeeded_at = PaymentStatus.SUCCEEDED, None, datetime.now(UTC)
    buy_order(db, order, "paid")
    book(db, "paid", receipt, order)
    owe(db, order.conversation_id, "payment_settled", {"order_id": str(order.id), "receipt": receipt.reference})
    return True


def all_at_once(count: int, do: Callable[[int], Answer], workers: int = 0) -> list[Answer]:
    """Run `do(0) … do(count - 1)` in threads that start together."""
    workers = workers or count
    ready = Barrier(workers)

    def start(number: int) -> Answer:
        if number < workers:
            ready.wait()
        return do(number)

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(start, range(count)))
