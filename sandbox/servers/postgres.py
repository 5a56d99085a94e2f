"""One PostgreSQL in the foreground, also for root, whom PostgreSQL itself refuses."""

import contextlib
import os
import shutil
import signal
import subprocess
from pathlib import Path

import psycopg2

from sandbox.servers.binaries import postgres_programs
from sandbox.servers.rootless import without_root
from sandbox.servers.server import NotReady, Server

USER = DATABASE = "app"


class PostgresServer(Server):
    """`durable=False` leaves out fsync: safe against a killed process, not against a power cut."""

    name = "postgres"
    ending_signal = signal.SIGINT  # "fast": does not wait for clients to leave

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own folder."""
        return self.data_dir / "cluster"

    @property
    def url(self) -> str:
        """The program's database."""
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        """Another database on the same server."""
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def prepare(self) -> None:
        """Create the cluster once; afterwards clear away a lock file whose owner is gone."""
        if self.cluster.exists():
            self._drop_stale_lock()
        else:
            self._create()

    def command(self) -> list[str]:
        """`postgres` in the foreground, on TCP only: the path of a socket may be too long."""
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": 200,
            "timezone": "UTC",
            "fsync": "on" if self.durable else "off",
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [*_program("postgres", self.cluster), "-D", str(self.cluster), "-p", str(self.port), *options]

    def is_ready(self) -> bool:
        """Whether it answers a query in the program's database."""
        try:
            connection = psycopg2.connect(self.url_of("postgres"), connect_timeout=1)
        except psycopg2.OperationalError:
            return False
        with contextlib.closing(connection):
            connection.autocommit = True
            return self._has_database(connection)

    def _has_database(self, connection: psycopg2.extensions.connection) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,))
            if cursor.fetchone() is None:
                cursor.execute(f'CREATE DATABASE "{DATABASE}"')
        return True

    def _create(self) -> None:
        """Make it under another name first: an interrupted `initdb` leaves something that looks like a cluster."""
        draft = self.data_dir / "cluster.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        made = self._initdb(draft)
        if made.returncode:
            raise NotReady(f"initdb failed in {draft}.\n{made.stderr.decode(errors='replace')[-1500:]}")
        draft.rename(self.cluster)

    def _initdb(self, folder: Path) -> subprocess.CompletedProcess[bytes]:
        options = ["-U", USER, "-E", "UTF8", "--locale=C.UTF-8", "--auth=scram-sha-256", "--no-sync"]
        command = [*_program("initdb", folder), "-D", str(folder), *options, "--pwfile=/dev/stdin"]
        reading, writing = os.pipe()  # the file with the password is ours alone, initdb may run as somebody else
        with open(writing, "w") as pipe:
            pipe.write(self.password)
        with open(reading, "rb") as password:
            return subprocess.run(command, stdin=password, capture_output=True, start_new_session=True, check=False)

    def _drop_stale_lock(self) -> None:
        """In a restarted container another process soon has the old one's id, and PostgreSQL would wait for it."""
        lock = self.cluster / "postmaster.pid"
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int(lock.read_text().splitlines()[0])
            if str(self.cluster) not in _command_line(pid):
                lock.unlink()


def _program(name: str, cluster: Path) -> list[str]:
    program = postgres_programs() / name
    return [*without_root(cluster, program), str(program)]


def _command_line(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""
