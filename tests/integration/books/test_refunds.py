"""Money that goes back: once, never more than was paid, and every shilling of it in the books."""

from uuid import UUID

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError

from core.domain.statuses import OrderStatus, ReceiptState, RefundStatus
from core.errors import Rejected
from core.services import refund_calls
from core.store.sql.tables import Refund, Ticket
from tests.integration.books.desk import Desk, earned
from tests.integration.money.kopokopo import event, money
from tests.integration.money.standin import Call
from tests.integration.sql.bar import all_at_once

S = RefundStatus


def paid_twice(desk: Desk) -> str:
    order_id, _, prompt = desk.house.prompt()
    desk.house.told(desk.house.kopokopo.refuse(prompt))
    second = desk.house.pay_again(order_id)["payment_id"]
    desk.house.request(second)
    desk.house.told(desk.house.kopokopo.pay(desk.house.kopokopo.prompts[-1], "FIRST00001"))
    desk.house.told(desk.house.kopokopo.pay(prompt, "SECOND0001"))
    return order_id


def test_a_second_payment_goes_back_by_itself(desk: Desk) -> None:
    paid_twice(desk)
    assert (earned(desk.balances()), desk.balances()["REFUNDS"], desk.balances()["CLEARING"]) == (700, -700, 1400)
    desk.send_all()
    desk.send_all()
    assert [(one["kind"], one["transaction_reference"]) for one in desk.out.asked] == [("reversals", "SECOND0001")]
    body = desk.out.arrives()
    for _ in range(3):
        desk.hear(body)
    (refund,) = desk.house.refunds()
    assert (refund.status, desk.receipt("SECOND0001").state) == (S.DONE, ReceiptState.REFUNDED)
    assert earned(desk.balances()) == 700 and desk.balances()["CLEARING"] == 700
    assert len(desk.house.owed("money_returned")) == 1


def test_above_the_venues_limit_a_person_approves(desk: Desk) -> None:
    with desk.house.bar.sessions.begin() as db:
        db.execute(text("update workspaces set refund_limit = 699"))
    paid_twice(desk)
    (refund,) = desk.house.refunds()
    desk.send_all()
    assert refund.status is S.PROPOSED and desk.out.asked == []
    desk.approve(refund.id)
    desk.send_all()
    assert len(desk.out.asked) == 1


def test_pitfall_15_a_refund_not_heard_of_is_asked_about_and_never_sent_again(desk: Desk) -> None:
    paid_twice(desk)
    desk.send_all()
    (refund,) = desk.house.refunds()
    desk.refund_ago(refund.id, 60)
    followup = refund_calls.sweep_refunds(desk.house.bar.sessions)
    assert [job.task for job in followup.jobs] == ["payments.check_refund"]
    refund_calls.check_refund(desk.house.program, str(refund.id))
    assert desk.house.refunds()[0].status is S.REQUESTED
    desk.out.arrives()
    refund_calls.check_refund(desk.house.program, str(refund.id))
    assert desk.house.refunds()[0].status is S.DONE and len(desk.out.asked) == 1


def test_a_worker_that_died_before_its_call_leaves_a_refund_that_is_sent(desk: Desk) -> None:
    paid_twice(desk)
    (refund,) = desk.house.refunds()
    assert refund_calls._claim(desk.house.program, refund.id) is not None
    desk.refund_ago(refund.id, 30)
    refund_calls.check_refund(desk.house.program, str(refund.id))
    assert desk.house.refunds()[0].status is S.APPROVED
    desk.send_all()
    assert len(desk.out.asked) == 1


def test_a_worker_that_died_in_its_call_leaves_a_refund_for_a_person(desk: Desk) -> None:
    paid_twice(desk)
    (refund,) = desk.house.refunds()
    refund_calls._claim(desk.house.program, refund.id)
    assert refund_calls._clear(desk.house.program, refund.id)
    desk.refund_ago(refund.id, 3600)
    refund_calls.check_refund(desk.house.program, str(refund.id))
    refund_calls.send_refund(desk.house.program, str(refund.id))
    assert desk.house.refunds()[0].status is S.REQUESTED and desk.out.asked == []
    desk.confirm(refund.id, went=False)
    desk.approve(refund.id)
    desk.send_all()
    assert len(desk.out.asked) == 1


