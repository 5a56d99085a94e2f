"""The embedded servers: they start, keep their data, and are mended before a start."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import redis

from sandbox.servers import NotReady, PostgresServer, RedisServer, free_port, rootless
from sandbox.servers.redis import GROWING_FILE, MANIFEST


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RedisServer]:
    with RedisServer(tmp_path / "redis") as server:
        yield server


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[PostgresServer]:
    with PostgresServer(tmp_path / "postgres") as server:
        yield server


def query(server: PostgresServer, sql: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(server.url, connect_timeout=5)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def test_the_store_never_answers_before_the_disk_and_never_evicts(store: RedisServer) -> None:
    settings = redis.Redis.from_url(store.url, decode_responses=True).config_get("*")
    wanted = {"appendonly": "yes", "appendfsync": "always", "no-appendfsync-on-rewrite": "no"}
    assert settings | wanted | {"maxmemory-policy": "noeviction", "save": ""} == settings


def test_what_the_store_acknowledged_survives_a_kill(store: RedisServer) -> None:
    redis.Redis.from_url(store.url).set("order", "2 dawa")
    store.kill()
    store.start()
    assert redis.Redis.from_url(store.url).get("order") == b"2 dawa"


@pytest.mark.parametrize("missing", range(1, 61, 7))
def test_rule_22_half_a_script_at_the_end_of_the_file_is_cut_off(store: RedisServer, missing: int) -> None:
    client = redis.Redis.from_url(store.url)
    script = "redis.call('set', KEYS[1], 1); redis.call('rpush', KEYS[2], ARGV[1]); return 1"
    client.eval(script, 2, "seen:1", "mailbox", "one")
    client.eval(script, 2, "seen:2", "mailbox", "two")
    store.kill()
    manifest = store.data_dir / MANIFEST
    growing = manifest.parent / GROWING_FILE.findall(manifest.read_text())[-1]
    growing.write_bytes(growing.read_bytes()[:-missing])

    store.start()
    client.eval(script, 2, "seen:3", "mailbox", "three")
    store.kill()
    store.start()

    assert client.lrange("mailbox", 0, -1) == [b"one", b"three"]
    assert client.get("seen:2") is None


def test_a_store_killed_before_its_first_write_starts_again(store: RedisServer) -> None:
    store.kill()
    store.start()
    assert store.is_ready()


def test_a_frozen_store_answers_nothing_until_thawed(store: RedisServer) -> None:
    store.freeze()
    assert not store.is_ready()
    store.thaw()
    assert store.is_ready()


def test_postgres_keeps_rows_port_and_password_over_a_restart(postgres: PostgresServer) -> None:
    query(postgres, "CREATE TABLE orders AS SELECT 700 AS total")
    postgres.stop()
    with PostgresServer(postgres.data_dir) as again:
        assert again.url == postgres.url
        assert query(again, "SELECT total FROM orders") == [(700,)]


def test_postgres_comes_back_after_a_kill(postgres: PostgresServer) -> None:
    query(postgres, "CREATE TABLE orders AS SELECT 700 AS total")
    postgres.kill()
    postgres.start()
    assert query(postgres, "SELECT total FROM orders") == [(700,)]


def test_a_lock_file_with_a_strangers_process_id_does_not_stop_postgres(postgres: PostgresServer) -> None:
    postgres.kill()
    lock = postgres.cluster / "postmaster.pid"
    lines = lock.read_text().splitlines()
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as stranger:
        lock.write_text("\n".join([str(stranger.pid), *lines[1:], ""]))
        postgres.start()
        assert query(postgres, "SELECT 1") == [(1,)]
        stranger.communicate()


def test_a_frozen_postgres_answers_nothing_and_still_stops(postgres: PostgresServer) -> None:
    postgres.freeze()
    assert not postgres.is_ready()
    postgres.stop()
    assert not postgres.is_running()


def test_a_server_that_cannot_start_says_why(store: RedisServer, tmp_path: Path) -> None:
    with pytest.raises(NotReady, match=r"(?s)redis did not start on port \d+.*in use"):
        RedisServer(tmp_path / "second", port=store.port).start()


def test_servers_end_with_the_process_that_started_them_even_when_it_is_killed(tmp_path: Path) -> None:
    port = free_port()
    script = (
        "import sys, threading; from sandbox.servers import RedisServer;"
        "RedisServer(sys.argv[1], int(sys.argv[2])).start(); print('up', flush=True); threading.Event().wait()"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "redis"), str(port)], stdout=subprocess.PIPE, text=True
    )
    assert starter.stdout is not None and starter.stdout.readline() == "up\n"
    server = RedisServer(tmp_path / "redis", port)
    assert server.is_ready()
    starter.send_signal(signal.SIGKILL)
    starter.communicate()
    server.start()  # its port is free again as soon as the guard is through
    assert server.is_ready()
    server.stop()


def test_root_without_user_namespaces_still_gets_postgres(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rootless, "_as_mapped_root", lambda: ["false"])
    with PostgresServer(tmp_path / "postgres") as server:
        assert server.process is not None
        assert os.stat(f"/proc/{server.process.pid}").st_uid != 0
        assert query(server, "SELECT 1") == [(1,)]
    monkeypatch.undo()
    with PostgresServer(tmp_path / "postgres") as again:  # the folder is that user's now, and stays so
        assert query(again, "SELECT 1") == [(1,)]


def test_no_other_user_of_the_machine_can_read_a_password(store: RedisServer, postgres: PostgresServer) -> None:
    for server in (store, postgres):
        assert server.process is not None
        assert stat.S_IMODE(server.data_dir.stat().st_mode) == 0o700
        assert server.password.encode() not in Path(f"/proc/{server.process.pid}/cmdline").read_bytes()
    with pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(postgres.url.replace(postgres.password, "guess"))
