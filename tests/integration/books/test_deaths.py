"""Processes that die at every named point of giving back, closing and comparing: again, and it happened once.

A death before the commit is a transaction that never was; one after it is only a process the less.
"""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from core.domain.statuses import RefundStatus
from core.services import reconcile, refund_calls
from core.store.sql.tables import Closing, Reconciliation
from tests.integration.books.desk import Desk, in_till
from tests.integration.books.test_refunds import paid_twice

CORE = Path(__file__).resolve().parents[3] / "core"
POINT = re.compile(
    r'crashpoint\("((?:send_refund|sweep_refunds|refund_told|check_refund|close_shift|reconcile)\.[a-z_]+)"\)'
)
POINTS = sorted({name for path in CORE.rglob("*.py") for name in POINT.findall(path.read_text())})


class Died(BaseException):
    """Nothing catches this."""


@pytest.fixture(params=POINTS)
def point(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Armed once: whoever comes there first dies."""
    armed = [str(request.param)]

    def crashpoint(name: str) -> None:
        if armed == [name]:
            armed.clear()
            raise Died

    for module in ("refund_calls", "closings", "reconcile"):
        monkeypatch.setattr(f"core.services.{module}.crashpoint", crashpoint)
    return str(request.param)


def give_back(desk: Desk) -> None:
    """All that workers would do for refunds, time passing quickly."""
    for job in refund_calls.sweep_refunds(desk.house.bar.sessions).jobs:
        task = refund_calls.send_refund if job.task.endswith("send_refund") else refund_calls.check_refund
        task(desk.house.program, *job.args)
    for number in range(len(desk.out.asked)):
        desk.hear(desk.out.arrives(number))


def make_due(desk: Desk) -> None:
    for refund in desk.house.refunds():
        desk.refund_ago(refund.id, 30)


def surviving(step: object, *args: object) -> None:
    try:
        step(*args)  # type: ignore[operator]
    except Died:
        return


def test_money_goes_back_once_and_a_shift_is_closed_once_wherever_the_process_dies(desk: Desk, point: str) -> None:
    paid_twice(desk)
    desk.house.kopokopo.till.append(in_till("MISSED0001", "+254711222333", 350))
    today = datetime.now(UTC).date()
    for _ in range(4):
        make_due(desk)
        surviving(give_back, desk)
    surviving(desk.close, 0)
    if not desk.house.bar.count(Closing):
        desk.close(0)
    surviving(reconcile.reconcile_day, desk.house.program, desk.workspace_id, today)
    reconcile.reconcile_day(desk.house.program, desk.workspace_id, today)
    check(desk, point)


def check(desk: Desk, point: str) -> None:
    (refund,) = desk.house.refunds()
    assert len(desk.out.asked) <= 1
    if point in (
        "send_refund.before_call",
        "send_refund.after_call",
        "send_refund.answered",
        "send_refund.before_commit",
    ):
        # It may have left: never sent again; the callback or a person says what became of it.
        assert refund.status in (RefundStatus.REQUESTED, RefundStatus.DONE)
    else:
        assert (refund.status, len(desk.out.asked)) == (RefundStatus.DONE, 1)
    assert desk.house.bar.count(Closing) == 1
    assert desk.house.bar.count(Reconciliation) >= 1
    assert [one.reference for one in desk.house.receipts() if one.reference == "MISSED0001"] == ["MISSED0001"]
    with desk.house.bar.sessions.begin() as db:
        db.execute(text("update refunds set next_check_at = now() where next_check_at < now()"))
