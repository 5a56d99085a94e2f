"""The audit finds each kind of damage. Every case breaks one thing on purpose and names the invariant that tells."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from core.services.audit import TITLES, audit, is_clean
from core.services.holds import expire_holds
from core.store.sql.tables import Order
from tests.integration.sql.bar import open_bar

DAMAGE = [
    ("I2", "effect_without_outcome", "update turn_effects set outcome = null"),
    ("I3", "charged_twice_unflagged", "update receipts set amount = amount + 1"),
    ("I4", "stock_is_not_its_movements", "update products set on_hand = on_hand + 1"),
    ("I4", "held_is_not_its_holds", "update products set held = held + 1"),
    ("I4", "hold_of_an_order_that_is_over", "update stock_holds set state = 'ACTIVE'"),
    ("I4", "bought_but_not_sold", "update stock_holds set state = 'RELEASED' where state = 'SOLD'"),
    ("I4", "sold_in_another_quantity", "update order_items set quantity = quantity + 1"),
    ("I5", "paid_order_without_its_money", "update receipts set amount = amount - 1"),
    ("I5", "money_kept_for_nothing", "update receipts set order_id = (select id from orders where status = 'FAILED')"),
    ("I5", "too_much_money_unflagged", "update receipts set amount = amount + 1"),
    ("I5", "refund_due_without_a_proposal", "update receipts set state = 'REFUND_DUE'"),
    ("I5", "success_without_a_receipt", "update receipts set payment_id = null"),
    ("I6", "paid_and_never_told", "delete from outbox"),
    ("I6", "money_confirmed_twice",
     "insert into outbox (workspace_id, conversation_id, topic, kind, payload)"
     " select workspace_id, conversation_id, topic, kind, payload from outbox"),
    ("I6", "bought_without_a_ticket", "delete from tickets"),
    ("I8", "order_moved_illegally", "update order_events set to_status = 'SERVED' where to_status = 'PAID'"),
    ("I8", "order_diary_with_a_gap", "update order_events set from_status = 'READY' where to_status = 'PAID'"),
    ("I8", "order_is_not_its_diary", "update orders set status = 'READY' where status = 'PAID'"),
    ("I5", "money_of_an_attempt_that_failed", "update payments set status = 'FAILED'"),
    ("I8", "success_undone", "update payments set status = 'FAILED'"),
    ("I10", "owed_and_never_said", "update outbox set created_at = now() - interval '6 minutes'"),
    ("I10", "owed_for_too_long", "update outbox set created_at = now() - interval '2 minutes'"),
    ("I10", "payment_never_looked_at", "update payments set next_check_at = now() - interval '2 minutes'"),
    ("I10", "unpaid_order_never_ended", "update orders set expires_at = now() - interval '2 minutes'"),
]  # fmt: skip


@pytest.fixture
def books(sessions: sessionmaker[Session]) -> sessionmaker[Session]:
    """A paid order, one that ended unpaid, and one still open."""
    bar = open_bar(sessions)
    bar.settle(bar.order(bar.guest(1), Dawa=1)[0]["order_id"])
    unpaid = bar.order(bar.guest(2), pay=False, Tusker=1)[0]["order_id"]
    bar.change(Order, unpaid, expires_at=datetime.now(UTC) - timedelta(seconds=1))
    expire_holds(sessions)
    bar.order(bar.guest(3), pay=False, Wings=1)
    return sessions


def test_a_good_evening_has_nothing_to_report(books: sessionmaker[Session]) -> None:
    with books.begin() as db:
        report = audit(db, {})
    assert is_clean(report) and list(report) == list(TITLES) == [f"I{number}" for number in range(1, 11)]


def test_the_audit_says_what_it_did_not_look_at(books: sessionmaker[Session]) -> None:
    with books.begin() as db:
        report = audit(db, {})
    found = {invariant for invariant, _, _ in DAMAGE} | {"I1"}  # I1 is the store's
    assert {name for name, verdict in report.items() if verdict["checked"]} == found
    assert {name for name, verdict in report.items() if not verdict["checked"]} == {"I7", "I9"}


@pytest.mark.parametrize(("invariant", "kind", "damage"), DAMAGE)
def test_damage_is_found(books: sessionmaker[Session], invariant: str, kind: str, damage: str) -> None:
    with books.begin() as db:
        db.execute(text(damage))
        report = audit(db, {})
    assert not report[invariant]["ok"] and not is_clean(report)
    assert kind in {breach["breach"] for breach in report[invariant]["breaches"]}


def test_what_the_store_reports_is_part_of_the_verdict(books: sessionmaker[Session]) -> None:
    with books.begin() as db:
        report = audit(db, {"I1": [{"breach": "event_waiting", "mailbox": "m"}]})
    assert report["I1"] | {"rule": ""} == {
        "ok": False, "checked": True, "rule": "", "breaches": [{"breach": "event_waiting", "mailbox": "m"}], "count": 1,
    }  # fmt: skip
