"""The state that all processes of one server share: a directory with a small database, and numbers in shared memory."""

import fcntl
import mmap
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from os import SEEK_END
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Column, Connection, Engine, Integer, MetaData, String, Table, event, select
from sqlalchemy.dialects import sqlite

from lrs_soap.store.engine import make_engine, parse_url, transaction

_NUMBER = struct.Struct("=q")
metadata = MetaData()
counter = Table(
    "counter",
    metadata,
    Column("name", String(), primary_key=True),
    Column("value", Integer(), nullable=False),
    sqlite_with_rowid=False,
)
_COUNT = sqlite.insert(counter)
_COUNT_ON = _COUNT.on_conflict_do_update(
    index_elements=[counter.c.name], set_={"value": counter.c.value + _COUNT.excluded.value}
).returning(counter.c.value)


class SharedNumber:
    """A number in a file that several processes have in their memory: reading it costs next to nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._locked() as file:
            if file.seek(0, SEEK_END) < _NUMBER.size:
                file.write(_NUMBER.pack(0))
                file.flush()
            self._memory = mmap.mmap(file.fileno(), _NUMBER.size)

    @property
    def value(self) -> int:
        """The number as it is now."""
        number: int = _NUMBER.unpack(self._memory[: _NUMBER.size])[0]
        return number

    def add(self, step: int = 1) -> int:
        """Add to the number, and return what it is then; no step of a process or thread is lost."""
        with self._locked():
            number = self.value + step
            # Copied in one go: packing into the memory would let others see it half written.
            self._memory[: _NUMBER.size] = _NUMBER.pack(number)
            return number

    def close(self) -> None:
        """Let go of the memory."""
        self._memory.close()

    @contextmanager
    def _locked(self) -> Iterator[BinaryIO]:
        # Opened each time: threads, and processes that were forked, share the lock of a file that they share.
        with self._path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            try:
                yield file
            finally:
                # Closing would not do: the memory has the file open, too.
                fcntl.flock(file, fcntl.LOCK_UN)


class SharedCounter:
    """A counter that is exact across processes, and lasts as long as the control directory."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._name = name

    def add(self, step: int = 1) -> int:
        """Add to the counter, and return what it is then."""
        with transaction(self._engine) as connection:
            values = {"name": self._name, "value": step}
            return int(connection.execute(_COUNT_ON, values).scalar_one())

    def value(self) -> int:
        """Return what the counter is, 0 when nobody has counted."""
        with self._engine.connect() as connection:
            found = connection.execute(select(counter.c.value).where(counter.c.name == self._name)).scalar()
        return int(found or 0)


class Control:
    """What the processes of one server share, in one directory. Each process opens its own.

    A part that keeps state declares its tables on `metadata`, changes them in `changing()`, and keeps what it has read
    until `version()` differs.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.metadata = metadata
        self.engine = _engine(directory / "control.db")
        self._version = SharedNumber(directory / "version")

    def tables(self) -> None:
        """Make the tables of all parts that are imported."""
        with transaction(self.engine) as connection:
            metadata.create_all(connection)

    def version(self) -> int:
        """Return the number of changes so far; cheap enough to be asked with every request."""
        return self._version.value

    def bump(self) -> None:
        """Let every process know that something has changed."""
        self._version.add()

    @contextmanager
    def changing(self) -> Iterator[Connection]:
        """Give a transaction; the others learn of it once it is committed."""
        with transaction(self.engine) as connection:
            yield connection
        self.bump()

    def counter(self, name: str) -> SharedCounter:
        """Return a counter by its name."""
        return SharedCounter(self.engine, name)

    def close(self) -> None:
        """Let go of files and memory."""
        self.engine.dispose()
        self._version.close()


def _engine(path: Path) -> Engine:
    engine = make_engine(parse_url(f"sqlite:///{path}"))
    # The state of a test bench need not outlive the machine.
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF"))
    return engine
