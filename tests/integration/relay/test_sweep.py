"""The timer in every worker: whatever goes wrong in one round, there is a next one."""

import pytest

from core.errors import StoreUnavailable
from core.jobs import SERVE_CONVERSATIONS, Job
from core.services.program import Program
from tests.integration.queue.guests import wrote
from workers import sweeper
from workers.safety import StoreCheck


class Rounds(StoreCheck):
    """The first round ends in this error; after some more the worker ends."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error: Exception | None = error
        self.left = 20

    def later(self, program: Program) -> None:
        error, self.error = self.error, None
        self.left -= 1
        if error:
            raise error
        if not self.left:
            raise SystemExit


@pytest.mark.parametrize("error", [StoreUnavailable("away"), ValueError("a mistake of ours")])
def test_a_round_that_fails_is_not_the_last(
    program: Program, rung: list[Job], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(sweeper, "EVERY_SECONDS", 0.01)
    program.store.conversations.push([wrote("ann")])
    with pytest.raises(SystemExit):
        sweeper._run(program, ["conversations"], False, Rounds(error))
    assert SERVE_CONVERSATIONS in [job.task for job in rung]
    assert program.store.alive("conversations")
