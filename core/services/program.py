"""Everything one process of the program holds, made once in `core.bootstrap`."""

import hashlib
import hmac
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from core.providers.http import Http
from core.services.directory import Directory
from core.services.menu_book import MenuBook
from core.services.ring import Ring
from core.settings import Settings
from core.store.redis.store import Store


@dataclass(frozen=True)
class Program:
    """Parts shared by every request and task of a process."""

    settings: Settings
    engine: Engine
    sessions: sessionmaker[Session]
    store: Store
    ring: Ring
    directory: Directory
    menus: MenuBook
    http: Http
    addresses: "Addresses"


class Addresses:
    """Opaque mailbox addresses: nobody who reads key names learns a phone number."""

    def __init__(self, secret: str) -> None:
        self._key = hashlib.sha256(b"mailbox addresses:" + secret.encode()).digest()

    def of(self, channel_id: str, kind: str, value: str) -> str:
        """The address of one identity (`kind` is "bsuid" or "phone") on one channel."""
        text = f"{channel_id}:{kind}:{value}".encode()
        return hmac.digest(self._key, text, "sha256").hex()[:32]
