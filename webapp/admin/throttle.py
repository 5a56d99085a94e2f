"""How often somebody may guess a password: per address and per account, also while Redis is down."""

import hashlib
import time
from collections.abc import Callable
from functools import partial

from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter as Counter
from redis.exceptions import RedisError

from core.log import get_logger
from core.store.redis.connection import connect

logger = get_logger(__name__)

PER_ADDRESS = parse("60 per 15 minutes")  # a whole bar comes from one address
PER_ACCOUNT = parse("10 per 15 minutes")
_PATIENCE = 1.0
_PAUSE = 5.0

Key = tuple[RateLimitItem, str, str]


class Throttle:
    """Every try counts before the password is looked at, so that parallel tries cannot slip through together.

    A browser that has signed in to this account before is counted for itself: strangers who guess do not lock the owner
    out. What Redis counted is lost with it; the count of this process goes on.
    """

    def __init__(self, redis_url: str) -> None:
        pool = connect(redis_url, _PATIENCE, 10).connection_pool
        self._shared = Counter(RedisStorage(redis_url, connection_pool=pool, wrap_exceptions=True))
        self._own = Counter(MemoryStorage())
        self._broken_until = 0.0

    def allows(self, address: str, email: str, known_device: str = "") -> bool:
        """Count one try, and say whether it may go on."""
        return all(self.hit(key) for key in _keys(address, email, known_device))

    def forgive(self, address: str, email: str, known_device: str = "") -> None:
        """The password was right: what was counted before it does not matter any more."""
        for key in _keys(address, email, known_device):
            self.clear(key)

    def hit(self, key: Key) -> bool:
        """Count one more of this, and say whether it is within its limit."""
        limit, *names = key
        own = self._own.hit(limit, *names)
        return self._ask(partial(self._shared.hit, limit, *names)) is not False and own

    def has_room(self, key: Key) -> bool:
        """Whether one more of this would be within its limit; it is not counted."""
        limit, *names = key
        return self._ask(partial(self._shared.test, limit, *names)) is not False and self._own.test(limit, *names)

    def clear(self, key: Key) -> None:
        """Count this from the beginning."""
        limit, *names = key
        self._own.clear(limit, *names)
        self._ask(partial(self._shared.clear, limit, *names))

    def _ask(self, call: Callable[[], bool | None]) -> bool | None:
        """Redis' answer; None while it has none, and then it is left alone for a while."""
        if time.monotonic() < self._broken_until:
            return None
        try:
            return call()
        except (StorageError, RedisError) as error:
            self._broken_until = time.monotonic() + _PAUSE
            logger.warning("logins are counted without redis", error=type(error).__name__)
            return None


def _keys(address: str, email: str, known_device: str) -> tuple[Key, ...]:
    """A known device does not count with its address, which it shares with every guest in the bar's own network."""
    account: Key = (PER_ACCOUNT, "login-account", hidden(email, known_device))
    return (account,) if known_device else ((PER_ADDRESS, "login-address", hidden(address)), account)


def hidden(*parts: str) -> str:
    """What is counted by, unreadable in Redis."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
