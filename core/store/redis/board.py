"""Changes of orders and calls for the live boards, as a stream per workspace that any web process can follow."""

import json
from typing import Any

from core.store.redis.connection import Client, Scripts
from core.store.redis.mailbox import SEEN_SECONDS


class BoardStream:
    """Ids are the stream's own: a browser names the last one it saw and gets what came after."""

    def __init__(self, client: Client, scripts: Scripts) -> None:
        self._client = client
        self._scripts = scripts

    def add(self, workspace_id: str, row_id: str, body: dict[str, Any]) -> None:
        """Publish one outbox row; a repeat of the same row has no effect."""
        self._scripts.run("board", workspace_id, row_id, json.dumps(body), SEEN_SECONDS)

    def list_changed(self, workspace_id: str, name: str) -> None:
        """Rows of this list changed: who shows it reads them again. It is never owed, for pages look by themselves."""
        self._scripts.run("list", workspace_id, json.dumps({"list": name}))

    def read(self, workspace_id: str, after_id: str, block_seconds: float) -> list[tuple[str, dict[str, Any]]]:
        """What came after `after_id`, waiting up to `block_seconds` for something to come."""
        answer = self._client.xread({_key(workspace_id): after_id}, count=100, block=max(1, int(block_seconds * 1000)))
        return [(id, json.loads(fields["body"])) for id, fields in answer[0][1]] if answer else []

    def knows(self, workspace_id: str, last_id: str) -> bool:
        """True while nothing after `last_id` can have been trimmed or lost."""
        if last_id == "0-0":
            return bool(self._client.xlen(_key(workspace_id)) == 0)
        return bool(self._client.xrange(_key(workspace_id), last_id, last_id, count=1))

    def latest(self, workspace_id: str) -> str:
        """The id of the newest change, "0-0" when there is none."""
        newest = self._client.xrevrange(_key(workspace_id), count=1)
        return str(newest[0][0]) if newest else "0-0"


def _key(workspace_id: str) -> str:
    return f"board:{workspace_id}"
