"""The whole money machine, in any order: taps, callbacks early, late, twice and shuffled, polls, expiries, refunds,
reversals, decisions of staff, closings, and transactions that died just before their commit.

After every step the audit finds nothing, and the books say what is true outside of them (`outside.py`): what the
provider and the drawer hold, and that of each payer's money every shilling is for one order, owed, or gone back.
At the end every state has a way out: what is open can be ended, and then nothing is left open.
"""

import os
from collections.abc import Callable
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select, text, update

from core.domain.orders import BOUGHT, BY_STAFF, LEGAL
from core.domain.refunds import OPEN
from core.domain.statuses import LIVE_PAYMENTS, OrderStatus, PaymentStatus, Provider, ReceiptState, RefundStatus
from core.errors import Rejected
from core.services import refund_calls
from core.services.holds import expire_holds
from core.services.orders import advance_order
from core.store.sql.tables import Order, Payment, Receipt, Refund
from tests.integration.books.desk import at_desk
from tests.integration.books.outside import Outside
from tests.integration.money.house import House, make_program, open_account
from tests.integration.money.kopokopo import event, money
from tests.integration.sql.bar import open_bar
from tests.integration.sql.conftest import EMPTYING

EXAMPLES, STEPS = (120, 60) if os.environ.get("PROVE") else (6, 25)
GUESTS = st.integers(1, 4)
ANY = st.integers(0, 1000)
CARTS = st.dictionaries(st.sampled_from(["Dawa", "Tusker", "Wings"]), st.integers(1, 5), min_size=1)


class Died(Exception):
    """The process died just before its commit."""


