"""Very many learners at once, into a register that has none or some: by the database's own fastest way.

They go into the same columns as any learner, by the same functions; only how the rows travel is different. SQLite gets
them as ready-made rows, PostgreSQL as CSV for COPY. A register without learners gets its indexes at the end, since to
build one is far faster than to keep it up to date. All is one transaction, and what breaks it leaves nothing behind.
"""

import csv
import io
import marshal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any, Final

import psycopg
from sqlalchemy import Connection, Date, DateTime, Engine, select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from lrs_soap.store.engine import become_the_writer, is_busy, is_in_memory, transaction
from lrs_soap.store.learner_rows import fields_to_values
from lrs_soap.store.schema import learner as table
from lrs_soap.store.schema import learning_event

_COLUMNS: Final = tuple(column.name for column in table.c)
_in_order: Callable[[dict[str, Any]], tuple[Any, ...]] = itemgetter(*_COLUMNS)
_NAMED: Final = ", ".join(_COLUMNS)
_CACHED: Final = 1 << 16
_STAGED: Final = "staged_learner"
# For the sorting of indexes. The temporary files of SQLite go where SQLITE_TMPDIR or TMPDIR say.
_SQLITE_SORTING: Final = ("PRAGMA temp_store = FILE", "PRAGMA cache_size = -262144", "PRAGMA threads = 4")
_POSTGRESQL_SORTING: Final = "SET LOCAL maintenance_work_mem = '256MB'"

# In the order in which they are built, so that every load does the same.
_INDEXES: Final = tuple(sorted(table.indexes, key=lambda index: str(index.name)))
_STAGE: Final = f"CREATE TEMPORARY TABLE {_STAGED} AS SELECT {_NAMED} FROM learner WHERE 1 = 0"  # noqa: S608
_DETAILS: Final = ("post_code_key", "family_key", "given_key", "gender", "date_of_birth", "twin")
_ALIKE: Final = " AND ".join(f"known.{name} = new.{name}" for name in _DETAILS)
_LEAVE_OUT: Final = f"""
DELETE FROM {_STAGED} WHERE COALESCE(master_uln, uln) IN (
    SELECT COALESCE(new.master_uln, new.uln) FROM {_STAGED} AS new
    WHERE EXISTS (SELECT 1 FROM learner AS known WHERE known.uln = new.uln)
    OR EXISTS (SELECT 1 FROM learner AS known WHERE {_ALIKE})
)"""  # noqa: S608 - names of our own
_ADD: Final = text(
    f"INSERT INTO learner ({_NAMED}) SELECT {_NAMED} FROM {_STAGED} ORDER BY uln LIMIT :most"  # noqa: S608
)
_CLEAR: Final = f"DELETE FROM {_STAGED}"  # noqa: S608
INDEXES: Final = len(_INDEXES)
"""How many indexes a load into an empty register builds."""

# An empty value is null, unless there can be no null. Text that may be null is never empty.
_CSV: Final = f"FORMAT csv, FORCE_NOT_NULL ({', '.join(c.name for c in table.c if not c.nullable)})"
# Rows that need no second visit: nobody else could see the table before, since it is emptied in the same transaction.
_FROZEN: Final = f"{_CSV}, FREEZE"
# Both are empty already; what refers to an emptied table has to be emptied along with it.
_EMPTY: Final = f"TRUNCATE {table.name}, {learning_event.name}"

Done = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Rows:
    """Learners made ready for one kind of database, on their way to it. count: how many they are."""

    data: bytes
    count: int


def make_rows(backend: str, learners: Sequence[Mapping[str, Any]]) -> Rows:
    """Make learners, given by their fields, ready for a kind of database, `sqlite` or `postgresql`, in any process."""
    make = _sqlite_rows if backend == "sqlite" else _postgresql_lines
    return Rows(make(map(fields_to_values, learners)), len(learners))


