"""`/healthz`: this process answers. `/readyz`: everything of ours that a guest needs is there."""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import redis
from alembic.script import ScriptDirectory
from flask import Blueprint, Response, current_app, jsonify, make_response
from sqlalchemy import Engine, text

from core.jobs import CONVERSATIONS
from core.services.program import Program
from core.store.redis.store import HIDDEN
from webapp.checks import Broken, Check, Checks

blueprint = Blueprint("health", __name__)

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
_SECONDS = 2.0


@blueprint.get("/healthz")
def healthz() -> Response:
    """This process answers, whatever else is broken."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> Response:
    """200 when guests can be served, else 503 naming what is broken. Never asks a provider."""
    results = cast(Checks, current_app.extensions["checks"]).run()
    broken = {name: said for name, said in results.items() if said != "ok"}
    if broken:
        return make_response(jsonify(status="not ready", broken=broken, checks=results), 503)
    return jsonify(status="ready", checks=results)


def checks(program: Program) -> Checks:
    """The checks of `/readyz`."""
    return Checks(_checks(program), _SECONDS)


def _checks(program: Program) -> Mapping[str, Check]:
    broker = redis.Redis.from_url(
        program.settings.broker_url, socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS, retry=None
    )
    heads = set(ScriptDirectory(str(MIGRATIONS)).get_heads())
    return {
        "postgresql": lambda: _answers(program.engine),
        "migrations": lambda: _at_head(program.engine, heads),
        "data": lambda: _seeded(program.engine),
        "redis": lambda: _keeps(program),
        "broker": lambda: _pong(broker),
        "conversations": lambda: _worker(program),
    }


def _answers(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))


def _at_head(engine: Engine, heads: set[str]) -> None:
    with engine.connect() as connection:
        if not connection.scalar(text("SELECT to_regclass('alembic_version') IS NOT NULL")):
            raise Broken("not migrated")
        if set(connection.scalars(text("SELECT version_num FROM alembic_version"))) != heads:
            raise Broken("not at the newest migration")


def _seeded(engine: Engine) -> None:
    with engine.connect() as connection:
        if not connection.scalar(text("SELECT EXISTS (SELECT 1 FROM channels) AND EXISTS (SELECT 1 FROM products)")):
            raise Broken("no venue has been set up")


def _pong(broker: "redis.Redis") -> None:
    broker.ping()


def _keeps(program: Program) -> None:
    """The mailbox store answers and, where it matters, cannot forget what was acknowledged (rule 21)."""
    _pong(program.store.client)
    wrong = [name for name in program.store.wrong_settings() if name != HIDDEN]
    if wrong and program.settings.production:
        raise Broken(", ".join(wrong))


def _worker(program: Program) -> None:
    if not program.store.alive(CONVERSATIONS):
        raise Broken("no live worker")
