"""Outlives its parent by a moment: when the parent is gone, whatever it started is killed.

Run as a bare script by `sandbox.processes`. A line `+123` on standard input takes process group 123 under guard,
`-123` lets it go. Standard input ends when the parent dies, however it dies, SIGKILL included.
"""

import contextlib
import os
import signal
import sys


def main() -> None:
    """Follow the parent's list of process groups; kill what is on it when the list ends."""
    groups: set[int] = set()
    for line in sys.stdin:
        group = int(line[1:])
        (groups.add if line.startswith("+") else groups.discard)(group)
    for group in groups:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    main()
