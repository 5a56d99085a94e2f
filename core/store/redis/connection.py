"""Connections to the mailbox store, bounded in time, and its Lua scripts by name."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from core.errors import StoreUnavailable

# redis-py's answers are typed for both protocols and both decodings at once, so every use would need a cast.
Client = Any
Call = tuple[str, tuple[str | float, ...]]

_FOLDER = Path(__file__).parent / "lua"
_PRELUDE = "".join((_FOLDER / f"{name}.lua").read_text() for name in ("common", "throttle", "lines"))


def connect(url: str, seconds: float, connections: int = 100) -> Client:
    """A client whose every call ends within about `seconds`. It never repeats a call by itself: redis-py's default
    repeats a timed-out EVALSHA, and over a freeze of 2.6 s one commit ran twice (rule 1)."""
    pool = redis.BlockingConnectionPool.from_url(
        url,
        max_connections=connections,
        timeout=seconds,
        socket_timeout=seconds,
        socket_connect_timeout=seconds,
        socket_keepalive=True,
        retry=Retry(NoBackoff(), 0),
        decode_responses=True,
        protocol=2,
    )
    return redis.Redis(connection_pool=pool)


@contextmanager
def in_time() -> Iterator[None]:
    """Whatever keeps the store from answering (gone, frozen, loading, full) comes out as StoreUnavailable."""
    try:
        yield
    except (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError, redis.exceptions.ResponseError) as error:
        raise StoreUnavailable(type(error).__name__) from error


class Scripts:
    """The Lua files of this package, called by name in one round trip each."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._hashes: dict[str, str] = {}

    def run(self, name: str, *arguments: str | float) -> Any:
        """Run one script. Raises StoreUnavailable when the store does not answer in time."""
        return self.run_many([(name, arguments)])[0]

    def run_many(self, calls: list[Call]) -> list[Any]:
        """Run several scripts in one round trip; each is atomic by itself."""
        with in_time():
            try:
                return self._attempt(calls)
            except redis.exceptions.NoScriptError:
                self._hashes.clear()
                return self._attempt(calls)

    def _attempt(self, calls: list[Call]) -> list[Any]:
        hashes = [self._hash(name) for name, _ in calls]
        if len(calls) == 1:
            return [self._client.evalsha(hashes[0], 0, *calls[0][1])]
        pipeline = self._client.pipeline(transaction=False)
        for digest, (_, arguments) in zip(hashes, calls, strict=True):
            pipeline.evalsha(digest, 0, *arguments)
        return list(pipeline.execute())

    def _hash(self, name: str) -> str:
        if name not in self._hashes:
            source = _PRELUDE + (_FOLDER / f"{name}.lua").read_text()
            self._hashes[name] = self._client.script_load(source)
        return self._hashes[name]
