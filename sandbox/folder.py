"""The data folder of one installation: who uses it, what the running program's environment is, how it is forgotten."""

import fcntl
import json
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from sandbox import processes
from sandbox.environment import PROJECT, BadSetting, write_private
from sandbox.servers.server import wait_until

PREDECESSOR = 5.0  # a killed one's guard needs a moment to clear up
SETTING = re.compile(r"^#? ?([A-Z][A-Z0-9_]*)=", re.MULTILINE)


class DataFolder:
    """Held by one `make run` at a time, and by its guard until the last process is gone."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.running = path / "running.json"
        self._lock: int | None = None

    def take(self) -> None:
        """Make it ours. Raises BadSetting when somebody else's program still uses it."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if not wait_until(self._locked, PREDECESSOR):
            raise BadSetting(f"DATA_DIR {self.path} is in use by another `make run`.")
        processes.guard.keep_open(self._lock)

    def clear_for_start(self) -> None:
        """Keep the last run's logs beside the new ones; numbers of dead processes count for nothing."""
        logs = self.path / "logs"
        logs.mkdir(exist_ok=True)
        for log in logs.glob("*.log"):
            log.replace(log.with_suffix(".log.old"))
        metrics = self.path / "metrics"
        shutil.rmtree(metrics, ignore_errors=True)
        metrics.mkdir()

    def remember(self, values: Mapping[str, str]) -> None:
        """Write down the settings of the running program, so that `make audit` speaks to the same servers."""
        write_private(self.running, json.dumps({name: values[name] for name in setting_names() if name in values}))

    def recall(self) -> dict[str, str]:
        """The settings of the running program. Raises BadSetting when none is running."""
        if not self.running.exists():
            raise BadSetting(f"Nothing is running on {self.path}: start `make run` first.")
        return dict(json.loads(self.running.read_text()))

    def leave(self) -> None:
        """The program has ended."""
        self.running.unlink(missing_ok=True)

    def forget(self) -> None:
        """Delete everything. Raises BadSetting when in use, or when it does not look like a data folder."""
        if not self.path.exists():
            return
        if not (self.path / "lock").exists():
            raise BadSetting(f"DATA_DIR {self.path} does not look like a data folder; nothing was deleted.")
        self.take()
        shutil.rmtree(self.path)

    def _locked(self) -> bool:
        assert self._lock is not None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def setting_names() -> list[str]:
    """Every setting there is, as `.env.example` lists them."""
    return SETTING.findall((PROJECT / ".env.example").read_text())
