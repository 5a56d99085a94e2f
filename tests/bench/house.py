"""The whole product on this machine, with a cheap Graph API behind it: real servers, gunicorn, Celery workers."""

import os
import sys
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from core.jobs import WORKER_GROUPS
from core.store.redis.store import Store
from sandbox import processes, programs
from sandbox.environment import PROJECT, Environment, assemble
from sandbox.servers import Server, free_port
from sandbox.servers.server import wait_until

PYTHON = [sys.executable, "-m"]
PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH")
QUIET = {"LOG_LEVEL": "WARNING", "ENVIRONMENT": "test"}
GUESTS_GROUPS = ("turns", "messages")


class NotUp(Exception):
    """A process did not come up; the text ends with what it said."""


class Processes:
    """Processes of one contender, by name, each with a log in the folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._running: dict[str, processes.Process] = {}

    def start(self, name: str, command: Sequence[str], environment: dict[str, str]) -> None:
        """Start one."""
        log = self.folder / f"{name}.log"
        self._running[name] = processes.spawn(command, log=log, env=environment, cwd=PROJECT)

    def end(self, *names: str) -> None:
        """End these, or all."""
        for name in names or list(self._running):
            processes.end(self._running.pop(name), grace=20)

    def names(self) -> list[str]:
        """Who is running."""
        return list(self._running)

    def pids(self, *names: str) -> list[int]:
        """The process ids of these."""
        return [self._running[name].pid for name in names]

    def wait_for(self, name: str, ready: Callable[[], bool], seconds: float = 60) -> None:
        """Return when it is ready; raise with its last words when it is not."""
        process = self._running[name]
        if not wait_until(lambda: ready() or process.poll() is not None, seconds) or process.poll() is not None:
            words = (self.folder / f"{name}.log").read_text(errors="replace")[-1500:]
            raise NotUp(f"{name} did not come up.\n{words}")


class House:
    """Servers, schema and demo venue; web and workers are started by whoever measures."""

    def __init__(self, folder: Path, provider_url: str) -> None:
        (folder / "logs").mkdir(parents=True, exist_ok=True)
        self.environment = _environment(folder, provider_url)
        self.values = self.environment.values
        self.processes = Processes(folder)
        Path(self.values["PROMETHEUS_MULTIPROC_DIR"]).mkdir(exist_ok=True)

    @cached_property
    def store(self) -> Store:
        """Its mailboxes, to look at."""
        return Store(self.values["REDIS_URL"], seconds=30.0)

    def server(self, name: str) -> Server:
        """One of its servers: postgres, redis or broker."""
        return next(server for server in self.environment.servers if server.name == name)

    def pid(self, name: str) -> int:
        """The process id of one of its servers."""
        process = self.server(name).process
        assert process is not None
        return process.pid

    def __enter__(self) -> "House":
        for server in self.environment.servers:
            server.start()
        for step in programs.steps(self.environment):
            self._step(step.name, step.command)
        return self

    def __exit__(self, *_: object) -> None:
        self.processes.end()
        for server in self.environment.servers:
            server.stop()

    def open_web(self, worker_class: str) -> int:
        """Start gunicorn as `webapp/gunicorn.py` runs it, under this name; answers its port."""
        port, name = free_port(), f"web-{worker_class}"
        values = self.values | {"PORT": str(port), "WEB_WORKER_CLASS": worker_class}
        self.processes.start(name, programs.WEB, values)
        self.processes.wait_for(name, lambda: answers(port, "/healthz"))
        return port

    def start_workers(self, *groups: str, wait: bool = True) -> None:
        """Start these worker groups (all by default) and wait until each says that it is alive."""
        chosen = [group for group in WORKER_GROUPS if group.name in groups or not groups]
        for group in chosen:
            command = [*programs.CELERY, "worker", *group.options(), *programs.WORKER_OPTIONS]
            self.processes.start(f"worker-{group.name}", command, self.values)
        for group in chosen if wait else ():
            self.processes.wait_for(f"worker-{group.name}", partial(self.store.alive, group.queues[0]))

    def start_beat(self) -> None:
        """Start the schedule."""
        schedule = ["--schedule", str(self.processes.folder / "beat"), "--pidfile="]
        self.processes.start("beat", [*programs.CELERY, "beat", *schedule], self.values)

    def wait_until_idle(self, seconds: float = 120) -> None:
        """Return when every message is answered, sent and saved."""
        if not wait_until(self._is_idle, seconds):
            raise NotUp(f"the house is not done after {seconds} s: {self.store.report()}")

    def _is_idle(self) -> bool:
        report = self.store.report()
        lanes = [report[lane] for lane in ("conversations", "payments", "outbox")]
        return not report["history"] and not any(lane["events"] or lane["waiting"] or lane["leased"] for lane in lanes)

    def _step(self, name: str, command: Sequence[str]) -> None:
        log = self.processes.folder / f"{name}.log"
        if processes.spawn(command, log=log, env=self.values, cwd=PROJECT).wait(120):
            raise NotUp(f"{name} failed.\n{log.read_text(errors='replace')[-1500:]}")


def _environment(folder: Path, provider_url: str) -> Environment:
    inherited = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    given = {"WHATSAPP_API_URL": provider_url, "KOPOKOPO_API_URL": provider_url, "PORT": str(free_port())}
    return assemble({**inherited, **QUIET, **given}, folder)


def answers(port: int, path: str) -> bool:
    """Whether a page of this machine is there."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 500
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
