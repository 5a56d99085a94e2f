"""The supervisor: what dies is started again, and nothing outlives it."""

import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.simulators.guest import PATIENCE
from tests.waiting import eventually

PROJECT = Path(__file__).resolve().parents[2]

# A program that writes down its id, has a child of its own, and ignores SIGTERM if told so.
PROGRAM = """
import os, signal, subprocess, sys, threading
if sys.argv[2] == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen(["sleep", "600"])
with open(sys.argv[1], "a") as ids:
    ids.write(f"{os.getpid()}\\n")
threading.Event().wait()
"""

RUN = """
import os, sys
from pathlib import Path
from sandbox import parent, supervisor
from sandbox.servers import RedisServer
folder, manner = Path(sys.argv[1]), sys.argv[2]
boss = supervisor.Supervisor(parent.deserted_by_make(), grace=1)
boss.obey_signals()
command = [sys.executable, str(folder / "program.py"), str(folder / "ids"), manner]
try:
    boss.start(RedisServer(folder / "redis"))
    step = ["sh", "-c", f"echo $$ >> {folder}/ids; exec sleep 600"] if manner == "migrating" else ["true"]
    boss.step(supervisor.Program("step", step, folder / "step.log", os.environ, folder))
    boss.start(supervisor.Program("program", command, folder / "program.log", os.environ, folder))
    boss.watch()
except supervisor.Stopped:
    print("stopping", flush=True)
finally:
    boss.end()
"""

MAKEFILE = "run:\n\t@exec {python} run.py {folder} obedient\n"


def lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.exists() else []


class Running:
    """One supervised set of processes; all of them carry the same mark in their environment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.mark = f"MARK={uuid.uuid4()}"
        (folder / "program.py").write_text(PROGRAM)
        (folder / "run.py").write_text(RUN)
        self.process: subprocess.Popen[str] | None = None

    def start(self, manner: str = "obedient", command: list[str] | None = None) -> subprocess.Popen[str]:
        env = {**os.environ, "PYTHONPATH": str(PROJECT), "MARK": self.mark.removeprefix("MARK=")}
        env.pop("MAKEFLAGS", None)
        self.process = subprocess.Popen(
            command or [sys.executable, "run.py", str(self.folder), manner],
            cwd=self.folder, env=env, stdout=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        assert eventually(lambda: len(lines(self.folder / "ids")) == 1)
        return self.process

    def left(self) -> list[str]:
        return [name for name in filter(str.isdigit, os.listdir("/proc")) if self._is_ours(Path("/proc", name))]

    def running(self, program: bytes) -> list[str]:
        """The ids of our processes whose command line has this word."""
        return [pid for pid in self.left() if program in _read(Path("/proc", pid, "cmdline"))]

    def _is_ours(self, process: Path) -> bool:
        return self.mark.encode() in _read(process / "environ")


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:  # the process has ended meanwhile
        return b""


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path)
    yield running
    if running.process is not None:
        running.process.kill()
        running.process.communicate()
    assert eventually(lambda: not running.left())


def test_a_dead_program_is_started_again_without_what_its_predecessor_left(running: Running) -> None:
    running.start()
    at_first = len(running.left())
    os.kill(int(lines(running.folder / "ids")[0]), signal.SIGKILL)
    assert eventually(lambda: len(lines(running.folder / "ids")) == 2)
    assert eventually(lambda: len(running.left()) == at_first)


def test_a_dead_server_is_started_again(running: Running) -> None:
    running.start()
    before = running.running(b"redis.conf")
    os.kill(int(before[0]), signal.SIGKILL)
    assert eventually(lambda: len(now := running.running(b"redis.conf")) == 1 and now != before)


@pytest.mark.parametrize("manner", ["obedient", "stubborn", "migrating"])
def test_sigterm_leaves_no_process(running: Running, manner: str) -> None:
    process = running.start(manner)
    process.terminate()
    assert process.wait(PATIENCE) == 0
    assert running.left() == []


def test_two_ctrl_c_to_the_whole_terminal_leave_no_process(running: Running) -> None:
    process = running.start("stubborn")
    os.killpg(process.pid, signal.SIGINT)
    assert process.stdout is not None and process.stdout.readline() == "stopping\n"
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(PATIENCE) == 0
    assert running.left() == []


def test_a_killed_supervisor_leaves_no_process(running: Running) -> None:
    process = running.start("stubborn")
    process.kill()
    process.wait(PATIENCE)
    assert eventually(lambda: not running.left())


def test_a_killed_guard_is_replaced(running: Running) -> None:
    process = running.start("stubborn")
    before = running.running(b"guard.py")
    os.kill(int(before[0]), signal.SIGKILL)
    assert eventually(lambda: len(now := running.running(b"guard.py")) == 1 and now != before)
    process.kill()
    process.wait(PATIENCE)
    assert eventually(lambda: not running.left())


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_signal_to_make_alone_ends_everything(running: Running, signum: int) -> None:
    (running.folder / "Makefile").write_text(MAKEFILE.format(python=sys.executable, folder=running.folder))
    process = running.start(command=["make", "run"])
    process.send_signal(signum)
    process.wait(PATIENCE)
    assert eventually(lambda: not running.left())
