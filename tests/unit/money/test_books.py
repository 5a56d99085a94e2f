"""The pure parts of the books: the life of a refund, whose money it may be, whose list says what, and a closing."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from core.domain.closing import ClosingReport, Figure
from core.domain.matching import Arrived, Asked, candidates
from core.domain.receipts import Outcome
from core.domain.reconciliation import ACTIONS, Ours, Theirs, differences
from core.domain.refunds import LEGAL, MOVES, OPEN, WATCH, Sent, check_move, goes_by_itself, never_sent, next_check
from core.domain.statuses import DifferenceKind, Provider, ReceiptState, RefundStatus
from core.errors import IllegalTransition

S, K = RefundStatus, DifferenceKind
NOW = datetime(2026, 11, 20, 21, tzinfo=UTC)


# ── refunds ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_refund_has_a_way_to_an_end() -> None:
    ends = {S.DONE, S.WITHDRAWN}
    assert {before for before, _, _ in MOVES} == set(S) - ends == OPEN
    for status in OPEN:
        reached, left = {status}, [status]
        while left:
            fresh = {after for before, after in LEGAL if before is left[-1]} - reached
            left.pop()
            reached |= fresh
            left += fresh
        assert ends & reached, status


@pytest.mark.parametrize("before", S)
@pytest.mark.parametrize("after", S)
def test_only_the_moves_of_the_table_are_made(before: RefundStatus, after: RefundStatus) -> None:
    if (before, after) in LEGAL:
        return check_move(before, after)
    with pytest.raises(IllegalTransition):
        check_move(before, after)
    return None


def test_money_that_went_back_stays_gone() -> None:
    assert not [move for move in LEGAL if move[0] is S.DONE]


@pytest.mark.parametrize(
    ("reason", "provider", "amount", "by_itself"),
    [
        ("paid_twice", Provider.KOPOKOPO, 5000, True),
        ("paid_twice", Provider.KOPOKOPO, 5001, False),
        ("paid_twice", Provider.CASH, 100, False),
        ("overpaid", Provider.KOPOKOPO, 100, False),
        ("stock_gone", Provider.PAYSTACK, 100, False),
    ],
)
def test_only_a_second_payment_up_to_the_limit_goes_by_itself(
    reason: str, provider: Provider, amount: int, by_itself: bool
) -> None:
    assert goes_by_itself(reason, provider, Decimal(amount), Decimal(5000)) is by_itself


def test_only_what_surely_never_left_is_sent_again() -> None:
    claimed = NOW - timedelta(seconds=20)
    assert never_sent(Sent(S.REQUESTED, claimed, None), NOW)
    assert not never_sent(Sent(S.REQUESTED, claimed, claimed), NOW)
    assert not never_sent(Sent(S.REQUESTED, NOW, None), NOW)
    assert not never_sent(Sent(S.FAILED, claimed, None), NOW)


def test_a_refund_is_asked_about_ever_less_often_for_a_month() -> None:
    at, asked = NOW, list[datetime]()
    while (at := next_check(NOW, at) or NOW) != NOW:
        asked.append(at)
    gaps = [later - earlier for earlier, later in zip([NOW, *asked], asked, strict=False)]
    assert gaps[:3] == [timedelta(seconds=15), timedelta(seconds=30), timedelta(seconds=75)]
    assert asked[-1] == NOW + WATCH and len(asked) < 130


# ── whose money ──────────────────────────────────────────────────────────────────────────────────────────────────────


def asked(number: int, due: int = 700, payer: str = "", minutes: int = 0, currency: str = "KES") -> Asked:
    return Asked(UUID(int=number), number, Decimal(due), currency, payer, NOW - timedelta(minutes=minutes))


def money(amount: int = 700, payer: str = "hash") -> Arrived:
    return Arrived(Decimal(amount), "KES", payer, NOW)


def test_the_same_phone_comes_before_the_same_time() -> None:
    found = candidates(money(), [asked(1), asked(2, 900, "hash"), asked(3, 700, "hash", minutes=300)])
    assert [one.number for one in found] == [2, 3, 1]
    assert {one.number: one.reasons[0] for one in found}[3] == "paid from the phone that was asked"


def test_neither_a_sum_alone_nor_another_currency_is_a_reason() -> None:
    assert candidates(money(), [asked(1, minutes=31), asked(2, payer="hash", currency="USD")]) == []
    assert candidates(money(payer=""), [asked(1, payer="", minutes=60)]) == []


def test_an_order_asked_several_times_is_one_candidate() -> None:
    found = candidates(money(), [asked(1, minutes=20), asked(1, payer="hash")])
    assert [len(one.reasons) for one in found] == [3]


# ── whose list ───────────────────────────────────────────────────────────────────────────────────────────────────────


def there(reference: str, amount: int = 700, outcome: Outcome = Outcome.PAID) -> Theirs:
    return Theirs(reference, Decimal(amount), "KES", outcome)


def here(reference: str, amount: int = 700, state: ReceiptState = ReceiptState.MATCHED, *, inside: bool = True) -> Ours:
    return Ours(uuid4(), reference, Decimal(amount), "KES", state, inside)


@pytest.mark.parametrize(
    ("theirs", "ours", "kinds"),
    [
        ([there("A")], [here("A")], []),
        ([there("A")], [], [K.MISSING_HERE]),
        ([], [here("A")], [K.MISSING_THERE]),
        ([], [here("A", inside=False)], []),
        ([there("A", 650)], [here("A")], [K.AMOUNT]),
        ([there("A"), there("A")], [here("A")], [K.DUPLICATE]),
        ([there("A"), there("A", outcome=Outcome.REVERSED)], [here("A")], [K.STATUS]),
        ([there("A"), there("A", outcome=Outcome.REVERSED)], [here("A", state=ReceiptState.REVERSED)], []),
        ([there("A")], [here("A", state=ReceiptState.REVERSED)], [K.STATUS]),
        ([there("A")], [here("A", state=ReceiptState.REFUNDED)], []),
        ([there("A", outcome=Outcome.REVERSED)], [here("A", state=ReceiptState.REFUNDED)], []),
    ],
)
def test_lists_are_compared_in_both_directions(
    theirs: list[Theirs], ours: list[Ours], kinds: list[DifferenceKind]
) -> None:
    assert [one.kind for one in differences(theirs, ours)] == kinds


def test_every_difference_says_what_to_do() -> None:
    assert set(ACTIONS) == set(K) and all(ACTIONS.values())


# ── the closing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_closing_is_read_back_as_it_was_written() -> None:
    figures = (Figure("MPESA", 2, Decimal("1400.50")),)
    names = ("sales", "discounts", "returns", "takings", "vat", "tips", "refunds", "refunds_open", "unmatched")
    cash = ("cash_float", "cash_taken", "cash_refunded", "cash_counted")
    values: dict[str, Any] = {name: Decimal(number) for number, name in enumerate((*names, *cash), start=1)}
    values |= {"venue": "The Bar", "number": 7, "currency": "KES", "timezone": "Africa/Nairobi", "orders": 3}
    values |= {"opened_at": NOW, "closed_at": NOW, "opened_by": "Wanjiru", "closed_by": "Otieno"}
    report = ClosingReport(**values, methods=figures, people=figures)
    assert ClosingReport.from_dict(report.to_dict()) == report
    assert (report.sales, report.cash_float, report.cash_counted) == (1, 10, 13)
    assert (report.cash_expected, report.cash_difference, report.net) == (9, 4, 0)
