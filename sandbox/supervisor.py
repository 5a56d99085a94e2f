"""Keeps a set of processes alive, and ends all of them together."""

import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sandbox import processes
from sandbox.servers import NotInstalled, NotReady

LOOK = 0.1
FIRST_PAUSE, LONGEST_PAUSE, LIVED_WELL = 0.2, 5.0, 20.0
GRACE, SERVER_GRACE = 8.0, 5.0
PARTING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Stopped(BaseException):
    """We were told to stop. Raised between steps only, never inside one: a half-made child would be nobody's."""


class StepFailed(Exception):
    """A step of the start did not succeed; the text ends with what it said."""


class Runnable(Protocol):
    """A program or an embedded server."""

    name: str
    log: Path
    process: processes.Process | None

    def launch(self) -> None:
        """Start it without waiting."""


@dataclass
class Program:
    """A command that is to run all the time."""

    name: str
    command: Sequence[str]
    log: Path
    env: Mapping[str, str]
    cwd: Path
    process: processes.Process | None = None

    def launch(self) -> None:
        """Start it without waiting."""
        self.process = processes.spawn(self.command, log=self.log, env=self.env, cwd=self.cwd)


@dataclass
class Watched:
    """One runnable, and when it may be started again."""

    runnable: Runnable
    ending: int
    started: float = 0.0
    pause: float = FIRST_PAUSE
    due: float | None = None


def say(line: str) -> None:
    """One line to whoever started us, if they still listen."""
    with suppress(OSError, ValueError):
        print(line, flush=True)


class Supervisor:
    """Starts what it is given, starts again what dies, and on a signal ends everything within 20 seconds."""

    def __init__(self, deserted: Callable[[], bool] = lambda: False, grace: float = GRACE) -> None:
        self._watched: list[Watched] = []
        self._steps: list[processes.Process] = []
        self._told: str | None = None
        self._deserted = deserted
        self._grace = grace

    def obey_signals(self) -> None:
        """From now on SIGTERM, Ctrl-C and a closed terminal are a request to stop; a second one changes nothing."""
        for signum in PARTING:
            signal.signal(signum, self._ask_to_stop)

    def start(self, runnable: Runnable, ending: int = signal.SIGTERM) -> None:
        """Start it now, and again whenever it dies. What cannot be started at all is the caller's to hear."""
        runnable.launch()
        self._watched.append(Watched(runnable, ending, started=time.monotonic()))

    def step(self, program: Program) -> None:
        """Run a command to its end while looking after the others. Raises StepFailed with its last words."""
        program.launch()
        process = program.process
        assert process is not None
        self._steps.append(process)
        self.wait_until(lambda: process.poll() is not None)
        processes.kill(process)
        self._steps.remove(process)
        if process.returncode:
            raise StepFailed(f"{program.name} failed (exit {process.returncode}).\n{last_words(program.log)}")

    def wait_until(self, condition: Callable[[], bool], timeout: float = float("inf")) -> bool:
        """Look after everything until the condition holds or the time is over. Raises Stopped when told to stop."""
        deadline = time.monotonic() + timeout
        while not (holds := condition()) and time.monotonic() < deadline:
            time.sleep(LOOK)
            self._look()
        return holds

    def watch(self) -> None:
        """Look after everything until told to stop."""
        self.wait_until(lambda: False)

    def end(self) -> None:
        """End the programs together, then what they stood on; kill what takes too long."""
        servers = [w for w in self._watched if not isinstance(w.runnable, Program)]
        programs = [w for w in self._watched if isinstance(w.runnable, Program)]
        for process in self._steps:
            processes.kill(process)
        _end_together(programs, self._grace)
        _end_together(servers, SERVER_GRACE)
        processes.guard.close()

    def _look(self) -> None:
        if self._told:
            raise Stopped(self._told)
        if self._deserted():
            raise Stopped("make has gone")
        processes.guard.ensure()
        for watched in self._watched:
            self._tend(watched)

    def _tend(self, watched: Watched) -> None:
        now, process = time.monotonic(), watched.runnable.process
        if watched.due is not None and now >= watched.due:
            self._launch(watched)
        elif watched.due is None and process is not None and process.poll() is not None:
            processes.kill(process)  # what it started itself must not live on beside its successor
            if now - watched.started > LIVED_WELL:
                watched.pause = FIRST_PAUSE
            self._postpone(watched, f"ended ({_how(process.returncode)})")

    def _launch(self, watched: Watched) -> None:
        watched.started, watched.due = time.monotonic(), None
        try:
            watched.runnable.launch()
        except (OSError, NotReady, NotInstalled) as error:
            self._postpone(watched, f"did not start ({error})")

    def _postpone(self, watched: Watched, what: str) -> None:
        say(f"{watched.runnable.name} {what}; starting it again. Log: {watched.runnable.log}")
        watched.due = time.monotonic() + watched.pause
        watched.pause = min(2 * watched.pause, LONGEST_PAUSE)

    def _ask_to_stop(self, signum: int, frame: object) -> None:
        self._told = self._told or signal.Signals(signum).name


def last_words(log: Path, lines: int = 15) -> str:
    """The end of a log."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""


def _how(returncode: int) -> str:
    return f"exit {returncode}" if returncode >= 0 else signal.Signals(-returncode).name


def _end_together(watched: list[Watched], grace: float) -> None:
    running = [(w.runnable.process, w.ending) for w in watched if w.runnable.process is not None]
    for process, ending in running:
        if process.poll() is None:
            processes.send(process.pid, ending)
    deadline = time.monotonic() + grace
    while any(process.poll() is None for process, _ in running) and time.monotonic() < deadline:
        time.sleep(LOOK)
    for process, _ in running:
        processes.kill(process)
