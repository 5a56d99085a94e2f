"""Any sequence of what guests, staff, time and money do leaves books that add up."""

import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy.orm import Session, sessionmaker

from core.domain.orders import BY_STAFF, LEGAL
from core.domain.statuses import OrderStatus, PaymentStatus
from core.services.holds import expire_holds
from core.services.orders import advance_order
from core.store.sql.tables import Order, Payment
from tests.integration import shelf
from tests.integration.sql.bar import PRICES, open_bar

EXAMPLES, STEPS = (200, 40) if os.environ.get("PROVE") else (8, 20)
GUESTS = st.integers(1, 3)
CHOICE = st.booleans()
CARTS = st.dictionaries(st.sampled_from(sorted(PRICES)), st.integers(1, 6), min_size=1)


class Evening(RuleBasedStateMachine):
    """One bar from opening to closing; after every step the audit must find nothing."""

    sessions: ClassVar[sessionmaker[Session]]

    def __init__(self) -> None:
        super().__init__()
        self.bar = open_bar(self.sessions, Dawa=8, Tusker=12, Wings=6)
        self.bar.keeps("Lime", 20)
        self.recipes: dict[str, dict[str, int]] = {}
        self.orders: list[dict[str, Any]] = []
        self.payments: list[str] = []

    @rule(guest=GUESTS, cart=CARTS, pay=st.booleans())
    def order(self, guest: int, cart: dict[str, int], pay: bool) -> None:
        free = {name: on_hand - held for name in self.bar.products for on_hand, held in [self.bar.stock(name)]}
        takes = Counter[str]()
        for name, quantity in cart.items():
            for part, amount in self.recipes.get(name, {name: 1}).items():
                takes[part] += quantity * amount
        placed, *asked = self.bar.order(self.bar.guest(guest), pay=pay, **cart)
        assert (placed["result"] == "placed") == all(free[part] >= amount for part, amount in takes.items())
        if placed["result"] == "sold_out":
            self._can_have_what_is_left(cart, placed["short"], guest)
        if placed["result"] == "placed":
            self.orders.append(placed | {"guest": guest})
        self._asked(asked)

    @rule(which=st.integers(0), guest=st.none() | GUESTS)
    def pay(self, which: int, guest: int | None) -> None:
        if self.orders:
            order = self.orders[which % len(self.orders)]
            ref = self.bar.guest(guest or order["guest"])
            self._asked(self.bar.perform(ref, self.bar.pay(ref, order["order_id"])))

    @rule(which=st.integers(0), status=st.sampled_from(["FAILED", "EXPIRED", "UNKNOWN", "PENDING"]))
    def hear_of_payment(self, which: int, status: str) -> None:
        if self.payments:
            payment_id = self.payments[which % len(self.payments)]
            with self.sessions.begin() as db:
                payment = db.get_one(Payment, payment_id)
                if payment.status not in (PaymentStatus.SUCCEEDED, PaymentStatus.FAILED, PaymentStatus.EXPIRED):
                    payment.status = PaymentStatus(status)

    @rule(which=st.integers(0))
    def money_comes(self, which: int) -> None:
        if self.orders:
            order_id = self.orders[which % len(self.orders)]["order_id"]
            if self.bar.status(order_id) in (OrderStatus.PENDING, OrderStatus.FAILED):
                assert self.bar.settle(order_id) == (self.bar.status(order_id) is OrderStatus.PAID)

    @rule(which=st.integers(0))
    def cancel(self, which: int) -> None:
        if self.orders:
            order = self.orders[which % len(self.orders)]
            cancel = {"kind": "cancel_order", "order_id": order["order_id"]}
            self.bar.perform(self.bar.guest(order["guest"]), cancel)

    @rule()
    def time_passes(self) -> None:
        for order in self.orders:
            self.bar.change(Order, order["order_id"], expires_at=datetime.now(UTC) - timedelta(seconds=1))
        expire_holds(self.sessions)

    @rule(which=st.integers(0), to=st.sampled_from(sorted(BY_STAFF)))
    def staff_tap(self, which: int, to: OrderStatus) -> None:
        if self.orders:
            order_id = self.orders[which % len(self.orders)]["order_id"]
            with self.sessions.begin() as db:
                order = db.get_one(Order, order_id)
                if (order.status, to) in LEGAL:
                    advance_order(db, self.bar.workspace_id, order.id, to, None)

    @rule(
        name=st.sampled_from(["Dawa", "Wings"]), limes=st.integers(0, 4), beer=st.integers(0, 1), counted=st.booleans()
    )
    def recipe(self, name: str, limes: int, beer: int, counted: bool) -> None:
        parts = {part: amount for part, amount in (("Lime", limes), ("Tusker", beer)) if amount}
        self.bar.mixes(name, parts, counted)
        self.recipes[name] = parts | ({name: 1} if counted or not parts else {})

    @rule(name=st.sampled_from([*sorted(PRICES), "Lime"]), quantity=st.integers(1, 5))
    def delivery(self, name: str, quantity: int) -> None:
        with self.sessions.begin() as db:
            shelf.receive(db, self.bar.workspace_id, self.bar.products[name], quantity)

    @invariant()
    def the_books_add_up(self) -> None:
        # I10 looks at the clock: nobody relays here, and on a busy machine the first evening is soon a minute ago.
        assert self.bar.breaches(but="I10") == []

    def _can_have_what_is_left(self, cart: dict[str, int], short: list[dict[str, Any]], guest: int) -> None:
        """What the refusal leaves of the cart can be ordered at once."""
        left = cart | {one["name"]: one["left"] for one in short}
        assert any(left[name] < cart[name] for name in cart)
        if rest := {name: quantity for name, quantity in left.items() if quantity}:
            placed = self.bar.order(self.bar.guest(guest), pay=False, **rest)[0]
            assert placed["result"] == "placed"
            self.orders.append(placed | {"guest": guest})

    def _asked(self, outcomes: list[dict[str, Any]]) -> None:
        self.payments += [outcome["payment_id"] for outcome in outcomes if outcome["result"] == "requested"]


def test_any_evening_leaves_books_that_add_up(sessions: sessionmaker[Session]) -> None:
    Evening.sessions = sessions
    limits = settings(
        max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(Evening, settings=limits)
