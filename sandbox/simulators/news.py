"""Long polling: whoever waits for a change looks again when there is one."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

LONGEST_WAIT = 25.0
One = TypeVar("One")


class News:
    """Of one collection of things."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def wake(self) -> None:
        """Something changed."""
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        self._waiting.clear()

    async def found(self, look: Callable[[], list[One]], seconds: float) -> list[One]:
        """What is seen as soon as there is anything; empty after so many seconds, 25 at most."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + min(seconds, LONGEST_WAIT)
        while not (seen := look()) and (left := deadline - clock()) > 0:
            await self._wait(left)
        return seen

    async def _wait(self, seconds: float) -> None:
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await asyncio.wait_for(future, seconds)
        except TimeoutError:
            return
        finally:
            self._waiting.discard(future)
