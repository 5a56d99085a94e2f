"""What the books make of money that came, did not come, came twice, came late, or went back."""

from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest

from core.domain.payments import LEGAL
from core.domain.receipts import Notice, Outcome, Source
from core.domain.settlement import Books, Settlement, Tell, settle
from core.domain.statuses import LIVE_PAYMENTS, FailedBy
from core.domain.statuses import OrderStatus as Order
from core.domain.statuses import PaymentStatus as Payment
from core.domain.statuses import ReceiptState as Receipt

MADE = [Order.PAID, Order.PREPARING, Order.READY, Order.SERVED, Order.OUT_FOR_DELIVERY, Order.DELIVERED, Order.REFUNDED]
UNPAID = sorted(set(Payment) - {Payment.SUCCEEDED, Payment.REVERSED})

PAID = Notice(
    "kopokopo", Source.CALLBACK, Outcome.PAID,
    handle_id="h", receipt="UC65K2T9QX", amount=Decimal(850), currency="KES", till="K123456",
)  # fmt: skip
FAILED = replace(PAID, outcome=Outcome.FAILED, receipt="", amount=Decimal(0), reason="cancelled")
REVERSED = replace(PAID, outcome=Outcome.REVERSED, handle_id="")
OPEN = Books(payment=Payment.PENDING, currency="KES", till="123456", order=Order.PENDING, total=Decimal(850))


def paid(amount: int = 850, **books: object) -> Settlement:
    return settle(replace(PAID, amount=Decimal(amount)), replace(OPEN, **books))  # type: ignore[arg-type]


@pytest.mark.parametrize("before", UNPAID)
def test_money_buys_the_order_whatever_we_thought_of_the_attempt(before: Payment) -> None:
    assert paid(payment=before) == Settlement("paid", Payment.SUCCEEDED, Receipt.MATCHED, buys=True, tell=Tell.SETTLED)


def test_a_late_payment_revives_a_failed_order() -> None:
    assert paid(order=Order.FAILED).note == "revived"
    assert paid(order=Order.FAILED).buys


def test_a_late_payment_for_stock_that_is_gone_goes_back() -> None:
    for order in (Order.PENDING, Order.FAILED):
        late = paid(order=order, stock_gone=True)
        assert (late.note, late.buys, late.receipt, late.refund) == ("stock_gone", False, Receipt.REFUND_DUE, 850)
        assert (late.payment, late.tell) == (Payment.SUCCEEDED, Tell.SETTLED)


def test_money_for_a_cancelled_order_goes_back() -> None:
    late = paid(order=Order.CANCELLED)
    assert (late.note, late.buys, late.refund, late.receipt) == ("order_cancelled", False, 850, Receipt.REFUND_DUE)


@pytest.mark.parametrize("order", MADE)
def test_a_second_success_for_an_order_goes_back(order: Order) -> None:
    second = paid(order=order, credited=Decimal(850))
    assert (second.note, second.buys, second.refund, second.receipt) == ("paid_twice", False, 850, Receipt.REFUND_DUE)
    assert second.payment is Payment.SUCCEEDED


@pytest.mark.parametrize("payment", [Payment.SUCCEEDED, Payment.REVERSED])
def test_a_second_receipt_for_one_attempt_goes_back_and_leaves_the_attempt(payment: Payment) -> None:
    second = paid(payment=payment)
    assert (second.payment, second.refund, second.buys) == (None, 850, False)


def test_too_little_is_kept_and_the_rest_asked_for() -> None:
    part = paid(500)
    assert (part.note, part.buys, part.due, part.receipt, part.refund) == ("part_paid", False, 350, Receipt.MATCHED, 0)
    assert (part.payment, part.tell) == (Payment.SUCCEEDED, Tell.SETTLED)


def test_the_rest_completes_a_part_paid_order() -> None:
    assert paid(350, credited=Decimal(500)).buys


def test_too_little_for_an_order_that_failed_goes_back() -> None:
    late = paid(500, order=Order.FAILED)
    assert (late.note, late.refund, late.receipt) == ("too_little_too_late", 500, Receipt.REFUND_DUE)


def test_too_much_buys_the_order_and_the_rest_goes_to_staff() -> None:
    over = paid(1000)
    assert (over.note, over.buys, over.refund, over.receipt) == ("overpaid", True, 150, Receipt.MATCHED)


