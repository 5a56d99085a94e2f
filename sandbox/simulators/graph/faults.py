"""What the simulated Graph API was told to do wrong."""

import time
from dataclasses import dataclass, field
from typing import Any

from sandbox.simulators.graph.templates import Templates

PAIR_RATE_HIT = 131056
REFILL_SECONDS = 6.0
MOST_PAIRS = 20_000


@dataclass
class Failure:
    """The next `times` messages (of one guest, where named) are refused with `code`."""

    code: int
    status: int = 0
    times: int = 1
    guest: str = ""

    def meets(self, guest: str) -> bool:
        """Counts down when it concerns this guest."""
        if self.times <= 0 or self.guest not in ("", guest):
            return False
        self.times -= 1
        return True


class PairRate:
    """How many messages each guest can still be sent: a burst, refilled by one in six seconds."""

    def __init__(self) -> None:
        self._left: dict[str, tuple[float, float]] = {}

    def allows(self, guest: str, burst: int) -> bool:
        """Takes one from the guest's allowance, if there is one left."""
        now = time.monotonic()
        left, at = self._left.pop(guest, (float(burst), now))
        left = min(left + (now - at) / REFILL_SECONDS, float(burst))
        self._left[guest] = (left - (left >= 1), now)
        if len(self._left) > MOST_PAIRS:
            del self._left[next(iter(self._left))]
        return left >= 1


@dataclass
class GraphFaults:
    """See `sandbox.simulators.switchboard` for each field's meaning."""

    delay: float = 0.0
    statuses: bool = True
    status_delay: float = 0.05
    drop_answer: int = 0
    repeat: int = 1
    pair_rate: int = 0
    pairs: PairRate = field(default_factory=PairRate)
    templates: Templates = field(default_factory=Templates)
    failures: list[Failure] = field(default_factory=list)
    later_failures: list[Failure] = field(default_factory=list)

    def change(self, wanted: dict[str, Any]) -> None:
        """Take over what a control request asks for."""
        for name, value in wanted.items():
            if name == "fail_next":
                self.failures.append(Failure(**value))
            elif name == "fail_later":
                self.later_failures.append(Failure(**value))
            elif name == "templates_needed":
                self.templates.needed = value
            elif name in ("delay", "statuses", "status_delay", "drop_answer", "repeat", "pair_rate"):
                setattr(self, name, value)
            else:
                raise ValueError(f"graph has no switch {name}")

    def reset(self) -> None:
        """Nothing goes wrong any more."""
        vars(self).update(vars(GraphFaults()))

    def refuses(self, guest: str) -> Failure | None:
        """The failure to answer with, if one is due."""
        if self.pair_rate and not self.pairs.allows(guest, self.pair_rate):
            return Failure(PAIR_RATE_HIT)
        return _due(self.failures, guest)

    def fails_later(self, guest: str) -> Failure | None:
        """The failure to report in a status, if one is due."""
        return _due(self.later_failures, guest)


def _due(failures: list[Failure], guest: str) -> Failure | None:
    for failure in failures:
        if failure.meets(guest):
            return failure
    return None
