"""What a report says of nights that were made by hand; each figure is one a closing would say, too."""

from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, text

from core.clock import stopped_at
from core.domain.closing import ClosingReport, Figure
from core.domain.reporting import Days, Report
from core.domain.statuses import MovementReason, OrderStatus
from core.errors import Rejected
from core.services import reports
from core.services.activity import Actor
from core.services.menu_edit import mark_sold_out
from core.services.orders import advance_order
from core.services.stock import move_stock
from core.store.sql.engine import transaction
from core.store.sql.tables import Workspace
from tests.integration.books.desk import Desk
from tests.integration.books.test_every_figure import Wish, buy
from tests.integration.sql.bar import open_bar

NAIROBI = ZoneInfo("Africa/Nairobi")
FRIDAY = date(2026, 11, 20)
SHARED = ("orders", "sales", "discounts", "returns", "takings", "vat", "tips", "refunds", "reversals", "net",
          "cash_taken", "cash_refunded", "methods", "categories", "people")  # fmt: skip
MOVED = (
    "update ledger_lines set created_at = :at where order_id = :id"
    " or receipt_id in (select id from receipts where order_id = :id)",
    "update orders set paid_at = :at where id = :id",
    "update order_events set created_at = :at where order_id = :id",
    "update stock_movements set created_at = :at where order_id = :id",
)


def at(moment: str) -> datetime:
    """A moment on the venue's clock."""
    return datetime.fromisoformat(moment).replace(tzinfo=NAIROBI).astimezone(UTC)


def happened(desk: Desk, moment: str, order_id: str) -> str:
    """This order was sold then: the triggers that keep the books as they are look away for once."""
    with desk.house.bar.sessions.begin() as db:
        db.execute(text("set local session_replication_role = replica"))
        for statement in MOVED:
            db.execute(text(statement), {"at": at(moment), "id": UUID(order_id)})
    return order_id


def report(desk: Desk, first: date, last: date | None = None, workspace_id: UUID | None = None) -> Report:
    with transaction(desk.house.bar.sessions) as db:
        return reports.report_of_days(db, workspace_id or desk.workspace_id, Days(first, last or first))


def listed(figures: tuple[Figure, ...]) -> list[tuple[str, int, int]]:
    return [(one.name, one.count, int(one.amount)) for one in figures]


def test_a_report_of_one_shift_says_to_the_shilling_what_its_closing_says(desk: Desk) -> None:
    desk.paid(9)
    desk.close(0)
    for wish in (
        Wish({"Dawa": 2, "Wings": 1}, 150, 7, "10%", (30,), 300, 17),
        Wish({"Tusker": 3}, 0, 0, "100", (), 0, 0),
        Wish({"Wings": 1}, 0, 33, "13%", (10, 45), 1, 100),
    ):
        buy(desk, wish)
    desk.refund(desk.paid_cash(7, Dawa=1), cash=True)
    closing = desk.close(3000)
    desk.paid(8)
    with transaction(desk.house.bar.sessions) as db:
        of_shift = reports.report_of_shift(db, desk.workspace_id, 2, datetime.now(UTC))
        venue = db.get_one(Workspace, desk.workspace_id)
        lines = reports.lines_between(desk.workspace_id, (closing.opened_at, closing.closed_at))
        of_span = reports.report_of(db, venue, lines, "That night", (closing.opened_at, closing.closed_at), [])
    for found in (of_shift, of_span):
        assert said(found) == said(closing)
        for shared in (found.categories, found.products, found.tables, found.hours, found.days):
            assert sum(one.amount for one in shared) == closing.sales
        assert sum(one.vat for one in found.rates) == closing.vat
        assert sum(one.net + one.vat for one in found.rates) == closing.net


def said(one: Report | ClosingReport) -> dict[str, object]:
    return {name: getattr(one, name) for name in SHARED}


