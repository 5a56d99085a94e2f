"""Rule 21: a store that forgets, or throws away when full, loses what was acknowledged. No worker serves from one."""

import os
import signal

from core.errors import StoreUnavailable
from core.log import get_logger
from core.services.program import Program
from core.store.redis.store import HIDDEN, WANTED

log = get_logger(__name__)


class StoreCheck:
    """Asks until it was answered once: a store that is down when a worker starts may come back with other settings."""

    def __init__(self) -> None:
        self._answered = False

    def at_start(self, program: Program) -> None:
        """Ends this worker before it takes anything on."""
        try:
            wrong = self._wrong(program)
        except StoreUnavailable as error:
            log.warning("mailbox_store_not_checked_yet", error=str(error))
            return
        if wrong:
            raise SystemExit(f"REDIS_URL: {', '.join(wrong)}")

    def later(self, program: Program) -> None:
        """With the sweep: the worker finishes what it is at and ends."""
        if not self._answered and self._wrong(program):
            os.kill(os.getpid(), signal.SIGTERM)

    def _wrong(self, program: Program) -> list[str]:
        """What forbids to go on: a managed server may hide its settings; outside production they are only named."""
        wrong = program.store.wrong_settings()
        self._answered = True
        if wrong == [HIDDEN]:
            log.warning("mailbox_store_hides_its_settings", needed=WANTED)
            return []
        if wrong:
            log.critical("mailbox_store_can_lose_messages", needed=wrong)
        return wrong if program.settings.production else []
