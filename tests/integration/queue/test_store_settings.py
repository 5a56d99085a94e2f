"""Rule 21: a store that forgets, or throws away when full, is found out."""

from pathlib import Path

from core.store.redis.store import Store
from sandbox.servers import RedisServer
from tests.integration.queue.guests import wrote


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
