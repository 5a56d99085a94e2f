"""How many live streams one process holds open, and whether it may go on with them."""

from collections.abc import Callable
from threading import Lock


class Streams:
    """Open streams hold a thread each; beyond the limit the others would have none left to be answered by."""

    def __init__(self, limit: int = 40) -> None:
        self.serving: Callable[[], bool] = lambda: True
        self.limit = limit
        self._open = 0
        self._lock = Lock()

    def enter(self) -> bool:
        """Take a place, if there is one."""
        with self._lock:
            if self._open >= self.limit:
                return False
            self._open += 1
            return True

    def leave(self) -> None:
        """Give the place back."""
        with self._lock:
            self._open -= 1
