"""A bar with its program, and a guest who writes to it."""

import pytest

from tests.integration.letters.guest import Guest
from tests.integration.money.conftest import bar, engine, house, server, sessions
from tests.integration.money.house import House

__all__ = ["bar", "engine", "house", "server", "sessions"]


@pytest.fixture
def guest(house: House) -> Guest:
    """Somebody who has never been there."""
    return Guest(house)
