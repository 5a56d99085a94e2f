"""Whether the `make` that started us is still there and still means it."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def deserted_by_make() -> Callable[[], bool]:
    """A question to ask again and again; without `make` as the parent the answer stays no.

    A `kill -INT` that reaches `make` alone (not the terminal's whole group, as Ctrl-C does) is not passed on: `make`
    gives up its handler and waits for us. A killed `make` leaves us to another parent.
    """
    make = os.getppid()
    if _status(make, "Name") != "make":
        return lambda: False
    handled = _handles(make, signal.SIGINT)
    return lambda: os.getppid() != make or (handled and not _handles(make, signal.SIGINT))


def _handles(pid: int, signum: int) -> bool:
    return bool(int(_status(pid, "SigCgt") or "0", 16) & 1 << (signum - 1))


def _status(pid: int, field: str) -> str:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(f"{field}:"):
                return line.partition(":")[2].strip()
    return ""