class Night(RuleBasedStateMachine):
    """One night at one bar."""

    fresh: ClassVar[Callable[[], House]]

    def __init__(self) -> None:
        super().__init__()
        self.house_now = type(self).fresh()
        self.desk = at_desk(self.house_now)
        self.prompts: list[dict[str, Any]] = []
        self.callbacks: list[dict[str, Any]] = []
        self.paid: list[dict[str, Any]] = []
        self.orders: list[str] = []
        self.outside = Outside()
        self.counted = Decimal(0)  # what closed shifts should have left in the drawer

    # ── guests ───────────────────────────────────────────────────────────────────────────────────────────────────────

    @rule(guest=GUESTS, cart=CARTS)
    def a_guest_orders_and_taps_pay(self, guest: int, cart: dict[str, int]) -> None:
        placed, *asked = self.house_now.bar.order(self.house_now.bar.guest(guest), True, **cart)
        if placed["result"] == "placed":
            self.orders.append(placed["order_id"])
        for outcome in asked:
            self._request(outcome)

    @rule(guest=GUESTS)
    def a_guest_orders_and_pays_at_once(self, guest: int) -> None:
        before = len(self.prompts)
        self.a_guest_orders_and_taps_pay(guest, {"Tusker": 1})
        if len(self.prompts) > before:
            self.a_guest_enters_the_pin(before, "all", False)
            self.a_callback_comes(len(self.callbacks) - 1, False, False)

    @precondition(lambda self: self.orders)
    @rule(which=ANY, guest=GUESTS)
    def a_guest_taps_pay_again(self, which: int, guest: int) -> None:
        self._request(self.house_now.pay_again(self.orders[which % len(self.orders)], guest))

    @precondition(lambda self: self.orders)
    @rule(which=ANY, guest=GUESTS)
    def a_guest_calls_it_off(self, which: int, guest: int) -> None:
        cancel = {"kind": "cancel_order", "order_id": self.orders[which % len(self.orders)]}
        self.house_now.bar.perform(self.house_now.bar.guest(guest), cancel)

    @precondition(lambda self: self.prompts)
    @rule(which=ANY, amount=st.sampled_from(["all", "all", "all", "less", "more"]), till=st.booleans())
    def a_guest_enters_the_pin(self, which: int, amount: str, till: bool) -> None:
        """The callback comes some time, or never; a bare notice of the till may come, too."""
        prompt = self.prompts.pop(which % len(self.prompts))
        asked = int(prompt["amount"]["value"])
        much = {"all": asked, "less": max(asked - 100, 1), "more": asked + 300}[amount]
        body = self.house_now.kopokopo.pay(prompt, amount=f"{much}.0")
        self.callbacks.append(body)
        resource = body["data"]["attributes"]["event"]["resource"]
        self._came(resource, much)
        if till:
            self.callbacks.append(event(resource))

    @precondition(lambda self: self.prompts)
    @rule(which=ANY)
    def a_guest_does_not_pay(self, which: int) -> None:
        prompt = self.prompts[which % len(self.prompts)]  # it may be paid all the same, later
        self.callbacks.append(deepcopy(self.house_now.kopokopo.refuse(prompt)))

    @rule(amount=st.integers(1, 30))
    def somebody_pays_the_till(self, amount: int) -> None:
        resource = money(f"T{len(self.paid):09d}", "+254711222333", amount * 50)
        self._came(resource, amount * 50)
        self.callbacks.append(event(resource))

    # ── the provider ─────────────────────────────────────────────────────────────────────────────────────────────────

    @precondition(lambda self: self.callbacks)
    @rule(which=ANY, again=st.booleans(), dies=st.booleans())
    def a_callback_comes(self, which: int, again: bool, dies: bool) -> None:
        body = self.callbacks[which % len(self.callbacks)]
        if not again:
            self.callbacks.remove(body)
        if dies:
            with dying("settle.before_commit"):
                self.house_now.told(body)
        self._told(body)

    @precondition(lambda self: self.paid)
    @rule(which=ANY)
    def the_provider_takes_money_back(self, which: int) -> None:
        resource = self.paid[which % len(self.paid)]
        if not self._is_paid_out(resource["reference"]):
            self.outside.takes_back(resource["reference"])
            self.house_now.told(event(resource, "buygoods_reversed"))

    @rule(seconds=st.sampled_from([46, 120, 400]))
    def attempts_are_asked_about(self, seconds: int) -> None:
        with self.house_now.bar.sessions.begin() as db:
            unsure = (PaymentStatus.PENDING, PaymentStatus.UNKNOWN, PaymentStatus.EXPIRED, PaymentStatus.FAILED)
            asked = select(Payment.id, Payment.handle_id).where(Payment.status.in_(unsure), Payment.handle.is_not(None))
            found = db.execute(asked).all()
        for payment_id, handle_id in found:
            self._hear_of(self.house_now.kopokopo.results[handle_id or ""])
            self.house_now.ago(str(payment_id), seconds)
            self.house_now.check(str(payment_id))

    @rule(dies=st.booleans())
    def refunds_are_sent(self, dies: bool) -> None:
        """Who dies before the call leaves a refund of which nobody can say whether it went."""
        if dies:
            with dying("send_refund.before_call"):
                self.desk.send_all()
        self.desk.send_all()

    @precondition(lambda self: self.desk.out.asked)
    @rule(which=ANY, how=st.sampled_from(["callback", "poll", "died"]))
    def a_refund_arrives(self, which: int, how: str) -> None:
        number = which % len(self.desk.out.asked)
        body = self.desk.out.arrives(number)
        self._sent(self.desk.out.asked[number])
        if how == "poll":
            return self.refunds_are_asked_about()
        if how == "died":
            with dying("refund_told.before_commit"):
                self.desk.hear(body)
        self.desk.hear(body)
        return None

    @rule()
    def refunds_are_asked_about(self) -> None:
        for refund in self.house_now.refunds():
            if refund.status is RefundStatus.REQUESTED:
                refund_calls.check_refund(self.house_now.program, str(refund.id))

    # ── time and staff ───────────────────────────────────────────────────────────────────────────────────────────────

    @rule()
    def time_is_up(self) -> None:
        with self.house_now.bar.sessions.begin() as db:
            db.execute(update(Order).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
        expire_holds(self.house_now.bar.sessions)

    @precondition(lambda self: self.orders)
    @rule(which=ANY, to=st.sampled_from(sorted(BY_STAFF)))
    def staff_move_an_order(self, which: int, to: OrderStatus) -> None:
        with self.house_now.bar.sessions.begin() as db:
            order = db.get_one(Order, UUID(self.orders[which % len(self.orders)]))
            if (order.status, to) in LEGAL:
                advance_order(db, self.desk.workspace_id, order.id, to, None)

    @precondition(lambda self: self.orders)
    @rule(which=ANY, amount=st.none() | st.integers(1, 40), cash=st.booleans())
    def staff_refund_an_order(self, which: int, amount: int | None, cash: bool) -> None:
        with refused():
            self.desk.refund(self.orders[which % len(self.orders)], amount and amount * 50, cash=cash)
        self._handed_over()

    @precondition(lambda self: self.orders)
    @rule(which=ANY, number=ANY, what=st.sampled_from(["assign", "sales", "back", "cash"]))
    def staff_decide_about_money(self, which: int, number: int, what: str) -> None:
        waiting = [
            one for one in self.house_now.receipts() if one.state in (ReceiptState.UNMATCHED, ReceiptState.REFUND_DUE)
        ]
        if not waiting:
            return
        receipt = waiting[which % len(waiting)].id
        with refused():
            if what == "assign":
                self.desk.assign(receipt, number % len(self.orders) + 1)
            elif what == "sales":
                self.desk.take_as_sales(receipt)
            else:
                self.desk.give_back(receipt, cash=what == "cash")
        self._handed_over()

    @rule(which=ANY, what=st.sampled_from(["send", "cash", "went", "did not go"]))
    def staff_decide_about_a_refund(self, which: int, what: str) -> None:
        refunds = self.house_now.refunds()
        if refunds:
            with refused():
                self._decide(refunds[which % len(refunds)], what)
        self._handed_over()

    @rule(guest=GUESTS)
    def an_old_page_assigns_the_same_money_to_another_order(self, guest: int) -> None:
        first, second = (self.house_now.bar.order(self.house_now.bar.guest(guest), False, Tusker=1)[0] for _ in "12")
        self.somebody_pays_the_till(7)
        self._told(self.callbacks.pop())
        receipt = self.house_now.receipts()[-1].id
        for placed in (first, second):
            if placed["result"] == "placed":
                self.orders.append(placed["order_id"])
                with refused():
                    self.desk.assign(receipt, placed["number"])

    @rule(guest=GUESTS)
    def an_old_page_sends_the_same_refund_again(self, guest: int) -> None:
        self.a_guest_orders_and_pays_at_once(guest)
        if self.orders:
            self.staff_refund_an_order(len(self.orders) - 1, None, False)
        for _ in range(2):
            self.desk.send_all()
            for refund in self.house_now.refunds():
                with refused():
                    self.desk.approve(refund.id)
        self._handed_over()

    @rule(guest=GUESTS)
    def a_guest_pays_cash(self, guest: int) -> None:
        placed = self.house_now.bar.order(self.house_now.bar.guest(guest), False, Tusker=1)[0]
        if placed["result"] == "placed":
            self.orders.append(placed["order_id"])
            self.desk.cash(placed["order_id"], Decimal(350))
            self.outside.pays_cash(self.house_now.receipts()[-1].reference, Decimal(350))

    @rule(dies=st.booleans())
    def the_shift_is_closed(self, dies: bool) -> None:
        if dies:
            with dying("close_shift.before_commit"):
                self.desk.close(0)
        report = self.desk.close(0)
        self.counted += report.cash_expected
        assert self.counted == self.outside.drawer
        assert sum((one.amount for one in report.categories), Decimal(0)) == report.sales

    # ── what must hold ───────────────────────────────────────────────────────────────────────────────────────────────

    @invariant()
    def the_books_add_up(self) -> None:
        with self.house_now.bar.sessions.begin() as db:
            db.execute(text("update payments set next_check_at = now() where next_check_at < now()"))
            db.execute(text("update refunds set next_check_at = now() where next_check_at < now()"))
        assert [one for one in self.house_now.bar.breaches() if one["breach"] != "unpaid_order_never_ended"] == []

    @invariant()
    def the_books_hold_what_the_provider_and_the_drawer_hold(self) -> None:
        ledger = self.desk.balances()
        assert sum(ledger.values()) == 0
        assert ledger.get("CLEARING", 0) == self.outside.held
        assert ledger.get("DRAWER", 0) == self.outside.drawer

    @invariant()
    def no_refund_is_sent_twice(self) -> None:
        sent = [call["metadata"]["refund_id"] for call in self.desk.out.asked]
        assert len(set(sent)) == len(sent)

    @invariant()
    def every_shilling_is_for_one_order_or_unmatched_or_owed_or_gone_back(self) -> None:
        left, ledger, owed = dict[UUID | None, Decimal](), self.desk.balances(), self._owed()
        receipts = self.house_now.receipts()
        assert {one.reference for one in receipts} == {*self.outside.told, *self.outside.cash}
        nobody = (ReceiptState.UNMATCHED, ReceiptState.TAKINGS)
        for one in receipts:
            of_order = None if one.state in nobody else one.order_id
            still = self.outside.of(one.reference) - owed.get(one.id, Decimal(0))
            left[of_order] = left.get(of_order, Decimal(0)) + still
        for number, status, due, total, taken in self._orders(receipts):
            paid = left.get(number, Decimal(0))
            assert paid <= total
            assert status in (OrderStatus.PENDING, *BOUGHT) or paid <= 0
            assert status not in BOUGHT or taken or paid == due, "paid for once, and not with another's money"
        unmatched = [one.reference for one in receipts if one.state is ReceiptState.UNMATCHED]
        assert -ledger.get("UNMATCHED", Decimal(0)) == sum(map(self.outside.of, unmatched), Decimal(0))
        assert -ledger.get("REFUNDS", Decimal(0)) == sum(owed.values(), Decimal(0))

    def teardown(self) -> None:
        """Every state has a way out."""
        for body in list(self.callbacks):
            self._told(body)
        for prompt in self.prompts:
            self.house_now.told(self.house_now.kopokopo.refuse(prompt))
        self.time_is_up()
        for receipt in self.house_now.receipts():
            if receipt.state is ReceiptState.UNMATCHED and receipt.decided_by is None:
                self.desk.give_back(receipt.id, cash=True)
        self._handed_over()
        for refund in self.house_now.refunds():
            if refund.status in OPEN:
                self._decide(refund, "went")
        self._handed_over()
        self._nothing_is_open()
        self.the_books_add_up()
        self.the_books_hold_what_the_provider_and_the_drawer_hold()
        self.every_shilling_is_for_one_order_or_unmatched_or_owed_or_gone_back()

    def _nothing_is_open(self) -> None:
        with self.house_now.bar.sessions.begin() as db:
            assert db.scalars(select(Payment.status).where(Payment.status.in_(LIVE_PAYMENTS))).all() == []
            assert db.scalars(select(Order.id).where(Order.status == OrderStatus.PENDING)).all() == []
            assert db.scalars(select(Receipt.id).where(Receipt.state == ReceiptState.UNMATCHED)).all() == []
            assert db.scalars(select(Refund.id).where(Refund.status.in_(OPEN))).all() == []
        assert "REFUNDS" not in self.desk.balances() and "UNMATCHED" not in self.desk.balances()

    def _request(self, outcome: dict[str, Any]) -> None:
        if outcome["result"] == "requested":
            before = len(self.house_now.kopokopo.prompts)
            self.house_now.request(outcome["payment_id"])
            self.prompts += self.house_now.kopokopo.prompts[before:]

    def _decide(self, refund: Refund, what: str) -> None:
        """Staff say what they see: a refund that went, if only because they sent it themselves just now."""
        calls = [one for one in self.desk.out.asked if one["metadata"]["refund_id"] == str(refund.id)]
        if what in ("send", "cash"):
            self.desk.approve(refund.id, cash=what == "cash")
        elif what == "went":
            self.desk.confirm(refund.id, went=True)
            self._send(refund, calls[-1]["id"] if calls else f"by hand {refund.id}")
        elif not calls:
            self.desk.refund_ago(refund.id, 3600)
            self.desk.confirm(refund.id, went=False)

    # ── what happens outside of the books ────────────────────────────────────────────────────────────────────────────

    def _came(self, resource: dict[str, Any], amount: int) -> None:
        self.paid.append(resource)
        self.outside.pays(resource["reference"], Decimal(amount))

    def _told(self, body: dict[str, Any]) -> None:
        self._hear_of(body)
        self.house_now.told(body)

    def _hear_of(self, body: dict[str, Any]) -> None:
        event = body["event"] if "event" in body else body["data"]["attributes"]["event"]
        if event.get("resource"):
            self.outside.tells(event["resource"]["reference"])

    def _sent(self, call: dict[str, Any]) -> None:
        self._send(
            next(one for one in self.house_now.refunds() if str(one.id) == call["metadata"]["refund_id"]), call["id"]
        )

    def _send(self, refund: Refund, call: str) -> None:
        if refund.provider is Provider.CASH:
            return  # staff hand it over: `_handed_over`
        self.outside.sends(self._reference(refund.receipt_id), refund.amount, call)

    def _handed_over(self) -> None:
        """Whoever is told that money was given from the drawer has it in hand."""
        for refund in self.house_now.refunds():
            name = f"cash {refund.id}"
            if (
                refund.provider is Provider.CASH
                and refund.status is RefundStatus.DONE
                and name not in self.outside.arrived
            ):
                self.outside.arrived.add(name)
                self.outside.gives(self._reference(refund.receipt_id), refund.amount)

    def _is_paid_out(self, reference: str) -> bool:
        """Parts of it went as payouts of their own: what then is reversed besides is for people to find out."""
        sent = [one for one in self.house_now.refunds() if one.status in (RefundStatus.REQUESTED, RefundStatus.DONE)]
        mine = [one for one in sent if self._reference(one.receipt_id) == reference]
        return any(one.amount < self.outside.paid[reference] and one.provider is not Provider.CASH for one in mine)

    def _reference(self, receipt_id: UUID) -> str:
        return next(one.reference for one in self.house_now.receipts() if one.id == receipt_id)

    def _owed(self) -> dict[UUID, Decimal]:
        """What is still to go back, by receipt."""
        owed: dict[UUID, Decimal] = {}
        for one in self.house_now.refunds():
            if one.status in OPEN:
                owed[one.receipt_id] = owed.get(one.receipt_id, Decimal(0)) + one.amount
        return owed

    def _orders(self, receipts: list[Receipt]) -> list[tuple[UUID, OrderStatus, Decimal, Decimal, bool]]:
        """Each order: what should be paid for it, and whether any of its money was taken back unasked."""
        gone = {one.order_id for one in receipts if one.reference in self.outside.unasked}
        with self.house_now.bar.sessions.begin() as db:
            orders = db.scalars(select(Order)).all()
        return [(one.id, one.status, one.total - one.returned, one.total, one.id in gone) for one in orders]


@contextmanager
def refused() -> Any:
    """Staff may be told no."""
    try:
        yield
    except Rejected:
        return


@contextmanager
def dying(point: str) -> Any:
    """The process dies at a crash point: its transaction never was."""

    def die(name: str) -> None:
        if name == point:
            raise Died

    with pytest.MonkeyPatch.context() as patch:
        for module in ("settle", "refund_calls", "closings"):
            patch.setattr(f"core.services.{module}.crashpoint", die)
        try:
            yield
        except Died:
            return


def test_any_night_ends_with_books_that_add_up(house: House) -> None:
    def fresh() -> House:
        with house.bar.sessions.begin() as db:
            db.execute(text(EMPTYING))
        return another(house)

    Night.fresh = staticmethod(fresh)
    limits = settings(
        max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.reuse, Phase.generate),  # a night is read as it was: shrinking it takes an hour
    )  # fmt: skip
    run_state_machine_as_test(Night, settings=limits)


def another(house: House) -> House:
    """The same program with another bar, whose stock is small."""
    bar = open_bar(house.bar.sessions, Dawa=8, Tusker=12, Wings=6)
    open_account(bar, house.kopokopo.server.url)
    house.kopokopo.till.clear()
    return House(bar, house.kopokopo, make_program(bar, house.program.store, house.rung.append), house.rung)
