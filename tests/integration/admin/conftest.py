"""One application on real servers; a venue of its own for every test."""

import base64
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from uuid import UUID

import pytest
from alembic import command
from alembic.config import Config
from flask import Flask
from werkzeug.serving import make_server

from core.domain.statuses import Role
from core.services.customers import GuestRef, find_guest
from core.settings import load_settings
from sandbox.servers import PostgresServer, RedisServer
from tests.integration.admin.venue import Browser, Venue, open_venue
from webapp import create_app

PHONE = "254712345678"
PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with RedisServer(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    with PostgresServer(tmp_path_factory.mktemp("postgres"), durable=False) as server:
        migrate(server.url)
        yield server


@pytest.fixture(scope="session")
def environ(postgres_server: PostgresServer, redis_server: RedisServer) -> dict[str, str]:
    return {
        "ENVIRONMENT": "test",
        "PUBLIC_BASE_URL": "http://localhost",
        "DATABASE_URL": postgres_server.url,
        "REDIS_URL": redis_server.url,
        "CELERY_BROKER_URL": redis_server.url.removesuffix("0") + "1",
        "SECRET_KEY": "only for these tests",
        "FIELD_ENCRYPTION_KEYS": base64.urlsafe_b64encode(bytes(32)).decode(),
    }


def migrate(url: str) -> None:
    config = Config(PROJECT / "migrations" / "alembic.ini")
    config.set_main_option("script_location", str(PROJECT / "migrations"))
    config.set_main_option("sqlalchemy.url", url)
    command.upgrade(config, "head")


@pytest.fixture(scope="session")
def app(environ: dict[str, str]) -> Flask:
    return create_app(load_settings(environ))


@pytest.fixture
def venue(app: Flask) -> Venue:
    return open_venue(app)


@pytest.fixture
def manager(venue: Venue) -> Browser:
    """Somebody who runs the house, signed in."""
    venue.role(Role.MANAGER)
    return venue.signed_in()


@pytest.fixture
def client_id(venue: Venue) -> UUID:
    """Amina, who has a chat with the house."""
    with venue.program.sessions.begin() as db:
        ref = GuestRef(venue.workspace_id, venue.channel_id, venue.box(PHONE), "", PHONE, "Amina")
        return find_guest(db, ref).customer.id


@pytest.fixture
def address(venue: Venue) -> Iterator[str]:
    """Where a real browser finds the venue's pages."""
    server = make_server("127.0.0.1", 0, venue.app, threaded=True)
    server.daemon_threads = True  # type: ignore[attr-defined]
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser found wrong."""
    return []
