"""Opens the drawer."""

from core.providers.cash.client import Cash
from core.providers.desk import Desk, Package


def connect(desk: Desk) -> Cash:
    """There is always one."""
    return Cash()


PACKAGE = Package(connect)
