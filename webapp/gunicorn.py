"""How gunicorn runs the web: `gunicorn -c webapp/gunicorn.py wsgi:app`.

Read by path, and nothing of ours is imported at the top: a gevent worker patches the standard library after the fork,
which must come before Flask and requests have seen it. For the same reason there is no preload; what is made per
process (database pool, Redis connections) is then made after the fork, too.
"""

import gc
import os
import tempfile
from typing import Any

from gunicorn.glogging import Logger


class NoAccessLog(Logger):
    """With `logconfig_dict` gunicorn formats a line for every request, and only then drops it."""

    def access(self, *_: Any) -> None:
        """Write nothing: a path may carry what nobody should read later, as Meta's verify token in a query."""


logger_class = NoAccessLog


def _number(name: str, default: int) -> int:
    value = os.environ.get(name, "").strip() or str(default)
    if not value.isdecimal() or int(value) < 1:
        raise SystemExit(f"{name} must be a whole number from 1")
    return int(value)


_listen = "0.0.0.0" if os.environ.get("ENVIRONMENT", "production") == "production" else "127.0.0.1"  # noqa: S104

bind = f"{os.environ.get('WEB_HOST', _listen)}:{os.environ.get('PORT', '8000')}"
worker_class = os.environ.get("WEB_WORKER_CLASS", "gthread")
workers = _number("WEB_WORKERS", 2)
threads = _number("WEB_THREADS", 64)  # with 8, thirty open boards starve everybody else
preload_app = False

# On by default since 27: a socket in the home directory through which the server can be commanded.
control_socket_disable = True

timeout = 30
graceful_timeout = 10
keepalive = 15
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir()  # noqa: S108
accesslog = None  # a path may carry what nobody should read later: Meta's verify token comes in a query
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "loggers": {
        "gunicorn.error": {"level": "INFO", "handlers": [], "propagate": True, "qualname": "gunicorn.error"},
        "alembic.runtime.plugins": {"level": "WARNING"},  # a dozen lines at every start
    },
}


def on_starting(_server: Any) -> None:
    """Write the server's own lines as JSON, too."""
    from core import log
    from core.settings import LOG_LEVELS

    level = os.environ.get("LOG_LEVEL", "").strip().upper() or "INFO"
    if level not in LOG_LEVELS:
        raise SystemExit(f"LOG_LEVEL must be one of {', '.join(LOG_LEVELS)}")
    log.configure(level)


def post_worker_init(worker: Any) -> None:
    """Let open streams see that this worker is to end (otherwise they would hold it until it is killed), and nobody
    wait for PostgreSQL without end."""
    from core.store.sql import deadline

    deadline.install()
    for name, share in (("streams", 10), ("list_streams", 3)):  # of 16: the other threads answer everybody else
        streams = worker.wsgi.extensions[name]
        streams.serving = lambda: worker.alive
        streams.limit = max(1, threads * share // 16)
    if worker_class.startswith("gevent"):
        from webapp import http

        http.Handler.door = worker.wsgi.wsgi_app
        worker.wsgi_handler = http.Handler  # of `gevent_pywsgi`; gunicorn's plain gevent worker has no use for it
    worker.wsgi.extensions["program"].directory.begin()  # the first webhook need not wait for it
    gc.collect()
    gc.freeze()  # what stands now stays: nobody need look through it again and again for what may go


def child_exit(_server: Any, worker: Any) -> None:
    """Drop the gauges of a dead process."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)
