"""Which providers answer, and whose turn it is to call them, shared by all processes.

Without the store every call goes through, at its caller's own pace: PostgreSQL still says what may be asked.
"""

from dataclasses import dataclass
from threading import Event

from core.errors import StoreUnavailable, TryAgain
from core.store.redis.connection import Client, Scripts, in_time

FAILURES = 5
OPEN_SECONDS = 15.0
PROBE_SECONDS = 30.0
LONGEST_WAIT = 2.0


@dataclass(frozen=True)
class Standing:
    """`state` is closed, open or half open (the next call is a probe); `seconds` for which it has not been closed."""

    state: str
    failures: int = 0
    seconds: float = 0.0

    @property
    def down(self) -> bool:
        """Whether guests should be offered something else: until a probe has said that it answers."""
        return self.state != "closed"


class Circuit:
    """One provider's."""

    def __init__(self, scripts: Scripts, name: str) -> None:
        self._scripts = scripts
        self._name = name

    def enter(self) -> bool:
        """True where a call may begin; whoever was let in says how it went."""
        try:
            return bool(self._run("enter"))
        except StoreUnavailable:
            return True

    def leave(self, healthy: bool) -> bool:
        """The call is over. True where this failure opened the circuit."""
        try:
            return bool(self._run("worked" if healthy else "failed"))
        except StoreUnavailable:
            return False

    def _run(self, verb: str) -> int:
        limits = (FAILURES, int(OPEN_SECONDS * 1000), int(PROBE_SECONDS * 1000))
        return int(self._scripts.run("circuit", verb, self._name, *limits))


class Pace:
    """One account's."""

    def __init__(self, scripts: Scripts, name: str, per_second: float) -> None:
        self._scripts = scripts
        self._name = name
        self._step = 1000.0 / per_second

    def turn(self, caller: str, longest: float) -> float:
        """Seconds until this caller's turn; asked again, the same turn. Raises TryAgain beyond `longest`."""
        try:
            left = int(self._scripts.run("pace", self._name, caller, self._step, int(longest * 1000)))
        except StoreUnavailable:
            return 0.0
        if left < 0:
            raise TryAgain("too many calls before this one")
        return left / 1000

    def wait(self) -> None:
        """Until it is this call's turn. Raises TryAgain where that would take too long."""
        left = self.turn("", LONGEST_WAIT)
        if left:
            Event().wait(left)


def standings(client: Client, names: tuple[str, ...]) -> dict[str, Standing]:
    """How each stands, in one round trip. Raises StoreUnavailable."""
    with in_time():
        pipeline = client.pipeline(transaction=False)
        for name in names:
            pipeline.hgetall(f"circuit:{name}")
        *found, (seconds, micros) = pipeline.time().execute()
    now = int(seconds) * 1000 + int(micros) // 1000
    return {name: _standing(fields, now) for name, fields in zip(names, found, strict=True)}


def _standing(fields: dict[str, str], now: int) -> Standing:
    failures, until = int(fields.get("failures", 0)), float(fields.get("until", 0))
    if not until:
        return Standing("closed", failures)
    since = (now - float(fields.get("since", now))) / 1000
    return Standing("open" if now < until else "half open", failures, since)
