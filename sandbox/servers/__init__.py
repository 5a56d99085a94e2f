"""Real PostgreSQL and Redis on a free port of this machine, for `make run` and the tests."""

from sandbox.servers.binaries import NotInstalled
from sandbox.servers.ports import free_port, is_free
from sandbox.servers.postgres import PostgresServer
from sandbox.servers.redis import RedisServer
from sandbox.servers.server import NotReady, Server

__all__ = ["NotInstalled", "NotReady", "PostgresServer", "RedisServer", "Server", "free_port", "is_free"]
