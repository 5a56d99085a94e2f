"""Invoices: one per paid order, numbered without a gap, never changed."""

from collections import Counter
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from core.domain.statuses import OrderStatus
from core.services.invoices import facts_of, invoice_of
from core.services.orders import lock_order
from core.store.sql.engine import transaction
from core.store.sql.tables import Invoice, Order, Workspace
from tests.integration.documents.office import Office
from tests.integration.sql.bar import all_at_once, open_bar, settle


class Crash(Exception):
    """The process dies before its commit."""


def test_every_paid_order_gets_the_next_number(office: Office) -> None:
    orders = [office.sold(), office.sold(2)]
    assert [(one.number, str(one.order_id)) for one in office.invoices()] == list(enumerate(orders, start=1))


def test_an_unpaid_order_has_no_invoice(office: Office) -> None:
    order_id = office.bar.order(office.bar.guest(), True, Dawa=1)[0]["order_id"]
    assert office.invoices() == []
    with office.bar.sessions.begin() as db:
        order = lock_order(db, office.bar.workspace_id, UUID(order_id))
        assert order is not None and invoice_of(db, order) is None


def test_numbers_have_no_gap_however_many_pay_at_once_and_however_many_crash(office: Office) -> None:
    bar = office.bar
    orders = [bar.order(bar.guest(guest), True, Dawa=1)[0]["order_id"] for guest in range(1, 31)]

    def pay(number: int) -> None:
        if number % 3 == 0:
            with pytest.raises(Crash), transaction(bar.sessions) as db:
                assert settle(db, bar.workspace_id, UUID(orders[number]))
                raise Crash
        bar.settle(orders[number])

    all_at_once(len(orders), pay, workers=10)
    assert [one.number for one in office.invoices()] == list(range(1, 31))
    assert Counter(str(one.order_id) for one in office.invoices()) == Counter(orders)


def test_venues_count_for_themselves(office: Office) -> None:
    other = open_bar(office.bar.sessions)
    office.sold()
    other.settle(other.order(other.guest(), True, Dawa=1)[0]["order_id"])
    assert [one.number for one in office.invoices()] == [1, 1]


def test_an_invoice_says_what_was_sold_and_what_is_in_it(office: Office) -> None:
    office.invoicing(seller="Destination Ltd", address="Westlands", pin="P051234567X", vat_number="0123456A")
    office.sold(Dawa=2, Tusker=1)
    [invoice] = office.invoices()
    facts = facts_of(invoice, 1)
    assert [(line.name, line.quantity, line.amount) for line in facts.lines] == [("Dawa", 2, 1400), ("Tusker", 1, 350)]
    assert (facts.total, facts.tip, facts.discount) == (Decimal(1750), 0, 0)
    [vat] = facts.vat_lines
    assert (vat.percent, vat.net, vat.vat, vat.gross) == (16, Decimal("1508.62"), Decimal("241.38"), 1750)
    assert (facts.seller.name, facts.seller.pin) == ("Destination Ltd", "P051234567X")
    assert invoice.vat == vat.vat


def test_a_tip_is_not_part_of_the_price_and_a_discount_is_off_it(office: Office) -> None:
    order_id = office.bar.order(office.bar.guest(), False, Dawa=1)[0]["order_id"]
    office.bar.change(Order, order_id, discount=Decimal(70), tip=Decimal(100), total=Decimal(730), vat=Decimal("86.90"))
    assert office.bar.settle(order_id)
    [invoice] = office.invoices()
    assert (invoice.total, invoice.tip, invoice.discount, invoice.vat) == (630, 100, 70, Decimal("86.90"))
    assert facts_of(invoice, 1).vat == Decimal("86.90")


def test_what_an_invoice_says_stays_whatever_becomes_of_the_venue(office: Office) -> None:
    office.sold()
    office.bar.change(Workspace, office.bar.workspace_id, name="Another name")
    assert office.invoices()[0].seller["name"] == "Test bar"


@pytest.mark.parametrize("change", [update(Invoice).values(total=1), delete(Invoice)])
def test_nobody_changes_an_invoice(office: Office, change: object) -> None:
    office.sold()
    with pytest.raises(DBAPIError, match="never changed"), office.bar.sessions.begin() as db:
        db.execute(change)  # type: ignore[call-overload]
    assert len(office.invoices()) == 1


def test_what_was_paid_before_there_were_invoices_gets_one_when_it_is_asked_for(office: Office) -> None:
    order_id = UUID(office.bar.order(office.bar.guest(), False, Dawa=1)[0]["order_id"])
    office.bar.change(Order, order_id, status=OrderStatus.PAID, paid_at=select(Order.created_at).scalar_subquery())
    for _ in range(2):
        with office.bar.sessions.begin() as db:
            order = lock_order(db, office.bar.workspace_id, order_id)
            assert order is not None
            found = invoice_of(db, order)
            assert found is not None and found.number == 1
    office.bar.change(Order, order_id, status=OrderStatus.PENDING, paid_at=None)