def test_an_answer_that_comes_when_staff_have_had_it_sent_again_does_not_count(desk: Desk) -> None:
    paid_twice(desk)
    (refund,) = desk.house.refunds()
    routes = desk.house.kopokopo.server.routes
    take = routes["POST /api/v2/reversals"]

    def much_later(call: Call) -> None:  # staff looked, nothing had gone, and somebody else asked again
        routes["POST /api/v2/reversals"] = take
        desk.refund_ago(refund.id, 3600)
        desk.confirm(refund.id, went=False)
        desk.approve(refund.id)
        desk.send_all()
        call.answer(400, {"error_code": 400, "error_message": "Not allowed"})

    routes["POST /api/v2/reversals"] = much_later
    refund_calls.send_refund(desk.house.program, str(refund.id))
    assert (desk.house.refunds()[0].status, len(desk.out.asked)) == (S.REQUESTED, 1)
    desk.hear(desk.out.arrives())
    assert desk.house.refunds()[0].status is S.DONE


def test_two_workers_send_one_refund_once(desk: Desk) -> None:
    paid_twice(desk)
    (refund,) = desk.house.refunds()
    all_at_once(6, lambda _: refund_calls.send_refund(desk.house.program, str(refund.id)))
    assert len(desk.out.asked) == 1


def test_a_refusal_is_a_task_for_staff_who_give_it_from_the_drawer(desk: Desk) -> None:
    paid_twice(desk)
    desk.out.refuses = True
    desk.send_all()
    (refund,) = desk.house.refunds()
    assert refund.status is S.FAILED and refund.error
    desk.approve(refund.id, cash=True)
    assert desk.balances()["DRAWER"] == -700 and desk.balances()["CLEARING"] == 1400
    with pytest.raises(Rejected, match="decided_before"):
        desk.approve(refund.id, cash=True)


def test_all_of_an_order_given_back_stops_it(desk: Desk) -> None:
    order_id = desk.paid(Dawa=2)
    desk.refund(order_id)
    assert desk.house.order_status(order_id) is OrderStatus.REFUNDED
    with desk.house.bar.sessions.begin() as db:
        assert {ticket.status.value for ticket in db.query(Ticket)} == {"CANCELLED"}
    desk.send_all()
    desk.hear(desk.out.arrives())
    assert earned(desk.balances()) == 0 and "CLEARING" not in desk.balances()


def test_a_part_goes_back_as_a_payout(desk: Desk) -> None:
    order_id = desk.paid(Dawa=2)
    desk.refund(order_id, 500)
    desk.send_all()
    assert [(one["kind"], one["destinations"][0]["amount"]) for one in desk.out.asked] == [("send_money", 500)]
    desk.hear(desk.out.arrives())
    assert desk.house.order_status(order_id) is OrderStatus.PAID
    assert (earned(desk.balances()), desk.balances()["CLEARING"]) == (900, 900)


@pytest.mark.parametrize(
    ("parts", "reason"), [((1401,), "more_than"), ((1400, 1), "refunded_before"), ((900, 600), "more_than")]
)
def test_more_than_was_paid_never_goes_back(desk: Desk, parts: tuple[int, ...], reason: str) -> None:
    order_id = desk.paid(Dawa=2)
    for part in parts[:-1]:
        desk.refund(order_id, part)
    with pytest.raises(Rejected, match=reason):
        desk.refund(order_id, parts[-1])


def test_the_same_form_sent_twice_gives_back_once(desk: Desk) -> None:
    order_id = desk.paid(Dawa=2)
    desk.refund(order_id, 500, key="form 1")
    with pytest.raises(Rejected, match="refunded_before"):
        desk.refund(order_id, 500, key="form 1")
    assert len(desk.house.refunds()) == 1


def test_postgresql_itself_refuses_more_than_was_paid(desk: Desk) -> None:
    order_id = desk.paid(Dawa=2)
    desk.refund(order_id, 500)
    with pytest.raises(IntegrityError, match="refunds_within_what_was_paid"), desk.house.bar.sessions.begin() as db:
        db.execute(update(Refund).values(amount=1500))


def test_twenty_refunds_at_once_never_give_back_more_than_was_paid(desk: Desk) -> None:
    order_id = desk.paid(Dawa=2)

    def one(_: int) -> bool:
        try:
            desk.refund(order_id, 300, cash=True)
        except Rejected:
            return False
        return True

    assert sum(all_at_once(20, one, workers=8)) == 4
    assert desk.balances()["DRAWER"] == -1200


