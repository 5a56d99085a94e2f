"""The way to PostgreSQL through forks, cut connections, locks and restarts."""

import logging
import multiprocessing
from collections.abc import Iterator
from contextlib import suppress
from threading import Barrier

import pytest
from psycopg2 import extensions
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from core import log
from core.errors import TryAgain
from core.store.sql import deadline
from core.store.sql.engine import forget_connections, make_engine, make_sessions, transaction
from sandbox.servers import PostgresServer, free_port
from tests.integration.sql.bar import all_at_once


def test_making_an_engine_connects_nowhere() -> None:
    make_engine(f"postgres://nobody@127.0.0.1:{free_port()}/nothing")


def test_forked_children_do_not_share_their_parents_connections(server: PostgresServer) -> None:
    engine = make_engine(server.url)
    _ask(engine)
    fork = multiprocessing.get_context("fork")
    children = [fork.Process(target=_child, args=(engine,)) for _ in range(4)]
    for child in children:
        child.start()
    _ask(engine)
    for child in children:
        child.join(20)
    assert [child.exitcode for child in children] == [0] * 4
    _ask(engine)
    engine.dispose()


def _child(engine: Engine) -> None:
    forget_connections(engine)
    for _ in range(50):
        _ask(engine)


def _ask(engine: Engine) -> None:
    with engine.begin() as connection:
        assert connection.execute(text("select 1")).scalar_one() == 1


def test_cut_connections_are_not_noticed_by_the_next_transaction(sessions: sessionmaker[Session]) -> None:
    for _ in range(5):
        with suppress(TryAgain), transaction(sessions) as db:
            db.execute(text("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"))
        with transaction(sessions) as db:
            assert db.execute(text("select 1")).scalar_one() == 1


def test_a_transaction_cut_in_the_middle_may_be_tried_again(sessions: sessionmaker[Session]) -> None:
    with pytest.raises(TryAgain), transaction(sessions) as db:
        db.execute(text("select pg_terminate_backend(pg_backend_pid())"))


def test_a_server_that_is_not_there_may_be_tried_again() -> None:
    gone = make_sessions(make_engine(f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"))
    with pytest.raises(TryAgain), transaction(gone) as db:
        db.execute(text("select 1"))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As workers and web wait for PostgreSQL, only not for so long."""
    monkeypatch.setattr(deadline, "SECONDS", 0.5)
    deadline.install()
    yield
    extensions.set_wait_callback(None)


@pytest.mark.usefixtures("impatient")
def test_a_server_that_hangs_is_given_up_and_may_be_asked_again(server: PostgresServer) -> None:
    sessions = make_sessions(make_engine(server.url, pool_size=1, max_overflow=0))
    assert _one(sessions) == 1
    server.freeze()
    try:
        with pytest.raises(TryAgain):
            _one(sessions)
    finally:
        server.thaw()
    assert _one(sessions) == 1


def _one(sessions: sessionmaker[Session]) -> int:
    with transaction(sessions) as db:
        return int(db.execute(text("select 1")).scalar_one())


def test_times_are_limited_and_in_utc(sessions: sessionmaker[Session]) -> None:
    with transaction(sessions) as db:
        shown = [
            db.execute(text(f"show {name}")).scalar_one() for name in ("statement_timeout", "lock_timeout", "timezone")
        ]
    assert shown == ["10s", "5s", "UTC"]


def test_a_lock_not_had_in_time_may_be_tried_again(sessions: sessionmaker[Session]) -> None:
    with transaction(sessions) as holder:
        holder.execute(text("select pg_advisory_xact_lock(1)"))
        with pytest.raises(TryAgain), transaction(sessions) as db:
            db.execute(text("set local lock_timeout = '50ms'"))
            db.execute(text("select pg_advisory_xact_lock(1)"))


def test_of_two_in_a_deadlock_one_tries_again_and_one_gets_through(sessions: sessionmaker[Session]) -> None:
    both_have_one = Barrier(2)

    def lock(number: int) -> str:
        try:
            with transaction(sessions) as db:
                db.execute(text(f"select pg_advisory_xact_lock({number})"))
                both_have_one.wait()
                db.execute(text(f"select pg_advisory_xact_lock({1 - number})"))
        except TryAgain:
            return "again"
        return "through"

    assert sorted(all_at_once(2, lock)) == ["again", "through"]


def test_a_broken_rule_is_not_tried_again(sessions: sessionmaker[Session]) -> None:
    with pytest.raises(IntegrityError), transaction(sessions) as db:
        db.execute(text("insert into workspaces (name, slug, hold_seconds) values ('x', 'x', 1)"))


@pytest.mark.parametrize("code", ["08006", "53100", "53200", "57P01", "57P05", "58030", "25006"])
def test_a_full_disk_and_a_failover_may_be_tried_again(sessions: sessionmaker[Session], code: str) -> None:
    with pytest.raises(TryAgain), transaction(sessions) as db:
        db.execute(text(f"do $$ begin raise exception using errcode = '{code}'; end $$"))


@pytest.mark.parametrize("code", ["22003", "23514", "42P01", "XX000"])
def test_what_will_fail_again_is_not_tried_again(sessions: sessionmaker[Session], code: str) -> None:
    with pytest.raises(DBAPIError), transaction(sessions) as db:
        db.execute(text(f"do $$ begin raise exception using errcode = '{code}'; end $$"))


def test_a_read_only_standby_may_be_tried_again(sessions: sessionmaker[Session]) -> None:
    with pytest.raises(TryAgain), transaction(sessions) as db:
        db.execute(text("set transaction read only"))
        db.execute(text("insert into workspaces (name, slug, hold_seconds) values ('x', 'x', 1)"))


GUEST = {"name": "Achieng"}
BROKEN = {
    "a parameter": "select 1 / 0 where :name <> ''",
    "a filled-in statement": "select 1 from nowhere where name = :name",
    "a row": "insert into workspaces (name, slug) values (:name, null)",
}


@pytest.mark.parametrize("sql", BROKEN.values(), ids=BROKEN)
def test_an_error_in_the_log_shows_no_value(
    sessions: sessionmaker[Session], sql: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.root, "handlers", [])
    log.configure()
    try:
        with transaction(sessions) as db:
            db.execute(text(sql), GUEST)
    except DBAPIError:
        log.get_logger("test").exception("broken")
    written = capsys.readouterr().err
    assert "sqlalchemy.exc" in written
    assert GUEST["name"] not in written
