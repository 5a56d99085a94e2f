"""Under gevent psycopg2 must wait through the hub: in C, one connection that hangs would hold up every request of the
process, also the webhooks that need no SQL."""

import psycopg2
from gevent.socket import wait_read, wait_write
from psycopg2 import extensions

# Longer than any statement may take. A peer that keeps the line but says nothing is given up then.
SECONDS = 12.0


def install() -> None:
    """For all connections of this process, before the first of them."""
    extensions.set_wait_callback(_wait)


def _wait(connection: extensions.connection) -> None:
    while (state := connection.poll()) != extensions.POLL_OK:
        waited = wait_read if state == extensions.POLL_READ else wait_write
        waited(connection.fileno(), timeout=SECONDS, timeout_exc=psycopg2.OperationalError("no answer in time"))
