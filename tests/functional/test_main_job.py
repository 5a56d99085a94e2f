"""A guest orders from the table, pays by M-Pesa, and the bar sees it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from sandbox.simulators.control import Simulators
from sandbox.simulators.guest import Guest, Message
from tests.functional.outside import Outside
from tests.waiting import eventually

BILL = 150


def asks_to_pay(guest: Guest, order: str = "1 coke to table 5") -> None:
    """Order in one line and tap the first button that asks for the money."""
    guest.says(order)
    guest.taps("M-Pesa")


def receipt_of(simulators: Simulators, guest: Guest) -> str:
    return str(simulators.kopokopo.wait_for(phone=guest.phone, status="Success")["receipt"])


def thanks(guest: Guest, receipt: str) -> list[Message]:
    return [message for message in guest.messages if receipt in message.text]


def check_paid_once(outside: Outside, simulators: Simulators, guest: Guest) -> None:
    """One prompt, one receipt, one thank-you, and the order is paid."""
    receipt = receipt_of(simulators, guest)
    eventually(lambda: thanks(guest, receipt), what="the thank-you")
    order = outside.order_of(guest.name)
    assert order is not None and order["status"] == "PAID"
    assert [prompt["status"] for prompt in simulators.kopokopo.prompts(guest.phone)] == ["Success"]
    guest.says("status")  # whoever comes after it has been answered, so that no second thank-you can still be waiting
    guest.reads("paid")
    assert len(thanks(guest, receipt)) == 1


def test_one_line_order_is_paid_thanked_once_and_brought(
    outside: Outside, simulators: Simulators, guest: Guest
) -> None:
    staff = outside.staff()
    stream = staff.changes(after=staff.board()["stream"])
    guest.holds_the_phone()
    guest.says("2 dawa and 1 tusker to table 7")
    guest.taps("I am 18")
    guest.taps("M-Pesa")
    guest.reads("check your phone")
    assert int(guest.pays()["amount"]) == 2 * 700 + 350
    check_paid_once(outside, simulators, guest)

    order = next(change["order"] for change in stream if change["order"]["guest"] == guest.name)
    assert (order["status"], order["table"]) == ("PAID", 7)
    assert [(item["quantity"], item["name"]) for item in order["items"]] == [(2, "Dawa"), (1, "Tusker Lager")]
    assert staff.moves(order, "READY").status_code == 200
    guest.reads("ready")
    assert next(change["order"] for change in stream)["status"] == "READY"


def test_on_a_quiet_evening_every_doorbell_rings(outside: Outside, guest: Guest) -> None:
    before = outside.metric("bar_rings_total", result="failed") + outside.metric("bar_rings_total", result="skipped")
    for word in ("hi", "menu", "cart", "help"):
        guest.says(word)
        guest.reads()
    after = outside.metric("bar_rings_total", result="failed") + outside.metric("bar_rings_total", result="skipped")
    assert after == before, "replies came by the sweep, a second late"


@pytest.mark.parametrize(
    ("outcome", "reason"), [("wrong_pin", "PIN"), ("cancelled", "cancelled"), ("no_balance", "balance")]
)
def test_a_guest_is_told_why_and_pays_at_the_second_try(
    simulators: Simulators, guest: Guest, outcome: str, reason: str
) -> None:
    guest.holds_the_phone()
    asks_to_pay(guest)
    guest.pays(outcome)
    guest.reads(reason)
    guest.taps("Try again")
    guest.pays()
    assert eventually(lambda: thanks(guest, receipt_of(simulators, guest)))


def test_without_a_callback_we_ask(outside: Outside, simulators: Simulators, guest: Guest) -> None:
    simulators.kopokopo.rule("success", phone=guest.phone, callback="never")
    simulators.kopokopo.set(buygoods="never")
    asks_to_pay(guest)
    receipt_of(simulators, guest)
    time_passes(outside, guest)
    check_paid_once(outside, simulators, guest)


def test_a_late_callback_counts_although_we_asked_before(
    outside: Outside, simulators: Simulators, guest: Guest
) -> None:
    simulators.kopokopo.set(late_by=4)
    simulators.kopokopo.rule("late", phone=guest.phone)
    asks_to_pay(guest)
    simulators.kopokopo.wait_for(phone=guest.phone, screen="closed")
    time_passes(outside, guest)
    check_paid_once(outside, simulators, guest)


def time_passes(outside: Outside, guest: Guest) -> None:
    """The date of the next look at this payment has come."""
    posted = eventually(lambda: [p for p in outside.payments_of(guest.name) if p["status"] == "PENDING"])
    outside.change("update payments set next_check_at = now() where id = %s", posted[0]["id"])


@pytest.mark.parametrize("callback", ["twice", "before_answer"])
def test_however_the_callback_comes_the_guest_is_thanked_once(
    outside: Outside, simulators: Simulators, guest: Guest, callback: str
) -> None:
    simulators.kopokopo.rule("success", phone=guest.phone, callback=callback)
    asks_to_pay(guest)
    check_paid_once(outside, simulators, guest)


def test_the_tills_own_event_may_come_first(outside: Outside, simulators: Simulators, guest: Guest) -> None:
    simulators.kopokopo.set(buygoods="before", callback_after=1)
    asks_to_pay(guest)
    check_paid_once(outside, simulators, guest)
    receipts = outside.rows("select state from receipts where reference = %s", receipt_of(simulators, guest))
    assert receipts == [{"state": "MATCHED"}]


def test_no_answer_after_charging_is_no_second_prompt(outside: Outside, simulators: Simulators, guest: Guest) -> None:
    simulators.kopokopo.rule("timeout_after_charging", phone=guest.phone)
    asks_to_pay(guest)
    check_paid_once(outside, simulators, guest)


@pytest.mark.parametrize("answer", ["500", "garbage", "html", "empty"])
def test_an_answer_nobody_understands_is_no_second_prompt(
    outside: Outside, simulators: Simulators, guest: Guest, answer: str
) -> None:
    simulators.kopokopo.rule("success", phone=guest.phone, answer=answer)
    asks_to_pay(guest)
    check_paid_once(outside, simulators, guest)


def test_ten_taps_on_pay_at_once_are_one_prompt(outside: Outside, simulators: Simulators, guest: Guest) -> None:
    guest.says("1 coke to table 5")
    review = guest.reads("Your order")
    with ThreadPoolExecutor(10) as pool:
        sent = list(pool.map(lambda _: guest.taps("M-Pesa", review), range(10)))
    assert {one.status for one in sent} == {200}
    check_paid_once(outside, simulators, guest)
    assert len(outside.payments_of(guest.name)) == 1


def test_a_revoked_token_costs_the_guest_nothing(outside: Outside, simulators: Simulators, guest: Guest) -> None:
    simulators.kopokopo.set(revoke_tokens=True)
    asks_to_pay(guest)
    check_paid_once(outside, simulators, guest)


def test_money_paid_by_hand_is_kept_for_staff_to_match(outside: Outside, simulators: Simulators, guest: Guest) -> None:
    receipt = simulators.kopokopo.pays_till(guest.phone, BILL)
    query = "select state, amount, order_id from receipts where reference = %s"
    found = eventually(lambda: outside.rows(query, receipt))
    assert [(row["state"], int(row["amount"]), row["order_id"]) for row in found] == [("UNMATCHED", BILL, None)]
    outside.clean()


def test_too_little_is_part_paid_and_the_rest_is_asked_for(
    outside: Outside, simulators: Simulators, guest: Guest
) -> None:
    simulators.kopokopo.rule("success", phone=guest.phone, amount=100, times=1)
    asks_to_pay(guest)
    guest.reads("still missing")
    guest.taps("Pay the rest")
    guest.reads("Thank you")
    order = outside.order_of(guest.name)
    assert order is not None and order["status"] == "PAID"
    assert [int(payment["amount"]) for payment in outside.payments_of(guest.name)] == [BILL, BILL - 100]


def test_a_payment_taken_back_is_seen_by_staff(outside: Outside, simulators: Simulators, guest: Guest) -> None:
    asks_to_pay(guest)
    receipt = receipt_of(simulators, guest)
    eventually(lambda: thanks(guest, receipt))
    assert simulators.kopokopo.reverses(receipt)
    query = "select state from receipts where reference = %s"
    eventually(lambda: outside.rows(query, receipt) == [{"state": "REVERSED"}])
    assert outside.payments_of(guest.name)[0]["status"] == "REVERSED"


def test_the_evening_can_be_read_off_the_numbers(outside: Outside, simulators: Simulators, guest: Guest) -> None:
    def counted() -> list[float]:
        return [
            outside.metric("bar_webhooks_total", source="whatsapp", answer="200"),
            outside.metric("bar_webhooks_total", source="payment", answer="200"),
            outside.metric("bar_turns_total"),
            outside.metric("bar_turn_seconds_count", effects="yes"),
            outside.metric("bar_sends_total", result="sent"),
            outside.metric("bar_provider_calls_total", provider="kopokopo"),
            outside.metric("bar_payments_total", provider="kopokopo"),
        ]

    before = counted()
    asks_to_pay(guest)
    check_paid_once(outside, simulators, guest)
    eventually(lambda: all(new > old for new, old in zip(counted(), before, strict=True)), what="every number to grow")
    assert outside.metric("bar_oldest_waiting_seconds", lane="conversations") < 60
