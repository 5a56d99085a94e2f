"""What the two servers have in common: a data folder, a port, a process in the foreground."""

import abc
import secrets
import signal
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Self

from sandbox import processes
from sandbox.servers.ports import is_free, kept_port

FIRST_LOOK, LONGEST_LOOK = 0.01, 0.2
PREDECESSOR = 2.0  # how long the port may still be held by a process just killed


def wait_until(condition: Callable[[], bool], timeout: float) -> bool:
    """Look again and again, ever less often, until it holds or the time is over."""
    deadline, pause = time.monotonic() + timeout, FIRST_LOOK
    while not (holds := condition()) and time.monotonic() < deadline:
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_LOOK)
    return holds


class NotReady(Exception):
    """The server did not come up; the text ends with what it said itself."""


class Server(abc.ABC):
    """One server. It keeps its data and its port from one start to the next."""

    name: str
    ending_signal: int = signal.SIGTERM

    def __init__(
        self, data_dir: Path | str, port: int | None = None, *,
        durable: bool = True, log: Path | None = None, name: str = "",
    ) -> None:  # fmt: skip
        self.name = name or self.name
        self.data_dir = Path(data_dir).resolve()
        self.durable = durable
        self.log = log or self.data_dir / "server.log"
        self.process: processes.Process | None = None
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.port = port or kept_port(self.data_dir / "port")

    @property
    @abc.abstractmethod
    def url(self) -> str:
        """How a client reaches it, password included."""

    @abc.abstractmethod
    def prepare(self) -> None:
        """Make the data folder ready for a start: create it, or mend what a crash left."""

    @abc.abstractmethod
    def command(self) -> list[str]:
        """The command that runs it in the foreground."""

    @abc.abstractmethod
    def is_ready(self) -> bool:
        """Whether it answers a client."""

    @cached_property
    def password(self) -> str:
        """Made once; it keeps other users of the machine out."""
        kept = self.data_dir / "password"
        if not kept.exists():
            kept.touch(mode=0o600)
            kept.write_text(secrets.token_urlsafe(24))
        return kept.read_text()

    def launch(self) -> None:
        """Start the process without waiting until it answers."""
        self.prepare()
        self.process = processes.spawn(self.command(), log=self.log, cwd=self.data_dir)

    def start(self, timeout: float = 30) -> Self:
        """Start the process and wait until it answers."""
        if self.is_running():
            return self
        wait_until(lambda: is_free(self.port), PREDECESSOR)
        self.launch()
        self.wait_until_ready(timeout)
        return self

    def wait_until_ready(self, timeout: float = 60) -> None:
        """Return when it answers; raise with its last words when it does not."""
        wait_until(lambda: self.is_ready() or not self.is_running(), timeout)
        if not self.is_running() or not self.is_ready():
            self.kill()
            raise NotReady(f"{self.name} did not start on port {self.port}.\n{self._last_words()}")

    def stop(self, grace: float = 10) -> None:
        """End it in its own orderly way; kill it when that takes too long."""
        if self.process is not None:
            self.thaw()
            processes.end(self.process, self.ending_signal, grace)
            self.process = None

    def kill(self) -> None:
        """SIGKILL, as a crash would."""
        if self.process is not None:
            processes.kill(self.process)
            self.process = None

    def freeze(self) -> None:
        """SIGSTOP: it is there, it accepts connections, it answers nothing."""
        self._signal_all(signal.SIGSTOP)

    def thaw(self) -> None:
        """End a freeze."""
        self._signal_all(signal.SIGCONT)

    def is_running(self) -> bool:
        """Whether its process lives."""
        return self.process is not None and self.process.poll() is None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _signal_all(self, signum: int) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        pid = self.process.pid
        processes.send(pid, signum)
        for child in processes.children(pid):
            processes.send(child, signum)

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(lines[-10:])
