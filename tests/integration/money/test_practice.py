"""A house practises: orders run on as if they were paid, and the books know nothing of them."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from core.domain.statuses import OrderStatus, ReceiptState
from core.errors import Rejected
from core.services.activity import Actor
from core.services.audit import audit
from core.services.by_hand import ask_phone
from core.services.cash import take_cash
from core.services.claim_receipt import claim_receipt
from core.services.customers import find_guest
from core.services.dev_mode import open_and_real, practise
from core.services.effects import perform
from core.services.floor import call_off
from core.services.holds import expire_holds
from core.services.orders import advance_order, board_order
from core.services.practice import end_practice
from core.services.refund_desk import Decision
from core.services.tickets import print_again, print_due
from core.services.unmatched import assign
from core.store.sql.engine import transaction
from core.store.sql.tables import (
    CashEntry,
    Invoice,
    LedgerLine,
    Order,
    OrderEvent,
    Payment,
    Receipt,
    StockMovement,
    Ticket,
    Workspace,
)
from tests.integration.money.house import House
from tests.integration.money.kopokopo import event, money
from tests.integration.money.test_by_hand import by, cash, take
from tests.integration.money.test_cash import promise
from tests.waiting import eventually

__all__ = ["by"]
BOOKS = (Payment, Receipt, LedgerLine, Invoice, CashEntry)
WAITERS = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"


def switch(house: House, by: Actor, on: bool) -> None:
    house.bar._patiently(lambda db: flip(house, db, by, on))


def flip(house: House, db: Session, by: Actor, on: bool) -> None:
    version = db.scalar(select(Workspace.version).where(Workspace.id == house.bar.workspace_id))
    practise(db, by, version or 0, on=on)


def order_of(house: House, order_id: str | UUID) -> Order:
    with house.bar.sessions.begin() as db:
        return db.get_one(Order, UUID(str(order_id)))


def in_the_books(house: House) -> dict[str, int]:
    found = {table.__tablename__: house.bar.count(table) for table in BOOKS}
    return {name: count for name, count in found.items() if count}


def sold(house: House) -> int:
    with house.bar.sessions.begin() as db:
        return (
            db.scalar(select(func.count()).select_from(StockMovement).where(StockMovement.order_id.is_not(None))) or 0
        )


def test_who_pays_in_practice_is_asked_for_nothing_and_the_bar_makes_the_order(house: House, by: Actor) -> None:
    switch(house, by, on=True)
    order_id, payment_id = house.order(Dawa=2)
    house.request(payment_id)  # the job that follows "check your phone" finds nothing to ask for
    order = order_of(house, order_id)
    assert (order.status, order.practice, order.paid_at) == (OrderStatus.PAID, True, None)
    assert house.kopokopo.prompts == [] and in_the_books(house) == {}
    (told,) = house.owed("payment_settled")
    assert (told["receipt"], told["amount"], told["due"], told["practice"]) == ("PRACTICE-1", "1400", "0", True)
    assert told["payment_id"] == payment_id
    with transaction(house.bar.sessions) as db:
        card = board_order(db, house.bar.workspace_id, order.id)
        assert card and card["practice"] is True
        for status in (OrderStatus.PREPARING, OrderStatus.READY, OrderStatus.SERVED):
            advance_order(db, house.bar.workspace_id, order.id, status, by.user_id)
    assert house.bar.count(Ticket) == 1 and in_the_books(house) == {}


def test_practice_holds_stock_and_sells_none(house: House, by: Actor) -> None:
    switch(house, by, on=True)
    unpaid = house.bar.order(house.bar.guest(1), pay=False, Wings=60)[0]
    refused = house.bar.order(house.bar.guest(2), pay=False, Wings=60)[0]
    assert (unpaid["result"], refused["result"]) == ("placed", "sold_out")
    house.pay_again(unpaid["order_id"])
    assert house.bar.stock("Wings") == (100, 0) and sold(house) == 0
    assert house.bar.movements("Wings") == [100]


def test_cash_in_practice_works_out_the_change_and_opens_no_drawer(house: House, by: Actor) -> None:
    switch(house, by, on=True)
    order_id, code = promise(house)
    with pytest.raises(Rejected, match="cash_part"), transaction(house.bar.sessions) as db:
        take_cash(db, house.bar.workspace_id, by.user_id, UUID(int=1), code, Decimal(200))  # type: ignore[arg-type]
    with transaction(house.bar.sessions) as db:
        assert by.user_id
        taken, _ = take_cash(db, house.bar.workspace_id, by.user_id, UUID(int=1), code, Decimal(1000))
    assert (taken.change, taken.due, taken.practice) == (300, 0, True)
    assert house.order_status(order_id) is OrderStatus.PAID and in_the_books(house) == {}


def test_an_order_over_the_counter_is_practised_like_any(house: House, by: Actor) -> None:
    switch(house, by, on=True)
    in_cash, by_prompt = take(house, by), take(house, by)
    cash(house, by, in_cash, 1000)
    with transaction(house.bar.sessions) as db:
        outcome, _ = ask_phone(db, by, by_prompt, "254711222333")
    assert outcome["result"] == "requested"
    house.request(outcome["payment_id"])
    assert {order_of(house, one).status for one in (in_cash, by_prompt)} == {OrderStatus.PAID}
    assert house.kopokopo.prompts == [] and in_the_books(house) == {}


def test_real_money_is_never_for_practice(house: House, by: Actor) -> None:
    switch(house, by, on=True)
    house.told(event(money("UC65K2T9QX", house.bar.guest().phone, 700)))
    placed = house.bar.order(house.bar.guest(), False, Dawa=1)[0]
    with transaction(house.bar.sessions) as db:
        guest = find_guest(db, house.bar.guest())
        assert claim_receipt(db, guest, UUID(placed["order_id"]), "UC65K2T9QX")[0] == {"result": "no_order"}
    (receipt,) = house.receipts()
    assert by.user_id
    with pytest.raises(Rejected, match="no_such_order"), transaction(house.bar.sessions) as db:
        assign(db, house.bar.workspace_id, receipt.id, placed["number"], Decision(by.user_id, "why", "k" * 8))
    assert house.receipts()[0].state is ReceiptState.UNMATCHED


def test_practice_that_is_called_off_gives_nothing_back(house: House, by: Actor) -> None:
    switch(house, by, on=True)
    order_id, _ = house.order(Dawa=2)
    assert by.user_id
    with transaction(house.bar.sessions) as db:
        version, decision = order_of(house, order_id).version, Decision(by.user_id, "spilt", "k" * 8)
        call_off(db, house.bar.workspace_id, UUID(order_id), decision, version, restock=True)
    assert house.order_status(order_id) is OrderStatus.REFUNDED
    assert house.refunds() == [] and house.bar.stock("Dawa") == (100, 0)


def test_nobody_begins_to_practise_while_something_real_is_open(house: House, by: Actor) -> None:
    order_id, _, prompt = house.prompt()
    with house.bar.sessions.begin() as db:
        real = open_and_real(db, house.bar.workspace_id)
    assert (real.orders, real.numbers, real.payments) == (1, (1,), 1)
    with pytest.raises(Rejected, match="still_open"):
        switch(house, by, on=True)
    house.told(house.kopokopo.pay(prompt))
    with pytest.raises(Rejected, match="still_open"):
        switch(house, by, on=True)  # paid, and still to be served
    with transaction(house.bar.sessions) as db:
        advance_order(db, house.bar.workspace_id, UUID(order_id), OrderStatus.SERVED, by.user_id)
    switch(house, by, on=True)
    switch(house, by, on=True)  # tapped twice


def test_money_that_comes_late_for_a_real_order_is_real_in_practice_too(house: House, by: Actor) -> None:
    order_id, payment_id, prompt = house.prompt()
    house.ago(payment_id, 3600)
    house.check(payment_id)
    house.let_lapse(order_id)
    expire_holds(house.bar.sessions)
    switch(house, by, on=True)
    house.told(house.kopokopo.pay(prompt))
    order = order_of(house, order_id)
    assert (order.status, order.practice) == (OrderStatus.PAID, False) and order.paid_at
    assert house.receipts()[0].state is ReceiptState.MATCHED and house.bar.stock("Dawa") == (99, 0)
    assert house.owed("payment_settled")[0]["practice"] is False


def test_the_end_of_practice_ends_what_is_open_of_it_and_nothing_else(house: House, by: Actor) -> None:
    switch(house, by, on=True)
    waiting = house.bar.order(house.bar.guest(1), False, Dawa=1)[0]["order_id"]
    made, _ = house.order(guest=2)
    assert not end_practice(house.bar.sessions).boards and house.order_status(made) is OrderStatus.PAID
    switch(house, by, on=False)
    real, _ = house.order(guest=3)
    end_practice(house.bar.sessions)
    end_practice(house.bar.sessions)
    assert (house.order_status(waiting), house.order_status(made)) == (OrderStatus.CANCELLED, OrderStatus.REFUNDED)
    assert house.order_status(real) is OrderStatus.PENDING and house.bar.stock("Dawa") == (100, 1)
    assert [one["practice"] for one in house.owed("order_status")] == [True, True]
    with house.bar.sessions.begin() as db:
        causes = db.scalars(select(OrderEvent.cause).where(OrderEvent.order_id == UUID(made))).all()
    assert causes[-1] == "practice_over"


def test_an_order_that_waited_for_the_switch_is_what_the_switch_made_it(house: House, by: Actor) -> None:
    """Its worker read the house before; nothing it read then counts."""
    with ThreadPoolExecutor(1) as pool, house.bar.sessions() as db:
        flip(house, db, by, on=True)
        placing = pool.submit(house.bar.order, house.bar.guest(), True, Dawa=1)
        eventually(lambda: waiting(house) > 0, what="the order to wait for the switch")
        db.commit()
        order_id = placing.result()[0]["order_id"]
    assert order_of(house, order_id).practice is True and in_the_books(house) == {}


def test_the_switch_waits_for_an_order_that_is_being_placed_and_sees_it(house: House, by: Actor) -> None:
    with ThreadPoolExecutor(1) as pool, house.bar.sessions() as db:
        outcomes, _ = perform(db, house.bar.guest(), "an event", [house.bar.place("", Dawa=1)])
        switching = pool.submit(switch, house, by, True)
        eventually(lambda: waiting(house) > 0, what="the switch to wait for the order")
        db.commit()
        with pytest.raises(Rejected, match="still_open"):
            switching.result()
    assert order_of(house, outcomes[0]["order_id"]).practice is False


def waiting(house: House) -> int:
    with house.bar.sessions.begin() as db:
        return db.scalar(text(WAITERS)) or 0


def test_no_slip_of_practice_is_printed(house: House, by: Actor) -> None:
    printers = {"BAR": {"host": "127.0.0.1", "port": 9}}
    house.bar.change(Workspace, house.bar.workspace_id, printers=printers)
    switch(house, by, on=True)
    order_id, _ = house.order()
    dialled: list[Any] = []

    def dial(printer: Any) -> Any:
        dialled.append(printer)
        raise AssertionError

    print_due(house.program, dial)
    with transaction(house.bar.sessions) as db:
        assert by.user_id
        print_again(db, house.bar.workspace_id, UUID(order_id), by.user_id)
    print_due(house.program, dial)
    with house.bar.sessions.begin() as db:
        slips = db.execute(select(Ticket.print_due_at, Ticket.prints)).all()
    assert dialled == [] and [tuple(one) for one in slips] == [(None, 0)]


def test_the_audit_finds_practice_that_got_into_the_books(house: House, by: Actor) -> None:
    order_id, _, prompt = house.prompt()
    house.told(house.kopokopo.pay(prompt))
    with house.bar.sessions.begin() as db:
        db.execute(text("update orders set practice = true, paid_at = null where id = :id"), {"id": order_id})
        assert "practice_in_the_books" in {breach["breach"] for breach in audit(db, {})["I5"]["breaches"]}
        db.rollback()


def test_the_database_itself_refuses_practice_that_earned_something(house: House, by: Actor) -> None:
    switch(house, by, on=True)
    order_id, _ = house.order()
    with pytest.raises(Exception, match="practice_earns_nothing"):
        house.bar.change(Order, order_id, paid_at=func.now())
