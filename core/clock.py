"""What time it is: the machine's clock, or in a replay the moment at which things happened.

Whatever decides by the time asks here: hours, the age of a tap, how long an order is held.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_moment: ContextVar[datetime | None] = ContextVar("moment", default=None)


def now() -> datetime:
    """The time, aware and in UTC."""
    return _moment.get() or datetime.now(UTC)


@contextmanager
def stopped_at(moment: datetime) -> Iterator[None]:
    """In here it is this moment, for this thread."""
    before = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(before)
