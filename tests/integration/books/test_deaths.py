"""Processes killed at every named point of giving back, closing and comparing: again, and it happened once."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from core.domain.closing import ClosingReport
from core.domain.statuses import RefundStatus
from core.services import closings
from core.store.sql.engine import transaction
from core.store.sql.tables import Closing, Reconciliation
from sandbox.servers import PostgresServer, RedisServer
from tests.integration.books.desk import Desk, in_till
from tests.integration.books.test_refunds import paid_twice

PROJECT = Path(__file__).resolve().parents[3]
POINT = re.compile(r'crashpoint\("([a-z_]+\.[a-z_]+)"\)')
# From here on it may have left: never sent again; the callback or a person says what became of it.
MAY_HAVE_LEFT = {f"send_refund.{name}" for name in ("before_call", "after_call", "answered", "before_commit")}

Do = Callable[..., int]


def of(*steps: str) -> list[str]:
    """Every crash point of these steps in the source."""
    found = {name for path in (PROJECT / "core").rglob("*.py") for name in POINT.findall(path.read_text())}
    return sorted(name for name in found if name.partition(".")[0] in steps)


@pytest.fixture(scope="module")
def armed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of a crash point's name in here: whoever comes there first dies."""
    return tmp_path_factory.mktemp("armed")


@pytest.fixture(scope="module")
def process(server: PostgresServer, mailbox_server: RedisServer, armed: Path) -> Iterator[subprocess.Popen[str]]:
    """Where it is done."""
    command = [sys.executable, "-m", "tests.integration.books.mortal", server.url, mailbox_server.url]
    environ = os.environ | {"ENVIRONMENT": "test", "CRASHPOINTS": str(armed)}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=PROJECT, env=environ, text=True, **pipes) as started:  # type: ignore[call-overload]
        yield started


@pytest.fixture
def do(desk: Desk, process: subprocess.Popen[str]) -> Do:
    """The other process does it; answers how that ended."""

    def tell(what: str, **said: Any) -> int:
        assert process.stdin and process.stdout
        venue = {"workspace": str(desk.workspace_id), "channel": str(desk.house.bar.channel_id)}
        process.stdin.write(json.dumps({"do": what, **venue, **said}) + "\n")
        process.stdin.flush()
        return int(process.stdout.readline())

    return tell


def give_back(desk: Desk, do: Do) -> int:
    """Time passes quickly, and what was sent arrives."""
    for refund in desk.house.refunds():
        desk.refund_ago(refund.id, 30)
    ended = do("give_back")
    for number in range(len(desk.out.asked)):
        desk.out.arrives(number)
    return ended


def close(desk: Desk, do: Do) -> int:
    with transaction(desk.house.bar.sessions) as db:
        shift = closings.current_shift(db, desk.workspace_id).id
    return do("close", shift=str(shift), user=str(desk.user_id))


@pytest.mark.parametrize("point", of("send_refund", "sweep_refunds", "refund_told", "check_refund"))
def test_money_goes_back_once_wherever_the_process_dies(desk: Desk, do: Do, point: str, armed: Path) -> None:
    paid_twice(desk)
    (armed / point).touch()
    ended = [give_back(desk, do) for _ in range(4)]
    ended += [do("hear", body=body) for body in desk.out.results.values() for _ in range(2)]
    assert killed_once(ended)
    (refund,) = desk.house.refunds()
    assert len(desk.out.asked) <= 1
    if point in MAY_HAVE_LEFT:
        assert refund.status in (RefundStatus.REQUESTED, RefundStatus.DONE)
    else:
        assert (refund.status, len(desk.out.asked)) == (RefundStatus.DONE, 1)
    with desk.house.bar.sessions.begin() as db:
        db.execute(text("update refunds set next_check_at = now() where next_check_at < now()"))


@pytest.mark.parametrize("point", of("close_shift"))
def test_a_shift_is_closed_once_wherever_the_process_dies(desk: Desk, do: Do, point: str, armed: Path) -> None:
    desk.paid_cash()
    (armed / point).touch()
    ended = [close(desk, do)]
    if not desk.house.bar.count(Closing):
        ended.append(close(desk, do))
    assert -signal.SIGKILL in ended
    desk.paid_cash(2, Dawa=2)
    desk.close(0)
    with transaction(desk.house.bar.sessions) as db:
        reports = [ClosingReport.from_dict(one.report) for one in closings.closings(db, desk.workspace_id)]
    assert [(one.number, one.sales) for one in reports] == [(2, 1400), (1, 700)]


@pytest.mark.parametrize("point", of("reconcile"))
def test_a_day_is_compared_to_its_end_wherever_the_process_dies(desk: Desk, do: Do, point: str, armed: Path) -> None:
    desk.house.kopokopo.till.append(in_till("MISSED0001", "+254711222333", 350))
    today = datetime.now(ZoneInfo("Africa/Nairobi")).date().isoformat()  # the day of the venue
    (armed / point).touch()
    assert killed_once([do("compare", day=today), do("compare", day=today)])
    assert desk.house.bar.count(Reconciliation) == 1
    assert [one.reference for one in desk.house.receipts()] == ["MISSED0001"]


def killed_once(ended: list[int]) -> bool:
    """Killed at its point, and nowhere else."""
    return sorted(ended)[:2] == [-signal.SIGKILL, 0]
