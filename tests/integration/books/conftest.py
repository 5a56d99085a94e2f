"""The house of the money tests, with somebody at the desk."""

import pytest

from tests.integration.books.desk import Desk, at_desk
from tests.integration.money.conftest import bar, engine, house, server, sessions
from tests.integration.money.house import House

__all__ = ["bar", "engine", "house", "server", "sessions"]


@pytest.fixture
def desk(house: House) -> Desk:
    """Afterwards the audit of `bar` must find nothing."""
    return at_desk(house)
