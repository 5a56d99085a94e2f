"""Checks with a deadline, whatever they hang on: a frozen server answers nothing and breaks nothing."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Late
from threading import Lock, Thread

Check = Callable[[], None]


class Broken(Exception):
    """A check found something wrong; the text says what, in a few words."""


class Checks:
    """Runs named checks side by side. One still under way is waited for, not started again: no thread piles up."""

    def __init__(self, checks: Mapping[str, Check], seconds: float) -> None:
        self._checks = checks
        self._seconds = seconds
        self._lock = Lock()
        self._running: dict[str, Future[None]] = {}

    def run(self) -> dict[str, str]:
        """Name → "ok" or what is wrong."""
        deadline = time.monotonic() + self._seconds
        running = {name: self._start(name) for name in self._checks}
        return {name: _outcome(future, deadline) for name, future in running.items()}

    def _start(self, name: str) -> "Future[None]":
        with self._lock:
            running = self._running.get(name)
            if running is None or running.done():
                running = self._running[name] = Future()
                Thread(target=_carry_out, args=(self._checks[name], running), name=f"check-{name}", daemon=True).start()
            return running


def _carry_out(check: Check, future: "Future[None]") -> None:
    try:
        check()
    except Exception as error:  # noqa: BLE001 - it is the answer
        future.set_exception(error)
    else:
        future.set_result(None)


def _outcome(future: "Future[None]", deadline: float) -> str:
    try:
        future.result(timeout=max(0.0, deadline - time.monotonic()))
    except Late:
        return "no answer"
    except Broken as broken:
        return str(broken)
    except Exception as error:  # noqa: BLE001 - only the kind is shown: a driver's message may carry an address or a password
        return type(error).__name__
    return "ok"