@pytest.mark.parametrize("other", [{"currency": "USD"}, {"till": "K999999"}])
@pytest.mark.parametrize("before", sorted(set(UNPAID) - {Payment.NEEDS_REVIEW}))
def test_other_money_than_was_asked_is_for_staff(other: dict[str, str], before: Payment) -> None:
    odd = settle(replace(PAID, **other), replace(OPEN, payment=before))  # type: ignore[arg-type]
    assert odd == Settlement("mismatch", Payment.NEEDS_REVIEW, Receipt.UNMATCHED, tell=Tell.REVIEW)


@pytest.mark.parametrize("before", [Payment.NEEDS_REVIEW, Payment.SUCCEEDED, Payment.REVERSED])
def test_other_money_is_told_once_and_never_undoes_a_success(before: Payment) -> None:
    odd = settle(replace(PAID, currency="USD"), replace(OPEN, payment=before))
    assert odd == Settlement("mismatch", receipt=Receipt.UNMATCHED)


def test_a_till_is_the_same_with_and_without_its_letter() -> None:
    assert settle(replace(PAID, till="k123456"), OPEN).buys
    assert settle(replace(PAID, till=""), OPEN).buys


def test_money_that_names_nothing_of_ours_is_kept_as_unmatched() -> None:
    assert settle(PAID, Books()) == Settlement("unmatched", receipt=Receipt.UNMATCHED)


@pytest.mark.parametrize("state", Receipt)
def test_a_known_receipt_told_again_without_a_name_changes_nothing(state: Receipt) -> None:
    again = settle(PAID, Books(receipt=state))
    assert again == replace(again, payment=None, receipt=None, buys=False, refund=Decimal(0), tell=Tell.NOTHING)


@pytest.mark.parametrize("state", [Receipt.MATCHED, Receipt.REFUND_DUE, Receipt.UNMATCHED])
def test_the_same_receipt_told_twice_changes_nothing(state: Receipt) -> None:
    assert paid(receipt=state, bound=True, payment=Payment.SUCCEEDED) == Settlement("known")


def test_rule_16_a_known_but_unmatched_receipt_is_attached_by_a_later_notice() -> None:
    assert paid(receipt=Receipt.UNMATCHED) == paid()


@pytest.mark.parametrize("state", [Receipt.REFUNDED, Receipt.TAKINGS])
def test_rule_16_a_receipt_staff_gave_away_is_final(state: Receipt) -> None:
    assert paid(receipt=state) == Settlement("decided_before", payment=Payment.SUCCEEDED)


@pytest.mark.parametrize("state", [Receipt.MATCHED, Receipt.REFUND_DUE, Receipt.UNMATCHED])
def test_rule_16_a_receipt_staff_assigned_is_final(state: Receipt) -> None:
    assert paid(receipt=state, decided=True) == Settlement("decided_before", payment=Payment.SUCCEEDED)


def test_money_that_went_back_before_it_was_told_buys_nothing() -> None:
    assert paid(receipt=Receipt.REVERSED) == Settlement("decided_before", payment=Payment.REVERSED)
    assert paid(receipt=Receipt.REVERSED, payment=Payment.REVERSED) == Settlement("decided_before")


@pytest.mark.parametrize("before", LIVE_PAYMENTS)
def test_a_failure_is_told_with_its_order_still_open(before: Payment) -> None:
    assert settle(FAILED, replace(OPEN, payment=before)) == Settlement("failed", Payment.FAILED, tell=Tell.FAILED)


@pytest.mark.parametrize("order", sorted(set(Order) - {Order.PENDING}))
def test_a_failure_is_not_told_when_its_order_is_no_longer_open(order: Order) -> None:
    assert settle(FAILED, replace(OPEN, order=order)).tell is Tell.NOTHING


def test_a_failure_after_expiry_is_written_down_and_not_told_again() -> None:
    assert settle(FAILED, replace(OPEN, payment=Payment.EXPIRED)) == Settlement("failed_late", Payment.FAILED)


def test_a_callback_confirms_a_failure_found_by_asking() -> None:
    books = replace(OPEN, payment=Payment.FAILED, failed_by=FailedBy.POLL)
    assert settle(FAILED, books) == Settlement("failure_confirmed", Payment.FAILED)
    assert settle(replace(FAILED, source=Source.POLL), books).payment is None


@pytest.mark.parametrize("payment", [Payment.SUCCEEDED, Payment.REVERSED, Payment.NEEDS_REVIEW, None])
def test_a_failure_undoes_nothing(payment: Payment | None) -> None:
    assert settle(FAILED, replace(OPEN, payment=payment)) == Settlement("too_late_to_fail")


