"""What is to be done after the commit. Services never enqueue: they return this."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.jobs import Job


@dataclass(frozen=True)
class Followup:
    """Jobs to send, and the conversations and boards (by workspace) that have open outbox rows now.

    `menus` are the workspaces where something sold out or came back: their menu snapshot is to be made anew. `profiles`
    are what is known anew of guests, by mailbox, and `lists` the lists (workspace and name) that open pages read again.
    """

    jobs: tuple[Job, ...] = ()
    conversations: frozenset[UUID] = frozenset()
    boards: frozenset[UUID] = frozenset()
    menus: frozenset[UUID] = frozenset()
    profiles: tuple[tuple[str, dict[str, Any]], ...] = ()
    lists: frozenset[tuple[UUID, str]] = frozenset()

    def __or__(self, other: "Followup") -> "Followup":
        return Followup(
            self.jobs + other.jobs,
            self.conversations | other.conversations,
            self.boards | other.boards,
            self.menus | other.menus,
            self.profiles + other.profiles,
            self.lists | other.lists,
        )
