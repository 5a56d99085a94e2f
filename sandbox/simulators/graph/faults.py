"""What the simulated Graph API was told to do wrong."""

from dataclasses import dataclass, field
from typing import Any


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


@dataclass
class GraphFaults:
    """See `sandbox.simulators.switchboard` for each field's meaning."""

    delay: float = 0.0
    statuses: bool = True
    status_delay: float = 0.05
    drop_answer: int = 0
    repeat: int = 1
    failures: list[Failure] = field(default_factory=list)
    later_failures: list[Failure] = field(default_factory=list)

    def change(self, wanted: dict[str, Any]) -> None:
        """Take over what a control request asks for."""
        for name, value in wanted.items():
            if name == "fail_next":
                self.failures.append(Failure(**value))
            elif name == "fail_later":
                self.later_failures.append(Failure(**value))
            elif name in ("delay", "statuses", "status_delay", "drop_answer", "repeat"):
                setattr(self, name, value)
            else:
                raise ValueError(f"graph has no switch {name}")

    def refuses(self, guest: str) -> Failure | None:
        """The failure to answer with, if one is due."""
        return _due(self.failures, guest)

    def fails_later(self, guest: str) -> Failure | None:
        """The failure to report in a status, if one is due."""
        return _due(self.later_failures, guest)


def _due(failures: list[Failure], guest: str) -> Failure | None:
    for failure in failures:
        if failure.meets(guest):
            return failure
    return None