def test_what_was_never_paid_is_not_given_back(desk: Desk) -> None:
    order_id, _ = desk.house.order()
    with pytest.raises(Rejected, match="not_paid"):
        desk.refund(order_id)
    with pytest.raises(Rejected, match="not_found"):
        desk.refund(str(UUID(int=0)))


def test_cash_goes_back_from_the_drawer(desk: Desk) -> None:
    order_id = desk.paid_cash(Dawa=2)
    assert desk.balances()["DRAWER"] == 1400
    desk.refund(order_id, 700)
    assert (desk.balances()["DRAWER"], earned(desk.balances()), desk.out.asked) == (700, 700, [])


def test_the_reversal_of_our_own_refund_is_told_once(desk: Desk) -> None:
    paid_twice(desk)
    desk.send_all()
    resource = next(one for one in desk.house.kopokopo.till if one["reference"] == "SECOND0001")
    desk.house.told(event(resource, "buygoods_reversed"))
    desk.hear(desk.out.arrives())
    assert desk.house.refunds()[0].status is S.DONE
    assert len(desk.house.owed("money_returned")) == 1
    assert desk.balances()["CLEARING"] == 700


def test_a_reversal_of_what_paid_for_the_order_stops_it_and_gives_the_rest_back(desk: Desk) -> None:
    order_id, _, prompt = desk.house.prompt()
    part = desk.house.kopokopo.pay(prompt, "PART000001", amount="500.0")
    desk.house.told(part)
    rest = desk.house.pay_again(order_id)
    desk.house.request(rest["payment_id"])
    desk.house.told(desk.house.kopokopo.pay(desk.house.kopokopo.prompts[-1], "REST000001"))
    desk.house.told(event(part["data"]["attributes"]["event"]["resource"], "buygoods_reversed"))
    assert desk.house.order_status(order_id) is OrderStatus.REFUNDED
    assert [(one.amount, one.reason) for one in desk.house.refunds()] == [(200, "money_taken_back")]
    assert (earned(desk.balances()), desk.balances()["REFUNDS"], desk.balances()["CLEARING"]) == (0, -200, 200)


def test_a_reversal_of_money_assigned_by_staff_stops_its_order(desk: Desk) -> None:
    resource = money("WALKIN0001", "+254711222333", 700)
    desk.house.told(event(resource))
    placed = desk.house.bar.order(desk.house.bar.guest(1), False, Dawa=1)[0]
    desk.assign(desk.receipt("WALKIN0001").id, placed["number"])
    desk.house.told(event(resource, "buygoods_reversed"))
    assert desk.house.order_status(placed["order_id"]) is OrderStatus.REFUNDED


def test_what_is_on_its_way_is_neither_sent_again_nor_paid_out_beside_it(desk: Desk) -> None:
    paid_twice(desk)
    desk.send_all()
    (refund,) = desk.house.refunds()
    for cash in (False, True):
        with pytest.raises(Rejected, match="decided_before"):
            desk.approve(refund.id, cash=cash)
    with pytest.raises(Rejected, match="on_its_way"):
        desk.confirm(refund.id, went=False)
    assert len(desk.out.asked) == 1


def test_money_the_provider_takes_back_after_it_was_given_in_cash_is_gone_twice(desk: Desk) -> None:
    resource = money("WALKIN0001", "+254711222333", 700)
    desk.house.told(event(resource))
    desk.give_back(desk.receipt("WALKIN0001").id, cash=True)
    desk.house.told(event(resource, "buygoods_reversed"))
    assert desk.balances() == {"DRAWER": -700, "GUEST": 700}


def test_what_went_after_all_is_in_the_books_once(desk: Desk) -> None:
    paid_twice(desk)
    desk.send_all()
    (refund,) = desk.house.refunds()
    desk.refund_ago(refund.id, 3600)
    desk.confirm(refund.id, went=False)
    desk.approve(refund.id, cash=True)
    for _ in range(2):
        desk.hear(desk.out.arrives())
    assert (desk.balances()["CLEARING"], desk.balances()["DRAWER"], desk.balances()["GUEST"]) == (700, -700, 700)
