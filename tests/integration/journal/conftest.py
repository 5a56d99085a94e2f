"""A bar whose webhooks are taken in process."""

import pytest

from core.jobs import Job
from core.services.program import Program
from core.store.redis.store import Store
from tests.integration.journal.house import House, make_house
from tests.integration.money.house import make_program
from tests.integration.sql.bar import Bar
from tests.integration.sql.conftest import bar, engine, server, sessions

__all__ = ["bar", "engine", "server", "sessions"]


@pytest.fixture
def program(bar: Bar, store: Store) -> Program:
    rung: list[Job] = []
    return make_program(bar, store, rung.append)


@pytest.fixture
def house(bar: Bar, program: Program) -> House:
    return make_house(bar, program)
