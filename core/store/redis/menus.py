"""Menu snapshots: what browsing reads instead of PostgreSQL."""

import json
from typing import Any
from uuid import uuid4

from core.store.redis.connection import Client, in_time

SNAPSHOT_SECONDS = 3600


class Menus:
    """One snapshot per version: a slow reader can only ever keep a snapshot under the version it started from."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @in_time()
    def version(self, workspace_id: str) -> str:
        """The version that counts; a missing one is begun."""
        key = f"menu:version:{workspace_id}"
        self._client.set(key, uuid4().hex, nx=True, ex=SNAPSHOT_SECONDS)
        return str(self._client.get(key) or "")

    @in_time()
    def get(self, workspace_id: str, version: str) -> dict[str, Any] | None:
        """The snapshot of this version, if somebody has made it."""
        found = self._client.get(f"menu:{workspace_id}:{version}")
        return json.loads(found) if found else None

    @in_time()
    def put(self, workspace_id: str, version: str, snapshot: dict[str, Any]) -> None:
        """Keep the snapshot that was read from PostgreSQL after this version had begun."""
        self._client.set(f"menu:{workspace_id}:{version}", json.dumps(snapshot), ex=SNAPSHOT_SECONDS)

    @in_time()
    def changed(self, workspace_id: str) -> None:
        """Staff edited the menu, or something sold out: every process reads it again with its next turn."""
        self._client.set(f"menu:version:{workspace_id}", uuid4().hex, ex=SNAPSHOT_SECONDS)
