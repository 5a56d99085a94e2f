"""One Redis (or Valkey) process with an append-only file, mended before every start."""

import re
import subprocess
from pathlib import Path

import redis

from sandbox.servers.binaries import redis_program
from sandbox.servers.server import NotReady, Server

MANIFEST = Path("appendonlydir", "appendonly.aof.manifest")
GROWING_FILE = re.compile(r"^file (\S+) seq \d+ type i", re.MULTILINE)


class RedisServer(Server):
    """`durable` means every write is on disk before its answer: the store of mailboxes. Otherwise within a second."""

    name = "redis"

    @property
    def url(self) -> str:
        """Database 0 of this server."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def prepare(self) -> None:
        """Write the settings and cut off what a crash left half written."""
        settings = self.data_dir / "redis.conf"
        settings.touch(mode=0o600)
        settings.write_text("".join(f"{line}\n" for line in self._settings()))
        self._mend()

    def command(self) -> list[str]:
        """The server with its settings file: on the command line the password would be everybody's to read."""
        return [str(redis_program()), str(self.data_dir / "redis.conf")]

    def is_ready(self) -> bool:
        """Whether it answers a PING, its file loaded."""
        client = redis.Redis.from_url(self.url, socket_timeout=1, socket_connect_timeout=1, retry=None)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()

    def _settings(self) -> list[str]:
        return [
            "bind 127.0.0.1",
            f"port {self.port}",
            f'dir "{self.data_dir}"',
            f"requirepass {self.password}",
            "daemonize no",
            "set-proc-title no",  # the path of its settings says in `ps` which one it is
            'save ""',
            "appendonly yes",
            f"appendfsync {'always' if self.durable else 'everysec'}",
            "no-appendfsync-on-rewrite no",
            "maxmemory-policy noeviction",
        ]

    def _mend(self) -> None:
        """A plain restart on a file that ends inside a script's MULTI could later run half the script."""
        manifest = self.data_dir / MANIFEST
        growing = GROWING_FILE.findall(manifest.read_text()) if manifest.exists() else []
        if not growing or not (manifest.parent / growing[-1]).exists():
            return
        # The growing file alone, not the manifest: Valkey 9 takes its own base file for broken ("VALKEY" where the
        # check expects "REDIS") and refuses to go on.
        check = subprocess.run(
            ["valkey-check-aof redis-check-aof", "--fix", str(manifest.parent / growing[-1])],
            executable=redis_program(), input="y\n", capture_output=True, text=True, check=False,
        )  # fmt: skip
        if check.returncode:
            raise NotReady(f"{manifest.parent / growing[-1]} cannot be mended.\n{check.stdout[-1000:]}")