def test_a_night_over_midnight_and_the_months_end_is_one_day(desk: Desk) -> None:
    happened(desk, "2026-10-31 05:59", desk.paid_cash(1, Tusker=1))
    happened(desk, "2026-10-31 22:30", desk.paid_cash(2, Dawa=1))
    happened(desk, "2026-11-01 01:15", desk.paid_cash(3, Dawa=1, Wings=1))
    happened(desk, "2026-11-01 06:00", desk.paid_cash(4, Wings=2))
    night = report(desk, date(2026, 10, 31))
    assert (night.sales, night.orders, night.title) == (2300, 2, "31 Oct 2026")
    assert listed(night.hours) == [("22:00", 1, 700), ("01:00", 1, 1600)]
    assert listed(night.products) == [("Dawa", 2, 1400), ("Wings", 1, 900)]
    assert listed(night.tables) == [("Table 7", 2, 2300)]
    three = report(desk, date(2026, 10, 30), date(2026, 11, 1))
    assert listed(three.days) == [("2026-10-30", 1, 350), ("2026-10-31", 2, 2300), ("2026-11-01", 1, 1800)]
    assert three.sales == 4450


def test_a_venue_elsewhere_has_days_of_its_own(desk: Desk) -> None:
    happened(desk, "2026-11-20 09:00", desk.paid_cash(1))
    desk.house.bar.change(Workspace, desk.workspace_id, timezone="America/New_York")
    assert listed(report(desk, date(2026, 11, 19)).hours) == [("01:00", 1, 700)]
    assert report(desk, FRIDAY).orders == 0


def test_days_on_which_nothing_happened_are_there_with_nothing(desk: Desk) -> None:
    found = report(desk, date(2026, 2, 27), date(2026, 3, 1))
    assert listed(found.days) == [("2026-02-27", 0, 0), ("2026-02-28", 0, 0), ("2026-03-01", 0, 0)]
    empty = asdict(found) | {"days": ()}
    about = ("venue", "title", "currency", "timezone", "since", "until")
    assert not any(one for name, one in empty.items() if name not in about)
    assert (found.net, found.lost) == (0, 0)


def test_another_venue_sees_nothing_of_it(desk: Desk) -> None:
    happened(desk, "2026-11-20 21:00", desk.paid_cash(1))
    neighbour = open_bar(desk.house.bar.sessions)
    assert report(desk, FRIDAY, workspace_id=neighbour.workspace_id).orders == 0
    assert report(desk, FRIDAY).orders == 1


def test_who_took_the_cash_and_who_moved_the_order_are_named(desk: Desk) -> None:
    by_hand, by_phone = desk.paid_cash(1, Dawa=2), desk.paid(2)
    with transaction(desk.house.bar.sessions) as db:
        for to in (OrderStatus.PREPARING, OrderStatus.READY):
            advance_order(db, desk.workspace_id, UUID(by_phone), to, desk.user_id)
    for order_id in (by_hand, by_phone):
        happened(desk, "2026-11-20 21:00", order_id)
    found = report(desk, FRIDAY)
    assert listed(found.people) == [("Guests in the chat", 1, 700), ("Wanjiru", 1, 1400)]
    assert listed(found.methods) == [("CASH", 1, 1400), ("MPESA", 1, 700)]
    assert listed(found.movers) == [("Wanjiru", 1, 700)]


def test_vat_is_by_its_rate(desk: Desk) -> None:
    first = desk.paid_cash(1, Dawa=1)
    desk.house.bar.change(Workspace, desk.workspace_id, vat_percent=Decimal(8))
    second = desk.paid_cash(2, Wings=1)
    for order_id in (first, second):
        happened(desk, "2026-11-20 21:00", order_id)
    found = report(desk, FRIDAY)
    assert [(one.name, one.net, one.vat) for one in found.rates] == [
        ("8 %", Decimal("833.33"), Decimal("66.67")), ("16 %", Decimal("603.45"), Decimal("96.55")),
    ]  # fmt: skip
    assert found.vat == Decimal("163.22")


def test_what_ran_out_costs_what_it_sold_at_that_hour_in_the_four_weeks_before(desk: Desk) -> None:
    sold_in_the_weeks_before(desk)
    dawa = desk.house.bar.products["Dawa"]
    moves(desk, dawa, "2026-11-20 20:00", -72)
    moves(desk, dawa, "2026-11-20 21:30", 30)
    with stopped_at(at("2026-11-21 08:00")):
        (out,) = report(desk, FRIDAY).outs
    assert (out.name, out.hours, out.pieces, out.cost) == ("Dawa", Decimal("1.5"), Decimal("0.5"), 350)


