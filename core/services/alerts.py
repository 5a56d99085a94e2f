"""Staff must act: a line in the log they read, at most one an hour for the same thing."""

from uuid import UUID

from core.errors import TryAgain
from core.log import get_logger
from core.services.activity import Actor, record
from core.services.program import Program
from core.store.sql.engine import transaction

ACTION = "sending_stopped"
AGAIN_SECONDS = 3600

log = get_logger(__name__)


def alert(program: Program, workspace_id: str, channel_id: str, code: int) -> None:
    """Messages cannot leave a number as they should. What cannot be written now stays in the program's own log."""
    if not workspace_id or not program.store.first_in(f"{ACTION}:{channel_id}:{code}", AGAIN_SECONDS):
        return
    try:
        with transaction(program.sessions) as db:
            record(db, Actor(UUID(workspace_id)), ACTION, "channel", UUID(channel_id), detail={"code": code})
    except TryAgain:
        log.warning("alert_not_written", code=code)
