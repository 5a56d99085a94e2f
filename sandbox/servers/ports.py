"""Free ports, chosen below the range from which the system takes those of outgoing connections."""

import random
import socket
from pathlib import Path

LOW, HIGH = 15_000, 32_000


def why_not(port: int, host: str = "127.0.0.1") -> str:
    """Why a server could not listen there now; empty when it could."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.strerror or str(error)
        return ""


def is_free(port: int) -> bool:
    """Whether nobody listens there."""
    return not why_not(port)


def free_port() -> int:
    """A port nobody listens on. Random, so that two test processes asking at once rarely agree."""
    return next(port for port in iter(lambda: random.randrange(LOW, HIGH), None) if is_free(port))


def kept_port(file: Path) -> int:
    """The port written in the file while it is still free, else a new one, written there."""
    if file.exists() and is_free(port := int(file.read_text())):
        return port
    port = free_port()
    file.write_text(str(port))
    return port
