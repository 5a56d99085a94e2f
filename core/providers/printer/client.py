"""A network printer takes bytes on a port and answers nothing: what the connection took counts as printed."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from core.domain.printing import PORTS, Printer, may_stand_at
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
def dial(printer: Printer, *, guarded: bool = False) -> Iterator[NetworkLine]:
    """Raises TryAgain where nobody listens: surely nothing was printed.

    `guarded`: only where printers stand. Whoever may name a printer must not reach the program's own servers with it.
    """
    if guarded and printer.port not in PORTS:
        raise TryAgain(f"printers listen on {PORTS[0]} to {PORTS[-1]}")
    try:
        connection = socket.create_connection((printer.host, printer.port), CONNECT_SECONDS)
    except (OSError, UnicodeError) as error:  # a name with two dots cannot even be asked for
        raise TryAgain(f"the printer does not answer: {type(error).__name__}") from error
    with connection:
        if guarded and not may_stand_at(connection.getpeername()[0]):
            raise TryAgain("no printer of a venue stands at this address")
        yield NetworkLine(connection)
