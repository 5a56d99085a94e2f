"""A bar with its office: one database, one store, one simulated tax authority, one web."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from core.jobs import Job
from core.settings import load_settings
from core.store.redis.store import Store
from sandbox.servers import PostgresServer, RedisServer
from sandbox.simulators.control import Simulators
from tests.integration.documents.office import Office
from tests.integration.money.house import ENVIRONMENT, make_program
from tests.integration.sending.conftest import simulated
from tests.integration.sql.bar import Bar
from tests.integration.sql.conftest import bar, engine, server, sessions
from webapp import create_app

__all__ = ["bar", "engine", "server", "sessions", "simulated"]


@pytest.fixture(scope="session")
def app(server: PostgresServer, mailbox_server: RedisServer) -> Flask:
    broker = mailbox_server.url.removesuffix("0") + "1"
    urls = {"DATABASE_URL": server.url, "REDIS_URL": mailbox_server.url, "CELERY_BROKER_URL": broker}
    return create_app(load_settings(ENVIRONMENT | urls))


@pytest.fixture
def office(bar: Bar, store: Store, simulated: str, app: Flask) -> Iterator[Office]:
    rung: list[Job] = []
    program = make_program(bar, store, rung.append)
    program = replace(program, settings=replace(program.settings, fiscal_api_url=f"{simulated}/etims"))
    simulators = Simulators(simulated)
    simulators.reset()
    yield Office(bar, program, simulators, app)
    program.http.close()
