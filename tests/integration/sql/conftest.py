"""One PostgreSQL for these tests, emptied before each; afterwards the audit must find nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from core.cipher import Cipher, install
from core.store.sql.engine import make_engine, make_sessions
from core.store.sql.tables import Base
from sandbox.servers import PostgresServer
from tests.integration.sql.bar import Bar, open_bar

MIGRATIONS = Path(__file__).resolve().parents[3] / "migrations"
NAMES = [table.name for table in Base.metadata.sorted_tables]
# TRUNCATE makes a new file of every table and index, however little was in it: twenty times the work of this.
# As it does, whoever is still writing is waited for, no foreign key or trigger is asked, and numbers begin at one.
EMPTYING = "; ".join([
    "set local session_replication_role = replica",
    f"lock table {', '.join(NAMES)} in access exclusive mode",
    *(f"delete from {name}" for name in NAMES),
    """select setval(format('%I.%I', schemaname, sequencename), start_value, false) from pg_sequences
       where last_value is not null""",
])  # fmt: skip


def migrations(url: str) -> Config:
    config = Config(MIGRATIONS / "alembic.ini")
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    with PostgresServer(tmp_path_factory.mktemp("postgres"), durable=False) as postgres:
        yield postgres


@pytest.fixture(scope="session")
def engine(server: PostgresServer) -> Iterator[Engine]:
    command.upgrade(migrations(server.url), "head")
    engine = make_engine(server.url, pool_size=40, max_overflow=10)
    yield engine
    engine.dispose()


@pytest.fixture
def sessions(engine: Engine) -> sessionmaker[Session]:
    install(Cipher(["a key for these tests"]))
    with engine.begin() as connection:
        connection.execute(text(EMPTYING))
    return make_sessions(engine)


@pytest.fixture
def bar(sessions: sessionmaker[Session]) -> Iterator[Bar]:
    bar = open_bar(sessions)
    yield bar
    assert bar.breaches() == []
