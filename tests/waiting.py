"""Waiting for a condition, never for a time."""

from collections.abc import Callable
from threading import Event
from time import monotonic
from typing import TypeVar

from sandbox.simulators.guest import PATIENCE

Seen = TypeVar("Seen")


def eventually(look: Callable[[], Seen | None], seconds: float = PATIENCE, every: float = 0.05, what: str = "") -> Seen:
    """Look until what is seen is true; answers it. Fails with the last thing seen after `seconds`."""
    pause, end = Event(), monotonic() + seconds
    seen = look()
    while not seen and monotonic() < end:
        pause.wait(every)
        seen = look()
    assert seen, f"waited {seconds} s for {what or 'it'}, last saw {seen!r}"
    return seen
