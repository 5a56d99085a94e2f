"""Child processes that never outlive us, with everything they started themselves.

Each child leads a process group of its own: a Ctrl-C in the terminal reaches only us, a kill reaches its children too.
"""

import atexit
import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

GUARD = Path(__file__).with_name("guard.py")

Process = subprocess.Popen[bytes]


class Guard:
    """The small process that kills our groups when we die without a chance to do it ourselves."""

    def __init__(self) -> None:
        self.groups: set[int] = set()
        self.process: Process | None = None
        self.kept_open: tuple[int, ...] = ()
        self._lock = threading.Lock()

    def keep_open(self, descriptor: int) -> None:
        """Hold this file, a lock for example, until all groups are gone; to be called before the first child."""
        self.kept_open += (descriptor,)

    def take(self, group: int) -> None:
        """Put a process group under guard."""
        with self._lock:
            self.groups.add(group)
            self._tell(f"+{group}")

    def let_go(self, group: int) -> None:
        """Forget a process group that has ended."""
        with self._lock:
            self.groups.discard(group)
            self._tell(f"-{group}")

    def ensure(self) -> None:
        """Start the guard again if somebody killed it."""
        with self._lock:
            if self.process is not None and self.process.poll() is not None:
                self._start()

    def close(self) -> None:
        """End the guard; it kills what is still on its list and is gone before this returns."""
        with self._lock:
            process, self.process = self.process, None
            if process is not None and process.stdin is not None:
                with contextlib.suppress(BrokenPipeError):
                    process.stdin.close()
                process.wait()

    def _tell(self, line: str) -> None:
        if self.process is None or self.process.poll() is not None:
            return self._start()
        try:
            self._write([line])
        except BrokenPipeError:
            self._start()

    def _start(self) -> None:
        command = [sys.executable, "-I", "-S", str(GUARD)]
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, start_new_session=True, pass_fds=self.kept_open
        )
        self._write([f"+{group}" for group in sorted(self.groups)])

    def _write(self, lines: Sequence[str]) -> None:
        assert self.process is not None and self.process.stdin is not None
        self.process.stdin.write("".join(f"{line}\n" for line in lines).encode())
        self.process.stdin.flush()


guard = Guard()
atexit.register(guard.close)


def spawn(
    command: Sequence[str], log: Path | None = None, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> Process:
    """Start a child under guard, its output appended to `log` (or dropped)."""
    with open(log or os.devnull, "ab") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            env=env, cwd=cwd, start_new_session=True,
        )  # fmt: skip
    guard.take(process.pid)
    return process


def children(pid: int) -> list[int]:
    """The direct children of a process, as Linux tells them."""
    with contextlib.suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def send(pid: int, signum: int) -> None:
    """Signal a process that may be gone already."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signum)


def kill(process: Process) -> None:
    """SIGKILL a child, its group and its direct children (PostgreSQL's lead groups of their own), and reap it."""
    if process.pid not in guard.groups:
        return  # killed before: the number may be a stranger's by now
    offspring = children(process.pid)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    for pid in offspring:
        send(pid, signal.SIGKILL)
    process.wait()
    guard.let_go(process.pid)


def end(process: Process, signum: int = signal.SIGTERM, grace: float = 10) -> None:
    """Ask a child to end, wait for it, then kill whatever is left of its group."""
    if process.poll() is None:
        process.send_signal(signum)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(grace)
    kill(process)
