"""Builds everything one process needs, in one place."""

import os
from collections.abc import Callable, Mapping

from core import cipher, log
from core.jobs import Job
from core.providers.http import Http
from core.services import web_links
from core.services.directory import Directory
from core.services.menu_book import MenuBook
from core.services.program import Addresses, Program
from core.services.ring import Ring
from core.settings import Settings, load_settings
from core.store.redis.store import Store
from core.store.sql.engine import make_engine, make_sessions

WEBHOOK_STORE_SECONDS = 0.9
WORKER_STORE_SECONDS = 5.0


def settings_from(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process's environment. Raises SettingsError naming what is missing or malformed."""
    return load_settings(os.environ if environ is None else environ)


def build(settings: Settings, publish: Callable[[Job], None], store_seconds: float = WORKER_STORE_SECONDS) -> Program:
    """One per process, made after the fork. `publish` sends a job to the broker within about 0.2 s or raises."""
    log.configure(settings.log_level)
    cipher.install(cipher.Cipher(settings.encryption_keys))
    web_links.install(web_links.WebLinks(settings.secret_key, settings.public_base_url))
    engine = make_engine(settings.database_url)
    sessions = make_sessions(engine)
    store = Store(settings.redis_url, seconds=store_seconds)
    return Program(
        settings=settings,
        engine=engine,
        sessions=sessions,
        store=store,
        ring=Ring(publish),
        directory=Directory(sessions),
        menus=MenuBook(sessions, store.menus),
        http=Http(),
        addresses=Addresses(settings.secret_key),
    )
