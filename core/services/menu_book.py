"""The menus in the memory of each process, renewed when their version changes: browsing costs no SQL."""

from collections.abc import Callable
from dataclasses import replace
from time import monotonic
from uuid import UUID

from sqlalchemy.orm import Session, sessionmaker

from core.domain.menu import Menu
from core.services.menu import load_menu
from core.store.redis.menus import SNAPSHOT_SECONDS, Menus
from core.store.sql.engine import transaction


class MenuBook:
    """A menu is looked for in memory, then in the mailbox store, then made from PostgreSQL."""

    def __init__(self, sessions: sessionmaker[Session], menus: Menus, clock: Callable[[], float] = monotonic) -> None:
        self._sessions = sessions
        self._menus = menus
        self._clock = clock
        self._held: dict[str, tuple[float, Menu]] = {}

    def menu(self, workspace_id: str, version: str) -> Menu:
        """The menu that counts now; `version` is what the store named with the claim. Raises TryAgain."""
        until, menu = self._held.get(workspace_id, (0.0, None))
        if menu is not None and menu.version == version and self._clock() < until:
            return menu
        menu = self._renewed(workspace_id, version or self._menus.version(workspace_id))
        self._held[workspace_id] = (self._clock() + SNAPSHOT_SECONDS / 2, menu)
        return menu

    def _renewed(self, workspace_id: str, version: str) -> Menu:
        snapshot = self._menus.get(workspace_id, version)
        if snapshot is not None:
            return Menu.from_dict(snapshot)
        with transaction(self._sessions) as db:
            menu = replace(load_menu(db, UUID(workspace_id)), version=version)
        self._menus.put(workspace_id, version, menu.to_dict())
        return menu
