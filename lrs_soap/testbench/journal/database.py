"""The journal's file: entries written in groups, the oldest taken out as soon as there are too many."""

import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Pool,
    Row,
    Select,
    event,
    func,
    insert,
    select,
)

from lrs_soap.store.engine import make_engine, parse_url, transaction
from lrs_soap.testbench.journal.criteria import Criteria, holds
from lrs_soap.testbench.journal.tables import COLUMNS, entry, held, metadata

MANY: Final = 16
_PLACES = f"({', '.join('?' * len(COLUMNS))})"
_INSERT_ONE = f"INSERT INTO entry ({', '.join(COLUMNS)}) VALUES {_PLACES}"  # noqa: S608 - names of our own
_INSERT_MANY = ", ".join([_INSERT_ONE, *[_PLACES] * (MANY - 1)])
_HELD = "SELECT last, entries, size FROM held"
_HOLD = "UPDATE held SET last = ?, entries = ?, size = ?"
_OLDEST = "SELECT number FROM entry ORDER BY number LIMIT 1 OFFSET ?"
_TO_GO = """
    SELECT count(*) FROM (
        SELECT sum(size) OVER (ORDER BY number) - size AS before
        FROM (SELECT number, size FROM entry ORDER BY number LIMIT 200)
    ) WHERE before < ?"""
_inherited: list[Pool] = []

Values = tuple[Any, ...]
"""The values of an entry in the order of its columns, but for the number, which comes first."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is kept: entries, bytes of their messages, hours. Whichever is reached first, the oldest go."""

    entries: int = 1000
    size: int = 64 * 1024 * 1024
    hours: float = 24.0


class Database:
    """Entries in a SQLite file, shared by processes."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._limits = limits
        self._engine = make_engine(parse_url(f"sqlite:///{path}"))
        event.listen(self._engine, "connect", _prepare)
        with transaction(self._engine) as connection:
            metadata.create_all(connection)
            if connection.execute(select(held.c.last)).first() is None:
                connection.execute(insert(held).values(last=0, entries=0, size=0))

    def write(self, rows: Sequence[Values]) -> None:
        """Add entries, and take out the oldest beyond the limits."""
        with transaction(self._engine) as connection:
            last, entries, size = connection.exec_driver_sql(_HELD).one()
            _insert(connection, [(last + place, *row) for place, row in enumerate(rows, 1)])
            entries, size = entries + len(rows), size + sum(row[0] for row in rows)
            self._trim(connection, entries, size, last + len(rows))

    def trim(self) -> None:
        """Take out what has become too old."""
        with transaction(self._engine) as connection:
            last, entries, size = connection.exec_driver_sql(_HELD).one()
            self._trim(connection, entries, size, last)

    def rows(self, wanted: Criteria, *, after: int | None, offset: int, limit: int | None) -> Sequence[Row[Any]]:
        """Return entries in the order in which their requests came, or after a number in the order of numbers."""
        query = self._query(select(entry), wanted)
        if after is None:
            query = query.order_by(entry.c.at, entry.c.number)
        else:
            query = query.where(entry.c.number > after).order_by(entry.c.number)
        with self._engine.connect() as connection:
            return connection.execute(query.limit(limit).offset(offset)).all()

    def row(self, number: int) -> Row[Any] | None:
        """Return one entry, None when it is not, or no longer, there."""
        query = self._query(select(entry), Criteria()).where(entry.c.number == number)
        with self._engine.connect() as connection:
            return connection.execute(query).first()

    def count(self, wanted: Criteria) -> int:
        """Return how many entries there are."""
        with self._engine.connect() as connection:
            query = self._query(select(func.count()).select_from(entry), wanted)
            return int(connection.execute(query).scalar_one())

    def clear(self, world: str | None) -> int:
        """Take out the entries of a world, or all, and return how many they were."""
        with transaction(self._engine) as connection:
            last, entries, size = connection.exec_driver_sql(_HELD).one()
            gone, bytes_gone = _remove(connection, "?1 IS NULL OR world = ?1", world)
            connection.exec_driver_sql(_HOLD, (last, entries - gone, size - bytes_gone))
            return gone

    def inherit(self) -> None:
        """Let a forked process begin with connections of its own."""
        # Those of the parent stay as they are: closing one here would end the other's locks.
        _inherited.append(self._engine.pool)
        self._engine.dispose(close=False)

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def _query(self, query: Select[Any], wanted: Criteria) -> Select[Any]:
        return query.where(entry.c.at >= self._oldest_allowed(), *wanted.clauses())

    def _oldest_allowed(self) -> float:
        return time.time() - self._limits.hours * 3600

    def _trim(self, connection: Connection, entries: int, size: int, last: int) -> None:
        while excess := self._excess(connection, entries, size):
            newest = connection.exec_driver_sql(_OLDEST, (excess - 1,)).scalar_one()
            gone, bytes_gone = _remove(connection, "number <= ?", newest)
            entries, size = entries - gone, size - bytes_gone
        oldest = connection.exec_driver_sql("SELECT at FROM entry ORDER BY number LIMIT 1").scalar()
        if oldest is not None and oldest < self._oldest_allowed():
            gone, bytes_gone = _remove(connection, "at < ?", self._oldest_allowed())
            entries, size = entries - gone, size - bytes_gone
        connection.exec_driver_sql(_HOLD, (last, entries, size))

    def _excess(self, connection: Connection, entries: int, size: int) -> int:
        """Return how many of the oldest entries have to go; some more may have to afterwards."""
        by_size = 0
        if size > self._limits.size:
            by_size = connection.exec_driver_sql(_TO_GO, (size - self._limits.size,)).scalar_one()
        return max(0, entries - self._limits.entries, by_size)


def _insert(connection: Connection, rows: Sequence[Values]) -> None:
    # Many at once, since each statement makes whoever answers requests wait for this thread once more.
    whole = len(rows) - len(rows) % MANY
    for start in range(0, whole, MANY):
        connection.exec_driver_sql(_INSERT_MANY, tuple(chain.from_iterable(rows[start : start + MANY])))
    if rows[whole:]:
        connection.exec_driver_sql(_INSERT_ONE, list(rows[whole:]))


def _remove(connection: Connection, which: str, value: object) -> tuple[int, int]:
    """Take out entries, and return how many they were and how large."""
    counted = f"SELECT count(*), coalesce(sum(size), 0) FROM entry WHERE {which}"  # noqa: S608 - conditions of our own
    gone, size = connection.exec_driver_sql(counted, (value,)).one()
    connection.exec_driver_sql(f"DELETE FROM entry WHERE {which}", (value,))  # noqa: S608 - conditions of our own
    return gone, size


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    # What a journal holds need not outlive the machine.
    connection.execute("PRAGMA synchronous = OFF")
    connection.create_function("holds", 2, holds, deterministic=True)
