"""No process waits for PostgreSQL without end.

psycopg2 waits in C, where nothing else of the process goes on, and a server that hangs keeps its connections open for
ever: three payment notices held up all turns of a house whose guests only wanted to read the menu. Here the wait is
Python's: it ends, and under gevent, which patches `select`, it lets everybody else go on.
"""

import select

import psycopg2
from psycopg2 import extensions

# Longer than any statement of the program may take (`engine.LIMITS_MS`).
SECONDS = 12.0


def install() -> None:
    """For all connections of this process and of its forks; not for migrations, whose statements may take long."""
    extensions.set_wait_callback(_wait)


def _wait(connection: extensions.connection) -> None:
    """Until the connection is ready. Raises OperationalError when its time is up; psycopg2 closes it then."""
    while (state := connection.poll()) != extensions.POLL_OK:
        ready = select.poll()
        ready.register(connection.fileno(), select.POLLIN if state == extensions.POLL_READ else select.POLLOUT)
        if not ready.poll(SECONDS * 1000):
            raise psycopg2.OperationalError("no answer in time")
