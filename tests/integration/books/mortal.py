"""A process that does one thing after the other, each in a child of its own that a crash point may kill.

`python -m tests.integration.books.mortal <database> <store>`: one JSON object a line comes in, and how its child ended
goes out. The folder of armed crash points is in the environment, as for the whole product.
"""

import json
import os
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from core.cipher import Cipher, install
from core.domain.receipts import Source
from core.providers.contract import RefundNotice
from core.providers.kopokopo.webhook import read_events
from core.services import closings, reconcile, refund_calls
from core.services.program import Program
from core.store.redis.store import Store
from core.store.sql.engine import make_engine, make_sessions
from tests.integration.money.house import make_program
from tests.integration.sql.bar import Bar


def give_back(program: Program, workspace_id: UUID) -> None:
    """All that workers do for refunds that are due."""
    for job in refund_calls.sweep_refunds(program.sessions).jobs:
        task = refund_calls.send_refund if job.task.endswith("send_refund") else refund_calls.check_refund
        task(program, *job.args)


def hear(program: Program, workspace_id: UUID, body: dict[str, Any]) -> None:
    """The provider posts what became of money on its way back."""
    for notice in read_events(json.dumps(body).encode(), Source.CALLBACK):
        assert isinstance(notice, RefundNotice)
        refund_calls.refund_told(program.sessions, notice, (workspace_id,))


def close(program: Program, workspace_id: UUID, shift: str, user: str) -> None:
    """The drawer was counted, and is empty."""
    closings.close_shift(program.sessions, workspace_id, UUID(shift), UUID(user), Decimal(0))


def compare(program: Program, workspace_id: UUID, day: str) -> None:
    """A day's list is laid beside ours."""
    reconcile.reconcile_day(program, workspace_id, date.fromisoformat(day))


DO: dict[str, Callable[..., None]] = {"give_back": give_back, "hear": hear, "close": close, "compare": compare}


def main(database: str, store: str) -> None:
    """Nothing is connected here: each child begins anew, as a worker does."""
    for line in sys.stdin:
        said = json.loads(line)
        if (child := os.fork()) == 0:
            os.dup2(2, 1)  # the log is no answer
            install(Cipher(["a key for these tests"]))
            venue = (UUID(said.pop("workspace")), UUID(said.pop("channel")))
            bar = Bar(make_sessions(make_engine(database)), *venue)
            program = make_program(bar, Store(store), lambda job: None)
            DO[said.pop("do")](program, bar.workspace_id, **said)
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
