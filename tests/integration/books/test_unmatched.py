"""Money nobody knows: always on the list, with candidates and reasons, and decided by a person once."""

from datetime import UTC, datetime, timedelta

import pytest

from core.domain.statuses import OrderStatus, PaymentStatus, ReceiptState
from core.errors import Rejected
from core.services.holds import expire_holds
from core.services.unmatched import unmatched
from core.store.sql.tables import Activity, Payment
from tests.integration.books.desk import Desk, earned
from tests.integration.money.kopokopo import event, money
from tests.integration.sql.bar import all_at_once

OTHER = "+254711222333"


def walk_in(desk: Desk, reference: str = "WALKIN0001", amount: int = 700, phone: str = OTHER) -> None:
    desk.house.told(event(money(reference, phone, amount)))


def listed(desk: Desk) -> list[tuple[str, list[tuple[int, tuple[str, ...]]]]]:
    with desk.house.bar.sessions.begin() as db:
        _, found = unmatched(db, desk.workspace_id)
    return [(one.receipt.reference, [(c.number, c.reasons) for c in one.candidates]) for one in found]


def test_the_order_of_the_same_phone_comes_first_with_its_reasons(desk: Desk) -> None:
    desk.house.prompt(1)
    desk.house.prompt(2)
    walk_in(desk, phone="+" + desk.house.bar.guest(2).phone)
    ((reference, (first, *others)),) = listed(desk)
    assert (reference, first[0]) == ("WALKIN0001", 2)
    assert first[1] == ("paid from the phone that was asked", "asked 0 min apart", "exactly what is due")
    assert [number for number, _ in others] == [1]


def test_a_sum_alone_makes_no_candidate(desk: Desk) -> None:
    _, payment_id, _ = desk.house.prompt(1)
    desk.house.bar.change(Payment, payment_id, posted_at=datetime.now(UTC) - timedelta(hours=1))
    walk_in(desk)
    assert listed(desk) == [("WALKIN0001", [])]


def test_money_assigned_to_an_order_buys_it_and_its_guest_is_thanked(desk: Desk) -> None:
    order_id, _payment_id = desk.house.order()
    walk_in(desk)
    desk.assign(desk.receipt("WALKIN0001").id, 1)
    assert desk.house.order_status(order_id) is OrderStatus.PAID
    assert [one["receipt"] for one in desk.house.owed("payment_settled")] == ["WALKIN0001"]
    receipt = desk.receipt("WALKIN0001")
    assert (receipt.state, receipt.decided_by) == (ReceiptState.MATCHED, desk.user_id) and receipt.decided_at
    with desk.house.bar.sessions.begin() as db:
        noted = db.query(Activity).where(Activity.subject_kind == "receipt")
        assert [(one.action, one.detail["why"]) for one in noted] == [("money_assigned", "the guest asked")]


def test_too_much_assigned_is_proposed_for_refund_and_too_little_leaves_the_rest_due(desk: Desk) -> None:
    desk.house.order(1)
    order_id, _ = desk.house.order(2)
    walk_in(desk, "TOOMUCH001", 1000)
    walk_in(desk, "TOOLITTLE1", 300)
    desk.assign(desk.receipt("TOOMUCH001").id, 1)
    desk.assign(desk.receipt("TOOLITTLE1").id, 2)
    assert [(one.amount, one.reason) for one in desk.house.refunds()] == [(300, "overpaid")]
    assert desk.house.order_status(order_id) is OrderStatus.PENDING
    assert desk.house.owed("payment_settled")[1]["due"] == "400"


def test_money_taken_as_sales_is_in_the_books_with_its_vat(desk: Desk) -> None:
    walk_in(desk, amount=1160)
    desk.take_as_sales(desk.receipt("WALKIN0001").id)
    assert desk.balances() == {"CLEARING": 1160, "SALES": -1000, "VAT": -160}