@pytest.mark.parametrize("state", [Receipt.MATCHED, Receipt.REFUND_DUE, Receipt.UNMATCHED])
def test_a_reversal_takes_the_payment_back(state: Receipt) -> None:
    back = settle(REVERSED, replace(OPEN, payment=Payment.SUCCEEDED, order=Order.PAID, receipt=state, bound=True))
    stops = state is Receipt.MATCHED
    wanted = Settlement("reversed", Payment.REVERSED, Receipt.REVERSED, tell=Tell.RETURNED)
    assert back == replace(wanted, stops=stops, alarms=stops)


@pytest.mark.parametrize("order", [Order.SERVED, Order.OUT_FOR_DELIVERY, Order.DELIVERED])
def test_what_was_handed_over_is_not_stopped(order: Order) -> None:
    books = replace(OPEN, payment=Payment.SUCCEEDED, order=order, receipt=Receipt.MATCHED, bound=True)
    assert (settle(REVERSED, books).stops, settle(REVERSED, books).alarms) == (False, True)


def test_the_reversal_that_is_our_own_refund_alarms_nobody() -> None:
    books = replace(OPEN, payment=Payment.SUCCEEDED, order=Order.REFUNDED, receipt=Receipt.MATCHED, bound=True)
    assert (settle(REVERSED, books).stops, settle(REVERSED, books).alarms) == (False, False)


@pytest.mark.parametrize("state", [None, Receipt.UNMATCHED, Receipt.TAKINGS])
def test_a_reversal_of_money_nobody_claimed_is_written_down(state: Receipt | None) -> None:
    assert settle(REVERSED, Books(receipt=state)) == Settlement("reversed", receipt=Receipt.REVERSED)


@pytest.mark.parametrize("state", [Receipt.REVERSED, Receipt.REFUNDED])
def test_a_reversal_told_twice_changes_nothing(state: Receipt) -> None:
    assert settle(REVERSED, replace(OPEN, receipt=state, bound=True)) == Settlement("known")


@pytest.mark.parametrize("outcome", [Outcome.PENDING, Outcome.UNKNOWN])
def test_no_final_word_changes_nothing(outcome: Outcome) -> None:
    assert settle(replace(PAID, outcome=outcome), OPEN) == Settlement("still_open")


def every_book() -> list[Books]:
    """All combinations of what the books may say."""
    return [
        Books(payment, None, "KES", "K1", order, Decimal(850), Decimal(credited), receipt, bound, decided, gone)
        for payment, order, credited, receipt, bound, decided, gone in product(
            [None, *Payment], [None, *Order], (0, 500), [None, *Receipt], (False, True), (False, True), (False, True)
        )
        if not (receipt is None and (bound or decided)) and (payment is None) == (order is None)
    ]


@pytest.mark.parametrize("outcome", Outcome)
def test_in_every_case_moves_are_legal_and_every_shilling_has_one_place(outcome: Outcome) -> None:
    for books in every_book():
        for amount, till in ((100, "K1"), (850, "K1"), (2000, "K1"), (850, "K2")):
            notice = replace(PAID, outcome=outcome, amount=Decimal(amount), till=till)
            check(notice, books, settle(notice, books))


def check(notice: Notice, books: Books, done: Settlement) -> None:
    """What must hold of any settlement."""
    assert done.payment in (None, books.payment) or (books.payment, done.payment) in LEGAL
    assert not done.buys or (notice.outcome is Outcome.PAID and books.order in (Order.PENDING, Order.FAILED))
    assert not done.buys or books.credited + notice.amount - done.refund == books.total
    assert done.receipt is not Receipt.REFUND_DUE or done.refund == notice.amount
    assert done.refund <= notice.amount
    if notice.outcome is Outcome.PAID and books.receipt is None:
        assert done.receipt in (Receipt.MATCHED, Receipt.UNMATCHED, Receipt.REFUND_DUE), "money without a place"
    if books.payment is Payment.SUCCEEDED:
        assert done.payment in (None, Payment.REVERSED), "a paid payment never becomes unpaid"


def test_a_notice_reads_back_as_it_was_written() -> None:
    assert Notice.from_dict(PAID.to_dict()) == PAID
    assert Notice.from_dict(FAILED.to_dict()) == FAILED