class BulkLoad:
    """Learners on their way into a register, within one transaction.

    into_empty: whether the register had none before; then whoever calls must see to it that none repeats another.
    """

    __slots__ = ("_connection", "backend", "into_empty")

    def __init__(self, connection: Connection, into_empty: bool) -> None:
        self._connection = connection
        self.backend = connection.dialect.name
        self.into_empty = into_empty
        if into_empty:
            for index in _INDEXES:
                index.drop(connection)
            if self.backend == "postgresql":
                connection.exec_driver_sql(_EMPTY)
        else:
            connection.exec_driver_sql(_STAGE)

    def add(self, rows: Rows, most: int | None = None) -> int:
        """Add learners, or the first few, and return how many: those that the register has already are left out.

        That is by ULN or, of live ones, by details. A linked record must come with its master, right after it; when one
        of the two has to be left out, both are.
        """
        if self.into_empty:
            self._send(rows, table.name)
            return rows.count
        self._send(rows, _STAGED)
        self._connection.exec_driver_sql(_LEAVE_OUT)
        number = sys.maxsize if most is None else most
        added = self._connection.execute(_ADD, {"most": number}).rowcount
        self._connection.exec_driver_sql(_CLEAR)
        return added

    def finish(self, done: Done) -> None:
        """Build the indexes that were left out; `done` is told the name of each when it stands."""
        if not self.into_empty:
            self._connection.exec_driver_sql(f"DROP TABLE {_STAGED}")
            return
        if self.backend == "postgresql":
            self._connection.exec_driver_sql(_POSTGRESQL_SORTING)
        for index in _INDEXES:
            index.create(self._connection)
            done(str(index.name))

    def _send(self, rows: Rows, name: str) -> None:
        if self.backend == "sqlite":
            self._connection.exec_driver_sql(_insert_into(name), marshal.loads(rows.data))  # noqa: S302 - our own
            return
        driver: Any = self._connection.connection.driver_connection
        try:
            options = _FROZEN if name == table.name else _CSV
            with driver.cursor() as cursor, cursor.copy(f"COPY {name} ({_NAMED}) FROM STDIN ({options})") as copy:
                copy.write(rows.data)
        except psycopg.Error as error:
            # As SQLAlchemy does with the errors of every other statement.
            raise DBAPIError(f"COPY {name}", None, error) from error


@contextmanager
def bulk_load(engine: Engine) -> Iterator[BulkLoad]:
    """Give a load that is kept when the block ends, and undone wholly when it ends with an exception."""
    if engine.dialect.name == "sqlite":
        with _sqlite_load(engine) as load:
            yield load
        return
    with engine.connect() as connection:
        empty = _is_empty(connection)
    with transaction(engine) as connection:
        # Nobody else may add learners meanwhile. Taken at once, since a lock that is made stronger later may deadlock.
        # Events before learners, as whoever adds an event takes them.
        lock = "learning_event, learner IN ACCESS EXCLUSIVE" if empty else "learner IN SHARE ROW EXCLUSIVE"
        connection.exec_driver_sql(f"LOCK TABLE {lock} MODE")
        load = BulkLoad(connection, empty and _is_empty(connection))
        yield load
    if load.into_empty:
        with engine.connect() as connection:
            # Otherwise the searches would look into rows instead of indexes until the database gets round to it.
            connection.exec_driver_sql("VACUUM (ANALYZE) learner")


@contextmanager
def _sqlite_load(engine: Engine) -> Iterator[BulkLoad]:
    with engine.connect() as connection:
        own_file = not is_in_memory(engine.url)
        if own_file:
            _prepare(connection)
        try:
            become_the_writer(connection)
            yield BulkLoad(connection, _is_empty(connection))
            connection.commit()
        finally:
            if own_file:
                connection.rollback()
                # What was set for this load ends with this connection; the next one turns the log on again.
                connection.invalidate()


def _is_empty(connection: Connection) -> bool:
    return connection.execute(select(table.c.uln).limit(1)).first() is None


def _prepare(connection: Connection) -> None:
    """Fit a connection for one long transaction.

    The log would take every row first and the file afterwards. A journal holds what was there before, which is little;
    it makes the file whole again after a crash just as well. While others have the file open, the log has to do.
    """
    for pragma in _SQLITE_SORTING:
        connection.exec_driver_sql(pragma)
    try:
        connection.exec_driver_sql("PRAGMA busy_timeout = 0")
        connection.exec_driver_sql("PRAGMA journal_mode = DELETE")
    except OperationalError as error:
        if not is_busy(error.orig):
            raise


def _insert_into(name: str) -> str:
    marks = ", ".join("?" * len(_COLUMNS))
    return f"INSERT INTO {name} ({_NAMED}) VALUES ({marks})"  # noqa: S608 - names of our own


def _sqlite_rows(values: Iterable[dict[str, Any]]) -> bytes:
    return marshal.dumps([_sqlite_row(row) for row in values])


def _sqlite_row(values: dict[str, Any]) -> tuple[Any, ...]:
    for name, bind in _sqlite_binds():
        if (value := values[name]) is not None:
            values[name] = bind(value)
    return _in_order(values)


@cache
def _sqlite_binds() -> Sequence[tuple[str, Callable[[Any], str]]]:
    """Return the columns whose values are stored as text, each with what SQLAlchemy would make of them, but faster."""
    # Days come again and again, moments do not.
    texts: Mapping[type, Callable[[Any], str]] = {Date: lru_cache(_CACHED)(date.isoformat), DateTime: _moment}
    return [(column.name, texts[type(column.type)]) for column in table.c if type(column.type) in texts]


def _moment(moment: datetime) -> str:
    return moment.isoformat(" ", "microseconds")


def _postgresql_lines(values: Iterable[dict[str, Any]]) -> bytes:
    lines = io.StringIO()
    csv.writer(lines, lineterminator="\n").writerows(map(_in_order, values))
    return lines.getvalue().encode()
