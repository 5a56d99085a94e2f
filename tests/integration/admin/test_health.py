"""What the supervisor is told about us."""

from threading import Event
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from core.jobs import CONVERSATIONS
from sandbox.servers import RedisServer
from tests.integration.admin.venue import Venue
from tests.waiting import eventually
from webapp.checks import Broken, Checks


def ready(app: Flask) -> Any:
    return app.test_client().get("/readyz")


def test_healthz_asks_nobody(app: Flask) -> None:
    assert app.test_client().get("/healthz").json == {"status": "ok"}


def test_ready_with_data_and_a_live_worker(venue: Venue) -> None:
    venue.program.store.beat(CONVERSATIONS)
    assert ready(venue.app).status_code == 200


def test_a_missing_worker_is_named(venue: Venue) -> None:
    venue.program.store.client.delete(f"worker:{CONVERSATIONS}")
    answer = ready(venue.app)
    assert answer.status_code == 503
    assert answer.json["broken"] == {"conversations": "no live worker"}


def test_a_database_behind_the_code_is_named(venue: Venue) -> None:
    venue.program.store.beat(CONVERSATIONS)
    with venue.program.engine.begin() as connection:
        before = connection.scalar(text("SELECT version_num FROM alembic_version"))
        connection.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    try:
        assert ready(venue.app).json["broken"] == {"migrations": "not at the newest migration"}
    finally:
        with venue.program.engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": before})


def test_a_frozen_redis_is_named_in_time_and_missed_no_longer_than_it_is_frozen(
    venue: Venue, redis_server: RedisServer
) -> None:
    redis_server.freeze()
    try:
        assert {"redis", "broker"} <= set(ready(venue.app).json["broken"])
    finally:
        redis_server.thaw()
    venue.program.store.beat(CONVERSATIONS)
    eventually(lambda: ready(venue.app).status_code == 200)


def test_a_check_that_hangs_costs_its_time_once_and_no_second_thread() -> None:
    over, calls = Event(), []

    def check() -> None:
        calls.append(1)
        over.wait()

    checks = Checks({"slow": check, "good": lambda: None}, seconds=0.1)
    assert [checks.run() for _ in range(3)] == [{"slow": "no answer", "good": "ok"}] * 3
    assert len(calls) == 1
    over.set()
    eventually(lambda: checks.run()["slow"] == "ok")


def test_what_a_driver_says_is_not_shown() -> None:
    def check() -> None:
        raise ConnectionError("postgresql://app:password@db")

    def named() -> None:
        raise Broken("not migrated")

    assert Checks({"a": check, "b": named}, 1).run() == {"a": "ConnectionError", "b": "not migrated"}


def test_metrics_are_text_for_prometheus(app: Flask) -> None:
    answer = app.test_client().get("/metrics")
    assert answer.status_code == 200 and "bar_webhooks_total" in answer.text


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_health_needs_no_login(app: Flask, path: str) -> None:
    assert app.test_client().get(path).status_code in (200, 503)
