"""The provider's list beside ours: what is missing comes in, what differs is shown with what to do."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import text

from core.domain.statuses import DifferenceKind, OrderStatus, ReceiptState
from core.services.reconcile import open_differences, reconcile_day, reconcile_due, see_difference
from core.store.sql.tables import Receipt, Reconciliation, Workspace
from tests.integration.books.desk import Desk, in_till
from tests.integration.money.kopokopo import LIST
from webapp.money_commands import reconcile_command

K = DifferenceKind
NOON = datetime(2026, 11, 18, 9, tzinfo=UTC)
DAY = NOON.date()


def at_noon(resource: dict[str, Any]) -> dict[str, Any]:
    return resource | {"origination_time": NOON.isoformat()}


def compare(desk: Desk) -> list[tuple[DifferenceKind, str, str, str]]:
    reconcile_day(desk.house.program, desk.workspace_id, DAY, desk.user_id)
    with desk.house.bar.sessions.begin() as db:
        found = open_differences(db, desk.workspace_id)
    return sorted((one.kind, one.reference, one.theirs, one.ours) for one in found)


def move_to_noon(desk: Desk) -> None:
    """Everything happened at noon of that day."""
    with desk.house.bar.sessions.begin() as db:
        db.execute(text("update receipts set received_at = :noon"), {"noon": NOON})
    desk.house.kopokopo.till[:] = [at_noon(one) for one in desk.house.kopokopo.till]


def test_a_good_day_has_no_differences(desk: Desk) -> None:
    desk.paid(1)
    desk.paid(2, Wings=2)
    move_to_noon(desk)
    assert compare(desk) == []
    with desk.house.bar.sessions.begin() as db:
        run = db.query(Reconciliation).one()
        assert (run.theirs, run.ours, run.theirs_amount, run.error) == (2, 2, 2500, "")


def test_a_day_is_compared_by_a_command_that_says_what_differs(desk: Desk) -> None:
    desk.house.kopokopo.till.append(at_noon(in_till("WALKIN0001", "+254711222333", 350)))
    with desk.house.bar.sessions.begin() as db:
        slug = db.get_one(Workspace, desk.workspace_id).slug
    app = Flask(__name__)
    app.extensions["program"] = desk.house.program
    typed = app.test_cli_runner()
    done = typed.invoke(reconcile_command, ["--day", str(DAY), "--workspace", slug])
    assert done.output.splitlines()[-2:] == [
        f"kopokopo {DAY}: 1 there, 0 here",
        "  MISSING_HERE WALKIN0001: there KES 350 paid, here –",
    ]
    nowhere = typed.invoke(reconcile_command, ["--workspace", "nowhere"])
    assert (nowhere.exit_code, nowhere.output) == (1, "Error: No venue has this slug.\n")


def test_a_payment_we_never_heard_of_buys_its_order_or_is_unmatched(desk: Desk) -> None:
    order_id, _, prompt = desk.house.prompt()
    desk.house.kopokopo.pay(prompt, "UNHEARD001")
    desk.house.kopokopo.till.append(in_till("WALKIN0001", "+254711222333", 350))
    move_to_noon(desk)
    assert compare(desk) == [
        (K.MISSING_HERE, "UNHEARD001", "KES 700 paid", ""), (K.MISSING_HERE, "WALKIN0001", "KES 350 paid", ""),
    ]  # fmt: skip
    assert {one.reference: one.state for one in desk.house.receipts()} == {
        "UNHEARD001": ReceiptState.UNMATCHED, "WALKIN0001": ReceiptState.UNMATCHED,
    }  # fmt: skip
    assert desk.house.order_status(order_id) is OrderStatus.PENDING, "a list names no attempt: nothing is guessed"
    assert len(compare(desk)) == 2, "told once"


def test_what_the_provider_does_not_know_is_shown(desk: Desk) -> None:
    desk.paid(1, "NOTTHERE01")
    move_to_noon(desk)
    desk.house.kopokopo.till.clear()
    assert compare(desk) == [(K.MISSING_THERE, "NOTTHERE01", "", "KES 700 matched")]


def test_another_amount_and_a_line_listed_twice_are_shown(desk: Desk) -> None:
    desk.paid(1, "AMOUNT0001")
    desk.paid(2, "DOUBLE0001")
    move_to_noon(desk)
    first, second = desk.house.kopokopo.till
    desk.house.kopokopo.till[:] = [first | {"amount": "650.0"}, second, second]
    assert compare(desk) == [
        (K.AMOUNT, "AMOUNT0001", "KES 650", "KES 700"), (K.DUPLICATE, "DOUBLE0001", "2 times paid", ""),
    ]  # fmt: skip


def test_near_midnight_a_payment_may_be_on_the_other_days_list(desk: Desk) -> None:
    desk.paid(1)
    with desk.house.bar.sessions.begin() as db:
        edge = datetime(2026, 11, 18, 20, 58, tzinfo=UTC)  # 23:58 in Nairobi
        db.execute(text("update receipts set received_at = :edge"), {"edge": edge})
    desk.house.kopokopo.till.clear()
    assert compare(desk) == []


def test_a_provider_that_shows_no_list_is_written_down_and_nothing_is_concluded(desk: Desk) -> None:
    desk.paid(1)
    move_to_noon(desk)
    desk.house.kopokopo.server.routes[LIST] = lambda call: call.answer(500)
    assert compare(desk) == []
    with desk.house.bar.sessions.begin() as db:
        assert db.query(Reconciliation).one().error


def test_each_night_compares_the_day_before_once(desk: Desk) -> None:
    night = datetime(2026, 11, 19, 3, tzinfo=UTC)  # six in the morning in Nairobi
    reconcile_due(desk.house.program, night - timedelta(hours=2))
    assert desk.house.bar.count(Reconciliation) == 0
    for _ in range(2):
        reconcile_due(desk.house.program, night)
    assert desk.house.bar.count(Reconciliation) == 1


def test_a_difference_seen_to_is_kept_and_no_longer_shown(desk: Desk) -> None:
    desk.house.kopokopo.till.append(at_noon(in_till("WALKIN0001", "+254711222333", 350)))
    compare(desk)
    with desk.house.bar.sessions.begin() as db:
        (one,) = open_differences(db, desk.workspace_id)
        see_difference(db, desk.workspace_id, one.id, desk.user_id)
        assert open_differences(db, desk.workspace_id) == []
    assert desk.house.bar.count(Receipt) == 1
