"""What an operator types to see what came, and to run it again."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from core.services import journal
from core.settings import load_settings
from sandbox.servers import PostgresServer, RedisServer
from tests.integration.journal.house import House
from tests.integration.money.house import ENVIRONMENT
from webapp import create_app

PHONE = "254712345678"


@pytest.fixture
def app(house: House, server: PostgresServer, mailbox_server: RedisServer) -> Iterator[Flask]:
    servers = {"DATABASE_URL": server.url, "REDIS_URL": mailbox_server.url, "CELERY_BROKER_URL": mailbox_server.url}
    app = create_app(load_settings(ENVIRONMENT | servers))
    yield app
    app.extensions["program"].engine.dispose()


def types(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["journal", *words])


def tomorrow() -> str:
    return (datetime.now(UTC) + timedelta(days=1)).isoformat()


def test_the_list_shows_what_came_but_not_what_was_said(app: Flask, house: House) -> None:
    raw = house.says("2 dawa for nobody else", PHONE)
    house.meta(b"forged", "sha256=" + "0" * 64)
    house.written()
    said = types(app, "list")
    lines = said.stdout.splitlines()
    assert f" whatsapp good {len(raw)} kept" in lines[0]
    assert PHONE not in said.output and "dawa" not in said.output
    assert types(app, "list", "--to", "2020-01-01").output == ""


def test_one_webhook_is_shown_with_its_body_only_when_asked_and_its_numbers_only_when_insisted(
    app: Flask, house: House
) -> None:
    house.says("2 dawa", PHONE)
    [entry] = house.written()
    place = str(entry.position)
    assert json.loads(types(app, "show", place).output)["outcome"] == "kept"
    masked, whole = types(app, "show", place, "--body").output, types(app, "show", place, "--unmasked").output
    assert "2 dawa" in masked and PHONE not in masked
    assert PHONE in whole
    assert "No webhook" in types(app, "show", "7").output


def test_a_living_house_is_told_so_and_nothing_is_brought_twice(app: Flask, house: House) -> None:
    house.bar.order(house.bar.guest(), Dawa=1)
    house.says("hi", PHONE)
    journal.save_journal(house.program)
    said = types(app, "replay")
    assert said.exit_code == 0 and "1 webhooks, 0 events" in said.output
    assert "only what nobody has handled" in said.output


def test_an_empty_house_runs_the_night_once_the_store_is_its_own(app: Flask, house: House) -> None:
    house.says("hi", PHONE)
    journal.save_journal(house.program)
    refused = types(app, "replay")
    assert refused.exit_code == 1 and "REDIS_URL" in refused.output and "Traceback" not in refused.output
    house.program.store.client.flushall()
    said = types(app, "replay")
    assert said.exit_code == 0 and "1 webhooks, 1 events" in said.output, said.output
    again = types(app, "replay")
    assert "1 webhooks, 0 events" in again.output, "now the books are in use"


def test_a_file_of_something_else_is_refused(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "no night").write_text("hello")
    assert "no night" in types(app, "replay", "--file", str(tmp_path / "no night")).output


def test_times_and_venues_nobody_knows_are_named(app: Flask) -> None:
    assert "2026-11-20T18:00" in types(app, "list", "--from", "yesterday").output
    assert "No venue" in types(app, "export", "--workspace", "nowhere").output


def test_a_time_without_an_offset_is_utc(app: Flask, house: House) -> None:
    house.says("hi")
    house.written()
    ago = (datetime.now(UTC) - timedelta(minutes=1)).replace(tzinfo=None).isoformat()
    assert types(app, "list", "--from", ago, "--to", tomorrow()).output.count("\n") == 1


def test_the_size_of_it_is_told(app: Flask, house: House) -> None:
    for number in range(50):
        house.says(f"{number} dawa")
    house.written()
    told = json.loads(types(app, "size").output)
    assert told["webhooks"] == 50 and told["bytes_each"] > 100 and len(told["months"]) >= 3
