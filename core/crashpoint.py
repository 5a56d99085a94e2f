"""Named places where a test may let the process die."""

import os
import signal
from pathlib import Path

_TESTING = os.environ.get("ENVIRONMENT") == "test" and "CRASHPOINTS" in os.environ
_ARMED = Path(os.environ["CRASHPOINTS"]) if _TESTING else None


def crashpoint(name: str) -> None:
    """Die by SIGKILL here if a test has put a file of this name into the folder, once: the file is taken away."""
    if _ARMED is not None and _fires(_ARMED / name):
        os.kill(os.getpid(), signal.SIGKILL)


def _fires(armed: Path) -> bool:
    try:
        armed.unlink()
    except FileNotFoundError:
        return False
    return True