def test_a_cocktail_is_out_while_there_is_too_little_of_what_is_in_it(desk: Desk) -> None:
    sold_in_the_weeks_before(desk)
    bar = desk.house.bar
    moves(desk, bar.keeps("Vodka", 0), "2026-11-01 12:00", 1000)
    bar.mixes("Dawa", {"Vodka": 50})
    moves(desk, bar.products["Dawa"], "2026-11-20 12:00", -72)
    moves(desk, bar.products["Vodka"], "2026-11-20 20:00", -951)
    moves(desk, bar.products["Vodka"], "2026-11-20 21:30", 700)
    with stopped_at(at("2026-11-21 08:00")):
        (out,) = report(desk, FRIDAY).outs
    assert (out.name, out.hours, out.cost) == ("Dawa", Decimal("1.5"), 350)
    with transaction(bar.sessions) as db:
        mark_sold_out(db, Actor(desk.workspace_id, desk.user_id), bar.products["Vodka"], True)
    with bar.sessions.begin() as db:
        db.execute(text("set local session_replication_role = replica"))
        off = "update activity_log set created_at = :at where action = 'product_sold_out'"
        db.execute(text(off), {"at": at("2026-11-20 21:30")})
    with stopped_at(at("2026-11-20 22:00")):
        (out,) = report(desk, FRIDAY).outs
    assert (out.name, out.hours) == ("Dawa", Decimal("2.0"))


def test_what_staff_took_off_costs_as_well_until_now_and_no_longer(desk: Desk) -> None:
    sold_in_the_weeks_before(desk)
    with transaction(desk.house.bar.sessions) as db:
        actor = Actor(desk.workspace_id, desk.user_id)
        mark_sold_out(db, actor, desk.house.bar.products["Dawa"], True)
    with desk.house.bar.sessions.begin() as db:
        db.execute(text("set local session_replication_role = replica"))
        db.execute(text("update activity_log set created_at = :at"), {"at": at("2026-11-20 20:30")})
    with stopped_at(at("2026-11-20 21:30")):
        (out,) = report(desk, FRIDAY).outs
    assert (out.hours, out.cost) == (Decimal("1.0"), 350)
    with stopped_at(at("2026-11-20 21:30")):
        assert report(desk, FRIDAY - timedelta(days=1)).outs == ()


def sold_in_the_weeks_before(desk: Desk) -> None:
    """The shelves are full since October, and on four evenings seven Dawas go at nine."""
    with desk.house.bar.sessions.begin() as db:
        db.execute(text("set local session_replication_role = replica"))
        db.execute(text("update stock_movements set created_at = :at"), {"at": at("2026-10-01 12:00")})
    for guest in range(1, 5):
        happened(desk, f"2026-11-{guest:02} 21:10", desk.paid_cash(guest, Dawa=7))


def moves(desk: Desk, product_id: UUID, moment: str, quantity: int) -> None:
    """The shelf is emptied or filled."""
    with transaction(desk.house.bar.sessions) as db:
        move_stock(db, desk.workspace_id, product_id, quantity, MovementReason.CORRECTED, desk.user_id)
        db.execute(text("set local session_replication_role = replica"))
        last = "update stock_movements set created_at = :at where seq = (select max(seq) from stock_movements)"
        db.execute(text(last), {"at": at(moment)})


def test_a_report_costs_as_many_statements_for_a_year_as_for_a_day(desk: Desk) -> None:
    for guest in range(1, 4):
        happened(desk, f"2026-11-{guest:02} 21:10", desk.paid_cash(guest))
    seen: list[str] = []

    def note(*args: object) -> None:
        seen.append(str(args[2]))

    engine = desk.house.bar.sessions.kw["bind"]
    event.listen(engine, "before_cursor_execute", note)
    report(desk, date(2026, 1, 1), date(2026, 12, 31))
    event.remove(engine, "before_cursor_execute", note)
    assert len(seen) <= 18


def test_a_shift_that_is_not_ours_is_not_found(desk: Desk) -> None:
    desk.paid()
    neighbour = open_bar(desk.house.bar.sessions)
    with transaction(desk.house.bar.sessions) as db:
        assert reports.report_of_shift(db, desk.workspace_id, 1, datetime.now(UTC)).sales == 700
        with pytest.raises(Rejected):
            reports.report_of_shift(db, neighbour.workspace_id, 1, datetime.now(UTC))
