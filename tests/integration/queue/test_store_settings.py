"""Rule 21: a store that forgets, or throws away when full, is found out."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.store.redis.store import Store
from sandbox.servers import RedisServer
from tests.integration.queue.guests import wrote
from tests.waiting import eventually

PRODUCTION = {
    "ENVIRONMENT": "production",
    "PUBLIC_BASE_URL": "https://bar.example.co.ke",
    "DATABASE_URL": "postgresql://127.0.0.1:1/none",
    "SECRET_KEY": "only for these tests",
    "FIELD_ENCRYPTION_KEYS": "a key for these tests",
    "LOG_LEVEL": "INFO",
    "SANDBOX_URL": "",
    **dict.fromkeys(("WHATSAPP_PHONE_NUMBER_ID", "WHATSAPP_ACCESS_TOKEN", "WHATSAPP_APP_SECRET"), "x"),
    **dict.fromkeys(("WHATSAPP_VERIFY_TOKEN", "KOPOKOPO_CLIENT_ID", "KOPOKOPO_CLIENT_SECRET"), "x"),
    **dict.fromkeys(("KOPOKOPO_API_KEY", "KOPOKOPO_TILL_NUMBER"), "x"),
}
WORKER = [sys.executable, "-m", "celery", "-A", "workers.app:app", "worker", "-Q", "statuses", "--pool", "threads"]


def test_rule_21_the_embedded_store_forgets_nothing(store: Store) -> None:
    assert store.wrong_settings() == []


def test_rule_21_a_store_that_may_forget_a_second_is_named(tmp_path: Path) -> None:
    with RedisServer(tmp_path, durable=False) as careless:
        assert Store(careless.url).wrong_settings() == ["appendfsync must be always"]


def test_rule_21_a_store_that_evicts_is_named(store: Store) -> None:
    store.client.config_set("maxmemory-policy", "allkeys-lru")
    try:
        assert store.wrong_settings() == ["maxmemory-policy must be noeviction"]
    finally:
        store.client.config_set("maxmemory-policy", "noeviction")


def test_rule_21_acknowledged_messages_survive_a_kill_of_the_store(tmp_path: Path) -> None:
    with RedisServer(tmp_path) as server:
        store = Store(server.url)
        kept = [item.id for n in range(200) for item in [wrote(f"guest-{n}")] if store.conversations.push([item]).fresh]
        server.kill()
        server.start()
        found = {claim.id for claim in Store(server.url).conversations.claim("bell", limit=500)}
    assert found == set(kept)


@pytest.mark.parametrize("late", [False, True], ids=["from the start", "once it answers"])
def test_rule_21_no_worker_serves_from_a_careless_store_in_production(
    mailbox_server: RedisServer, tmp_path: Path, late: bool
) -> None:
    with RedisServer(tmp_path / "careless", durable=False) as careless:
        broker = mailbox_server.url.removesuffix("0") + "1"
        environment = os.environ | PRODUCTION | {"REDIS_URL": careless.url, "CELERY_BROKER_URL": broker}
        log = tmp_path / "log"
        if late:
            careless.freeze()
        with log.open("wb") as written:
            worker = subprocess.Popen([*WORKER, "-c", "1"], env=environment, stdout=written, stderr=written)
        try:
            if late:
                eventually(lambda: b"mailbox_store_not_checked_yet" in log.read_bytes(), seconds=40)
                careless.thaw()
            worker.wait(40)
        finally:
            worker.kill()
        assert b"appendfsync must be always" in log.read_bytes()
