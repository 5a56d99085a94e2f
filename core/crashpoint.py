"""Named places where a test may let the process die."""

import os
import signal

_CHOSEN = os.environ.get("CRASHPOINT", "") if os.environ.get("ENVIRONMENT") == "test" else ""
_MARK = os.environ.get("CRASHPOINT_MARK", "")


def crashpoint(name: str) -> None:
    """Die by SIGKILL here if the test run chose this point; the mark file makes it happen once."""
    if name == _CHOSEN and _first_time():
        os.kill(os.getpid(), signal.SIGKILL)


def _first_time() -> bool:
    try:
        os.close(os.open(_MARK, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True
