"""Somebody at the desk: gives money back, decides about money nobody knows, counts the drawer, closes the shift."""

import json
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select

from core.domain.closing import ClosingReport
from core.domain.ledger import Account
from core.domain.receipts import Notice, Outcome, Source
from core.domain.statuses import Method, PaymentStatus, Provider, RefundStatus, Start
from core.providers.contract import RefundNotice
from core.providers.kopokopo.webhook import read_events
from core.services import closings, refund_calls, refund_desk, unmatched
from core.services.followup import Followup
from core.services.refund_desk import Decision
from core.services.settle import settle_in
from core.store.sql.engine import transaction
from core.store.sql.tables import LedgerLine, Order, Payment, Receipt, Refund, User
from tests.integration.money.house import House
from tests.integration.money.kopokopo import KopoKopoStandIn, event, money
from tests.integration.money.standin import Call


class MoneyOut:
    """The part of Kopo Kopo that sends money back: remembers what it was asked, and says how each stands."""

    def __init__(self, kopokopo: KopoKopoStandIn) -> None:
        self.kopokopo, self.asked, self.results = kopokopo, list[dict[str, Any]](), dict[str, dict[str, Any]]()
        self.refuses = False
        kopokopo.server.routes |= {"POST /api/v2/reversals": self.take, "POST /api/v2/send_money": self.take}

    def take(self, call: Call) -> None:
        if self.refuses:
            call.answer(400, {"error_code": 400, "error_message": "Not allowed"})
            return
        kind = call.path.rpartition("/")[2]
        handle = str(uuid4())
        self.asked.append(call.json() | {"id": handle, "kind": kind})
        self.results[handle] = result(kind, handle, call.json(), done=False)
        self.kopokopo.server.routes[f"GET {call.path}/{handle}"] = lambda get: get.answer(200, self.results[handle])
        call.answer(201, headers={"Location": f"{self.kopokopo.server.url}{call.path}/{handle}"})

    def arrives(self, number: int = -1) -> dict[str, Any]:
        """The money is on the guest's phone; answers the callback's body."""
        asked = self.asked[number]
        self.results[asked["id"]] = result(asked["kind"], asked["id"], asked, done=True)
        return self.results[asked["id"]]


def result(kind: str, handle: str, asked: dict[str, Any], *, done: bool) -> dict[str, Any]:
    """A callback or status answer about money on its way back."""
    sent = {"amount": "0.0", "status": "Transferred", "transaction_reference": f"BACK{handle[:6]}"} if done else None
    batches = [{"disbursements": [sent]}] if sent else []
    attributes = {
        "status": "Processed" if done else "Scheduled", "metadata": asked["metadata"], "errors": None,
        "transaction_reference": asked.get("transaction_reference"), "reversal_bulk_payment": sent,
        "transfer_batches": batches,
    }  # fmt: skip
    return {"data": {"id": handle, "type": kind.rstrip("s"), "attributes": attributes}}


