"""Attempts that need a person: unknown is never called failed but by somebody who looked it up at the provider."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from core.domain.statuses import OrderStatus, PaymentStatus
from core.errors import Rejected
from core.services.followup import Followup
from core.services.money_waiting import no_money_came, payments_waiting
from core.store.sql.engine import transaction
from core.store.sql.tables import Activity, Payment
from tests.integration.books.desk import Desk

S = PaymentStatus
A_DAY = 24 * 3600


def waiting(desk: Desk) -> list[tuple[int, PaymentStatus, bool]]:
    with transaction(desk.house.bar.sessions) as db:
        return [(one.number, one.status, one.endable) for one in payments_waiting(db, desk.workspace_id)]


def say_unpaid(desk: Desk, payment_id: str, workspace_id: UUID | None = None) -> Followup:
    with transaction(desk.house.bar.sessions) as db:
        return no_money_came(db, workspace_id or desk.workspace_id, UUID(payment_id), desk.by("not on their page"))


def without_a_word(desk: Desk) -> tuple[str, str]:
    """For a day the provider has not said whether the guest paid: ids of order and payment."""
    order_id, payment_id, _ = desk.house.prompt()
    desk.house.ago(payment_id, A_DAY)
    desk.house.check(payment_id)
    assert desk.house.status(payment_id) is S.NEEDS_REVIEW
    return order_id, payment_id


def test_an_attempt_without_a_word_for_ten_minutes_stands_before_staff(desk: Desk) -> None:
    _, payment_id, _ = desk.house.prompt()
    desk.house.ago(payment_id, 590)
    assert waiting(desk) == []
    desk.house.ago(payment_id, 11)
    assert waiting(desk) == [(1, S.PENDING, False)]
    with pytest.raises(Rejected, match="decided_before"):
        say_unpaid(desk, payment_id)
    desk.house.check(payment_id)


def test_staff_who_looked_it_up_say_that_no_money_came_and_the_guest_hears_it_once(desk: Desk) -> None:
    _, payment_id = without_a_word(desk)
    assert waiting(desk) == [(1, S.NEEDS_REVIEW, True)]
    assert say_unpaid(desk, payment_id).conversations
    with pytest.raises(Rejected, match="decided_before"):
        say_unpaid(desk, payment_id)
    assert (desk.house.status(payment_id), waiting(desk)) == (S.FAILED, [])
    assert len(desk.house.owed("payment_failed")) == 1
    assert "no_money_came" in desk.house.diary()
    with transaction(desk.house.bar.sessions) as db:
        [noted] = db.query(Activity).where(Activity.subject_kind != "product")  # its shelf was filled
        assert (noted.action, noted.user_id, noted.detail) == (
            "no_money_came", desk.user_id, {"why": "not on their page"},
        )  # fmt: skip


def test_money_that_comes_after_staff_gave_it_up_buys_the_order_all_the_same(desk: Desk) -> None:
    order_id, payment_id = without_a_word(desk)
    say_unpaid(desk, payment_id)
    desk.house.told(desk.house.kopokopo.pay(desk.house.kopokopo.prompts[-1]))
    assert (desk.house.status(payment_id), desk.house.order_status(order_id)) == (S.SUCCEEDED, OrderStatus.PAID)


def test_money_that_is_here_is_not_called_missing(desk: Desk) -> None:
    _, payment_id, prompt = desk.house.prompt()
    desk.house.told(desk.house.kopokopo.pay(prompt, till_number="K999999"))
    assert waiting(desk) == [(1, S.NEEDS_REVIEW, True)]
    with pytest.raises(Rejected, match="money_is_here"):
        say_unpaid(desk, payment_id)
    assert desk.house.status(payment_id) is S.NEEDS_REVIEW


def test_an_order_paid_in_part_stands_before_staff_until_the_rest_came(desk: Desk) -> None:
    order_id, _, prompt = desk.house.prompt()
    desk.house.told(desk.house.kopokopo.pay(prompt, amount="300.0"))
    assert waiting(desk) == [(1, S.SUCCEEDED, False)]
    desk.house.request(desk.house.pay_again(order_id)["payment_id"])
    desk.house.told(desk.house.kopokopo.pay(desk.house.kopokopo.prompts[-1]))
    assert (desk.house.order_status(order_id), waiting(desk)) == (OrderStatus.PAID, [])


def test_a_review_stands_there_until_somebody_has_decided_however_long_that_takes(desk: Desk) -> None:
    _, payment_id = without_a_word(desk)
    desk.house.bar.change(Payment, payment_id, created_at=datetime.now(UTC) - timedelta(days=9))
    assert waiting(desk) == [(1, S.NEEDS_REVIEW, True)]


def test_another_venue_neither_sees_nor_decides_it(desk: Desk) -> None:
    _, payment_id = without_a_word(desk)
    stranger = uuid4()
    with transaction(desk.house.bar.sessions) as db:
        assert payments_waiting(db, stranger) == []
    with pytest.raises(Rejected, match="not_found"):
        say_unpaid(desk, payment_id, stranger)
    assert desk.house.status(payment_id) is S.NEEDS_REVIEW
