"""The whole product as a newcomer starts it, on free ports and a data folder of its own."""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import psutil
import redis
import requests

from core.errors import TryAgain
from core.services import audit
from core.store.redis.store import Store
from core.store.sql.engine import make_engine, make_sessions, transaction
from sandbox.servers import free_port, is_free
from sandbox.simulators.control import Simulators
from sandbox.simulators.guest import PATIENCE
from tests.waiting import eventually

PROJECT = Path(__file__).resolve().parent.parent
START_SECONDS = 2 * PATIENCE


class StandIns:
    """Meta and Kopo Kopo as somebody else would put them in place: a process of its own, values of its own."""

    def __init__(self, folder: Path) -> None:
        self.port, self.web_port = free_port(), free_port()
        self._log = folder / "stand-ins.log"
        base = f"http://127.0.0.1:{self.port}"
        self.settings = {
            "PORT": str(self.web_port),
            "WHATSAPP_API_URL": f"{base}/graph",
            "KOPOKOPO_API_URL": f"{base}/kopokopo",
            "KOPOKOPO_OAUTH_URL": f"{base}/kopokopo",
            "WHATSAPP_PHONE_NUMBER_ID": "200000000000002",
            "WHATSAPP_ACCESS_TOKEN": "a foreign token",
            "WHATSAPP_APP_SECRET": "a foreign secret",
            "WHATSAPP_VERIFY_TOKEN": "a foreign word",
            "KOPOKOPO_CLIENT_ID": "foreign",
            "KOPOKOPO_CLIENT_SECRET": "foreign secret",
            "KOPOKOPO_API_KEY": "foreign key",
            "KOPOKOPO_TILL_NUMBER": "K999999",
        }

    def __enter__(self) -> Self:
        own = {"SANDBOX_PORT": str(self.port), "PUBLIC_BASE_URL": f"http://127.0.0.1:{self.web_port}"}
        environ = os.environ | self.settings | own | {"ENVIRONMENT": "test"}
        with self._log.open("ab") as log:
            command = [sys.executable, "-m", "sandbox.simulators"]
            self._process = subprocess.Popen(command, cwd=PROJECT, env=environ, stdout=log, stderr=log)
        eventually(lambda: not is_free(self.port), what="the stand-ins")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)

    @property
    def simulators(self) -> Simulators:
        """Their switches."""
        return Simulators(f"http://127.0.0.1:{self.port}")


class Product:
    """`make run`, its addresses, and ways to hurt it."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.console = folder / "console"
        simulated = () if "WHATSAPP_API_URL" in settings else ("SANDBOX_PORT",)
        ports = {name: str(free_port()) for name in ("PORT", "FLOWER_PORT", *simulated)}
        inherited = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        self.environ = inherited | ports | {"DATA_DIR": str(folder / "data"), "ENVIRONMENT": "test"} | settings
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        """Start everything and wait until it says it is ready."""
        with self.console.open("ab") as console:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "sandbox.run"],
                cwd=PROJECT,
                env=self.environ,
                stdout=console,
                stderr=console,
                start_new_session=True,
            )
        eventually(lambda: self._is_ready() or self._has_ended(), START_SECONDS)
        assert not self._has_ended(), self.console.read_text()
        return self

    def stop(self) -> None:
        """SIGTERM to the one process; it ends when everything is gone."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(PATIENCE)
            self.process = None

    def kill(self) -> None:
        """SIGKILL, as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    @property
    def url(self) -> str:
        """The web's address."""
        return f"http://127.0.0.1:{self.environ['PORT']}"

    @property
    def settings(self) -> dict[str, str]:
        """What its processes find in their environment."""
        return dict(json.loads((self.folder / "data" / "running.json").read_text()))

    @property
    def simulators(self) -> Simulators:
        """The simulated Meta and Kopo Kopo."""
        return Simulators(f"http://127.0.0.1:{self.environ['SANDBOX_PORT']}")

    def processes(self, containing: str = "") -> list[psutil.Process]:
        """Its processes whose command line contains this."""
        assert self.process is not None
        found = psutil.Process(self.process.pid).children(recursive=True)
        return [one for one in found if containing in " ".join(_command(one))]

    def kill_workers(self, group: str = "") -> int:
        """SIGKILL Celery workers, children and all; answers how many processes."""
        victims = [one for one in self.processes("celery") if "worker" in _command(one) and f"{group}@" in _text(one)]
        for victim in victims:
            _send(victim, signal.SIGKILL)
        return len(victims)

    def flask(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A flask command with the settings of the running product."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
        environ = self.environ | self.settings
        return subprocess.run(command, cwd=PROJECT, env=environ, capture_output=True, text=True, check=False)

    def audit(self) -> dict[str, Any]:
        """The invariants, as `flask audit` prints them."""
        return dict(json.loads(self.flask("audit").stdout))

    def is_clean(self) -> bool:
        """Whether the audit finds nothing: what the command would answer after seconds of starting Python."""
        engine = make_engine(self.settings["DATABASE_URL"])
        try:
            with transaction(make_sessions(engine)) as db:
                return audit.is_clean(audit.audit(db, Store(self.settings["REDIS_URL"]).breaches()))
        except (TryAgain, redis.RedisError):  # a server is on its way back
            return False
        finally:
            engine.dispose()

    def logs(self) -> str:
        """All log files."""
        return "".join(path.read_text(errors="replace") for path in (self.folder / "data" / "logs").glob("*"))

    def _is_ready(self) -> bool:
        return "Ready after" in self.console.read_text() and self._answers()

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/readyz", timeout=2).status_code == 200
        except requests.RequestException:
            return False

    def _has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def _text(process: psutil.Process) -> str:
    return " ".join(_command(process))


def _send(process: psutil.Process, what: signal.Signals) -> None:
    with suppress(psutil.NoSuchProcess):
        process.send_signal(what)
