"""Menu snapshots: what browsing reads instead of PostgreSQL."""

import json
from typing import Any
from uuid import uuid4

from core.store.redis.connection import Client

SNAPSHOT_SECONDS = 3600


class Menus:
    """A snapshot and its version per workspace; a missing version means "make a new snapshot"."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def get(self, workspace_id: str) -> dict[str, Any] | None:
        """The snapshot, if there is one."""
        found = self._client.get(f"menu:{workspace_id}")
        return json.loads(found) if found else None

    def put(self, workspace_id: str, snapshot: dict[str, Any]) -> None:
        """Keep a snapshot made from PostgreSQL, and let its version count."""
        pipeline = self._client.pipeline()
        pipeline.set(f"menu:{workspace_id}", json.dumps(snapshot), ex=SNAPSHOT_SECONDS)
        pipeline.set(f"menu:version:{workspace_id}", snapshot["version"], ex=SNAPSHOT_SECONDS)
        pipeline.execute()

    def changed(self, workspace_id: str) -> None:
        """Staff edited the menu, or something sold out: every process reads it again with its next turn."""
        pipeline = self._client.pipeline()
        pipeline.delete(f"menu:{workspace_id}")
        pipeline.set(f"menu:version:{workspace_id}", uuid4().hex, ex=SNAPSHOT_SECONDS)
        pipeline.execute()
