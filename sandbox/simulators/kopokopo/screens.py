"""Which phones somebody is looking at right now."""

import time

# A page asks for news again at once; one not heard of for this long was put away.
PUT_AWAY_AFTER = 3.0


class Screens:
    """Remembers until when each phone is surely in somebody's hand."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def look(self, phone: str, seconds: float) -> None:
        """Somebody looks at this phone and will for so long, or asks again."""
        now = time.monotonic()
        self._until = {known: until for known, until in self._until.items() if until > now}
        self._until[phone] = now + seconds + PUT_AWAY_AFTER

    def leave(self, phone: str) -> None:
        """The page was closed."""
        self._until.pop(phone, None)

    def holds(self, phone: str) -> bool:
        """True while somebody has this phone on the screen."""
        return self._until.get(phone, 0) > time.monotonic()

    def clear(self) -> None:
        """Nobody looks at anything."""
        self._until.clear()
