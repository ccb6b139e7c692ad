"""Connections: what each database needs to be told before the first statement.

Both commit every statement by itself until a transaction is begun, so that a read costs one statement and no more.
SQLite: write-ahead log, every commit on disk before it is answered, writers queue for up to 30 seconds.
PostgreSQL: psycopg 3, a connection that idled is tried before use.
"""

import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, QueuePool, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

BUSY_SECONDS = 30.0
IDLE_SECONDS = 1.0
ASK_AGAIN_SECONDS = (0.0005, 0.002)
CONNECT_SECONDS = 5
_SQLITE_OUT_OF_SERVICE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
}
# Connections, resources, read-only transactions, and interventions of an operator.
_POSTGRESQL_OUT_OF_SERVICE = ("08", "53", "25006", "57")
_DRIVERS = {"sqlite": "sqlite+pysqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


class DatabaseUrlError(ValueError):
    """The database URL is none that the store knows."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason}; give one such as sqlite:///lrs-soap.db or postgresql://user@host/name")


def parse_url(text: str) -> URL:
    """Return a database URL with the driver the store uses. Raises DatabaseUrlError."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise DatabaseUrlError("this is not a database URL") from None
    name = url.get_backend_name()
    if name not in _DRIVERS:
        raise DatabaseUrlError(f"the register cannot be kept in {name}")
    return url.set(drivername=_DRIVERS[name])


def shown(url: URL) -> str:
    """Return a database URL for people: as they would type it, without the password wherever it stands."""
    url = url.set(drivername=url.get_backend_name())
    if "password" in url.query:
        url = url.update_query_dict({"password": "***"})
    return url.render_as_string(hide_password=True)


def shown_url(text: str) -> str:
    """Return a database URL as `shown` does. Raises DatabaseUrlError."""
    return shown(parse_url(text))


def is_in_memory(url: URL) -> bool:
    """Return whether a URL names a SQLite database that lives in this process alone."""
    return url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:")


def make_engine(url: URL) -> Engine:
    """Return an engine for a database; nothing is connected yet."""
    return _sqlite(url) if url.get_backend_name() == "sqlite" else _postgresql(url)


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """Give a connection whose changes are kept when the block ends, and undone when it ends with an exception."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            become_the_writer(connection)
        else:
            connection.execution_options(isolation_level="READ COMMITTED")
        yield connection
        connection.commit()


def become_the_writer(connection: Connection) -> None:
    """Begin a SQLite transaction as its writer from the start: becoming one later fails when another was faster.

    SQLite itself asks less and less often while it waits, and would find the lock free only by chance while somebody
    writes one transaction after the other, as a batch does.
    """
    deadline = time.monotonic() + BUSY_SECONDS
    connection.exec_driver_sql("PRAGMA busy_timeout = 0")
    while True:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            break
        except OperationalError as error:
            if not is_busy(error.orig) or time.monotonic() > deadline:
                raise
            # At odd moments, so that nobody keeps step with whoever holds the lock.
            time.sleep(random.uniform(*ASK_AGAIN_SECONDS))  # noqa: S311 - no secret
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")


def is_busy(error: object) -> bool:
    """Tell whether an error of SQLite says that somebody else is at work on the database."""
    # The lowest byte is the error; the rest tells kinds of it apart, such as being busy with a recovery.
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY


def is_out_of_service(error: BaseException) -> bool:
    """Tell whether a database that is away, full, locked or read-only is to blame, so that trying later may help."""
    if isinstance(error, (PoolTimeoutError, DisconnectionError)):
        return True
    cause = error.orig if isinstance(error, DBAPIError) else None
    if isinstance(cause, sqlite3.OperationalError):
        return cause.sqlite_errorcode & 0xFF in _SQLITE_OUT_OF_SERVICE
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    # Without a state no server was reached.
    state = getattr(cause, "sqlstate", "")
    return isinstance(cause, psycopg.Error) and (not state or state.startswith(_POSTGRESQL_OUT_OF_SERVICE))


def _sqlite(url: URL) -> Engine:
    # isolation_level None: the driver begins no transaction by itself.
    arguments = {"timeout": BUSY_SECONDS, "isolation_level": None, "check_same_thread": False}
    # A database in memory is its connection: there is one, and whoever needs it waits in turn.
    options: dict[str, Any] = {"pool_size": 1, "max_overflow": 0} if is_in_memory(url) else {}
    engine = create_engine(url, hide_parameters=True, connect_args=arguments, poolclass=QueuePool, **options)
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    _use_write_ahead_log(connection)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA cache_size = -32768")


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log; while another process does so too, SQLite refuses at once instead of waiting."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _postgresql(url: URL) -> Engine:
    # A host that is away must not keep a worker for as long as TCP would try.
    arguments = {} if "connect_timeout" in url.query else {"connect_timeout": CONNECT_SECONDS}
    options: dict[str, Any] = {"pool_size": 5, "max_overflow": 27, "connect_args": arguments}
    engine = create_engine(url, hide_parameters=True, isolation_level="AUTOCOMMIT", **options)
    event.listen(engine, "connect", _plan_once)
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _try_when_idle)
    return engine


def _plan_once(connection: Any, _record: object) -> None:
    """Let each prepared statement keep its plan: planning the look-up of candidates takes longer than running it."""
    connection.execute("SET plan_cache_mode = force_generic_plan")
    connection.commit()


def _note_use(_connection: object, record: Any) -> None:
    record.info["last_used"] = time.monotonic()


def _try_when_idle(connection: Any, record: Any, _proxy: object) -> None:
    """Try a connection that idled before it is used, so that a restarted database costs no one an error."""
    if time.monotonic() - record.info.get("last_used", float("inf")) < IDLE_SECONDS:
        return
    try:
        connection.execute("")
    except connection.OperationalError as error:
        raise DisconnectionError from error
