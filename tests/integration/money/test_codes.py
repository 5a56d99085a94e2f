"""A code typed by hand: it counts for money that really came, once, whichever of the two comes first."""

from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import update

from core.domain.statuses import OrderStatus, PaymentStatus, ReceiptState
from core.services.audit import audit
from core.store.sql.tables import PaymentClaim
from tests.integration.money.house import House
from tests.integration.money.kopokopo import event, money, new_receipt
from tests.integration.sql.bar import all_at_once

STRANGER = "+254799000111"


def unpaid(house: House, guest: int = 1, **quantities: int) -> str:
    """An order that waits for its money."""
    placed: str = house.bar.order(house.bar.guest(guest), False, **(quantities or {"Dawa": 1}))[0]["order_id"]
    return placed


def types(house: House, code: str, order_id: str | None = None, guest: int = 1) -> dict[str, Any]:
    claim = {"kind": "claim_receipt", "order_id": order_id, "code": code}
    return house.bar.perform(house.bar.guest(guest), claim)[0]


def comes(house: House, code: str, amount: int = 700, phone: str = STRANGER) -> None:
    """Money into the till, from nobody's prompt."""
    house.told(event(money(code, phone, amount)))


def test_money_that_came_before_its_code_pays_the_order(house: House) -> None:
    order_id, code = unpaid(house), new_receipt()
    comes(house, code)
    assert types(house, code)["result"] == "matched"
    assert house.order_status(order_id) is OrderStatus.PAID
    (receipt,) = house.receipts()
    assert (receipt.state, str(receipt.order_id)) == (ReceiptState.MATCHED, order_id)
    assert house.status(str(receipt.payment_id)) is PaymentStatus.SUCCEEDED
    assert house.owed("payment_settled")[0]["receipt"] == code


def test_a_code_typed_before_its_money_waits_for_it(house: House) -> None:
    order_id, code = unpaid(house), new_receipt()
    assert types(house, code, order_id)["result"] == "waiting"
    assert types(house, code, order_id)["result"] == "waiting"
    comes(house, code)
    assert house.order_status(order_id) is OrderStatus.PAID
    comes(house, code)
    assert types(house, code, order_id)["result"] == "counted"
    assert len(house.owed("payment_settled")) == 1


def test_code_and_money_at_the_same_moment_find_each_other(house: House) -> None:
    for _ in range(5):
        order_id, code = unpaid(house), new_receipt()
        both = (partial(types, house, code, order_id), partial(comes, house, code))
        all_at_once(2, lambda i, both=both: both[i]())  # type: ignore[misc]
        assert house.order_status(order_id) is OrderStatus.PAID


def test_one_code_is_one_payment(house: House) -> None:
    first, second, code = unpaid(house, 1), unpaid(house, 2), new_receipt()
    comes(house, code)
    assert types(house, code, first, 1)["result"] == "matched"
    assert types(house, code, second, 2)["result"] == "not_yours"
    assert house.order_status(second) is OrderStatus.PENDING


def test_two_guests_with_one_code_at_once_pay_one_order(house: House) -> None:
    orders, code = [unpaid(house, 1), unpaid(house, 2)], new_receipt()
    comes(house, code)
    results = all_at_once(2, lambda i: types(house, code, orders[i], i + 1)["result"])
    assert sorted(results) == ["matched", "not_yours"]
    assert sorted(house.order_status(one) for one in orders) == [OrderStatus.PAID, OrderStatus.PENDING]


def test_an_amount_alone_is_nobody_s(house: House) -> None:
    order_id = unpaid(house)
    comes(house, new_receipt())
    assert types(house, new_receipt(), order_id)["result"] == "waiting"
    assert house.order_status(order_id) is OrderStatus.PENDING


def test_the_code_of_a_prompt_that_was_paid_is_known(house: House) -> None:
    order_id, _, prompt = house.prompt()
    code = new_receipt()
    house.told(house.kopokopo.pay(prompt, code))
    assert types(house, code, order_id) == {"result": "counted", "order_id": order_id, "number": 1}


def test_too_little_by_hand_is_a_part_and_too_much_goes_to_staff(house: House) -> None:
    order_id, part, rest = unpaid(house), new_receipt(), new_receipt()
    comes(house, part, 200)
    types(house, part, order_id)
    assert house.owed("payment_settled")[-1]["due"] == "500"
    types(house, rest, order_id)
    comes(house, rest, 600)
    assert house.order_status(order_id) is OrderStatus.PAID
    assert [refund.amount for refund in house.refunds()] == [100]


def test_a_prompt_paid_as_well_goes_back(house: House) -> None:
    order_id, _, prompt = house.prompt()
    code = new_receipt()
    comes(house, code)
    assert types(house, code, order_id)["result"] == "matched"
    house.told(house.kopokopo.pay(prompt))
    assert sorted(one.state for one in house.receipts()) == [ReceiptState.MATCHED, ReceiptState.REFUND_DUE]


def test_a_code_without_an_order_is_for_nothing(house: House) -> None:
    assert types(house, new_receipt()) == {"result": "no_order"}


def test_another_guest_s_order_cannot_be_named(house: House) -> None:
    order_id = unpaid(house, 2)
    assert types(house, new_receipt(), order_id, 1) == {"result": "no_order"}


def test_wrong_ten_times_slows_down_and_time_forgives(house: House) -> None:
    order_id, right = unpaid(house), new_receipt()
    comes(house, right)
    for _ in range(10):
        assert types(house, new_receipt(), order_id)["result"] == "waiting"
    assert types(house, right, order_id) == {"result": "too_many", "minutes": 10}
    with house.bar.sessions.begin() as db:
        db.execute(update(PaymentClaim).values(created_at=PaymentClaim.created_at - timedelta(minutes=11)))
    assert types(house, right, order_id)["result"] == "matched"


def test_the_audit_finds_a_code_that_counted_without_money(house: House) -> None:
    order_id, code = unpaid(house), new_receipt()
    comes(house, code)
    types(house, code, order_id)
    with house.bar.sessions.begin() as db:
        db.execute(update(PaymentClaim).values(code="UC00000000"))
        found = {breach["breach"] for breach in audit(db, {})["I5"]["breaches"]}
        assert "claim_matched_without_its_money" in found
        db.rollback()


def test_late_money_for_a_lapsed_order_revives_it(house: House) -> None:
    order_id, code = unpaid(house), new_receipt()
    types(house, code, order_id)
    house.let_lapse(order_id)
    comes(house, code)
    assert house.order_status(order_id) is OrderStatus.PAID
