"""Runs the migrations over the URL given in the configuration, else over DATABASE_URL. Needs no Flask."""

import os

import alembic_postgresql_enum  # noqa: F401  autogenerate sees new values of native enums
from alembic import context
from sqlalchemy import NullPool, create_engine, make_url, text

from core.store.sql.tables import Base

# Two containers may start at once: the second waits here and finds nothing left to do.
ADVISORY_LOCK = 7_201_144


def url():
    """The database to migrate, with the driver that is installed."""
    found = context.config.get_main_option("sqlalchemy.url") or os.environ["DATABASE_URL"]
    return make_url(found).set(drivername="postgresql+psycopg2")


def migrate_offline():
    """Print the SQL instead of running it."""
    context.configure(url=url(), target_metadata=Base.metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


def migrate_online():
    """All migrations in one transaction, behind a lock; nothing waits for a busy table longer than 10 s."""
    engine = create_engine(url(), poolclass=NullPool, connect_args={"options": "-c lock_timeout=10000"})
    with engine.connect() as connection:
        connection.execute(text("SET lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ADVISORY_LOCK})
        connection.execute(text("SET lock_timeout = 10000"))
        connection.commit()
        context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True)
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    migrate_offline()
else:
    migrate_online()
