"""Money that comes, comes twice, comes late, comes wrong, or goes back: each shilling ends in one place."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text, update

from core.domain.statuses import FailedBy, OrderStatus, PaymentStatus, ReceiptState, RefundStatus
from core.services.holds import expire_holds
from core.services.notices import urgent
from core.store.sql.tables import ProviderAccount, Receipt, Ticket, User
from tests.integration.money.house import House, open_account
from tests.integration.money.kopokopo import event, money, result
from tests.integration.sql.bar import all_at_once, open_bar

S, Stands = PaymentStatus, OrderStatus


def test_a_paid_prompt_buys_the_order_once(house: House) -> None:
    order_id, payment_id, prompt = house.prompt(Dawa=2)
    (followup,) = house.told(house.kopokopo.pay(prompt, "UC65K2T9QX"))
    assert (house.order_status(order_id), house.status(payment_id)) == (Stands.PAID, S.SUCCEEDED)
    assert house.bar.stock("Dawa") == (98, 0)
    assert house.bar.count(Ticket) == 1
    (receipt,) = house.receipts()
    assert (receipt.state, receipt.reference, receipt.amount) == (ReceiptState.MATCHED, "UC65K2T9QX", 1400)
    assert house.owed() == [
        {
            "kind": "payment_settled", "order_id": order_id, "number": 1, "payment_id": payment_id,
            "receipt": "UC65K2T9QX", "amount": "1400", "currency": "KES", "total": "1400", "due": "0",
            "status": "PAID", "refund": False, "provider": "kopokopo", "practice": False,
        }
    ]  # fmt: skip
    assert len(followup.conversations) == 1
    assert followup.boards == {house.bar.workspace_id}
    assert house.payment(payment_id).next_check_at is None


def test_paying_twice_thanks_once(house: House) -> None:
    _, _, prompt = house.prompt()
    callback = house.kopokopo.pay(prompt)
    for _ in range(3):
        house.told(callback)
    assert len(house.owed()) == 1
    assert len(house.receipts()) == 1


def test_two_callbacks_and_a_poll_at_once_thank_once(house: House) -> None:
    order_id, payment_id, prompt = house.prompt()
    callback = house.kopokopo.pay(prompt)
    till_event = event(callback["data"]["attributes"]["event"]["resource"])
    house.ago(payment_id, 46)
    at_once = [lambda: house.told(callback), lambda: house.check(payment_id), lambda: house.told(till_event)]
    all_at_once(9, lambda number: at_once[number % 3]())
    assert (house.order_status(order_id), house.status(payment_id)) == (Stands.PAID, S.SUCCEEDED)
    assert [len(house.owed()), len(house.receipts()), house.bar.count(Ticket)] == [1, 1, 1]
    assert house.bar.movements("Dawa") == [100, -1]


@pytest.mark.parametrize("first", ["callback", "till event"])
def test_callback_and_till_event_count_once_in_either_order(house: House, first: str) -> None:
    order_id, _, prompt = house.prompt()
    callback = house.kopokopo.pay(prompt)
    till_event = event(callback["data"]["attributes"]["event"]["resource"])
    for body in (callback, till_event) if first == "callback" else (till_event, callback):
        house.told(body)
    assert house.order_status(order_id) is Stands.PAID
    assert [receipt.state for receipt in house.receipts()] == [ReceiptState.MATCHED]
    assert len(house.owed()) == 1


@pytest.mark.parametrize("text", ["Request cancelled by user", "The initiator information is invalid."])
def test_a_failure_is_told_with_its_reason_and_may_be_tried_again_at_once(house: House, text: str) -> None:
    order_id, payment_id, prompt = house.prompt()
    house.told(house.kopokopo.refuse(prompt, text))
    house.told(house.kopokopo.refuse(prompt, text))
    payment = house.payment(payment_id)
    assert (payment.status, payment.failed_by, house.order_status(order_id)) == (
        S.FAILED,
        FailedBy.CALLBACK,
        Stands.PENDING,
    )
    (owed,) = house.owed("payment_failed")
    assert owed["reason"] == payment.reason == {"R": "cancelled", "T": "wrong_pin"}[text[0]]
    assert house.pay_again(order_id)["result"] == "requested"


def test_rule_11_success_is_left_only_by_a_reversal(house: House) -> None:
    order_id, payment_id, prompt = house.prompt()
    paid = house.kopokopo.pay(prompt)
    house.told(paid)
    house.told(house.kopokopo.refuse(prompt))
    house.told(result("pending", prompt["id"], prompt["metadata"]))
    assert (house.status(payment_id), house.order_status(order_id)) == (S.SUCCEEDED, Stands.PAID)
    house.told(event(paid["data"]["attributes"]["event"]["resource"], "buygoods_reversed"))
    assert house.status(payment_id) is S.REVERSED


def test_rule_13_one_live_attempt_per_order_and_phone(house: House) -> None:
    order_id, _, _ = house.prompt(1)
    assert house.pay_again(order_id)["result"] == "live_attempt"
    other, _, _ = house.prompt(2)
    assert house.pay_again(other, guest=2, phone=house.bar.guest(1).phone)["result"] == "live_attempt"
    assert len(house.kopokopo.prompts) == 2


def test_rule_13_a_failure_learnt_by_polling_permits_a_new_prompt_only_after_the_dialog_window(house: House) -> None:
    order_id, payment_id, prompt = house.prompt()
    house.kopokopo.refuse(prompt)
    house.ago(payment_id, 46)
    house.check(payment_id)
    assert house.payment(payment_id).failed_by is FailedBy.POLL
    assert house.pay_again(order_id)["result"] == "live_attempt"
    house.ago(payment_id, 135)
    assert house.pay_again(order_id)["result"] == "requested"


def test_rule_13_a_failure_learnt_by_polling_protects_the_phone_from_prompts_of_other_orders(house: House) -> None:
    other, _, theirs = house.prompt(2)
    house.told(house.kopokopo.refuse(theirs))
    _, payment_id, prompt = house.prompt(1)
    house.kopokopo.refuse(prompt)
    house.ago(payment_id, 46)
    house.check(payment_id)
    phone = house.bar.guest(1).phone
    assert house.pay_again(other, guest=2, phone=phone)["result"] == "live_attempt"
    house.ago(payment_id, 135)
    assert house.pay_again(other, guest=2, phone=phone)["result"] == "requested"


def test_rule_13_a_second_success_is_refunded(house: House) -> None:
    order_id, first, prompt = house.prompt()
    house.told(house.kopokopo.refuse(prompt))
    second = house.pay_again(order_id)["payment_id"]
    house.request(second)
    house.told(house.kopokopo.pay(house.kopokopo.prompts[-1]))
    house.told(house.kopokopo.pay(prompt, "LATE000001"))
    assert [house.status(first), house.status(second)] == [S.SUCCEEDED, S.SUCCEEDED]
    (refund,) = house.refunds()
    assert (refund.status, refund.amount, refund.reason) == (RefundStatus.APPROVED, 700, "paid_twice")
    assert [event["refund"] for event in house.owed("payment_settled")] == [False, True]
    assert house.bar.movements("Dawa") == [100, -1]
    assert house.order_status(order_id) is Stands.PAID


def test_rule_14_settling_and_expiring_at_once_never_lose_the_money(house: House) -> None:
    for number in range(8):
        order_id, _, prompt = house.prompt(number)
        house.told(house.kopokopo.refuse(prompt))
        house.let_lapse(order_id)
        paid = house.kopokopo.pay(prompt)
        race(house, paid)
        assert house.order_status(order_id) is Stands.PAID
        assert house.bar.holds(order_id) == ["SOLD"]
    assert house.refunds() == []


def race(house: House, paid: dict[str, Any]) -> None:
    both = (lambda: house.told(paid), lambda: expire_holds(house.bar.sessions))
    all_at_once(2, lambda one: both[one]())


def lapse(house: House, **quantities: int) -> tuple[str, str, dict[str, Any]]:
    """An order that failed: its prompt was refused and its time ran out."""
    order_id, payment_id, prompt = house.prompt(**quantities)
    house.told(house.kopokopo.refuse(prompt))
    house.let_lapse(order_id)
    expire_holds(house.bar.sessions)
    assert house.order_status(order_id) is Stands.FAILED
    return order_id, payment_id, prompt


def test_rule_15_a_late_payment_revives_a_failed_order_whose_stock_is_still_there(house: House) -> None:
    order_id, payment_id, prompt = lapse(house)
    (followup,) = house.told(house.kopokopo.pay(prompt))
    assert (house.order_status(order_id), house.status(payment_id)) == (Stands.PAID, S.SUCCEEDED)
    assert house.bar.stock("Dawa") == (99, 0)
    assert followup.menus == {house.bar.workspace_id}


def test_rule_15_a_late_payment_for_stock_sold_to_others_goes_back(house: House) -> None:
    order_id, payment_id, prompt = lapse(house, Dawa=60)
    _, _, other = house.prompt(2, Dawa=60)
    house.told(house.kopokopo.pay(other))
    house.told(house.kopokopo.pay(prompt))
    assert (house.order_status(order_id), house.status(payment_id)) == (Stands.FAILED, S.SUCCEEDED)
    assert house.bar.stock("Dawa") == (40, 0)
    (refund,) = house.refunds()
    assert (refund.reason, refund.amount) == ("stock_gone", 42000)
    assert [event["refund"] for event in house.owed("payment_settled")] == [False, True]


def test_money_for_a_cancelled_order_goes_back_and_the_guest_hears_it(house: House) -> None:
    order_id, payment_id, prompt = house.prompt()
    house.bar.perform(house.bar.guest(1), {"kind": "cancel_order", "order_id": order_id})
    house.told(house.kopokopo.pay(prompt))
    assert (house.order_status(order_id), house.status(payment_id)) == (Stands.CANCELLED, S.SUCCEEDED)
    assert [(r.reason, r.amount) for r in house.refunds()] == [("order_cancelled", 700)]
    assert house.owed("payment_settled")[0]["refund"] is True
    assert house.bar.stock("Dawa") == (100, 0)


def test_rule_16_unmatched_money_is_attached_by_a_later_callback(house: House) -> None:
    order_id, _, prompt = house.prompt()
    callback = house.kopokopo.pay(prompt)
    house.told(event(callback["data"]["attributes"]["event"]["resource"]))
    (receipt,) = house.receipts()
    assert (receipt.state, receipt.order_id) == (ReceiptState.UNMATCHED, None)
    house.told(callback)
    (receipt,) = house.receipts()
    assert (receipt.state, str(receipt.order_id)) == (ReceiptState.MATCHED, order_id)
    assert house.diary() == ["start_accepted", "unmatched", "paid"]


def test_rule_16_who_tells_another_sum_later_changes_neither_the_books_nor_what_is_due(house: House) -> None:
    order_id, _, prompt = house.prompt()
    paid = house.kopokopo.pay(prompt, "TOLDTWICE1")
    resource = paid["data"]["attributes"]["event"]["resource"]
    house.told(event(resource))
    resource["amount"] = "900.0"
    house.told(paid)
    assert [receipt.amount for receipt in house.receipts()] == [700]
    assert (house.order_status(order_id), house.refunds()) == (Stands.PAID, [])
    assert [told["amount"] for told in house.owed("payment_settled")] == ["700"]


def test_rule_16_what_staff_decided_about_money_is_final(house: House) -> None:
    order_id, payment_id, prompt = house.prompt()
    callback = house.kopokopo.pay(prompt)
    house.told(event(callback["data"]["attributes"]["event"]["resource"]))
    house.bar.change(Receipt, house.receipts()[0].id, state=ReceiptState.TAKINGS, decided_by=somebody(house))
    house.told(callback)
    assert house.receipts()[0].state is ReceiptState.TAKINGS
    assert (house.status(payment_id), house.order_status(order_id)) == (S.SUCCEEDED, Stands.PENDING)
    assert house.owed() == []


def somebody(house: House) -> UUID:
    with house.bar.sessions.begin() as db:
        user = User(email=f"{uuid4().hex}@example.co.ke", name="Wanjiru", password_hash="none")
        db.add(user)
        db.flush()
        return user.id


def test_rule_18_a_guest_is_thanked_even_when_nobody_waits_any_more(house: House) -> None:
    order_id, payment_id, prompt = house.prompt()
    house.ago(payment_id, 3 * 3600)
    house.told(house.kopokopo.pay(prompt))
    assert [event["order_id"] for event in house.owed("payment_settled")] == [order_id]


def test_too_little_is_kept_and_the_rest_completes_the_order(house: House) -> None:
    order_id, _, prompt = house.prompt()
    house.told(house.kopokopo.pay(prompt, amount="500.0"))
    assert house.order_status(order_id) is Stands.PENDING
    assert (house.owed()[0]["due"], house.owed()[0]["status"]) == ("200", "PENDING")
    rest = house.pay_again(order_id)
    assert rest["amount"] == "200"
    house.request(rest["payment_id"])
    house.told(house.kopokopo.pay(house.kopokopo.prompts[-1]))
    assert house.order_status(order_id) is Stands.PAID
    assert (house.owed()[1]["due"], house.owed()[1]["status"]) == ("0", "PAID")


def test_a_part_paid_order_that_lapses_gives_its_money_back(house: House) -> None:
    order_id, _, prompt = house.prompt()
    house.told(house.kopokopo.pay(prompt, amount="500.0"))
    house.let_lapse(order_id)
    expire_holds(house.bar.sessions)
    assert house.order_status(order_id) is Stands.FAILED
    assert [refund.amount for refund in house.refunds()] == [500]


def test_too_much_buys_the_order_and_the_rest_is_shown_to_staff(house: House) -> None:
    order_id, _, prompt = house.prompt()
    house.told(house.kopokopo.pay(prompt, amount="1000.0"))
    assert house.order_status(order_id) is Stands.PAID
    assert [(r.amount, r.reason) for r in house.refunds()] == [(300, "overpaid")]


@pytest.mark.parametrize("change", [{"currency": "USD"}, {"till_number": "K999999"}])
def test_other_money_than_was_asked_is_for_staff(house: House, change: dict[str, str]) -> None:
    order_id, payment_id, prompt = house.prompt()
    house.told(house.kopokopo.pay(prompt, **change))
    assert (house.status(payment_id), house.order_status(order_id)) == (S.NEEDS_REVIEW, Stands.PENDING)
    assert [receipt.state for receipt in house.receipts()] == [ReceiptState.UNMATCHED]
    assert [event["kind"] for event in house.owed()] == ["payment_review"]


def test_money_that_names_nothing_of_ours_is_kept_for_staff(house: House) -> None:
    house.told(event(money("WALKIN0001", "+254711222333", 350)))
    house.told(event(money("WALKIN0001", "+254711222333", 350)))
    (receipt,) = house.receipts()
    assert (receipt.state, receipt.workspace_id, receipt.amount) == (
        ReceiptState.UNMATCHED, house.bar.workspace_id, Decimal(350),
    )  # fmt: skip


def test_a_success_for_an_unknown_prompt_is_kept_for_staff(house: House) -> None:
    paid = result("success", str(uuid4()), {"payment_id": str(uuid4())})
    house.told(paid)
    assert [receipt.state for receipt in house.receipts()] == [ReceiptState.UNMATCHED]
    house.told(result("failed", str(uuid4()), None))
    assert house.diary() == ["unmatched"]


def test_a_callback_signed_by_another_workspace_credits_nobody(house: House) -> None:
    order_id, payment_id, prompt = house.prompt()
    other = open_bar(house.bar.sessions)
    open_account(other, house.kopokopo.server.url, api_key="another key", till="K777777")
    house.told(house.kopokopo.pay(prompt, "STOLEN0001"), other.workspace_id)
    house.told(house.kopokopo.refuse(prompt), other.workspace_id)
    assert (house.status(payment_id), house.order_status(order_id)) == (S.PENDING, Stands.PENDING)
    assert [(r.state, r.workspace_id) for r in house.receipts()] == [(ReceiptState.UNMATCHED, other.workspace_id)]
    house.told(house.kopokopo.pay(prompt, "STOLEN0001"))
    assert house.order_status(order_id) is Stands.PAID


@pytest.mark.parametrize("paid", [True, False])
def test_a_callback_with_another_prompt_s_metadata_decides_about_neither(house: House, paid: bool) -> None:
    orders = [house.prompt(guest) for guest in (1, 2)]
    mine, other = orders[0][2], orders[1][2]
    body = house.kopokopo.pay(mine) if paid else house.kopokopo.refuse(mine)
    body["data"]["attributes"]["metadata"] = other["metadata"]
    house.told(body)
    assert [house.status(payment_id) for _, payment_id, _ in orders] == [S.PENDING, S.PENDING]
    assert [(one.state, one.order_id) for one in house.receipts()] == [("UNMATCHED", None)] * paid
    if paid:
        house.ago(orders[0][1], 46)
        house.check(orders[0][1])
        assert house.order_status(orders[0][0]) is OrderStatus.PAID and house.status(orders[1][1]) is S.PENDING


def test_two_venues_under_one_key_are_told_apart_by_their_tills(house: House) -> None:
    other = open_bar(house.bar.sessions)
    open_account(other, house.kopokopo.server.url, till="K777777")
    both = (house.bar.workspace_id, other.workspace_id)
    house.told(event(money("ATOTHERBAR", "+254711222333", 350, "777777")), *both)
    house.told(event(money("ATOURBAR01", "+254711222333", 350)), *both)
    assert {r.reference: r.workspace_id for r in house.receipts()} == {
        "ATOTHERBAR": other.workspace_id, "ATOURBAR01": house.bar.workspace_id,
    }  # fmt: skip


@pytest.mark.parametrize("given_up_by_the_first", [True, False])
def test_a_till_given_on_is_the_house_that_uses_it_now(house: House, given_up_by_the_first: bool) -> None:
    other = open_bar(house.bar.sessions)
    open_account(other, house.kopokopo.server.url)
    both = sorted((house.bar.workspace_id, other.workspace_id))
    gone, now = both if given_up_by_the_first else reversed(both)
    with house.bar.sessions.begin() as db:
        db.execute(update(ProviderAccount).where(ProviderAccount.workspace_id == gone).values(active=False))
    house.told(event(money("GIVENONN01", "+254711222333", 350)), *both)
    assert [one.workspace_id for one in house.receipts()] == [now]


def test_a_reversal_takes_the_money_back_and_everybody_hears_it(house: House) -> None:
    order_id, payment_id, prompt = house.prompt()
    paid = house.kopokopo.pay(prompt)
    house.told(paid)
    back = event(paid["data"]["attributes"]["event"]["resource"], "buygoods_reversed")
    (followup,) = house.told(back)
    house.told(back)
    assert (house.status(payment_id), house.receipts()[0].state) == (S.REVERSED, ReceiptState.REVERSED)
    assert [event["kind"] for event in house.owed()] == ["payment_settled", "money_returned"]
    assert house.owed()[1]["amount"] == "700"
    assert followup.boards == {house.bar.workspace_id}
    assert house.order_status(order_id) is Stands.REFUNDED, "nothing more of it is served"
    with house.bar.sessions.begin() as db:
        assert len(urgent(db, house.bar.workspace_id)) == 1, "and the board says so"


def test_a_reversal_told_before_the_payment_buys_nothing(house: House) -> None:
    order_id, payment_id, prompt = house.prompt()
    paid = house.kopokopo.pay(prompt)
    house.told(event(paid["data"]["attributes"]["event"]["resource"], "buygoods_reversed"))
    house.told(paid)
    assert (house.status(payment_id), house.order_status(order_id)) == (S.REVERSED, Stands.PENDING)
    assert [receipt.state for receipt in house.receipts()] == [ReceiptState.REVERSED]


def test_a_reversal_of_money_that_was_to_go_back_settles_its_refund(house: House) -> None:
    order_id, _, prompt = house.prompt()
    house.bar.perform(house.bar.guest(1), {"kind": "cancel_order", "order_id": order_id})
    paid = house.kopokopo.pay(prompt)
    house.told(paid)
    house.told(event(paid["data"]["attributes"]["event"]["resource"], "buygoods_reversed"))
    assert [refund.status for refund in house.refunds()] == [RefundStatus.DONE]


def test_success_after_expiry_is_accepted(house: House) -> None:
    order_id, payment_id, prompt = house.prompt()
    house.ago(payment_id, 301)
    house.check(payment_id)
    assert house.status(payment_id) is S.EXPIRED
    house.told(house.kopokopo.pay(prompt))
    assert (house.status(payment_id), house.order_status(order_id)) == (S.SUCCEEDED, Stands.PAID)


def test_fifty_callbacks_at_once_for_as_many_guests(house: House) -> None:
    prompts = [house.prompt(number, Tusker=1) for number in range(25)]
    bodies = [house.kopokopo.pay(prompt) for _, _, prompt in prompts]
    all_at_once(50, lambda number: house.told(bodies[number // 2]), workers=16)
    assert {house.order_status(order_id) for order_id, _, _ in prompts} == {Stands.PAID}
    assert house.bar.stock("Tusker") == (75, 0)
    assert len(house.owed()) == len(house.receipts()) == 25


def test_the_diary_holds_no_phones_and_no_names(house: House) -> None:
    _, _, prompt = house.prompt()
    house.told(house.kopokopo.pay(prompt))
    with house.bar.sessions.begin() as db:
        lines = " ".join(str(row) for row in db.execute(text("select * from payment_events")))
    assert "2547" not in lines
    assert "Achieng" not in lines
