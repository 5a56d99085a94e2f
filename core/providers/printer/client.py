"""A network printer takes bytes on a port and answers nothing: what the connection took counts as printed."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from core.domain.printing import Printer
from core.errors import TryAgain

CONNECT_SECONDS = 3.0
SEND_SECONDS = 10.0
HANG_UP_SECONDS = 1.0


@dataclass(frozen=True)
class NetworkLine:
    """An open connection to one printer."""

    connection: socket.socket

    def send(self, slip: bytes) -> None:
        """All of it. Raises TryAgain where some of it may be on paper."""
        try:
            self.connection.settimeout(SEND_SECONDS)
            self.connection.sendall(slip)
            self.connection.shutdown(socket.SHUT_WR)
        except OSError as error:
            raise TryAgain(f"the printer hung up: {type(error).__name__}") from error
        self._wait_until_it_hangs_up()

    def _wait_until_it_hangs_up(self) -> None:
        """It took everything; closing before it has read the end makes some throw the slip away."""
        self.connection.settimeout(HANG_UP_SECONDS)
        with suppress(OSError):
            while self.connection.recv(1024):
                pass


@contextmanager
def dial(printer: Printer) -> Iterator[NetworkLine]:
    """Raises TryAgain where nobody listens: surely nothing was printed."""
    try:
        connection = socket.create_connection((printer.host, printer.port), CONNECT_SECONDS)
    except OSError as error:
        raise TryAgain(f"the printer does not answer: {type(error).__name__}") from error
    with connection:
        yield NetworkLine(connection)
