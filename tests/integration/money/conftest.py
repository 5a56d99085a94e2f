"""The house: one database, one store, one provider on a real socket."""

from collections.abc import Iterator

import pytest

from core.jobs import Job
from core.store.redis.store import Store
from tests.integration.money.house import House, make_program, open_account
from tests.integration.money.kopokopo import KopoKopoStandIn
from tests.integration.money.standin import stand_in
from tests.integration.sql.bar import Bar
from tests.integration.sql.conftest import bar, engine, server, sessions

__all__ = ["bar", "engine", "house", "server", "sessions"]


@pytest.fixture
def house(bar: Bar, store: Store) -> Iterator[House]:
    """Afterwards the audit of `bar` must find nothing."""
    rung: list[Job] = []
    with stand_in() as server:
        open_account(bar, server.url)
        program = make_program(bar, store, rung.append)
        yield House(bar, KopoKopoStandIn(server), program, rung)
        program.http.close()
