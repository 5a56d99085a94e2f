"""Who is measured against whom: ours, the bare Flask view, Express with BullMQ. Each has servers of its own."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from redis import Redis

from sandbox.servers import RedisServer, free_port, is_free
from tests.bench import node
from tests.bench.house import PYTHON, House, Processes
from tests.bench.poster import Load

SECRET = "the app secret of both peers"
NUMBER = "100000000000001"
WORKERS = 2
COMPOSE, MAKE_RUN = "gevent_pywsgi", "gthread"


@dataclass(frozen=True)
class Contender:
    """One that can be posted to. `roots` are the processes that work for it, `empty` forgets what it has taken."""

    name: str
    port: int
    secret: str
    redis_url: str
    roots: Callable[[], list[int]]
    empty: Callable[[], object]
    number: str = NUMBER

    def load(self, messages: int, guests: int) -> Load:
        """The same load for everybody, signed for this one."""
        return Load(self.port, self.secret, self.number, messages, guests)


def ours(house: House, worker_class: str) -> Contender:
    """The product's own web as `webapp/gunicorn.py` runs it."""
    port = house.open_web(worker_class)
    names = (f"web-{worker_class}",)
    servers = [house.server("redis"), house.server("broker")]
    return Contender(
        f"ours, {worker_class}",
        port,
        house.values["WHATSAPP_APP_SECRET"],
        house.values["REDIS_URL"],
        lambda: [*house.processes.pids(*names), *(server.process.pid for server in servers if server.process)],
        house.store.client.flushall,
    )


def bare_flask(stack: ExitStack, folder: Path, worker_class: str, **environment: str) -> Contender:
    """A Flask view with the signature check and `task.delay()`, under the same gunicorn."""
    redis, running = _own_place(stack, folder)
    port = free_port()
    options = ["--worker-class", worker_class, "--threads", "64", "--keep-alive", "15"]
    bind = ["--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS), "--no-control-socket"]
    command = [*PYTHON, "gunicorn", *options, *bind, "tests.bench.naive:app"]
    values = {**os.environ, "CELERY_BROKER_URL": redis.url, "WHATSAPP_APP_SECRET": SECRET, **environment}
    running.start("web", command, values)
    running.wait_for("web", lambda: not is_free(port))
    return _peer(f"Flask + delay(), {worker_class}", port, redis, running)


def express(stack: ExitStack, folder: Path) -> Contender:
    """Express and BullMQ in a cluster of two. Raises NoNode where Node cannot be had."""
    folder.mkdir()
    command = node.installed_server(folder)
    redis, running = _own_place(stack, folder)
    port = free_port()
    values = {"PORT": str(port), "REDIS_URL": redis.url, "WHATSAPP_APP_SECRET": SECRET, "WEB_WORKERS": str(WORKERS)}
    running.start("web", command, {**os.environ, **values, "NODE_ENV": "production"})
    running.wait_for("web", lambda: not is_free(port))
    return _peer("Express + BullMQ", port, redis, running)


def _own_place(stack: ExitStack, folder: Path) -> tuple[RedisServer, Processes]:
    """A Redis as durable as ours, and a place for processes; both end with the stack."""
    folder.mkdir(exist_ok=True)
    redis = stack.enter_context(RedisServer(folder / "redis"))
    running = Processes(folder)
    stack.callback(running.end)
    return redis, running


def _peer(name: str, port: int, redis: RedisServer, running: Processes) -> Contender:
    client = Redis.from_url(redis.url)
    return Contender(
        name,
        port,
        SECRET,
        redis.url,
        lambda: [*running.pids("web"), *([redis.process.pid] if redis.process else [])],
        client.flushall,
    )
