"""The way to PostgreSQL: bounded in time everywhere, and clear about what may be tried again."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, sessionmaker

from core.errors import TryAgain

# A statement never outlasts a task, a lock never outlasts a statement, and a frozen worker does not keep its locks.
LIMITS_MS = {"statement_timeout": 10_000, "lock_timeout": 5_000, "idle_in_transaction_session_timeout": 30_000}
# Unacknowledged bytes and silent peers: a half-open connection is noticed within seconds instead of hours.
TCP = {"tcp_user_timeout": 10_000, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
CONNECT_SECONDS = 5
POOL_SECONDS = 5

# What passes by itself or when somebody mends the server, by the beginnings of its codes: connection lost, disk or
# connections or memory used up, shutting down or starting, its files unreadable, serialization, deadlock, statement
# cancelled, lock not had, idle for too long, and a standby that takes no writes (the old primary of a failover).
TRANSIENT = ("08", "53", "57P", "58", "40001", "40P01", "57014", "55P03", "25P03", "25006")


def make_engine(url: str, *, pool_size: int = 5, max_overflow: int = 10) -> Engine:
    """Connects at the first use, not here."""
    options = " ".join(f"-c {name}={value}" for name, value in LIMITS_MS.items())
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg2"),
        connect_args={"connect_timeout": CONNECT_SECONDS, "options": f"{options} -c timezone=UTC", **TCP},
        pool_pre_ping=True,
        pool_recycle=1800,
        pool_size=pool_size,
        max_overflow=max_overflow,
        pool_timeout=POOL_SECONDS,
        pool_use_lifo=True,
        hide_parameters=True,  # an error's text goes to the log, and a parameter may be a phone or what a guest wrote
    )
    event.listen(engine, "handle_error", _first_line_only)
    return engine


def _first_line_only(context: ExceptionContext) -> None:
    """Below the first line PostgreSQL quotes the statement as psycopg2 filled it in, or the row that broke a rule."""
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None and error.args:
            error.args = (str(error.args[0]).partition("\n")[0], *error.args[1:])


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    """Short transactions: `with sessions.begin() as db`. Rows stay readable after the commit."""
    return sessionmaker(engine, expire_on_commit=False)


def forget_connections(engine: Engine) -> None:
    """After a fork: drop the parent's connections without closing them under the parent."""
    engine.dispose(close=False)


@contextmanager
def transaction(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """One transaction whose passing troubles (server gone, deadlock, lock timeout) come out as TryAgain.

    After a commit whose answer was lost "nothing happened" is not certain: for what bears repetition only.
    """
    try:
        with sessions.begin() as db:
            yield db
    except (DBAPIError, PoolTimeout) as error:
        if not is_transient(error):
            raise
        raise TryAgain("PostgreSQL did not answer in time") from error


def is_transient(error: Exception) -> bool:
    """Whether the same transaction may well succeed a moment later."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, PoolTimeout)
    code = getattr(error.orig, "pgcode", None)
    lost = code is None and isinstance(error, OperationalError | InterfaceError)
    return error.connection_invalidated or lost or (code or "").startswith(TRANSIENT)