@dataclass
class Desk:
    """One member of staff, and everything they can do."""

    house: House
    user_id: UUID
    out: MoneyOut

    @property
    def workspace_id(self) -> UUID:
        return self.house.bar.workspace_id

    def paid(self, guest: int = 1, receipt: str = "", **quantities: int) -> str:
        """An order paid by prompt; answers its id."""
        order_id, _, prompt = self.house.prompt(guest, **quantities)
        self.house.told(self.house.kopokopo.pay(prompt, receipt))
        return order_id

    def paid_cash(self, guest: int = 1, amount: int = 0, **quantities: int) -> str:
        """An order paid at the bar."""
        placed = self.house.bar.order(self.house.bar.guest(guest), False, **(quantities or {"Dawa": 1}))[0]
        self.cash(placed["order_id"], Decimal(amount or placed["total"]))
        return str(placed["order_id"])

    def cash(self, order_id: str, amount: Decimal) -> None:
        with transaction(self.house.bar.sessions) as db:
            order = db.get_one(Order, UUID(order_id))
            payment = Payment(
                workspace_id=order.workspace_id, order_id=order.id, conversation_id=order.conversation_id,
                provider=Provider.CASH, method=Method.CASH, start=Start.HANDOVER, status=PaymentStatus.PENDING,
                amount=amount, currency=order.currency,
            )  # fmt: skip
            db.add(payment)
            db.flush()
            notice = Notice(
                Provider.CASH, Source.STAFF, Outcome.PAID, str(payment.id), receipt=f"CASH-{payment.id}",
                amount=amount, currency="KES",
            )  # fmt: skip
            settle_in(db, notice, (self.workspace_id,), self.user_id)

    def by(self, why: str = "the guest asked", key: str = "") -> Decision:
        return Decision(self.user_id, why, key or uuid4().hex)

    def refund(self, order_id: str, amount: int | None = None, key: str = "", *, cash: bool = False) -> Followup:
        with transaction(self.house.bar.sessions) as db:
            much = None if amount is None else Decimal(amount)
            by = self.by(key=key)
            return refund_desk.refund_order(db, self.workspace_id, UUID(order_id), much, by, cash=cash)

    def approve(self, refund_id: UUID, *, cash: bool = False) -> Followup:
        with transaction(self.house.bar.sessions) as db:
            return refund_desk.approve_refund(db, self.workspace_id, refund_id, self.by(), cash=cash)

    def confirm(self, refund_id: UUID, *, went: bool) -> Followup:
        with transaction(self.house.bar.sessions) as db:
            return refund_desk.confirm_refund(db, self.workspace_id, refund_id, self.by(), went=went)

    def assign(self, receipt_id: UUID, number: int) -> Followup:
        with transaction(self.house.bar.sessions) as db:
            return unmatched.assign(db, self.workspace_id, receipt_id, number, self.by())

    def take_as_sales(self, receipt_id: UUID) -> None:
        with transaction(self.house.bar.sessions) as db:
            unmatched.take_as_sales(db, self.workspace_id, receipt_id, self.by())

    def give_back(self, receipt_id: UUID, *, cash: bool = False) -> Followup:
        with transaction(self.house.bar.sessions) as db:
            return unmatched.give_back(db, self.workspace_id, receipt_id, self.by(), cash=cash)

    def send_all(self) -> None:
        """Whatever is approved goes out."""
        for refund in self.house.refunds():
            if refund.status is RefundStatus.APPROVED:
                refund_calls.send_refund(self.house.program, str(refund.id))

    def hear(self, body: dict[str, Any]) -> None:
        """The provider posts what became of money on its way back."""
        for notice in read_events(json.dumps(body).encode(), Source.CALLBACK):
            assert isinstance(notice, RefundNotice)
            refund_calls.refund_told(self.house.bar.sessions, notice, (self.workspace_id,))

    def close(self, counted: int, shift_id: UUID | None = None) -> ClosingReport:
        with transaction(self.house.bar.sessions) as db:
            shift_id = shift_id or closings.current_shift(db, self.workspace_id).id
        return closings.close_shift(
            self.house.bar.sessions, self.workspace_id, shift_id, self.user_id, Decimal(counted)
        )

    def receipt(self, reference: str) -> Receipt:
        return next(one for one in self.house.receipts() if one.reference == reference)

    def refund_ago(self, refund_id: UUID, seconds: float) -> None:
        back = timedelta(seconds=seconds)
        with transaction(self.house.bar.sessions) as db:
            refund = db.get_one(Refund, refund_id)
            for name in ("requested_at", "posted_at", "next_check_at"):
                if moment := getattr(refund, name):
                    setattr(refund, name, moment - back)

    def balances(self) -> dict[str, Decimal]:
        """What lies on each account."""
        with self.house.bar.sessions.begin() as db:
            query = select(LedgerLine.account, func.sum(LedgerLine.amount)).group_by(LedgerLine.account)
            return {account.value: amount for account, amount in db.execute(query) if amount}

    def order(self, order_id: str) -> Order:
        with self.house.bar.sessions.begin() as db:
            return db.get_one(Order, UUID(order_id))


def at_desk(house: House) -> Desk:
    """Wanjiru is at the desk."""
    with house.bar.sessions.begin() as db:
        user = User(email=f"{uuid4().hex}@example.co.ke", name="Wanjiru", password_hash="none")
        db.add(user)
        db.flush()
        return Desk(house, user.id, MoneyOut(house.kopokopo))


def earned(balances: dict[str, Decimal]) -> Decimal:
    """Sales with their VAT, less what was taken back."""
    mine = (Account.SALES, Account.VAT, Account.RETURNS)
    return -sum((balances.get(name.value, Decimal(0)) for name in mine), Decimal(0))


def in_till(reference: str, phone: str, amount: int) -> dict[str, Any]:
    """Money in the till as the provider lists it, of which nobody told us."""
    resource: dict[str, Any] = event(money(reference, phone, amount))["event"]["resource"]
    return resource
