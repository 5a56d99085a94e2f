"""One open call per guest, however often and from wherever they ask."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from core.domain.statuses import CallStatus
from core.errors import Rejected
from core.services.staff_calls import open_calls, see_call
from core.store.sql.tables import Outbox, StaffCall, User
from tests.integration.sql.bar import Bar, all_at_once, open_bar

CALL = {"kind": "call_staff", "reason": "guest"}


def calls(bar: Bar) -> list[StaffCall]:
    with bar.sessions.begin() as db:
        return list(db.scalars(select(StaffCall).order_by(StaffCall.created_at)))


def a_colleague(bar: Bar) -> UUID:
    with bar.sessions.begin() as db:
        user = User(email="colleague@bar.example", name="Wanjiru", password_hash="")
        db.add(user)
        db.flush()
        return user.id


def see(bar: Bar, call: StaffCall, user_id: UUID) -> bool:
    """Whether this tap told the boards anything."""
    with bar.sessions.begin() as db:
        return bool(see_call(db, call.workspace_id, call.id, user_id).boards)


def test_the_same_turn_taken_twice_calls_once(bar: Bar) -> None:
    guest = bar.guest()
    _, first = bar.perform_all(guest, [CALL], "event-1")
    _, again = bar.perform_all(guest, [CALL], "event-1")
    assert first.boards == {bar.workspace_id} and not again.boards
    assert [call.version for call in calls(bar)] == [1] and bar.count(Outbox) == 1


def test_asking_ten_times_at_once_is_one_open_call(bar: Bar) -> None:
    guest = bar.guest()
    bar.perform(guest, CALL)
    all_at_once(9, lambda _: bar.perform(guest, CALL))
    assert [(call.status, call.version) for call in calls(bar)] == [(CallStatus.OPEN, 10)]


def test_a_call_knows_guest_and_table(bar: Bar) -> None:
    guest = bar.guest()
    bar.order(guest, Dawa=1)
    bar.perform(guest, CALL)
    bar.perform(bar.guest(2), CALL)
    assert [(call.customer_name, call.table_number) for call in calls(bar)] == [("Guest 1", 7), ("Guest 2", None)]


@pytest.mark.parametrize("_", range(5))
def test_seen_and_asked_again_at_once_is_either_seen_or_open(bar: Bar, _: int) -> None:
    guest, user_id = bar.guest(), a_colleague(bar)
    bar.perform(guest, CALL)
    (call,) = calls(bar)
    all_at_once(2, lambda n: see(bar, call, user_id) if n else bar.perform(guest, CALL))
    found = [(call.status, call.version) for call in calls(bar)]
    tapped_last = [(CallStatus.SEEN, 3)]
    asked_last = [(CallStatus.SEEN, 2), (CallStatus.OPEN, 1)]
    assert found in (tapped_last, asked_last)


def test_the_first_tap_counts(bar: Bar) -> None:
    bar.perform(bar.guest(), CALL)
    (call,) = calls(bar)
    user_id = a_colleague(bar)
    assert [see(bar, call, user_id), see(bar, call, user_id)] == [True, False]
    assert calls(bar)[0].seen_by == user_id and calls(bar)[0].version == 2


def test_another_bars_call_is_not_there(bar: Bar) -> None:
    other = open_bar(bar.sessions)
    bar.perform(bar.guest(), CALL)
    (call,) = calls(bar)
    with pytest.raises(Rejected, match="not_found"), bar.sessions.begin() as db:
        see_call(db, other.workspace_id, call.id, uuid4())
    with bar.sessions.begin() as db:
        assert open_calls(db, other.workspace_id) == [] and len(open_calls(db, bar.workspace_id)) == 1
