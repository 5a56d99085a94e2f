"""Whatever is ordered, tipped, let off, paid in parts or too much, and given back: all papers name the same figures."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from core.domain.ledger import Account
from core.domain.money import vat_in
from core.domain.statuses import RefundStatus
from core.services.invoices import facts_of, invoice_of, paid_for
from core.store.sql.tables import LedgerLine, Order, Workspace
from tests.integration.books.desk import Desk
from tests.integration.sql.bar import PRICES

EXAMPLES = 200 if os.environ.get("PROVE") else 12


@dataclass(frozen=True)
class Wish:
    """One order. `parts`: shares of the total that are paid first, in percent; `extra`: paid too much with the last."""

    cart: dict[str, int]
    fee: int
    percent: int
    tip: str
    parts: tuple[int, ...]
    extra: int
    back: int


WISHES = st.builds(
    Wish,
    st.dictionaries(st.sampled_from(sorted(PRICES)), st.integers(1, 3), min_size=1),
    st.sampled_from([0, 0, 150]),
    st.sampled_from([0, 0, 7, 33]),
    st.sampled_from(["", "10%", "13%", "100"]),
    st.sampled_from([(), (), (30,), (10, 45)]),
    st.sampled_from([0, 0, 1, 300]),
    st.sampled_from([0, 0, 17, 100]),
)


def test_order_invoice_receipt_ledger_and_closing_agree_to_the_shilling(desk: Desk) -> None:
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(WISHES, min_size=1, max_size=3), st.sampled_from([0, 8, 16]))
    def agree(wishes: list[Wish], vat: int) -> None:
        desk.house.bar.change(Workspace, desk.workspace_id, vat_percent=Decimal(vat))
        orders = [buy(desk, wish) for wish in wishes]
        for order, wish in zip(orders, wishes, strict=True):
            check_papers(desk, order, wish)
        check_closing(desk, orders, wishes)

    agree()


def buy(desk: Desk, wish: Wish) -> Order:
    """Ordered, paid, and partly given back."""
    bar, guest = desk.house.bar, desk.house.bar.guest(desk.house.bar.count(Order) + 1)
    place = bar.place("", **wish.cart) | {
        "delivery_fee": str(wish.fee), "discount_percent": str(wish.percent), "tip": wish.tip,
    }  # fmt: skip
    order_id = bar.perform(guest, place)[0]["order_id"]
    total = desk.order(order_id).total
    for share in (*wish.parts, None):
        asked = bar.perform(guest, bar.pay(guest, order_id))[0]
        desk.house.request(asked["payment_id"])
        due = int(asked["amount"])
        much = due + wish.extra if share is None else int(total) * share // 100
        desk.house.told(desk.house.kopokopo.pay(desk.house.kopokopo.prompts[-1], amount=f"{much}.0"))
    for refund in desk.house.refunds():
        if refund.status is RefundStatus.PROPOSED:
            desk.approve(refund.id, cash=True)
    if wish.back:
        desk.refund(order_id, int(total) * wish.back // 100, cash=True)
    return desk.order(order_id)


def check_papers(desk: Desk, order: Order, wish: Wish) -> None:
    """What each paper says of one order."""
    with desk.house.bar.sessions.begin() as db:
        invoice = invoice_of(db, order)
        assert invoice is not None
        facts, paid = facts_of(invoice, order.number), paid_for(db, order.id)
    lines = sum((line.amount for line in facts.lines), Decimal(0))
    assert facts.total == lines + facts.delivery_fee - facts.discount == order.total - order.tip
    assert (facts.tip, facts.vat, facts.vat) == (order.tip, order.vat, vat_in(facts.total, order.vat_percent))
    assert sum((one.gross for one in facts.vat_lines), Decimal(0)) == facts.total
    assert sum((one.amount for one in paid), Decimal(0)) == order.total + wish.extra
    assert sum((one.returned for one in paid), Decimal(0)) == order.returned + wish.extra
    booked = _booked(desk, order.id)
    left = order.total - order.returned
    assert booked(Account.GUEST) == left
    assert -sum(map(booked, (Account.SALES, Account.VAT, Account.TIPS, Account.DISCOUNTS, Account.RETURNS))) == left
    assert not order.returned < order.total or -booked(Account.VAT) >= 0
    kept_tip = min(order.tip, left)
    assert -booked(Account.TIPS) == kept_tip, "the price goes back first, the tip last"


def check_closing(desk: Desk, orders: list[Order], wishes: list[Wish]) -> None:
    """What the shift's closing says of all of them."""
    report = desk.close(0)
    total, returned = (sum(getattr(one, name) for one in orders) for name in ("total", "returned"))
    tips = sum(min(one.tip, one.total - one.returned) for one in orders)
    extra = sum(wish.extra for wish in wishes)
    assert (report.net + report.tips, report.tips) == (total - returned, tips)
    assert report.sales == sum(one.amount for one in report.categories)
    assert report.discounts == sum(one.discount for one in orders)
    assert sum(one.amount for one in report.methods) == sum(one.amount for one in report.people) == total
    assert report.refunds == report.cash_refunded == returned + extra
    assert (report.orders, report.refunds_open, report.unmatched) == (len(orders), 0, 0)
    assert report.vat == -sum(_booked(desk, one.id)(Account.VAT) for one in orders)


def _booked(desk: Desk, order_id: UUID) -> Callable[[Account], Decimal]:
    with desk.house.bar.sessions.begin() as db:
        of_order = LedgerLine.order_id == order_id
        query = select(LedgerLine.account, func.sum(LedgerLine.amount)).where(of_order).group_by(LedgerLine.account)
        sums = {line[0]: Decimal(line[1]) for line in db.execute(query)}
    return lambda account: sums.get(account, Decimal(0))
