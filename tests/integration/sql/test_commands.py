"""What an operator types."""

import json
from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from core.services.program import Program
from core.settings import load_settings
from core.store.sql.tables import Workspace
from sandbox.servers import PostgresServer, RedisServer
from tests.integration.sql.venue_settings import ENVIRON
from webapp import create_app


@pytest.fixture
def app(sessions: sessionmaker[Session], server: PostgresServer, mailbox_server: RedisServer) -> Iterator[Flask]:
    servers = {"DATABASE_URL": server.url, "REDIS_URL": mailbox_server.url, "CELERY_BROKER_URL": mailbox_server.url}
    app = create_app(load_settings(ENVIRON | servers | {"DEMO_OWNER_PASSWORD": "a password to be shown"}))
    app.extensions["program"].store.client.flushall()  # the audit looks into the mailboxes, too
    yield app
    app.extensions["program"].engine.dispose()


@pytest.fixture
def shell(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


def test_seed_prints_the_owners_login_and_renews_the_menu(app: Flask, shell: FlaskCliRunner) -> None:
    said = shell.invoke(args=["seed"])
    assert said.exit_code == 0, said.output
    assert "owner@destination.example with password a password to be shown" in said.output
    program: Program = app.extensions["program"]
    with program.sessions.begin() as db:
        workspace_id: UUID = db.query(Workspace).one().id
    version = program.store.menus.version(str(workspace_id))
    shell.invoke(args=["seed"])
    assert program.store.menus.version(str(workspace_id)) != version


def test_setup_works_once(shell: FlaskCliRunner) -> None:
    assert shell.invoke(args=["setup", "--name", "The Real Bar"]).exit_code == 0
    again = shell.invoke(args=["setup"])
    assert again.exit_code == 1 and "already" in again.output and "Traceback" not in again.output


def test_create_user_asks_for_a_password(shell: FlaskCliRunner) -> None:
    shell.invoke(args=["setup", "--name", "The Real Bar"])
    words = ["create-user", "boss@bar.example", "--name", "Boss", "--workspace", "the-real-bar"]
    good = shell.invoke(args=words, input="a long password\na long password\n")
    assert good.exit_code == 0 and "boss@bar.example may sign in" in good.output
    short = shell.invoke(args=[*words, "--password", "short"])
    assert short.exit_code == 1 and "at least 12" in short.output


def test_audit_prints_every_invariant_and_fails_on_a_breach(app: Flask, shell: FlaskCliRunner) -> None:
    shell.invoke(args=["seed"])
    clean = shell.invoke(args=["audit"])
    assert clean.exit_code == 0, clean.output
    assert [f"I{number}" for number in range(1, 11)] == list(json.loads(clean.stdout))
    with app.extensions["program"].sessions.begin() as db:
        db.execute(text("update products set on_hand = 999 where slug = 'dawa'"))
    broken = shell.invoke(args=["audit"])
    assert broken.exit_code == 1
    assert json.loads(broken.stdout)["I4"]["breaches"][0]["breach"] == "stock_is_not_its_movements"


def test_rotate_keys_counts_what_it_sealed_again(shell: FlaskCliRunner) -> None:
    shell.invoke(args=["seed"])
    said = shell.invoke(args=["rotate-keys"])
    assert said.exit_code == 0 and "channels: 0" in said.output


def test_flask_db_knows_the_migrations(
    shell: FlaskCliRunner, server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", server.url)
    assert shell.invoke(args=["db", "upgrade"]).exit_code == 0
    assert shell.invoke(args=["db", "check"]).exit_code == 0
