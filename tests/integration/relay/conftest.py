"""A bar, its mailbox store, and the program between them."""

import pytest

from core.jobs import Job
from core.services.program import Program
from core.store.redis.store import Store
from tests.integration.money.house import make_program
from tests.integration.sql.bar import Bar
from tests.integration.sql.conftest import bar, engine, server, sessions

__all__ = ["bar", "engine", "server", "sessions"]


@pytest.fixture
def rung() -> list[Job]:
    return []


@pytest.fixture
def program(bar: Bar, store: Store, rung: list[Job]) -> Program:
    return make_program(bar, store, rung.append)
