"""CPU time of process trees, as Linux counts it: what a busy machine does to a rate it does not do to this."""

import os
from collections.abc import Iterable
from pathlib import Path

from sandbox.processes import children

TICK = os.sysconf("SC_CLK_TCK")


def spent(roots: Iterable[int]) -> float:
    """Seconds used so far by these processes and all their living descendants."""
    return sum(_own(pid) + spent(children(pid)) for pid in roots)


def _own(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICK
