"""The table of legal moves of a payment, and what time alone does to one."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from core.domain.payments import (
    CALL_LIFETIME,
    CLAIM_LIFETIME,
    DIALOG_WINDOW,
    LEGAL,
    MOVES,
    PROMPT_LIFETIME,
    UNANSWERED_LIFETIME,
    WATCH,
    Attempt,
    aged,
    check_move,
    may_prompt_again,
    next_check,
    time_to_tell,
)
from core.domain.statuses import LIVE_PAYMENTS, FailedBy, PaymentStatus
from core.errors import IllegalTransition

T = datetime(2026, 3, 6, 18, 0, tzinfo=UTC)
S = PaymentStatus
FINAL = {S.REVERSED}


def test_every_status_has_a_way_in_and_every_open_one_a_way_out() -> None:
    assert {after for _, after in LEGAL} == set(S) - {S.CREATED}
    assert {before for before, _ in LEGAL} == set(S) - FINAL


def test_every_row_says_why_and_stands_once() -> None:
    assert all(why for _, _, why in MOVES)
    assert len(LEGAL) == len(MOVES)


def test_a_paid_payment_is_left_only_by_a_reversal() -> None:
    assert {after for before, after in LEGAL if before is S.SUCCEEDED} == {S.REVERSED}


def test_every_unpaid_payment_may_still_become_paid() -> None:
    for before in set(S) - {S.SUCCEEDED, S.REVERSED}:
        check_move(before, S.SUCCEEDED)


def test_no_move_leads_back_to_an_earlier_stage() -> None:
    stage = {S.CREATED: 0, S.REQUESTED: 1, S.PENDING: 2, S.UNKNOWN: 2}
    assert all(stage.get(before, 3) < stage.get(after, 3) or stage.get(after, 3) == 3 for before, after in LEGAL)


@pytest.mark.parametrize("before", S)
@pytest.mark.parametrize("after", S)
def test_moves_outside_the_table_are_refused(before: S, after: S) -> None:
    if (before, after) in LEGAL:
        check_move(before, after)
    else:
        with pytest.raises(IllegalTransition):
            check_move(before, after)


def attempt(status: S, *, handle: bool = False, posted: bool = True) -> Attempt:
    return Attempt(status, handle, T, T if posted else None)


@pytest.mark.parametrize(
    ("status", "handle", "age", "becomes"),
    [
        (S.REQUESTED, False, CALL_LIFETIME - timedelta(seconds=1), S.REQUESTED),
        (S.REQUESTED, False, CALL_LIFETIME, S.UNKNOWN),
        (S.UNKNOWN, False, UNANSWERED_LIFETIME - timedelta(seconds=1), S.UNKNOWN),
        (S.UNKNOWN, False, UNANSWERED_LIFETIME, S.EXPIRED),
        (S.REQUESTED, False, UNANSWERED_LIFETIME, S.EXPIRED),
        (S.PENDING, True, UNANSWERED_LIFETIME, S.PENDING),
        (S.PENDING, True, PROMPT_LIFETIME - timedelta(seconds=1), S.PENDING),
        (S.PENDING, True, PROMPT_LIFETIME, S.EXPIRED),
        (S.EXPIRED, True, PROMPT_LIFETIME, S.EXPIRED),
        (S.EXPIRED, True, WATCH, S.NEEDS_REVIEW),
        (S.PENDING, True, WATCH, S.NEEDS_REVIEW),
        (S.EXPIRED, False, WATCH * 2, S.EXPIRED),
        (S.CREATED, False, WATCH, S.CREATED),
        (S.SUCCEEDED, True, WATCH, S.SUCCEEDED),
        (S.FAILED, True, WATCH, S.FAILED),
        (S.NEEDS_REVIEW, True, WATCH * 2, S.NEEDS_REVIEW),
        (S.REVERSED, True, WATCH, S.REVERSED),
    ],
)
def test_time_alone(status: S, handle: bool, age: timedelta, becomes: S) -> None:
    assert aged(attempt(status, handle=handle), T + age) is becomes


def test_a_claim_whose_call_never_began_is_over_after_twenty_seconds() -> None:
    assert aged(attempt(S.REQUESTED, posted=False), T + CLAIM_LIFETIME - timedelta(seconds=1)) is S.REQUESTED
    assert aged(attempt(S.REQUESTED, posted=False), T + CLAIM_LIFETIME) is S.FAILED


@pytest.mark.parametrize("status", S)
@pytest.mark.parametrize("handle", [True, False])
@pytest.mark.parametrize("posted", [True, False])
def test_time_makes_only_legal_moves(status: S, handle: bool, posted: bool) -> None:
    for seconds in (0, 19, 20, 30, 45, 150, 300, 3600, 86400, 200000):
        after = aged(attempt(status, handle=handle, posted=posted), T + timedelta(seconds=seconds))
        assert after is status or (status, after) in LEGAL


def test_it_is_asked_about_at_45_and_90_seconds_then_more_slowly_for_a_day() -> None:
    asked, now = [], T
    while (then := next_check(T, now)) is not None:
        asked.append(int((then - T).total_seconds()))
        now = then
    assert asked[:9] == [45, 90, 120, 180, 300, 600, 1200, 3000, 6600]
    assert {later - sooner for sooner, later in pairwise(asked[8:-1])} == {3600}
    assert asked[-1] == 86400


def test_the_guest_hears_that_we_check_at_the_second_look() -> None:
    assert not time_to_tell(T, T + timedelta(seconds=45))
    assert time_to_tell(T, T + timedelta(seconds=90))


@pytest.mark.parametrize("status", LIVE_PAYMENTS)
def test_a_live_attempt_permits_no_other(status: S) -> None:
    assert not may_prompt_again(status, None, T, T + DIALOG_WINDOW - timedelta(seconds=1))


@pytest.mark.parametrize("status", [S.CREATED, S.REQUESTED])
def test_a_prompt_still_to_be_sent_permits_no_other_however_old(status: S) -> None:
    assert not may_prompt_again(status, None, None, T + WATCH)


@pytest.mark.parametrize("by", [FailedBy.CALLBACK, FailedBy.ANSWER])
def test_a_failure_told_by_the_provider_permits_another_at_once(by: FailedBy) -> None:
    assert may_prompt_again(S.FAILED, by, T, T)


def test_a_failure_found_by_asking_permits_another_only_after_the_dialog_window() -> None:
    assert not may_prompt_again(S.FAILED, FailedBy.POLL, T, T + DIALOG_WINDOW - timedelta(seconds=1))
    assert may_prompt_again(S.FAILED, FailedBy.POLL, T, T + DIALOG_WINDOW)
    assert may_prompt_again(S.FAILED, FailedBy.POLL, None, T)
