"""Free ports, chosen below the range from which the system takes those of outgoing connections."""

import random
import socket

LOW, HIGH = 15_000, 32_000


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def free_port() -> int:
    """A port nobody listens on. Random, so that two test processes asking at once rarely agree."""
    return next(port for port in iter(lambda: random.randrange(LOW, HIGH), None) if is_free(port))