@pytest.mark.parametrize("cash", [True, False])
def test_money_given_back_goes_its_way(desk: Desk, cash: bool) -> None:
    walk_in(desk)
    desk.give_back(desk.receipt("WALKIN0001").id, cash=cash)
    desk.send_all()
    if not cash:
        assert [one["kind"] for one in desk.out.asked] == ["reversals"]
        desk.hear(desk.out.arrives())
    assert desk.receipt("WALKIN0001").state is ReceiptState.REFUNDED
    assert desk.balances() == ({"CLEARING": 700, "DRAWER": -700} if cash else {})


def test_rule_16_a_decision_is_final_whoever_comes_later(desk: Desk) -> None:
    order_id, payment_id, prompt = desk.house.prompt()
    callback = desk.house.kopokopo.pay(prompt, "LATER00001")
    desk.house.told(event(callback["data"]["attributes"]["event"]["resource"]))
    receipt = desk.receipt("LATER00001")
    desk.give_back(receipt.id, cash=True)
    for decide in (desk.take_as_sales, desk.give_back, lambda id: desk.assign(id, 1)):
        with pytest.raises(Rejected, match="decided_before"):
            decide(receipt.id)
    desk.house.told(callback)
    assert desk.receipt("LATER00001").state is ReceiptState.REFUNDED
    assert (desk.house.status(payment_id), desk.house.order_status(order_id)) == (
        PaymentStatus.SUCCEEDED, OrderStatus.PENDING,
    )  # fmt: skip


def test_money_in_another_currency_buys_nothing_and_a_closed_order_neither(desk: Desk) -> None:
    paid = desk.paid()
    walk_in(desk)
    with pytest.raises(Rejected, match="order_closed"):
        desk.assign(desk.receipt("WALKIN0001").id, desk.order(paid).number)
    with pytest.raises(Rejected, match="no_such_order"):
        desk.assign(desk.receipt("WALKIN0001").id, 99)
    desk.house.told(event(money("DOLLARS001", OTHER, 700) | {"currency": "USD"}))
    desk.house.order(3)
    with pytest.raises(Rejected, match="other_currency"):
        desk.assign(desk.receipt("DOLLARS001").id, 2)


def test_money_for_a_lapsed_order_buys_it_while_its_stock_is_there(desk: Desk) -> None:
    order_id, _ = desk.house.order()
    with desk.house.bar.sessions.begin() as db:
        for payment in db.query(Payment):
            payment.status = PaymentStatus.FAILED
    desk.house.let_lapse(order_id)
    expire_holds(desk.house.bar.sessions)
    walk_in(desk)
    desk.assign(desk.receipt("WALKIN0001").id, 1)
    assert desk.house.order_status(order_id) is OrderStatus.PAID and desk.house.bar.stock("Dawa") == (99, 0)


def test_a_mismatch_decided_by_staff_ends_its_review(desk: Desk) -> None:
    order_id, payment_id, prompt = desk.house.prompt()
    desk.house.told(desk.house.kopokopo.pay(prompt, "OTHERTILL1", till_number="K999999"))
    assert desk.house.status(payment_id) is PaymentStatus.NEEDS_REVIEW
    desk.assign(desk.receipt("OTHERTILL1").id, 1)
    assert (desk.house.status(payment_id), desk.house.order_status(order_id)) == (
        PaymentStatus.SUCCEEDED, OrderStatus.PAID,
    )  # fmt: skip


def test_two_at_the_desk_and_a_callback_decide_once(desk: Desk) -> None:
    for number in range(4):
        _order_id, _, prompt = desk.house.prompt(number + 1)
        callback = desk.house.kopokopo.pay(prompt, f"RACE00000{number}")
        desk.house.told(event(callback["data"]["attributes"]["event"]["resource"]))
        receipt = desk.receipt(f"RACE00000{number}").id

        def act(which: int, receipt: object = receipt, callback: object = callback, number: int = number) -> str:
            try:
                if which == 2:
                    desk.house.told(callback)  # type: ignore[arg-type]
                elif which == 1:
                    desk.take_as_sales(receipt)  # type: ignore[arg-type]
                else:
                    desk.assign(receipt, number + 1)  # type: ignore[arg-type]
            except Rejected as error:
                return error.reason
            return ""

        all_at_once(3, act)
    assert desk.balances().get("UNMATCHED", 0) == 0
    assert earned(desk.balances()) == 2800
