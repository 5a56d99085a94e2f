"""The shift is over: what came in, what is in the drawer, and a number that is never given twice."""

from decimal import Decimal
from threading import Event, Thread

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.domain.closing import ClosingReport, Figure
from core.errors import Rejected
from core.services import closings
from core.store.sql.engine import transaction
from core.store.sql.tables import Closing, LedgerLine, Shift
from tests.integration.books.desk import Desk
from tests.integration.sql.bar import all_at_once


def test_a_closing_says_what_the_shift_came_to(desk: Desk) -> None:
    with transaction(desk.house.bar.sessions) as db:
        closings.begin_shift(db, desk.workspace_id, desk.user_id, Decimal(2000))
    desk.paid(1, Dawa=2)
    desk.paid_cash(2, Wings=1, Tusker=2)
    back = desk.paid_cash(3, Dawa=1)
    desk.refund(back)
    report = desk.close(3500)
    assert (report.sales, report.returns, report.net, report.orders, report.refunds) == (3700, 700, 3000, 3, 700)
    assert (report.cash_expected, report.cash_counted, report.cash_difference) == (3600, 3500, -100)
    assert listed(report.methods) == [("CASH", 2, 2300), ("MPESA", 1, 1400)]
    assert listed(report.people) == [("Guests in the chat", 1, 1400), ("Wanjiru", 2, 2300)]
    assert listed(report.categories) == [("All", 6, 3700)]
    assert (report.number, report.opened_by, report.closed_by) == (1, "Wanjiru", "Wanjiru")
    assert abs(report.vat - report.net * 16 / 116) < 1


def listed(figures: tuple[Figure, ...]) -> list[tuple[str, int, int]]:
    return [(one.name, one.count, int(one.amount)) for one in figures]


def test_what_was_written_down_is_read_back_as_it_was(desk: Desk) -> None:
    desk.paid()
    made = desk.close(0)
    desk.paid()
    with transaction(desk.house.bar.sessions) as db:
        [kept] = closings.closings(db, desk.workspace_id)
        assert ClosingReport.from_dict(kept.report) == made == ClosingReport.from_dict(made.to_dict())


def test_what_comes_after_the_closing_is_in_the_next_one(desk: Desk) -> None:
    desk.paid(1)
    first = desk.close(0)
    desk.paid(2, Dawa=3)
    second = desk.close(0)
    assert [(one.number, one.sales) for one in (first, second)] == [(1, 700), (2, 2100)]


def test_a_shift_is_closed_once_however_many_try(desk: Desk) -> None:
    desk.paid()
    with transaction(desk.house.bar.sessions) as db:
        shift = closings.current_shift(db, desk.workspace_id).id

    def close(_: int) -> bool:
        try:
            desk.close(0, shift)
        except Rejected:
            return False
        return True

    assert sum(all_at_once(8, close)) == 1
    assert desk.house.bar.count(Closing) == 1


def test_a_closing_waits_for_money_on_its_way_into_the_shift(desk: Desk) -> None:
    """Booked and not committed while somebody closes: it is in that closing."""
    with transaction(desk.house.bar.sessions) as db:
        shift = closings.current_shift(db, desk.workspace_id).id
    booked, done = Event(), list[ClosingReport]()
    order_id = desk.paid_cash(1)

    def close() -> None:
        booked.wait(30)
        done.append(desk.close(0, shift))

    closing = Thread(target=close)
    closing.start()
    with transaction(desk.house.bar.sessions) as db:
        order = desk.order(order_id)
        db.execute(text("select open_shift(:venue)"), {"venue": order.workspace_id})
        booked.set()
        closing.join(0.3)
        assert done == [], "it waits"
    closing.join(30)
    assert done[0].sales == 700


def test_no_shilling_is_in_two_closings_or_in_none(desk: Desk) -> None:
    def act(number: int) -> None:
        if number % 4 == 3:
            with transaction(desk.house.bar.sessions) as db:
                shift = closings.current_shift(db, desk.workspace_id).id
            try:
                desk.close(0, shift)
            except Rejected:
                return
        else:
            desk.paid_cash(number + 1)

    all_at_once(24, act, workers=8)
    desk.close(0)
    with transaction(desk.house.bar.sessions) as db:
        reports = [ClosingReport.from_dict(one.report) for one in closings.closings(db, desk.workspace_id)]
    assert sum(one.sales for one in reports) == 18 * 700
    assert [one.number for one in reports] == list(range(len(reports), 0, -1))
    assert desk.house.bar.count(Shift) == len(reports)


@pytest.mark.parametrize("table", ["closings", "ledger_lines", "payment_events"])
@pytest.mark.parametrize("change", ["update {} set created_at = now()", "delete from {}"])
def test_what_is_written_in_the_books_stays(desk: Desk, table: str, change: str) -> None:
    desk.paid()
    desk.close(0)
    with pytest.raises(DBAPIError, match="never changed"), desk.house.bar.sessions.begin() as db:
        db.execute(text(change.format(table)))


def test_postgresql_refuses_an_entry_that_does_not_balance(desk: Desk) -> None:
    desk.paid()
    copy = (
        "insert into ledger_lines (workspace_id, entry_id, kind, account, amount, currency, receipt_id, shift_id)"
        " select workspace_id, gen_random_uuid(), 'wrong', 'GUEST', 1, currency, receipt_id, shift_id from ledger_lines"
        " where receipt_id is not null limit 1"
    )
    with pytest.raises(DBAPIError, match="add up to zero"), desk.house.bar.sessions.begin() as db:
        db.execute(text(copy))
    assert desk.house.bar.count(LedgerLine) > 0
