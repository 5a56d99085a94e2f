"""What open lists hear: whose rows have changed, as a name alone. What is in them they read themselves."""

from dataclasses import dataclass
from typing import Any, cast

from flask import Blueprint, Response, current_app

from core.domain.permissions import Permission
from webapp.admin.access import Pages
from webapp.admin.board import may_stay, streamed
from webapp.admin.events import BoardChanges, BoardStream
from webapp.admin.login import staff
from webapp.admin.streams import Streams
from webapp.held import current_program

ORDERS, CALLS = "orders", "calls"


@dataclass(frozen=True)
class ListChanges:
    """The board's changes without what is in them, for who may not see a board."""

    changes: BoardChanges

    def read(self, workspace_id: str, after_id: str, block_seconds: float) -> list[tuple[str, dict[str, Any]]]:
        """As the board's, each as `{"about": "orders"}`."""
        found = self.changes.read(workspace_id, after_id, block_seconds)
        return [(stream_id, {"about": about(change)}) for stream_id, change in found]

    def knows(self, workspace_id: str, last_id: str) -> bool:
        """As the board's."""
        return self.changes.knows(workspace_id, last_id)

    def latest(self, workspace_id: str) -> str:
        """As the board's."""
        return self.changes.latest(workspace_id)


def about(change: dict[str, Any]) -> str:
    """Whose rows a change is about: a list's name, or orders, or calls."""
    return str(change.get("list") or (ORDERS if "order_id" in change else CALLS))


def register(admin: Blueprint) -> None:
    """The address of the stream."""
    Pages(admin).add("/changes", "changes", changes, needs=Permission.OWN_LOGIN, data=True)


def changes() -> Response:
    """The live stream, in places of its own: lists never take a board's."""
    program, who = current_program(), staff()
    heard = ListChanges(program.store.board)
    streams = cast(Streams, current_app.extensions["list_streams"])
    return streamed(lambda last_id: BoardStream(heard, str(who.workspace_id), last_id, may_stay(program, who), streams))
